"""One event as JSON for programs outside: what its reader may see of it, and nothing if the record is out of sight."""

from __future__ import annotations

from collections.abc import Mapping

from dsl.app import Entity, Field
from dsl.kinds import json_value
from engine.answers import Change, Entry
from engine.context import Context
from engine.installed import Installed
from engine.people.moment import env_of
from engine.reading.desk import Desk
from engine.reading.timeline import entry_of
from engine.store import history
from engine.store.history import Event


def told_event(installed: Installed, context: Context, event_id: int) -> Mapping[str, object] | None:
    """{id, type, at, app, revision, actor, entity, record, changes, from, to, text}; None if not the reader's to see.

    Of a removed record only somebody who sees the whole entity hears: nobody can say any more whose it was.
    """
    with installed.database.read() as conn:
        desk = Desk(installed, conn, context, env_of(conn, context, installed.app))
        event = history.find(conn, event_id)
        return _told(desk, event) if event is not None else None


def _told(desk: Desk, event: Event) -> Mapping[str, object] | None:
    if event.entity not in desk.app.entities:
        return None
    entity = desk.entity(event.entity)
    is_seen = desk.sight(entity).all if event.kind == "removed" else desk.sees(entity.key, event.record_id)
    entry = entry_of(desk, event) if is_seen else None
    if entry is None:
        return None
    return {
        "id": entry.id,
        "type": f"{entry.entity}.{entry.kind}",
        "at": entry.at.isoformat().replace("+00:00", "Z"),
        "app": desk.app.key,
        "revision": event.revision,
        "actor": {"id": entry.actor.id, "title": entry.actor.name} if entry.actor else None,
        "entity": entry.entity,
        "record": {"id": entry.record_id, "title": entry.title},
        "changes": _changes(desk, entity, entry),
        "from": entry.source or None,
        "to": entry.target or None,
        "text": entry.text,
    }


def _changes(desk: Desk, entity: Entity, entry: Entry) -> list[dict[str, object]]:
    covered = desk.masked(entity)
    return [
        {
            "field": change.field,
            "before": _value(desk, entity.fields[change.field], change.before, change.before_title, covered),
            "after": _value(desk, entity.fields[change.field], change.after, change.after_title, covered),
        }
        for change in entry.changes
        if _is_told(entity, change)
    ]


def _is_told(entity: Entity, change: Change) -> bool:
    return change.field in entity.fields and entity.fields[change.field].kind != "table"


def _value(desk: Desk, field: Field, value: object, title: str, covered: frozenset[str]) -> object:
    """As the API writes it: numbers as decimal text, a reference as {id, title}, files by their ids."""
    if value is None:
        return None
    if field.key in covered:
        return str(value)
    if field.kind in ("ref", "person"):
        return {"id": value, "title": title}
    if field.kind in ("file", "image"):
        return {"id": value}
    if field.kind == "files" and isinstance(value, tuple):
        return [{"id": each} for each in value]
    return json_value(desk.app, field, value)

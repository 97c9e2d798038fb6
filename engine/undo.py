"""Undo: what a person did a moment ago, taken back by the inverse commands, which are judged like any others.

Only one's own doing of the last minutes is taken back, and only from a record that nobody changed since. What has led
to something else (a rule that acted, a message) stays: it cannot be called back by changing the record.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta

import sqlalchemy as sa

from dsl.app import Entity
from engine.commands import Command, Delete, Move, Restore, Update
from engine.context import Context
from engine.errors import EngineError, NotAllowed
from engine.execute import execute_many
from engine.flow.sentences import say
from engine.installed import Installed
from engine.people.moment import env_of
from engine.reading.desk import Desk
from engine.store import history
from engine.store.history import Event
from engine.store.system_tables import event
from engine.verdict import Outcome
from engine.writing.stored_json import from_json

MINUTES = 15
MOST_EVENTS = 500
_DEEDS = frozenset({"created", "changed", "moved", "removed", "restored"})
_QUIET = frozenset({"commented", "file", "waived"})
"""What happens beside a record without changing it."""


def undo(
    installed: Installed, context: Context, event_ids: Sequence[int], *, dry: bool = False
) -> list[Outcome | EngineError]:
    """The inverse of each record's events, the last one first. NotAllowed, with the reason, where there is none."""
    with installed.database.read() as conn:
        desk = Desk(installed, conn, context, env_of(conn, context, installed.app))
        inverses = [_inverse(desk, events) for events in _by_record(desk, event_ids)]
    if not inverses:
        return [NotAllowed(say(context.actor.language, "undo.gone"))]
    results: list[Outcome | EngineError] = []
    for inverse in inverses:
        results += (
            [inverse] if isinstance(inverse, EngineError) else execute_many(installed, [inverse], context, dry=dry)
        )
    return results


def _by_record(desk: Desk, event_ids: Sequence[int]) -> list[list[Event]]:
    """The person's own events of each record, oldest first; the records in the order of their last event, backwards."""
    ids = sorted(set(event_ids))[:MOST_EVENTS]
    own = sa.select(event).where(event.c.id.in_(ids), event.c.actor_id == desk.actor.id).order_by(event.c.id)
    found: dict[tuple[str, int], list[Event]] = defaultdict(list)
    for row in desk.conn.rows(own):
        one = history.event_of(row)
        if one.kind in _DEEDS and one.entity in desk.app.entities:
            found[one.entity, one.record_id].append(one)
    return sorted(found.values(), key=lambda events: -events[-1].id)


def _inverse(desk: Desk, events: list[Event]) -> Command | NotAllowed:
    entity, record_id = desk.entity(events[0].entity), events[0].record_id
    refusal = _refusal(desk, events)
    if refusal:
        return NotAllowed(say(desk.language, refusal, minutes=MINUTES))
    kinds = [one.kind for one in events]
    if kinds[-1] == "removed":
        return Restore(entity.key, record_id)
    row = desk.raw(entity, record_id)
    if row is None:
        return NotAllowed(say(desk.language, "undo.gone"))
    version = int(row["row_version"])
    if {"created", "restored"} & set(kinds):
        return Delete(entity.key, record_id, version)
    before = _before(entity, events)
    stage = next((one.changes["stage"][0] for one in events if one.kind == "moved"), None)
    if stage is not None:
        return Move(entity.key, record_id, str(stage), version, before)
    return Update(entity.key, record_id, version, before)


def _refusal(desk: Desk, events: list[Event]) -> str:
    """Why the events of a record cannot be taken back: the key of a sentence, or ""."""
    if events[0].at < desk.context.at - timedelta(minutes=MINUTES):
        return "undo.late"
    ids = {one.id for one in events}
    later = history.of(desk.conn, events[0].entity, events[0].record_id, limit=len(events) + 20)
    if any(one.id > min(ids) and one.id not in ids and one.kind not in _QUIET for one in later):
        return "undo.changed"
    led_to = sa.select(event.c.id).where(event.c.id > min(ids), event.c.cause.in_(ids)).limit(1)
    return "undo.left" if desk.conn.one(led_to) is not None else ""


def _before(entity: Entity, events: list[Event]) -> Mapping[str, object]:
    """The changed fields as they were before the first of the events."""
    values: dict[str, object] = {}
    for one in events:
        for key, pair in one.changes.items():
            field = entity.fields.get(key)
            if field is not None and key != "stage" and not field.is_computed and key not in values:
                values[key] = from_json(field.value_type, pair[0])
    return values

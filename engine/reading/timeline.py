"""The timeline: what happened to a record and to all beneath it, as far as the reader may see it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, cast, get_args

import sqlalchemy as sa

from dsl.app import Entity
from engine.answers import Change, Entry, EntryKind, FieldChange, FileNote, Person, Proof, Waived
from engine.errors import NotThere
from engine.flow.requirements import sentence_of
from engine.people import users
from engine.people.sight import Sight
from engine.reading.desk import Desk
from engine.reading.links import files_of, link_of
from engine.reading.masks import masked
from engine.store import history
from engine.store.history import Event
from engine.store.system_tables import comment, evidence, mention, user_account, waiver
from engine.writing.memory import ANSWER, TOLD
from engine.writing.stored_json import from_json

MOST_EVENTS: Final = 2_000
"""Of one record that are looked through for one field."""
SHOWN: Final = frozenset(get_args(EntryKind))


def timeline(
    desk: Desk, entity: Entity, record_id: int, limit: int, before: int | None, kinds: Collection[EntryKind] = ()
) -> list[Entry]:
    """Newest first; empty if the record is out of sight. A part that is out of sight leaves no trace.

    kinds: only those; () all.
    """
    if desk.raw(entity, record_id) is None:
        return []

    def sight_of(key: str) -> Sight:
        return desk.sight(desk.entity(key))

    records = desk.installed.records.beneath(desk.conn, sight_of, entity.key, record_id, desk.env)
    events = history.of_many(desk.conn, records, limit=limit, before=before, kinds=kinds)
    wanted = [event for event in events if event.kind in SHOWN and event.entity in desk.app.entities]
    return _Telling(desk, wanted).entries() if wanted else []


def entry_of(desk: Desk, event: Event) -> Entry | None:
    """One event as the reader may see it; None for a kind that is not shown. That the record is in sight is known."""
    return _Telling(desk, [event]).entries()[0] if event.kind in SHOWN else None


def field_history(desk: Desk, entity: Entity, record_id: int, field_key: str) -> list[FieldChange]:
    """Every value that people gave a field, the last first. Raises NotThere for one that is not the actor's to read.

    A masked field tells when and by whom; its values are masks.
    """
    known = entity.fields.get(field_key)
    if known is None or field_key in desk.hidden(entity) or desk.raw(entity, record_id) is None:
        raise NotThere(f"{entity.key} {record_id} {field_key}")
    events = history.of(desk.conn, entity.key, record_id, limit=MOST_EVENTS)
    entries = _Telling(desk, [each for each in events if each.kind in SHOWN and field_key in each.changes]).entries()
    changes = [(entry, change) for entry in entries for change in entry.changes if change.field == field_key]
    return [FieldChange(entry.at, entry.actor, change) for entry, change in changes]


@dataclass(slots=True)
class _Telling:
    """One page of events being made into entries: what they point to is read once for all of them."""

    desk: Desk
    events: list[Event]
    people: Mapping[int, Person] = field(default_factory=dict)
    titles: Mapping[tuple[str, int], str] = field(default_factory=dict)
    files: Mapping[int, FileNote] = field(default_factory=dict)
    called: Mapping[int, list[str]] = field(default_factory=dict)

    def entries(self) -> list[Entry]:
        ids = [event.id for event in self.events]
        changes = {event.id: self._visible_changes(event) for event in self.events}
        proofs, waivers, comments = self._proofs(ids), self._waivers(ids), self._comments(ids)
        self.people = users.people(self.desk.conn, {e.actor_id for e in self.events if e.actor_id is not None})
        self.called = self._called(list(comments))
        self.titles = self.desk.titles_of(self._pairs(changes, proofs))
        self.files = self.desk.file_notes(self._file_ids(changes, proofs))
        return [
            self._entry(event, changes[event.id], proofs[event.id], waivers[event.id], comments.get(event.id, ""))
            for event in self.events
        ]

    def _entry(
        self,
        event: Event,
        changes: Mapping[str, tuple[object, object]],
        proofs: list[Mapping[str, Any]],
        waivers: list[tuple[str, str]],
        said: str,
    ) -> Entry:
        entity, language = self.desk.entity(event.entity), self.desk.language
        stage = changes.get("stage", ("", "")) if event.kind == "moved" else ("", "")
        held = [each for key, (_, after) in changes.items() for each in files_of(entity.fields.get(key), after)]
        return Entry(
            id=event.id,
            at=event.at,
            kind=cast("EntryKind", event.kind),
            actor=self.people.get(event.actor_id or 0),
            entity=event.entity,
            record_id=event.record_id,
            title=self.titles.get((event.entity, event.record_id), ""),
            changes=tuple(self._change(entity, key, *pair) for key, pair in changes.items() if key != "stage"),
            source=str(stage[0] or ""),
            target=str(stage[1] or ""),
            text=said or str(event.changes.get(ANSWER, ("", ""))[1]),
            proofs=tuple(self._proof(entity, each) for each in proofs),
            waived=tuple(Waived(rule, sentence_of(entity, rule, language), reason) for rule, reason in waivers),
            files=tuple(self.files[each] for each in held if each in self.files),
            called=tuple(self.called.get(event.id, ())),
        )

    def _visible_changes(self, event: Event) -> dict[str, tuple[object, object]]:
        """Before and after in stored form, without hidden fields; masked fields show their mask."""
        entity = self.desk.entity(event.entity)
        hidden, covered = self.desk.hidden(entity), self.desk.masked(entity)
        shown: dict[str, tuple[object, object]] = {}
        for key, (before, after) in event.changes.items():
            known = entity.fields.get(key)
            if key in (ANSWER, TOLD) or key in hidden or known is None:
                continue
            pair = from_json(known.value_type, before), from_json(known.value_type, after)
            shown[key] = (masked(known, pair[0]), masked(known, pair[1])) if key in covered else pair
        return shown

    def _change(self, entity: Entity, key: str, before: object, after: object) -> Change:
        known = entity.fields.get(key)
        titles = [self.titles.get(link, "") if (link := link_of(known, value)) else "" for value in (before, after)]
        return Change(key, before, after, *titles)

    def _proof(self, entity: Entity, row: Mapping[str, Any]) -> Proof:
        """A file is named; a related record only if the reader sees it."""
        label = sentence_of(entity, row["rule"], self.desk.language)
        if row["file_id"] is not None:
            return Proof(row["rule"], label, file=self.files.get(row["file_id"]))
        other = self.desk.app.entities.get(row["related_entity"])
        is_seen = other is not None and self.desk.raw(other, row["related_id"]) is not None
        return Proof(row["rule"], label, entity=row["related_entity"], id=row["related_id"] if is_seen else None)

    # --- what the events point to ------------------------------------------------------------------------------------

    def _pairs(
        self,
        changes: Mapping[int, Mapping[str, tuple[object, object]]],
        proofs: Mapping[int, list[Mapping[str, Any]]],
    ) -> set[tuple[str, int]]:
        pairs = {(event.entity, event.record_id) for event in self.events}
        pairs |= {(p["related_entity"], p["related_id"]) for each in proofs.values() for p in each if p["related_id"]}
        for event in self.events:
            fields = self.desk.entity(event.entity).fields
            for key, values in changes[event.id].items():
                pairs |= {link for value in values if (link := link_of(fields.get(key), value)) is not None}
        return pairs

    def _file_ids(
        self,
        changes: Mapping[int, Mapping[str, tuple[object, object]]],
        proofs: Mapping[int, list[Mapping[str, Any]]],
    ) -> set[int]:
        ids = {p["file_id"] for each in proofs.values() for p in each if p["file_id"] is not None}
        for event in self.events:
            fields = self.desk.entity(event.entity).fields
            for key, (_, after) in changes[event.id].items():
                ids.update(files_of(fields.get(key), after))
        return ids

    def _proofs(self, ids: Collection[int]) -> Mapping[int, list[Mapping[str, Any]]]:
        c = evidence.c
        columns = (c.event_id, c.rule, c.file_id, c.related_entity, c.related_id)
        found: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
        for row in self.desk.conn.rows(sa.select(*columns).where(c.event_id.in_(ids)).order_by(c.id)):
            found[row[0]].append({column.key: value for column, value in zip(columns, row, strict=True)})
        return found

    def _waivers(self, ids: Collection[int]) -> Mapping[int, list[tuple[str, str]]]:
        c = waiver.c
        found: dict[int, list[tuple[str, str]]] = defaultdict(list)
        for event_id, rule, reason in self.desk.conn.rows(
            sa.select(c.event_id, c.rule, c.reason).where(c.event_id.in_(ids)).order_by(c.id)
        ):
            found[event_id].append((rule, reason))
        return found

    def _comments(self, ids: Collection[int]) -> Mapping[int, str]:
        c = comment.c
        return dict(self.desk.conn.rows(sa.select(c.event_id, c.text).where(c.event_id.in_(ids))))

    def _called(self, ids: Collection[int]) -> Mapping[int, list[str]]:
        found: dict[int, list[str]] = defaultdict(list)
        m, named = mention.c, user_account.c
        joined = mention.join(user_account, named.id == m.user_id)
        wanted = sa.select(m.event_id, named.name).select_from(joined).where(m.event_id.in_(ids)).order_by(m.id)
        for event_id, name in self.desk.conn.rows(wanted) if ids else ():
            found[event_id].append(name)
        return found

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
from engine.reading.desk import Desk, Raw
from engine.reading.links import PERSON, files_of, link_of
from engine.reading.masks import masked
from engine.store import history
from engine.store.columns import is_one_of
from engine.store.history import Event
from engine.store.plans import Plan
from engine.store.system_tables import comment, evidence, mention, user_account, waiver
from engine.store.titles import title_in
from engine.writing.memory import ANSWER, TOLD
from engine.writing.stored_json import from_json

MOST_EVENTS: Final = 2_000
"""Of one record that are looked through for one field."""
SHOWN: Final = frozenset(get_args(EntryKind))


def _of_events(table: sa.Table, *names: str) -> Plan:
    """What a table keeps beside the events in the array `ids`."""
    found = sa.select(*(table.c[name] for name in names)).where(is_one_of(table.c.event_id, "ids"))
    return Plan(found.order_by(table.c.id) if "id" in table.c else found)


_PROVEN = ("event_id", "rule", "file_id", "related_entity", "related_id")
_PROOFS = _of_events(evidence, *_PROVEN)
_WAIVERS = _of_events(waiver, "event_id", "rule", "reason")
_COMMENTS = _of_events(comment, "event_id", "text")
_CALLED = Plan(
    sa.select(mention.c.event_id, user_account.c.name)
    .select_from(mention.join(user_account, user_account.c.id == mention.c.user_id))
    .where(is_one_of(mention.c.event_id, "ids"))
    .order_by(mention.c.id)
)
"""Built once: a record's page tells its last fifty events."""


def timeline(
    desk: Desk, entity: Entity, record_id: int, limit: int, before: int | None, kinds: Collection[EntryKind] = ()
) -> list[Entry]:
    """Newest first; empty if the record is out of sight. A part that is out of sight leaves no trace.

    kinds: only those; () all.
    """
    row = desk.raw(entity, record_id)
    return told(desk, entity, row, limit, before, kinds) if row is not None else []


def told(
    desk: Desk, entity: Entity, row: Raw, limit: int, before: int | None, kinds: Collection[EntryKind] = ()
) -> list[Entry]:
    """The timeline of a record that was read at this desk."""
    record_id = int(row["id"])

    def sight_of(key: str) -> Sight:
        return desk.sight(desk.entity(key))

    records = desk.installed.records.beneath(desk.conn, sight_of, entity.key, record_id, desk.env)
    events = history.of_many(desk.conn, records, limit=limit, before=before, kinds=kinds)
    wanted = [event for event in events if event.kind in SHOWN and event.entity in desk.app.entities]
    title = title_in(desk.installed.tables.entity(entity.key), row)
    known = {(entity.key, record_id): title} if title is not None else {}
    return _Telling(desk, wanted, known).entries() if wanted else []


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
    names = {field_key, known.was}
    entries = _Telling(desk, [each for each in events if each.kind in SHOWN and names & each.changes.keys()]).entries()
    changes = [(entry, change) for entry in entries for change in entry.changes if change.field == field_key]
    return [FieldChange(entry.at, entry.actor, change) for entry, change in changes]


@dataclass(slots=True)
class _Telling:
    """One page of events being made into entries: what they point to is read once for all of them."""

    desk: Desk
    events: list[Event]
    known: Mapping[tuple[str, int], str] = field(default_factory=dict)
    """Titles that need not be asked for."""
    people: Mapping[int, Person] = field(default_factory=dict)
    titles: Mapping[tuple[str, int], str] = field(default_factory=dict)
    files: Mapping[int, FileNote] = field(default_factory=dict)
    called: Mapping[int, list[str]] = field(default_factory=dict)
    renamed: dict[str, Mapping[str, str]] = field(default_factory=dict)

    def entries(self) -> list[Entry]:
        ids = [event.id for event in self.events]
        changes = {event.id: self._visible_changes(event) for event in self.events}
        proofs, waivers = self._proofs(ids), self._waivers(ids)
        comments = self._comments([event.id for event in self.events if event.kind == "commented"])
        self.people = users.people(self.desk.conn, {e.actor_id for e in self.events if e.actor_id is not None})
        self.called = self._called(list(comments))
        known = {**self.known, **{(PERSON, one.id): one.name or f"#{one.id}" for one in self.people.values()}}
        self.titles = {**self.desk.titles_of(self._pairs(changes, proofs) - known.keys()), **known}
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
        renamed = self._renamed(entity)
        for written, (before, after) in event.changes.items():
            key = renamed.get(written, written)
            known = entity.fields.get(key)
            if key in (ANSWER, TOLD) or key in hidden or known is None:
                continue
            pair = from_json(known.value_type, before), from_json(known.value_type, after)
            shown[key] = (masked(known, pair[0]), masked(known, pair[1])) if key in covered else pair
        return shown

    def _renamed(self, entity: Entity) -> Mapping[str, str]:
        """Former key of a field → its present one: an event keeps the names of its day."""
        if entity.key not in self.renamed:
            self.renamed[entity.key] = {known.was: known.key for known in entity.fields.values() if known.was}
        return self.renamed[entity.key]

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

    def _proofs(self, ids: list[int]) -> Mapping[int, list[Mapping[str, Any]]]:
        found: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
        for row in self.desk.conn.rows(_PROOFS, {"ids": ids}):
            found[row[0]].append(dict(zip(_PROVEN, row, strict=True)))
        return found

    def _waivers(self, ids: list[int]) -> Mapping[int, list[tuple[str, str]]]:
        found: dict[int, list[tuple[str, str]]] = defaultdict(list)
        for event_id, rule, reason in self.desk.conn.rows(_WAIVERS, {"ids": ids}):
            found[event_id].append((rule, reason))
        return found

    def _comments(self, ids: list[int]) -> Mapping[int, str]:
        return dict(self.desk.conn.rows(_COMMENTS, {"ids": ids})) if ids else {}

    def _called(self, ids: list[int]) -> Mapping[int, list[str]]:
        found: dict[int, list[str]] = defaultdict(list)
        for event_id, name in self.desk.conn.rows(_CALLED, {"ids": ids}) if ids else ():
            found[event_id].append(name)
        return found

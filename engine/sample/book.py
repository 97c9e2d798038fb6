"""The book in which the sample's story is written down: records, stage visits, events and files, in memory.

It keeps what the engine's write path would have kept, in stored form, so that `engine.sample.bulk` only copies.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias

from dsl.app import App, Stage
from engine.flow.dwell import due_at
from engine.values import is_empty

Kind: TypeAlias = Literal["created", "changed", "moved", "commented"]


@dataclass(slots=True)
class Row:
    """One record. values: stored, written fields only (computed ones come with the rebuild)."""

    entity: str
    id: int
    values: dict[str, object]
    owner_id: int | None
    backup_id: int | None
    unit_id: int | None
    created_at: datetime
    created_by: int
    changed_at: datetime
    changed_by: int
    pipeline: str = ""
    stage: str | None = None
    stage_since: datetime | None = None
    version: int = 1


@dataclass(slots=True)
class Happening:
    """One line of the history. changes: field → (before, after) in stored form."""

    id: int
    entity: str
    record_id: int
    kind: Kind
    changes: dict[str, tuple[object, object]]
    by: int
    at: datetime


@dataclass(slots=True)
class Stay:
    """A stage visit: open while left_at is None."""

    entity: str
    record_id: int
    pipeline: str
    stage: str
    from_stage: str
    entered_at: datetime
    due_at: datetime | None
    owner_id: int | None
    unit_id: int | None
    event: Happening
    left_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Upload:
    """One uploaded file: `content` names the bytes (see engine.sample.papers)."""

    id: int
    content: str
    name: str
    by: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Proof:
    """Evidence kept with a move."""

    entity: str
    record_id: int
    rule: str
    upload: Upload
    event: Happening


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment on a record; its event says on which, by whom and when."""

    text: str
    event: Happening


@dataclass(frozen=True, slots=True)
class Starts:
    """The first free ids: per entity, and of events and files."""

    records: Mapping[str, int] = field(default_factory=dict)
    event: int = 1
    file: int = 1


class Book:
    """Writes records, changes and moves down. Nothing is judged: the story itself keeps to the gates."""

    def __init__(self, app: App, units: Mapping[int, int], starts: Starts) -> None:
        self.app = app
        self.rows: dict[str, dict[int, Row]] = {key: {} for key in app.entities}
        self.events: list[Happening] = []
        self.stays: list[Stay] = []
        self.uploads: list[Upload] = []
        self.proofs: list[Proof] = []
        self.remarks: list[Remark] = []
        self._units = units
        self._starts = starts
        self._open: dict[tuple[str, int], Stay] = {}

    def add(self, entity: str, at: datetime, by: int, values: Mapping[str, object], parent: Row | None = None) -> Row:
        """A new record in its first stage. A child of `parent` gets its reference, owner and unit from it."""
        at = _whole(at)
        definition = self.app.entities[entity]
        kept = dict(values)
        if parent is not None and definition.parent:
            kept[definition.parent] = parent.id
        owner = _person(kept, definition.owner_field) or (parent.owner_id if parent else by)
        has_backup = (
            definition.backup_field in definition.fields and not definition.fields[definition.backup_field].given
        )
        backup = _person(kept, definition.backup_field) if has_backup or parent is None else parent.backup_id
        row_id = self._starts.records.get(entity, 1) + len(self.rows[entity])
        unit = self._units.get(owner) if owner is not None else None
        row = Row(entity, row_id, kept, owner, backup, unit, at, by, at, by)
        self.rows[entity][row_id] = row
        told: dict[str, tuple[object, object]] = {
            key: (None, value) for key, value in kept.items() if not is_empty(value) and value is not False
        }
        event = self._tell(row, "created", told, by, at)
        if definition.has_stages:
            pipeline = definition.pipelines[0]
            row.pipeline = pipeline.key
            self._enter(row, pipeline.first, "", at, event)
        return row

    def change(self, row: Row, at: datetime, by: int, **values: object) -> None:
        """New values of some fields."""
        at = _whole(at)
        changes = self._take(row, values)
        self._touch(row, at, by)
        self._tell(row, "changed", changes, by, at)

    def move(self, row: Row, to: str, at: datetime, by: int, **fill: object) -> Happening:
        """One step along the stages, with the values that were given in its dialog."""
        definition = self.app.entities[row.entity]
        stage = definition.pipeline_of(row.pipeline).stage(to)
        if stage is None:
            raise ValueError(f"{row.entity} has no stage {to}")
        at, before = _whole(at), row.stage or ""
        changes = self._take(row, fill)
        changes["stage"] = (before, to)
        self._touch(row, at, by)
        event = self._tell(row, "moved", changes, by, at)
        self._open[row.entity, row.id].left_at = at
        self._enter(row, stage, before, at, event)
        return event

    def upload(self, content: str, name: str, by: int, at: datetime) -> Upload:
        made = Upload(self._starts.file + len(self.uploads), content, name, by, _whole(at))
        self.uploads.append(made)
        return made

    def prove(self, row: Row, rule: str, upload: Upload, event: Happening) -> None:
        """Keeps an upload as the evidence that met a rule."""
        self.proofs.append(Proof(row.entity, row.id, rule, upload, event))

    def remark(self, row: Row, at: datetime, by: int, text: str) -> None:
        """A comment under a record."""
        self.remarks.append(Remark(text, self._tell(row, "commented", {}, by, _whole(at))))

    def all_rows(self) -> Iterator[Row]:
        for rows in self.rows.values():
            yield from rows.values()

    def _take(self, row: Row, values: Mapping[str, object]) -> dict[str, tuple[object, object]]:
        changes = {key: (row.values.get(key), value) for key, value in values.items() if row.values.get(key) != value}
        row.values.update(values)
        return changes

    def _touch(self, row: Row, at: datetime, by: int) -> None:
        row.changed_at, row.changed_by = at, by
        row.version += 1

    def _tell(
        self,
        row: Row,
        kind: Kind,
        changes: dict[str, tuple[object, object]],
        by: int,
        at: datetime,
    ) -> Happening:
        event = Happening(0, row.entity, row.id, kind, changes, by, at)
        self.events.append(event)
        return event

    def _enter(self, row: Row, stage: Stage, before: str, at: datetime, event: Happening) -> None:
        due = due_at(self.app, stage, at)
        stay = Stay(row.entity, row.id, row.pipeline, stage.key, before, at, due, row.owner_id, row.unit_id, event)
        self._open[row.entity, row.id] = stay
        self.stays.append(stay)
        row.stage, row.stage_since = stage.key, at

    def number_events(self) -> None:
        """Gives events their ids in the order in which they happened."""
        self.events.sort(key=lambda e: e.at)
        for place, event in enumerate(self.events):
            event.id = self._starts.event + place


def _whole(at: datetime) -> datetime:
    """Instants are whole seconds everywhere in the engine."""
    return at.replace(microsecond=0)


def _person(values: Mapping[str, object], key: str) -> int | None:
    found = values.get(key) if key else None
    return found if isinstance(found, int) else None

"""Records with all that was written of them: row, events and stage visits, one record at a time in one pass."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from heapq import merge
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from dsl.app import Field
from engine.integrity.look import Look
from engine.store.gate import link_columns
from engine.store.ledger import stored_fields
from engine.store.seal import Reason, as_system
from engine.store.system_tables import event, stage_visit
from engine.store.tables import EntityTable
from engine.values import is_written

_EVENTS = (event.c.id, event.c.kind, event.c.changes, event.c.at, event.c.revision)
_VISITS = tuple(
    stage_visit.c[key] for key in ("id", "pipeline", "stage", "from_stage", "entered_at", "left_at", "event_id")
)
_SYSTEM = ("row_version", "pipeline", "stage", "stage_since", "created_at", "deleted_at")


@dataclass(frozen=True, slots=True)
class Happened:
    id: int
    kind: str
    changes: Mapping[str, Any]
    at: datetime
    revision: int


@dataclass(frozen=True, slots=True)
class Stay:
    id: int
    pipeline: str
    stage: str
    from_stage: str
    entered_at: datetime
    left_at: datetime | None
    event_id: int | None


@dataclass(slots=True)
class Story:
    """row None: events or visits of a record that is not there."""

    id: int
    row: Mapping[str, Any] | None = None
    events: list[Happened] = field(default_factory=list)
    stays: list[Stay] = field(default_factory=list)

    @property
    def since(self) -> int:
        """The revision under which the record was made."""
        return self.events[0].revision if self.events else 0


def written_fields(found: EntityTable) -> tuple[Field, ...]:
    """The fields whose values are people's writes, each of them named by an event."""
    return tuple(known for known in stored_fields(found.entity) if is_written(found.entity, known))


def stories(look: Look, found: EntityTable) -> Iterator[Story]:
    """Every record of the entity, removed ones included, and whatever is told of records that are not there."""
    rows = ((row["id"], 0, row) for row in _rows(look, found))
    events = (
        (row[0], 1, Happened(row[1], row[2], row[3] or {}, row[4], row[5])) for row in _told(look, found, _EVENTS)
    )
    stays = ((row[0], 2, Stay(*row[1:])) for row in _told(look, found, _VISITS))
    together: Iterator[tuple[int, int, Any]] = merge(rows, events, stays, key=lambda each: each[:2])
    for record_id, group in groupby(together, key=lambda each: each[0]):
        yield _story(record_id, [part for _id, _place, part in group])


def _story(record_id: int, parts: list[Any]) -> Story:
    story = Story(record_id)
    for part in parts:
        match part:
            case Happened():
                story.events.append(part)
            case Stay():
                story.stays.append(part)
            case _:
                story.row = part
    return story


def _rows(look: Look, found: EntityTable) -> Iterator[Mapping[str, Any]]:
    """The entity's rows in the order of their ids: system columns, written fields, when the parent was removed."""
    table, entity = found.table, found.entity
    wanted: list[sa.ColumnElement[Any]] = [table.c[key] for key in ("id", *_SYSTEM)]
    wanted += [
        found.column(known.key).label(known.key) for known in written_fields(found) if known.key not in found.links
    ]
    wanted += link_columns(found)
    select = sa.select(*wanted)
    if entity.parent:
        above = look.tables.entity(entity.parent).table.alias("above")
        select = select.add_columns(above.c.deleted_at.label("parent_deleted_at"))
        select = select.outerjoin_from(table, above, above.c.id == found.column(entity.parent))
    keys = [str(column.key) for column in select.selected_columns]
    for row in look.conn.stream(as_system(select.order_by(table.c.id), Reason.CHECK)):
        yield dict(zip(keys, row, strict=True))


def _told(look: Look, found: EntityTable, columns: tuple[sa.Column[Any], ...]) -> Iterator[tuple[Any, ...]]:
    """Rows of a system table about the entity's records, by record and then as they were written."""
    table, entity = columns[0].table, found.entity
    names = [entity.key, entity.was] if entity.was else [entity.key]
    select = sa.select(table.c.record_id, *columns).where(table.c.entity.in_(names))
    yield from look.conn.stream(select.order_by(table.c.record_id, table.c.id))

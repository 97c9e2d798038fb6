"""History: what happened to records, append only. An event is written in the transaction of what it tells of."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa

from engine.store.columns import is_one_of
from engine.store.connection import Connection
from engine.store.many import insert_many, next_ids
from engine.store.plans import Plans
from engine.store.system_tables import event

EventKind = Literal["created", "changed", "moved", "removed", "restored", "waived", "commented", "file"]
Changes = Mapping[str, Sequence[object]]
"""Field → (before, after), both in JSON form."""

_plans = Plans()
KEYS = tuple(column.key for column in event.c if column.key != "id")
_LATEST = 2**62

MANY = 4
"""Events from which on it pays to take their numbers first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvent:
    """actor_id None: the engine itself. cause: the event that led to this one, `depth` events deep."""

    entity: str
    record_id: int
    kind: EventKind
    at: datetime
    changes: Changes | None = None
    actor_id: int | None = None
    channel: str = "web"
    revision: int = 0
    cause: int | None = None
    depth: int = 0
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    id: int
    entity: str
    record_id: int
    kind: EventKind
    changes: Mapping[str, Sequence[Any]]
    actor_id: int | None
    at: datetime
    channel: str
    revision: int
    cause: int | None
    depth: int
    request_id: str


def append(conn: Connection, new: NewEvent) -> int:
    """Writes an event; its id."""
    event_id: int = conn.value(_plans.get("append", lambda: _insert().returning(event.c.id)), row_of(new))
    return event_id


def append_many(conn: Connection, new: Sequence[NewEvent]) -> list[int]:
    """Writes events in their order; their ids."""
    if len(new) < MANY:
        return [append(conn, one) for one in new]
    ids = next_ids(conn, event, len(new))
    insert_many(conn, event, ("id", *KEYS), [{"id": each, **row_of(one)} for each, one in zip(ids, new, strict=True)])
    return ids


def of(conn: Connection, entity: str, record_id: int, *, limit: int = 50, before: int | None = None) -> list[Event]:
    """The events of one record, newest first; `before` an event id to page on from there."""
    return of_many(conn, {entity: [record_id]}, limit=limit, before=before)


def of_many(
    conn: Connection,
    records: Mapping[str, Collection[int]],
    *,
    limit: int = 50,
    before: int | None = None,
    kinds: Collection[EventKind] = (),
) -> list[Event]:
    """The events of many records (entity → ids) in one line of time, newest first. kinds: only those; () all."""
    plan = _plans.get(("of", bool(kinds)), lambda: _select(is_chosen=bool(kinds)))
    found: list[Event] = []
    for entity, ids in records.items():
        params = {"entity": entity, "ids": list(ids), "before": before or _LATEST, "most": limit, "kinds": list(kinds)}
        found += [event_of(row) for row in conn.rows(plan, params)]
    found.sort(key=lambda one: one.id, reverse=True)
    return found[:limit]


def find(conn: Connection, event_id: int) -> Event | None:
    """One event by its id."""
    row = conn.one(sa.select(event).where(event.c.id == event_id))
    return event_of(row) if row else None


def row_of(new: NewEvent) -> dict[str, object]:
    return {key: getattr(new, key) for key in KEYS}


def _insert() -> sa.Insert:
    return sa.insert(event).values({key: sa.bindparam(key, type_=event.c[key].type) for key in KEYS})


def _select(*, is_chosen: bool) -> sa.Executable:
    mine = [event.c.entity == sa.bindparam("entity"), is_one_of(event.c.record_id, "ids")]
    if is_chosen:
        mine.append(is_one_of(event.c.kind, "kinds", keys=True))
    place = event.c.id + 0  # as plain `id` it tempts both planners to walk the whole table backwards
    newest = sa.select(event).where(*mine, place < sa.bindparam("before", type_=sa.BigInteger()))
    return newest.order_by(place.desc()).limit(sa.bindparam("most", type_=sa.Integer()))


def event_of(row: tuple[Any, ...]) -> Event:
    """A row of the event table, all columns in order."""
    number, entity, record_id, kind, changes, *rest = row
    return Event(number, entity, record_id, kind, changes or {}, *rest)

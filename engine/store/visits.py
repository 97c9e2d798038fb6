"""Stage visits: one row from entering a stage to leaving it, and the weekly sums that dwell times are read from.

Owner and unit are those at the entry. Both are written in the transaction that moves the record: the visit with the
event that began it, the weeks once for all that came and went.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from dsl.app import App
from engine.store.connection import Connection
from engine.store.many import insert_many
from engine.store.plans import Plans
from engine.store.system_tables import stage_visit, stage_week
from engine.store.upsert import add_or_increase

_plans = Plans()
_visit = stage_visit.c
KEYS = tuple(column.key for column in _visit if column.key not in ("id", "left_at", "event_id"))
"""Of a visit that begins, beside the event that began it."""
WEEK_KEY = ("entity", "week", "stage", "unit_id")
WEEK_SUMS = ("entered", "left_count", "dwell_seconds", "late")


@dataclass(frozen=True, slots=True)
class Visit:
    """left_at is None while the record is there. source: the stage it came from, or "" at its creation.

    due_at: the first instant at which it is late there.
    """

    id: int
    pipeline: str
    stage: str
    source: str
    entered_at: datetime
    left_at: datetime | None
    due_at: datetime | None
    owner_id: int | None
    unit_id: int | None

    @property
    def was_late(self) -> bool:
        return self.left_at is not None and self.due_at is not None and self.left_at >= self.due_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A record that comes into a stage. source: the stage it came from, or "" at its creation."""

    entity: str
    record_id: int
    pipeline: str
    stage: str
    source: str
    at: datetime
    due_at: datetime | None = None
    owner_id: int | None = None
    unit_id: int | None = None


@dataclass(frozen=True, slots=True)
class Departure:
    """A visit that has ended."""

    entity: str
    visit: Visit
    at: datetime


def enter(conn: Connection, arrivals: Sequence[tuple[Arrival, int | None]]) -> None:
    """Begins a visit for each; DuplicateValue while another visit of the record is open. Their weeks: see `count`.

    With the event that began it; None where that is not known yet (see `attribute`).
    """
    rows = [{**row_of(arrival), "event_id": event_id} for arrival, event_id in arrivals]
    insert_many(conn, stage_visit, (*KEYS, "event_id"), rows)


def row_of(new: Arrival) -> dict[str, object]:
    return {
        "entity": new.entity,
        "record_id": new.record_id,
        "pipeline": new.pipeline,
        "stage": new.stage,
        "from_stage": new.source,
        "entered_at": new.at,
        "due_at": new.due_at,
        "owner_id": new.owner_id,
        "unit_id": new.unit_id,
    }


def attribute(conn: Connection, entity: str, record_id: int, event_id: int) -> None:
    """Names the event that began the record's open visit, where the visit had to be written before it."""
    conn.execute(_plans.get("attribute", _name_event), {"entity": entity, "record_id": record_id, "by": event_id})


def leave(conn: Connection, entity: str, record_id: int, at: datetime) -> Departure | None:
    """Ends the open visit of the record, if there is one. Its week: see `count`."""
    row = conn.one(_plans.get("leave", _close), {"entity": entity, "record_id": record_id, "at": at})
    return Departure(entity, Visit(*row), at) if row is not None else None


def count(conn: Connection, app: App, arrivals: Iterable[Arrival], departures: Iterable[Departure]) -> None:
    """Adds what came and went to the sums of its weeks."""
    plan = _plans.get(("week", conn.dialect), lambda: add_or_increase(conn.dialect, stage_week, WEEK_KEY, WEEK_SUMS))
    conn.execute_many(plan, weeks_of(app, arrivals, departures))


def weeks_of(app: App, arrivals: Iterable[Arrival], departures: Iterable[Departure]) -> list[dict[str, object]]:
    """What is to be added to the sums of the weeks: a row for each of them."""
    sums: dict[tuple[object, ...], Counter[str]] = {}
    for new in arrivals:
        key = (new.entity, week_of(app, new.at), new.stage, new.unit_id or 0)
        sums.setdefault(key, Counter()).update(entered=1)
    for gone in departures:
        visit = gone.visit
        dwell = int((gone.at - visit.entered_at).total_seconds())
        key = (gone.entity, week_of(app, gone.at), visit.stage, visit.unit_id or 0)
        sums.setdefault(key, Counter()).update(left_count=1, dwell_seconds=dwell, late=int(visit.was_late))
    return [
        dict(zip(WEEK_KEY, key, strict=True)) | {name: found[name] for name in WEEK_SUMS}
        for key, found in sorted(sums.items())
    ]


def of(conn: Connection, entity: str, record_id: int) -> list[Visit]:
    """All visits of a record, oldest first."""
    rows = conn.rows(_plans.get("of", _all), {"entity": entity, "record_id": record_id})
    return [Visit(*row) for row in rows]


def last_entered(conn: Connection, entity: str, record_id: object, stage: str) -> datetime | None:
    """The instant the record last entered the stage."""
    found: datetime | None = conn.value(
        _plans.get("last entered", _last_entered), {"entity": entity, "record_id": record_id, "stage": stage}
    )
    return found


def week_of(app: App, at: datetime) -> str:
    """The ISO week of an instant in the app's zone: "2026-W47"."""
    year, week, _ = at.astimezone(ZoneInfo(app.timezone)).isocalendar()
    return f"{year}-W{week:02}"


_COLUMNS: Sequence[sa.Column[object]] = (
    _visit.id,
    _visit.pipeline,
    _visit.stage,
    _visit.from_stage,
    _visit.entered_at,
    _visit.left_at,
    _visit.due_at,
    _visit.owner_id,
    _visit.unit_id,
)


def _mine() -> tuple[sa.ColumnElement[bool], ...]:
    return _visit.entity == sa.bindparam("entity"), _visit.record_id == sa.bindparam("record_id")


def _close() -> sa.Executable:
    close = sa.update(stage_visit).where(*_mine(), _visit.left_at.is_(None))
    return close.values({_visit.left_at: sa.bindparam("at", type_=_visit.left_at.type)}).returning(*_COLUMNS)


def _name_event() -> sa.Executable:
    named = sa.update(stage_visit).where(*_mine(), _visit.left_at.is_(None))
    return named.values({_visit.event_id: sa.bindparam("by", type_=_visit.event_id.type)})


def _all() -> sa.Executable:
    return sa.select(*_COLUMNS).where(*_mine()).order_by(_visit.id)


def _last_entered() -> sa.Executable:
    at_stage = _visit.stage == sa.bindparam("stage")
    return sa.select(sa.func.max(_visit.entered_at, type_=_visit.entered_at.type)).where(*_mine(), at_stage)

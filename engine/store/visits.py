"""Stage visits: one row from entering a stage to leaving it, and the weekly sums that dwell times are read from.

Owner and unit are those at the entry. Both are written in the transaction that moves the record.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from dsl.app import App
from engine.store.connection import Connection
from engine.store.plans import Plans
from engine.store.system_tables import stage_visit, stage_week
from engine.store.upsert import add_or_increase

_plans = Plans()
_visit = stage_visit.c
_WEEK_KEY = ("entity", "week", "stage", "unit_id")
_WEEK_SUMS = ("entered", "left_count", "dwell_seconds", "late")


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


def enter(
    conn: Connection,
    app: App,
    entity: str,
    record_id: int,
    *,
    pipeline: str,
    stage: str,
    source: str,
    at: datetime,
    due_at: datetime | None = None,
    owner_id: int | None = None,
    unit_id: int | None = None,
) -> int:
    """Begins a visit; its id. DuplicateValue while another visit of the record is open."""
    row = {
        "entity": entity,
        "record_id": record_id,
        "pipeline": pipeline,
        "stage": stage,
        "from_stage": source,
        "entered_at": at,
        "due_at": due_at,
        "owner_id": owner_id,
        "unit_id": unit_id,
    }
    visit_id: int = conn.value(_plans.get("enter", _insert), row)
    _count(conn, app, entity, stage, unit_id, at, entered=1)
    return visit_id


def attribute(conn: Connection, entity: str, record_id: int, event_id: int) -> None:
    """Names the event that began the record's open visit: known only when the move has been judged."""
    conn.execute(_plans.get("attribute", _name_event), {"entity": entity, "record_id": record_id, "by": event_id})


def leave(conn: Connection, app: App, entity: str, record_id: int, at: datetime) -> Visit | None:
    """Ends the open visit of the record, if there is one."""
    row = conn.one(_plans.get("leave", _close), {"entity": entity, "record_id": record_id, "at": at})
    if row is None:
        return None
    visit = Visit(*row)
    dwell = int((at - visit.entered_at).total_seconds())
    _count(conn, app, entity, visit.stage, visit.unit_id, at, left_count=1, dwell_seconds=dwell, late=visit.was_late)
    return visit


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


def _count(conn: Connection, app: App, entity: str, stage: str, unit_id: int | None, at: datetime, **sums: int) -> None:
    plan = _plans.get(("week", conn.dialect), lambda: add_or_increase(conn.dialect, stage_week, _WEEK_KEY, _WEEK_SUMS))
    key = {"entity": entity, "week": week_of(app, at), "stage": stage, "unit_id": unit_id or 0}
    conn.execute(plan, {**key, **{name: int(sums.get(name, 0)) for name in _WEEK_SUMS}})


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


def _insert() -> sa.Executable:
    columns = [column for column in _visit if column.key not in ("id", "left_at", "event_id")]
    new = {column.key: sa.bindparam(column.key, type_=column.type) for column in columns}
    return sa.insert(stage_visit).values(new).returning(_visit.id)


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

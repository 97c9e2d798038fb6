"""How long a record may stay in a stage: the due instant and the days in stage say the same, in days and workdays."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.commands import Create, Move
from engine.runtime import Engine
from engine.store import visits
from engine.store.system_tables import event, stage_visit
from engine.testing import acting, engine_for, virtual_clock

SHOP = """
app: repairs
label: Repairs
version: 1
language: 1
timezone: Asia/Shanghai
roles: {admin: {label: Admin, sees: all}}
entities:
  job:
    label: Job
    title: name
    fields:
      name: {label: Name, type: text required}
      late: {label: Late, type: yesno = days_in_stage > stage.limit_days}
    stages:
      open: {label: Open, limit: 2 workdays}
      doing: {label: Doing, limit: 2d}
      checking: {label: Checking, limit: 30h}
      done: {label: Done, end: won}
    moves: [open > doing > checking > done]
    access: {admin: {create: true, edit: true}}
"""
FRIDAY = datetime(2026, 11, 20, 2, 30, tzinfo=UTC)
"""10:30 in Shanghai; the next two workdays are the 23rd and the 24th."""


@pytest.fixture
def repairs(database_url: str, tmp_path: Path) -> Iterator[Engine]:
    engine = engine_for(SHOP, tmp_path, database_url)
    virtual_clock(engine).at = FRIDAY
    yield engine
    engine.close()


def new_job(engine: Engine) -> int:
    made = engine.execute(Create("job", {"name": "pump"}, {}), acting(engine, "admin"))
    assert made.id is not None
    return made.id


def visit_of(engine: Engine, job: int) -> visits.Visit:
    with engine.database.read() as conn:
        return visits.of(conn, "job", job)[-1]


def is_late(engine: Engine, job: int, at: datetime) -> bool:
    virtual_clock(engine).at = at
    found = engine.find(acting(engine, "admin"), "job", job)
    assert found is not None
    return bool(found.values["late"])


@pytest.mark.parametrize(
    ("stages", "due"),
    [
        ([], datetime(2026, 11, 24, 16, 0, tzinfo=UTC)),  # the 25th begins in Shanghai: a third workday
        (["doing"], datetime(2026, 11, 22, 16, 0, tzinfo=UTC)),  # the 23rd begins
        (["doing", "checking"], datetime(2026, 11, 21, 16, 0, tzinfo=UTC)),  # 30 hours: one whole day
    ],
)
def test_a_record_is_late_from_the_due_instant_of_its_visit_on(
    repairs: Engine, stages: list[str], due: datetime
) -> None:
    job = new_job(repairs)
    for stage in stages:
        assert repairs.execute(Move("job", job, stage), acting(repairs, "admin")).verdict.allowed
    assert visit_of(repairs, job).due_at == due
    assert not is_late(repairs, job, due - timedelta(seconds=1))
    assert is_late(repairs, job, due)


def test_a_visit_names_the_event_that_began_it(repairs: Engine) -> None:
    job = new_job(repairs)
    repairs.execute(Move("job", job, "doing"), acting(repairs, "admin"))
    with repairs.database.read() as conn:
        kinds = conn.rows(
            sa.select(stage_visit.c.stage, event.c.kind)
            .join(event, event.c.id == stage_visit.c.event_id)
            .order_by(stage_visit.c.id)
        )
    assert kinds == [("open", "created"), ("doing", "moved")]


def test_a_visit_that_ends_at_the_due_instant_was_late(repairs: Engine) -> None:
    job = new_job(repairs)
    due = visit_of(repairs, job).due_at
    assert due is not None
    virtual_clock(repairs).at = due
    repairs.execute(Move("job", job, "doing"), acting(repairs, "admin"))
    with repairs.database.read() as conn:
        first, _ = visits.of(conn, "job", job)
    assert first.was_late

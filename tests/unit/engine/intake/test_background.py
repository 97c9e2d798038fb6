"""An import goes on by itself: a worker of the engine drives it, whoever looks at it."""

from __future__ import annotations

import csv
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.context import Context
from engine.intake import background, steps
from engine.intake.imports import Progress
from engine.runtime import Engine
from engine.store.lists import Query
from engine.store.system_tables import user_account
from engine.testing import Colleague, acting, engine_for

APP = Path(__file__).parents[4] / "apps" / "sales_crm.yaml"
PATIENCE = 60.0
NAMES = ("恒达", "永信", "金鼎", "飞跃", "恒泰", "彩达", "联创", "敏芯")


@pytest.fixture
def engine(tmp_path: Path, database_url: str) -> Iterator[Engine]:
    made = engine_for(APP, tmp_path / "data", database_url, (Colleague("director", "director", "Company", leads=True),))
    yield made
    made.close()


@pytest.fixture
def director(engine: Engine) -> Context:
    return acting(engine, "director")


def upload(engine: Engine, context: Context, folder: Path) -> int:
    path = folder / "客户.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("客户名称", "行业"), *((f"苏州{name}机械", "机械") for name in NAMES)])
    return engine.imports.upload(context, "customers", [(path.name, path)])


def rested(engine: Engine, context: Context, run_id: int) -> Progress:
    """The run as soon as nothing works on it any more."""
    until = time.monotonic() + PATIENCE
    while (progress := engine.imports.progress(context, run_id)).run.is_working:
        assert time.monotonic() < until, progress
        time.sleep(0.05)
    return progress


def customers(engine: Engine, context: Context) -> int:
    return len(engine.page(context, Query("customer", None, (), 100, None, ("name",))).items)


def test_a_run_is_previewed_and_written_with_nobody_looking(engine: Engine, director: Context, tmp_path: Path) -> None:
    engine.jobs.start(engine)
    run_id = upload(engine, director, tmp_path)
    engine.imports.map(director, run_id, {}, {})
    assert rested(engine, director, run_id).foreseen == {"created": len(NAMES)}
    assert customers(engine, director) == 0
    engine.imports.start(director, run_id)
    done = rested(engine, director, run_id)
    assert (done.run.state, done.fates) == ("done", {"created": len(NAMES)})
    assert customers(engine, director) == len(NAMES)


def test_a_long_run_goes_on_in_many_jobs(
    engine: Engine, director: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background, "SLICE", 0.0)
    engine.jobs.start(engine)
    run_id = upload(engine, director, tmp_path)
    engine.imports.map(director, run_id, {}, {})
    assert rested(engine, director, run_id).run.state == "ready"
    assert len(engine.jobs.list("done")) >= 3  # a step each


def test_a_run_that_waits_for_a_worker_begins_when_one_comes(engine: Engine, director: Context, tmp_path: Path) -> None:
    run_id = upload(engine, director, tmp_path)
    engine.imports.map(director, run_id, {}, {})
    engine.imports.step(director, run_id)  # as a process does that dies after it
    assert engine.imports.progress(director, run_id).run.position == len(NAMES)
    engine.jobs.start(engine)
    assert rested(engine, director, run_id).run.state == "ready"


def test_a_run_cancelled_while_it_is_written_stops_where_it_is(
    engine: Engine, director: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "WRITE_BATCH", 2)
    run_id = upload(engine, director, tmp_path)
    engine.imports.map(director, run_id, {}, {})
    while engine.imports.progress(director, run_id).run.is_working:
        engine.imports.step(director, run_id)
    engine.imports.start(director, run_id)
    engine.imports.step(director, run_id)
    engine.imports.cancel(director, run_id)
    engine.jobs.start(engine)
    until = time.monotonic() + PATIENCE
    while engine.jobs.list("waiting", "running") and time.monotonic() < until:
        time.sleep(0.05)
    progress = engine.imports.progress(director, run_id)
    assert (progress.run.state, progress.fates) == ("cancelled", {"created": 2})
    assert customers(engine, director) == 2


def test_nobody_goes_on_for_a_person_whose_account_is_closed(engine: Engine, director: Context, tmp_path: Path) -> None:
    run_id = upload(engine, director, tmp_path)
    engine.imports.map(director, run_id, {}, {})
    with engine.database.write() as conn:
        conn.execute(sa.update(user_account).where(user_account.c.login == "director").values(is_active=False))
    engine.jobs.start(engine)
    assert rested(engine, director, run_id).run.state == "cancelled"
    until = time.monotonic() + PATIENCE
    while not (dead := engine.jobs.list("dead")) and time.monotonic() < until:
        time.sleep(0.05)
    assert "account" in dead[0].said

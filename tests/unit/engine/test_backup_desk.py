"""Backups by hand and by the clock: who may, what is told while one is made, what stays, and who did what."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.bundle import job
from engine.bundle.backup import back_up
from engine.bundle.desk import BackupDesk
from engine.bundle.marks import Mark, mark_of, read_mark, write_mark
from engine.bundle.schedule import Schedule, find_schedule, put_next
from engine.delivery.job import JobFailed, Run
from engine.errors import BadInput, NotAllowed, NotThere
from engine.runtime import Engine
from engine.store.system_tables import user_account
from engine.testing import STARTS_AT, acting, virtual_clock
from tests.unit.engine.conftest import Shop


def desk(engine: Engine, login: str = "admin") -> BackupDesk:
    with engine.database.write() as conn:
        conn.execute(sa.update(user_account).where(user_account.c.login == "admin").values(is_admin=True))
    return BackupDesk(engine, acting(engine, login))


def run_put(engine: Engine) -> None:
    """What the worker does with the jobs that wait."""
    for note in engine.jobs.list("waiting"):
        [given] = [each for each in _payloads(engine) if each[0] == note.id]
        job.KIND.run(Run(engine, given[1], note.key, 1))
        engine.jobs.cancel(note.id)


def _payloads(engine: Engine) -> list[tuple[str, dict[str, object]]]:
    found = engine.jobs._ready_store()._client.list_workflows(status=["ENQUEUED", "DELAYED"])
    return [(each.workflow_id, each.input["args"][1]) for each in found]


def test_nobody_but_an_administrator_comes_near_a_backup(shop: Shop) -> None:
    with pytest.raises(NotAllowed):
        desk(shop.engine, "director")


def test_one_is_made_proved_listed_taken_out_and_removed_and_all_of_it_is_kept(shop_on_both: Shop) -> None:
    engine = shop_on_both.engine
    shop_on_both.customer("First")
    mine = desk(engine)
    assert mine.backups() == []
    mine.make()
    assert mine.is_making()
    mine.make()  # a second press asks for no second one
    assert len(engine.jobs.list("waiting")) == 1
    run_put(engine)
    [note] = mine.backups()
    assert note.mark is not None
    assert (note.mark.state, note.mark.by, note.mark.channel, note.mark.faults) == ("sound", "Admin", "web", 0)
    assert note.mark.rows > 10
    assert note.size == mine.open(note.name).stat().st_size
    mine.remove(note.name)
    assert mine.backups() == []
    assert list(engine.backups_dir.iterdir()) == []
    assert [(line.who, line.did, line.name) for line in reversed(mine.lines())] == [
        ("Admin", "made", note.name), ("Admin", "downloaded", note.name), ("Admin", "removed", note.name),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["../test.sqlite", "workshop-x.sluice.zip", "", "sluice.sqlite"])
def test_no_name_reaches_a_file_that_is_no_backup(shop: Shop, name: str) -> None:
    with pytest.raises(NotThere):
        desk(shop.engine).open(name)
    with pytest.raises(NotThere):
        desk(shop.engine).remove(name)


def test_damaged_data_is_told_and_its_backup_removes_nothing(shop: Shop) -> None:
    mine = desk(shop.engine)
    shop.customer()
    back_up(shop.engine.installed, shop.engine.backups_dir)
    mine.change_schedule("02:30", "1")
    with shop.engine.database.write() as conn:
        conn.execute(sa.update(user_account).where(user_account.c.login == "tech").values(role="wizard"))
    virtual_clock(shop.engine).wait(timedelta(hours=20))
    with pytest.raises(JobFailed, match="1 faults") as failed:
        run_put(shop.engine)
    assert failed.value.is_final
    assert [note.mark.state for note in desk(shop.engine).backups() if note.mark] == ["faulty", "sound"]
    assert desk(shop.engine).lines()[0].did == "failed"


def test_every_night_one_is_made_and_so_many_stay(shop: Shop) -> None:
    engine = shop.engine
    shop.customer()
    desk(engine).change_schedule("02:30", "2")
    assert desk(engine).next_at() == datetime(2026, 11, 21, 18, 30, tzinfo=UTC)  # it is 09:00 in Shanghai
    assert not desk(engine).is_making(), "what waits for the night is not being made"
    for _ in range(4):
        virtual_clock(engine).wait(timedelta(days=1))
        run_put(engine)
    notes = desk(engine).backups()
    assert [note.at for note in notes] == [STARTS_AT + timedelta(days=4), STARTS_AT + timedelta(days=3)]
    assert {note.mark.channel for note in notes if note.mark} == {"rule"}
    assert len(engine.jobs.list("waiting")) == 1, "the next one waits"
    assert [line.who for line in desk(engine).lines()] == ["", "", "", "", "Admin"]


def test_a_job_of_an_earlier_schedule_does_nothing(shop: Shop) -> None:
    engine = shop.engine
    desk(engine).change_schedule("02:30", "2")
    [(_, old)] = _payloads(engine)
    desk(engine).change_schedule("", "")
    assert desk(engine).schedule() is None
    job.KIND.run(Run(engine, old, "old", 1))
    assert desk(engine).backups() == []
    assert [line.name for line in desk(engine).lines()] == ["", "02:30 × 2"]


def test_a_job_that_runs_a_moment_early_still_puts_the_next_day(shop: Shop) -> None:
    engine = shop.engine
    desk(engine).change_schedule("02:30", "2")
    due = datetime(2026, 11, 21, 18, 30, tzinfo=UTC)
    virtual_clock(engine).at = due - timedelta(milliseconds=20)
    put_next(engine, due)
    put_next(engine, due)
    dues = sorted(str(given["due"]) for _, given in _payloads(engine))
    assert dues == ["2026-11-22T02:30:00+08:00", "2026-11-23T02:30:00+08:00"]


@pytest.mark.parametrize(("at", "keeps", "wrong"), [("25:00", "3", ["at"]), ("02:30", "0", ["keeps"]), ("x", "９", 2)])
def test_a_wrong_schedule_changes_nothing(shop: Shop, at: str, keeps: str, wrong: list[str] | int) -> None:
    with pytest.raises(BadInput) as refused:
        desk(shop.engine).change_schedule(at, keeps)
    fields = [finding.field for finding in refused.value.findings]
    assert fields == wrong if isinstance(wrong, list) else len(fields) == wrong
    with shop.engine.database.read() as conn:
        assert find_schedule(conn) is None


def test_one_that_was_cut_off_is_told_as_failed_and_goes_with_the_next_clearing(shop: Shop) -> None:
    engine = shop.engine
    shop.customer()
    place = engine.backups_dir
    place.mkdir()
    cut = place / "workshop-20260101-000000.sluice.zip"
    write_mark(cut, Mark("restoring", STARTS_AT, "web", "admin"))
    assert desk(engine).is_making()
    long_ago = time.time() - 3600
    os.utime(mark_of(cut), (long_ago, long_ago))
    [note] = desk(engine).backups()
    assert note.mark is not None
    assert (note.mark.state, note.size) == ("failed", 0)
    back_up(engine.installed, place, keeps=1, proves=False)
    assert read_mark(cut) is None


def test_a_backup_that_cannot_be_made_says_why(shop: Shop, tmp_path: Path) -> None:
    engine = shop.engine
    shop.customer()
    proof = shop.sales.upload()
    with engine.database.read() as conn:
        stored = engine.installed.files.find(conn, proof)
    assert stored is not None
    engine.installed.files.path_of(stored).unlink()
    desk(engine).make()
    with pytest.raises(JobFailed, match="sluice check --data"):
        run_put(engine)
    [note] = desk(engine).backups()
    assert note.mark is not None
    assert note.mark.state == "failed"
    assert "sluice check --data" in note.mark.said
    desk(engine).remove(note.name)
    assert desk(engine).backups() == []


def test_the_clock_finds_the_next_moment_in_the_apps_zone() -> None:
    nightly = Schedule(datetime(2026, 1, 1, 2, 30).time(), 3, "x")  # noqa: DTZ001  a time of the day
    assert nightly.next_after(datetime(2026, 11, 20, 18, 30, tzinfo=UTC), "Asia/Shanghai") == datetime(
        2026, 11, 21, 18, 30, tzinfo=UTC
    )
    assert nightly.next_after(datetime(2026, 11, 20, 18, 29, tzinfo=UTC), "Asia/Shanghai") == datetime(
        2026, 11, 20, 18, 30, tzinfo=UTC
    )

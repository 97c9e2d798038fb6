"""The contract of jobs, on both databases: nothing from a rolled-back transaction, nothing lost, poison set aside."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from engine.delivery.job import JobFailed, JobKind, JobNote, Run
from engine.runtime import Engine
from engine.testing import engine_for

ROOT = Path(__file__).resolve().parents[4]
SOON = timedelta(milliseconds=100)


def _until(condition: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to pass in time"
        time.sleep(0.05)


@pytest.fixture
def engine(database_url: str, tmp_path: Path) -> Iterator[Engine]:
    made = engine_for((ROOT / "tests/unit/engine/workshop.yaml").read_text(encoding="utf-8"), tmp_path, database_url)
    yield made
    made.close()


class Ledger:
    """What jobs did: every effect with its key."""

    def __init__(self) -> None:
        self.effects: list[tuple[str, int]] = []

    def note(self, run: Run) -> None:
        self.effects.append((run.key, run.attempt))

    def fail_twice(self, run: Run) -> None:
        self.note(run)
        if run.attempt < 3:
            raise JobFailed("the other side was busy")

    def fail(self, run: Run) -> None:
        self.note(run)
        raise JobFailed("it never works")

    def break_down(self, run: Run) -> None:
        self.note(run)
        raise ZeroDivisionError(run.payload["secret"])

    @property
    def kinds(self) -> dict[str, JobKind]:
        each = (
            JobKind("note", self.note),
            JobKind("shaky", self.fail_twice, first_delay=SOON),
            JobKind("hopeless", self.fail, tries=2, first_delay=SOON),
            JobKind("broken", self.break_down, tries=1),
        )
        return {kind.name: kind for kind in each}


def _put(engine: Engine, name: str, key: str, **payload: object) -> None:
    engine.jobs.prepare()
    with engine.database.write() as conn:
        engine.jobs.put(conn, name, payload, key)


def _dead(engine: Engine) -> list[JobNote]:
    return engine.jobs.list("dead")


def test_a_job_of_a_rolled_back_transaction_is_never_there(engine: Engine) -> None:
    engine.jobs.prepare()

    def put_and_fail() -> None:
        with engine.database.write() as conn:
            engine.jobs.put(conn, "note", {}, "lost")
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        put_and_fail()
    with engine.database.write() as conn:
        engine.jobs.put(conn, "note", {}, "dry")
        conn.rollback_only()
    _put(engine, "note", "kept")
    assert [job.key for job in engine.jobs.list()] == ["kept"]


def test_nothing_can_be_put_before_the_tables_are_made(engine: Engine) -> None:
    with pytest.raises(RuntimeError, match="prepare"), engine.database.write() as conn:
        engine.jobs.put(conn, "note", {}, "early")


def test_a_job_runs_after_its_commit_and_one_key_is_one_job(engine: Engine) -> None:
    ledger = Ledger()
    engine.jobs.start(engine, ledger.kinds)
    assert engine.jobs.is_running
    for _ in range(3):
        _put(engine, "note", "only")
    _put(engine, "note", "other")
    _until(lambda: len(engine.jobs.list("done")) == 2)
    assert sorted(ledger.effects) == [("only", 1), ("other", 1)]
    assert engine.jobs.tallies == {"done": 2}


def test_a_job_waits_as_long_as_it_is_told(engine: Engine) -> None:
    engine.jobs.prepare()
    with engine.database.write() as conn:
        engine.jobs.put(conn, "note", {}, "later", after=timedelta(hours=1))
    (job,) = engine.jobs.list("waiting")
    assert job.due_at is not None
    assert (
        timedelta(minutes=59) < job.due_at - job.put_at <= timedelta(hours=1, seconds=1)
    )  # put_at is in whole seconds


def test_a_failed_try_is_followed_by_another_with_the_same_key(engine: Engine) -> None:
    ledger = Ledger()
    engine.jobs.start(engine, ledger.kinds)
    _put(engine, "shaky", "k")
    _until(lambda: ("k", 3) in ledger.effects)
    assert ledger.effects == [("k", 1), ("k", 2), ("k", 3)]
    assert _dead(engine) == []


def test_a_job_that_never_works_becomes_a_dead_letter_with_its_reason_and_can_be_replayed(engine: Engine) -> None:
    ledger = Ledger()
    engine.jobs.start(engine, ledger.kinds)
    _put(engine, "hopeless", "h")
    _until(lambda: len(_dead(engine)) == 1)
    (letter,) = _dead(engine)
    assert (letter.name, letter.key, letter.attempt, letter.said) == ("hopeless", "h", 2, "it never works")
    assert engine.jobs.replay(letter.id)
    _until(lambda: len(ledger.effects) == 3)
    assert ledger.effects[-1] == ("h", 2)
    _until(lambda: len(_dead(engine)) == 1)
    assert engine.jobs.cancel(letter.id) is False or engine.jobs.list("cancelled")


def test_a_bug_in_a_job_is_told_to_the_operator_by_its_kind_only(engine: Engine) -> None:
    ledger = Ledger()
    engine.jobs.start(engine, ledger.kinds)
    _put(engine, "broken", "b", secret="p4ssw0rd")
    _put(engine, "unheard", "u")
    _until(lambda: len(_dead(engine)) == 2)
    assert {letter.said for letter in _dead(engine)} == {
        "ZeroDivisionError",
        "没有「unheard」这种任务 | no such kind of job: unheard",
    }


def test_a_waiting_job_can_be_cancelled(engine: Engine) -> None:
    _put(engine, "note", "c")
    assert engine.jobs.cancel("c")
    assert not engine.jobs.cancel("c")
    assert not engine.jobs.cancel("nobody")
    ledger = Ledger()
    engine.jobs.start(engine, ledger.kinds)
    _put(engine, "note", "d")
    _until(lambda: ledger.effects != [])
    assert ledger.effects == [("d", 1)]
    assert engine.jobs.replay("c")
    _until(lambda: len(ledger.effects) == 2)


# --- killed workers --------------------------------------------------------------------------------------------------


def _worker(url: str, data: Path) -> subprocess.Popen[str]:
    """A process that runs jobs: `slow` writes its key into a file, and the first time waits for ever."""
    script = Path(__file__).with_name("worker_process.py")
    started = subprocess.Popen(
        [sys.executable, str(script), url, str(data)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": "."},
    )
    assert started.stdout is not None
    assert started.stdout.readline().strip() == "ready"
    return started


def _effects(data: Path) -> list[dict[str, object]]:
    kept = data / "effects"
    return [json.loads(line) for line in kept.read_text().splitlines()] if kept.exists() else []


def _kill(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


def test_a_killed_workers_job_is_done_by_the_next_one_with_the_same_key(database_url: str, tmp_path: Path) -> None:
    first = _worker(database_url, tmp_path)
    _until(lambda: len(_effects(tmp_path)) == 1)
    _kill(first)
    second = _worker(database_url, tmp_path)
    try:
        _until(lambda: any(effect["step"] == "ended" for effect in _effects(tmp_path)))
    finally:
        _kill(second)
    told = _effects(tmp_path)
    assert [effect["step"] for effect in told] == ["began", "began", "ended"]
    assert {effect["key"] for effect in told} == {"slow-1"}


def test_a_job_that_kills_its_worker_every_time_is_set_aside(database_url: str, tmp_path: Path) -> None:
    (tmp_path / "poison").touch()
    codes = []
    while codes[-1:] != [0]:
        worker = _worker(database_url, tmp_path)
        codes.append(worker.wait(timeout=60))
        assert worker.stdout is not None
        worker.stdout.close()
    assert codes == [-9, -9, -9, -9, 0]
    engine = engine_for(
        (ROOT / "tests/unit/engine/workshop.yaml").read_text(encoding="utf-8"), tmp_path, database_url, people=()
    )
    try:
        (letter,) = engine.jobs.list("dead")
        assert (letter.key, letter.state) == ("poison-1", "dead")
        assert "killed" in letter.said
        assert len(_effects(tmp_path)) == 4
    finally:
        engine.close()

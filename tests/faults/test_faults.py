"""What no fault may do: lose what was acknowledged, do it twice, or leave it half done. `python -m tests.faults` does
the same at length."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.conftest import PostgresServer
from tests.faults.crashes import crash_everywhere
from tests.faults.full_disk import may_mount, survive_full_disk
from tests.faults.import_kills import survive_killed_command, survive_killed_server
from tests.faults.kills import survive_kills
from tests.faults.operations import OPERATIONS, Operation
from tests.faults.power_cuts import survive_cuts

EVIDENCE = "evidence, then a move"


def test_kills_lose_and_double_nothing(tmp_path: Path, database_url: str) -> None:
    report = survive_kills(tmp_path, "" if database_url.startswith("sqlite") else database_url, kills=2)
    assert report.acknowledged > 0
    assert report.faults == []


def test_an_import_goes_on_by_itself_after_every_kill_of_the_server(tmp_path: Path) -> None:
    report = survive_killed_server(tmp_path, "", kills=3, seed=5)
    assert report.faults == []


@pytest.mark.parametrize("seed", [1, 2])
def test_a_killed_import_command_goes_on_where_it_was(tmp_path: Path, database_url: str, seed: int) -> None:
    url = "" if database_url.startswith("sqlite") else database_url
    report = survive_killed_command(tmp_path, url, kills=2, seed=seed)
    assert report.kills >= 1
    assert report.faults == []


@pytest.fixture
def traced_home(tmp_path: Path) -> Path:
    if shutil.which("strace") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("strace is not installed")
        pytest.skip("strace is not installed")
    return tmp_path


def test_power_cuts_lose_nothing_that_was_acknowledged(traced_home: Path) -> None:
    report = survive_cuts(traced_home, cuts=60, writes=25)
    assert report.faults == []


def test_a_log_that_is_not_synced_would_be_noticed(traced_home: Path) -> None:
    report = survive_cuts(traced_home, cuts=30, writes=15, deaf_to="-wal")
    assert any("was acknowledged" in fault for fault in report.faults)


def test_a_crash_at_a_statement_leaves_before_or_after(tmp_path: Path) -> None:
    report = crash_everywhere(tmp_path / "crash", None, every=25)
    assert report.crashes > len(OPERATIONS)
    assert report.faults == []


def test_a_crash_at_a_statement_leaves_before_or_after_on_postgresql(
    tmp_path: Path, postgres_server: PostgresServer
) -> None:
    chosen = {name: OPERATIONS[name] for name in ("update with lines added and removed", "delete with all beneath")}
    report = crash_everywhere(tmp_path / "crash", postgres_server, every=25, operations=chosen)
    assert report.faults == []


def test_an_operation_in_more_transactions_than_it_should_take_is_noticed(tmp_path: Path) -> None:
    operation: tuple[Operation, int] = (OPERATIONS[EVIDENCE][0], 1)
    report = crash_everywhere(tmp_path / "crash", None, every=1000, operations={EVIDENCE: operation})
    assert report.faults == [f"{EVIDENCE}: 3 transactions, not 1"]


def test_a_full_disk_stops_writes_alone_and_says_so(tmp_path: Path) -> None:
    if not may_mount():
        if os.environ.get("CI") == "true" and os.geteuid() == 0:
            pytest.fail("a small disk cannot be mounted")
        pytest.skip("only root can mount a small disk")
    report = survive_full_disk(tmp_path)
    assert report.faults == []
    assert (report.refused, report.reads, report.banners) == (507, 40, 20)
    assert report.after >= 10

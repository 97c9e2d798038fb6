"""schemathesis over every operation: generated requests, valid and not, and chains along the links; nothing may fail.

The small app has every kind of field, so that its schemas are all met. `-m nightly` asks the shipped apps, as
`python -m tests.api_contract` does with its figures.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.runtime import Engine
from engine.testing import engine_for
from tests.api_contract.kinds import ALL_KINDS
from tests.api_contract.run import CHAINS, cases, failures, operations, passed, run
from tests.api_contract.shipped import APPS, run_shipped
from web.api import openapi as openapi_module


@pytest.fixture
def engine(database_url: str, tmp_path: Path) -> Iterator[Engine]:
    made = engine_for(ALL_KINDS, tmp_path, database_url)
    yield made
    made.close()


def test_no_operation_fails_whatever_is_sent_and_however_operations_follow_each_other(engine: Engine) -> None:
    found = run(engine, 4, ("examples", "fuzzing", "stateful"))
    assert failures(found) == []
    assert found["stateful"].scenarios >= 4 * CHAINS
    assert set(cases(found)) == operations(engine)
    made = {"POST /api/v1/thing", "GET /api/v1/thing/{id}", "GET /api/v1/thing"}
    assert made <= passed(found), sorted(passed(found))


def test_no_edge_of_a_schema_is_answered_otherwise_than_it_says(sqlite_url: str, tmp_path: Path) -> None:
    engine = engine_for(ALL_KINDS, tmp_path, sqlite_url)
    try:
        found = run(engine, 1, ("coverage",))
        assert failures(found) == []
        assert set(cases(found)) == operations(engine)
        assert len(operations(engine) - passed(found)) <= 4, sorted(operations(engine) - passed(found))
    finally:
        engine.close()


def test_a_status_that_is_not_documented_is_found(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openapi_module, "READ_STATUSES", (400, 401))
    engine = engine_for(ALL_KINDS, tmp_path, sqlite_url)
    try:
        found = run(engine, 1, ("fuzzing",))
    finally:
        engine.close()
    assert any("Undocumented status code" in failure for failure in failures(found))


@pytest.mark.nightly
@pytest.mark.parametrize("name", APPS)
def test_the_shipped_apps_fail_nowhere(name: str, database_url: str, tmp_path: Path) -> None:
    count, found = run_shipped(name, tmp_path, database_url, 30)
    assert failures(found) == []
    assert found["stateful"].scenarios >= 30 * CHAINS
    assert len(cases(found)) == count

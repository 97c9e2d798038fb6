"""What a list costs, told by the plan of its statement and not by a clock."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.context import Context
from engine.runtime import Engine
from engine.store.connection import Connection
from engine.store.lists import Query
from engine.testing import engine_for

CRM = Path(__file__).parents[4] / "apps" / "sales_crm.yaml"
QUARTERS = 4
"""The formula behind a customer's health asks for the orders of so many quarters."""


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    opened = engine_for(CRM, tmp_path_factory.mktemp("cost"))
    yield opened
    opened.close()


@pytest.fixture
def director(engine: Engine) -> Context:
    actor = engine.actor(1)
    assert actor is not None
    return engine.context(actor, "test")


@pytest.fixture
def plans(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The query plan of each statement run, one text each."""
    found: list[str] = []
    run = Connection._run

    def spied(self: Connection, sql: str, bound: Any) -> Any:
        if sql.startswith("SELECT"):
            found.append("\n".join(row[3] for row in run(self, "EXPLAIN QUERY PLAN " + sql, bound)))
        return run(self, sql, bound)

    monkeypatch.setattr(Connection, "_run", spied)
    return found


def plan_of_page(engine: Engine, context: Context, plans: list[str], query: Query) -> str:
    engine.page(context, query)
    return next(plan for plan in plans if "chosen" in plan)


def test_a_compared_live_field_is_worked_out_once_for_each_record(
    engine: Engine, director: Context, plans: list[str]
) -> None:
    rescue = engine.filter(director, "customer", 'health_band = "rescue"').value
    query = Query("customer", rescue, ("health",), fields=("name",))
    assert plan_of_page(engine, director, plans, query).count("SEARCH x_order") == QUARTERS


def test_a_shown_live_field_is_worked_out_for_the_page_alone(
    engine: Engine, director: Context, plans: list[str]
) -> None:
    query = Query("customer", sort=("-last_contact",), fields=("name", "health", "health_band"))
    plan = plan_of_page(engine, director, plans, query)
    page_read = plan.index("SEARCH x_customer USING INTEGER PRIMARY KEY")
    assert plan.index("SCAN x_customer USING INDEX") < page_read < plan.index("SEARCH x_order")
    assert plan.count("SEARCH x_order") == QUARTERS


def test_a_declared_list_is_read_in_the_order_of_its_index(engine: Engine, director: Context, plans: list[str]) -> None:
    plan = plan_of_page(engine, director, plans, Query("customer", sort=("-last_contact",), fields=("name",)))
    assert "TEMP B-TREE" not in plan[: plan.index("SCAN chosen")]


def test_the_rows_of_one_parent_in_a_span_of_days_are_found_by_index(
    engine: Engine, director: Context, plans: list[str]
) -> None:
    plan = plan_of_page(engine, director, plans, Query("customer", sort=("health",), fields=("name",)))
    assert plan.count("(customer=? AND day>? AND day<?)") == QUARTERS


def test_several_records_are_found_by_their_keys(engine: Engine, plans: list[str]) -> None:
    with engine.database.read() as conn:
        engine.installed.records.titles(conn, [("customer", 1), ("customer", 2)])
    assert "SEARCH x_customer USING INTEGER PRIMARY KEY" in plans[-1]

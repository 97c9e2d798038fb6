"""Conditions in WHERE form: the column stands alone, so that the index of a list is used."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from dsl.app import App
from dsl.formula.check import compile_for
from engine.store.sql_formula import to_where
from tests.same.rig import Store, store
from tests.same.small_app import small_app


@pytest.fixture(scope="module")
def app() -> App:
    return small_app()


@pytest.fixture(scope="module")
def embedded(app: App, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    home: Path = tmp_path_factory.mktemp("where")
    with store(app, f"sqlite:///{home / 'where.sqlite'}", home) as opened:
        table = opened.tables.entity("customer").table
        with opened.database.write() as conn:
            for key in ("day", "at", "n", "amount", "grade", "who", "name"):
                conn._run(f"CREATE INDEX ix_{key} ON x_customer ({table.c[key].name})", ())
        yield opened


def plan_of(embedded: Store, text: str) -> str:
    """How SQLite would find the records."""
    formula = compile_for(embedded.app, "customer", text).value
    assert formula is not None, text
    table = embedded.tables.entity("customer").table
    select = sa.select(table.c.id).where(to_where(formula.root, embedded.scope.over("customer", table)))
    compiled = select.compile(dialect=sqlite.dialect())
    values: list[Any] = [_plain(compiled.params[name]) for name in compiled.positiontup or ()]
    with embedded.database.read() as conn:
        steps = conn._run(f"EXPLAIN QUERY PLAN {compiled.string}", values).fetchall()
    return "; ".join(str(step[3]) for step in steps)


def _plain(value: Any) -> Any:
    return "2026-11-21" if value is None else value


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("today() - day > 890", "day<?"),
        ("today() - day >= 890", "day<?"),
        ("890 < today() - day", "day<?"),
        ("days_since(day) < 30", "day>?"),
        ("day - today() <= 7", "day<?"),
        ("day > today() - 90d", "day>?"),
        ("day between 2026-01-01 and today()", "day>? AND day<?"),
        ("now() - at > 48h", "at<?"),
        ("at >= now() - 1h", "at>?"),
        ('grade = "A"', "grade=?"),
        ("who = me", "who=?"),
        ('name = "恒远" and ok', "name=?"),
        ("n = 5", "n=?"),
        ("amount > 100 and not ok", "amount>?"),
        ('grade = "A" or n > 5', "MULTI-INDEX OR"),
    ],
)
def test_the_column_stands_alone_so_that_its_index_is_used(embedded: Store, text: str, column: str) -> None:
    plan = plan_of(embedded, text)
    assert column.replace("at<", "at_<").replace("at>", "at_>") in plan.replace("at<", "at_<").replace("at>", "at_>"), (
        plan
    )


@pytest.mark.parametrize("text", ["today() - day > 400000", "n + 1 > 5", "today() - day = 3", "today() - day > n"])
def test_what_cannot_be_moved_stays_as_it_is(embedded: Store, text: str) -> None:
    assert "SCAN" in plan_of(embedded, text)

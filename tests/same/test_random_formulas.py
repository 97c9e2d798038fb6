"""Random formulas over random records: Python = SQLite = PostgreSQL. 5,000 pairs of formula and record in CI."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from dsl.formula.check import compile_for
from dsl.formula.python_code import compile_formula
from dsl.formula.tree import Formula
from dsl.formula.value_types import YesNoType
from engine.store.live import SqlFormulas
from engine.store.related import Related
from engine.store.seal import Reason, as_system
from engine.store.sql_types import SqlUnsupported
from tests.formula_cases import MOMENT, Case, cases, shown
from tests.formula_texts import formulas
from tests.same.pool import Flattener, random_records, stored_app
from tests.same.rig import Store, store

APP = stored_app()
RECORDS = 50
PAIRS = 200_000 if os.environ.get("HYPOTHESIS_PROFILE") == "nightly" else 5_000


class Pair:
    """The same rows in both databases."""

    def __init__(self, embedded: Store, server: Store) -> None:
        self.stores = (embedded, server)
        self.related = Related(APP, embedded.tables, SqlFormulas(APP, embedded.tables, "sqlite"))

    def python(self, formula: Formula, entity: str = "deal") -> dict[int, Any]:
        """id → the value that generated Python computes over what the database holds."""
        compute = compile_formula(formula, APP)
        store = self.stores[0]
        table = store.tables.entity(entity)
        with store.database.read() as conn:
            rows = conn.rows(as_system(table.table.select().order_by(table.table.c.id), Reason.JUDGE))
            found = [dict(zip(table.table.c.keys(), row, strict=True)) for row in rows]
            nested = self.related.nested_many(conn, entity, found, formula.reads, MOMENT)
            self._put_sets(conn, table, nested)
        return {row["id"]: compute(row, MOMENT) for row in nested}

    def _put_sets(self, conn: Any, table: Any, rows: list[dict[str, Any]]) -> None:
        for key, link in table.links.items():
            members: dict[int, list[Any]] = {}
            for record, value in conn.rows(as_system(link.select(), Reason.JUDGE)):
                members.setdefault(record, []).append(value)
            for row in rows:
                row[key] = tuple(sorted(members.get(row["id"], ())))

    def agree(self, formula: Formula, entity: str = "deal") -> dict[int, Any]:
        expected = self.python(formula, entity)
        for each in self.stores:
            try:
                values = each.values(formula.root, entity, MOMENT)
            except Exception as error:
                error.add_note(f"{each.database.dialect}: {formula.text}")
                raise
            found = dict(zip(sorted(expected), values, strict=True))
            assert found == expected, (each.database.dialect, formula.text)
            if isinstance(formula.type, YesNoType):
                chosen = each.chosen(formula.root, entity, MOMENT)
                assert chosen == [key for key, holds in expected.items() if holds], (each.database.dialect, "where")
        return expected


@pytest.fixture(scope="module")
def databases(postgres_server: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Store]]:
    home: Path = tmp_path_factory.mktemp("random")
    url = postgres_server.new_database()
    with store(APP, f"sqlite:///{home / 'random.sqlite'}", home) as embedded, store(APP, url, home) as server:
        yield embedded, server
    postgres_server.give_back(url)


@pytest.fixture
def pool(databases: tuple[Store, Store]) -> Pair:
    rows = random_records(APP, seed=2026, count=RECORDS)
    for each in databases:
        each.refill(rows)
    return Pair(*databases)


@settings(
    max_examples=PAIRS // RECORDS,
    deadline=None,
    phases=(Phase.generate,),
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(text=formulas())
def test_a_random_formula_means_the_same_everywhere(pool: Pair, text: str) -> None:
    formula = compile_for(APP, "deal", text).value
    if formula is not None:
        pool.agree(formula)


def _stands_alone(case: Case) -> bool:
    """Its rows do not tell of another parent than the record they stand in."""
    lines = case.row.get("lines")
    return not (isinstance(lines, list) and any(line.get("deal") for line in lines))


BOUNDARIES = (
    "(((1.5h * qty) * rate) * rate)",
    "((1.5h * qty) / 3) * rate",
    "dwell * 0.000001 * 1000000",
    "round(sum(lines.qty * rate), -2) > fine",  # of 38 digits once both have the same decimals
    "sum(lines.qty * rate) != default(fine, -50万)",
    "round(sum(lines.qty * rate), -2) = if(fine > 0, fine, fine)",
    "max(sum(lines.qty * rate), fine) is empty",
    "fine between -1 and sum(lines.qty * rate)",
    "month(date(called_at) + dwell * qty)",  # PostgreSQL has no days before 4713 BC
    "workdays(2024-02-29, min(due, date(qty, 2, 29))) in (-(count(lines where rush) - margin), 1000 / round(rate, 2))",
    "--floor(rate)",
    "-floor(rate) * 3 / -ceil(rate)",
    "-quarter(today())",
    "contains(grade & name, name) = (rate > 2)",
)
"""Formulas that random search found to differ once."""


@pytest.mark.parametrize("text", BOUNDARIES)
def test_what_differed_once_agrees(pool: Pair, text: str) -> None:
    formula = compile_for(APP, "deal", text).value
    assert formula is not None
    pool.agree(formula)


CASES = [case for case in cases(APP) if _stands_alone(case)]


@pytest.fixture(scope="module")
def written(databases: tuple[Store, Store]) -> tuple[Pair, dict[str, int]]:
    """Every written case as a record of its own, and their ids by place."""
    flat = Flattener(APP)
    ids = {case.place: flat.add(case.entity, case.row) for case in CASES}
    for each in databases:
        each.refill(flat.rows)
    return Pair(*databases), ids


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.place)
def test_a_written_case_has_its_value_in_both_databases(written: tuple[Pair, dict[str, int]], case: Case) -> None:
    pair, ids = written
    formula = compile_for(APP, case.entity, case.expression, display=True).value
    assert formula is not None
    for each in pair.stores:
        if any(f"{name}(" in case.expression for name in REFUSED):
            with pytest.raises(SqlUnsupported):
                each.value_of(formula.root, case.entity, ids[case.place], MOMENT)
            continue
        value = each.value_of(formula.root, case.entity, ids[case.place], MOMENT)
        assert shown(value, formula.type) == case.value, each.database.dialect


REFUSED = frozenset({"yuan", "format", "pinyin"})
"""Functions for screens and papers: Python only."""

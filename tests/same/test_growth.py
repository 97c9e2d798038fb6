"""However deep a formula nests, its SQL stays in proportion to its text: no level writes what is beneath it twice."""

from __future__ import annotations

import itertools

import pytest
from sqlalchemy.dialects import postgresql, sqlite

from dsl.app import App
from dsl.formula.check import compile_for
from engine.store.sql_formula import to_sql, to_where
from engine.store.sql_scope import SqlScope
from engine.store.sql_types import Dialect
from engine.store.tables import Tables
from tests.same.small_app import small_app

NESTED = """
add_workdays({day}, 1) · start_of({day}, "week") · end_of({day}, "week") · end_of({day}, "month") · {day} + 1d
add_months({day}, 1) · date(year({day}), 1, 1) · date(2026, month({day}), 1) · date(2026, 1, day({day}))
min({day}, until) · default({day}, until) · if(ok, {day}, until) · date(2026, 1, workdays({day}, until))
date(2026, 1, workdays(until, {day})) · add_workdays(until, day({day})) · -{n} · ({n} + 1) · ({n} / 3) · (7 / {n})
round({n}, 1) · floor({n}) · ceil({n}) · mod({n}, 7) · mod(7, {n}) · abs({n}) · sign({n}) · min({n}, 3) · max(3, {n})
default({n}, 1) · if({n} > 3, 1, 2) · if({n} between 1 and 2, 1, 2) · if({n} in (1, 2), 1, 2) · if({n} != 2, 1, 2)
len("" & {n}) · work_hours(at, at + {n} * 1h) · trim({name}) · left({name}, 3) · right({name}, 3) · mid({name}, 2, 3)
before({name}, "-") · after({name}, "-") · before("a-b", {name}) · after("a-b", {name}) · replace({name}, "a", "b")
left("abc", len({name})) · right("abc", len({name})) · mid("abc", len({name}), 2) · mid("abc", 1, len({name}))
pad({name}, 8) · if(starts_with(name, {name}), "a", "b") · if(ends_with(name, {name}), "a", "b") · min({at}, seen)
if({name} in (name, note), "a", "b") · rights(if({n} > 1, "A", "B"), amount)
"""
LEAVES = {"{day}": "day", "{n}": "n", "{name}": "name", "{at}": "at"}
TEXTS = [text.strip() for line in NESTED.strip().splitlines() for text in line.split("·")]


@pytest.fixture(scope="module")
def app() -> App:
    return small_app()


def _nested(text: str, depth: int) -> str:
    hole = next(hole for hole in LEAVES if hole in text)
    found = LEAVES[hole]
    for _level in range(depth):
        found = text.replace(hole, found)
    return found


def _length(app: App, text: str, dialect: Dialect, *, in_where: bool) -> int:
    formula = compile_for(app, "customer", text).value
    assert formula is not None, text
    tables = Tables(app)
    scope = SqlScope(app, tables, dialect).over("customer", tables.entity("customer").table)
    written = to_where(formula.root, scope) if in_where else to_sql(formula.root, scope)
    return len(str(written.compile(dialect=sqlite.dialect() if dialect == "sqlite" else postgresql.dialect())))


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
@pytest.mark.parametrize("text", TEXTS)
def test_each_level_of_nesting_adds_as_much_sql_as_the_one_before(app: App, text: str, dialect: Dialect) -> None:
    lengths = [_length(app, _nested(text, depth), dialect, in_where=False) for depth in (4, 5, 6)]
    steps = [later - earlier for earlier, later in itertools.pairwise(lengths)]
    assert steps[-1] <= 1.1 * steps[0] + 40, lengths


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_a_condition_of_a_list_grows_no_faster(app: App, dialect: Dialect) -> None:
    texts = [f"{_nested('add_workdays({day}, 1)', depth)} between day and until" for depth in (2, 3, 4)]
    lengths = [_length(app, text, dialect, in_where=True) for text in texts]
    assert lengths[2] - lengths[1] <= 1.1 * (lengths[1] - lengths[0]) + 40

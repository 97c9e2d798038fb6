"""The same formula over the same rows: Python = SQLite = PostgreSQL, in value form and in WHERE form."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dsl.app import App
from dsl.formula.check import compile_for
from dsl.formula.python_code import compile_formula
from dsl.formula.tree import Formula
from dsl.formula.value_types import YesNoType
from engine.store.sql_types import SqlUnsupported
from tests.same.rig import ENV, Rows, Store, nested, store
from tests.same.rows import EDGES
from tests.same.small_app import small_app


@pytest.fixture(scope="module")
def app() -> App:
    return small_app()


@pytest.fixture(scope="module")
def stores(app: App, tmp_path_factory: pytest.TempPathFactory, postgres_server: Any) -> Iterator[tuple[Store, ...]]:
    home: Path = tmp_path_factory.mktemp("same")
    url = postgres_server.new_database()
    with store(app, f"sqlite:///{home / 'same.sqlite'}", home) as embedded, store(app, url, home) as server:
        embedded.fill(EDGES)
        server.fill(EDGES)
        yield embedded, server
    postgres_server.give_back(url)


def checked(app: App, text: str, entity: str = "customer") -> Formula:
    found = compile_for(app, entity, text)
    assert found.value is not None, (text, [(p.code, p.values) for p in found.problems])
    return found.value


def in_python(app: App, formula: Formula, rows: Rows, entity: str = "customer") -> list[Any]:
    compute = compile_formula(formula, app)
    return [compute(nested(app, rows, entity, row), ENV) for row in rows[entity]]


def agree(app: App, stores: tuple[Store, ...], text: str, rows: Rows = EDGES, entity: str = "customer") -> list[Any]:
    """The value in Python, after both databases were found to give the same."""
    formula = checked(app, text, entity)
    expected = in_python(app, formula, rows, entity)
    for each in stores:
        assert each.values(formula.root, entity) == expected, (text, each.database.dialect)
        if isinstance(formula.type, YesNoType):
            ids = [row["id"] for row, holds in zip(rows[entity], expected, strict=True) if holds]
            assert each.chosen(formula.root, entity) == ids, (text, each.database.dialect, "where")
    return expected


NUMBERS = """
n + small · small * 3 · qty * qty · amount * rate · amount * qty * rate · amount / cost · amount / n · n / small
rate / qty · fine / 3 · amount * fine * fine · (amount + cost) / (n * n) · -amount · -(n) · -n / 7 · round(qty)
round(qty, 1) · round(amount, -2) · round(n, -3) · round(fine, 2) · round(fine * fine, 6) · round(rate * 100, 1)
abs(amount) · abs(n * n * n) · sign(fine) · sign(n * n * n * n) · floor(fine) · ceil(fine) · floor(qty) · ceil(-qty)
floor(amount / 7) · mod(n, 7) · mod(-7, 3) · mod(n, small) · mod(fine, qty) · mod(n * n * n, 7) · min(n, small)
max(n, small, 3) · min(qty, fine, rate) · max(n * n * n, n) · default(n, 0) · default(amount, cost)
if(ok, n, small) · if(n > 3, amount, cost) · n * n * n · n * n * n * n · amount * n * n · sum(visits.amount)
sum(visits.n) · sum(visits.amount where n > this.n) · sum(visits.n * visits.n) · avg(visits.n) · avg(visits.amount)
avg(visits.qty) · min(visits.amount) · max(visits.fine) · max(visits.n * visits.n * visits.n) · count(visits)
count(visits where ok) · count(visits.n) · count(visits.name) · latest(visits.n) · first(visits.n)
latest(visits.amount where ok) · stage.chance · stage.limit_days · rights(grade, amount) · amount * stage.chance
region.level · region.level * 2 · sum(visits.amount) / count(visits) · sum(visits.amount) * 1.5
(n + 1) * (small - 3) / 8 · 7 / 2 · -7 / 2 · 1 / 3 · 2.5 + n · n * 50万 · n / 0 · mod(n, 0) · len(name) · len(note)
year(day) · month(day) · day(day) · days_in_stage · weekday(day) · week(day) · quarter(day) · until - day
today() - day · days_since(day) · days_since(at) · year(at) · workdays(day, until) · workdays(day, today()) · seen - at
"""

CONDITIONS = """
n > 3 · n >= small · n = small · n != small · amount > 100 · 0.1 + 0.2 = 0.3 · qty * 3 > fine · n is empty
n is not empty · name is empty · name = note · name != "x" · grade = "A" · grade != "A" · grade is empty
grade in ("A", "B") · n in (1, 7) · n not in (1, 7) · n between 1 and 10 · day between 2026-01-01 and today() · ok
not ok · ok and n > 3 · ok or n > 3 · not (n > 3) · not (n > 3 and ok) · not (grade = "A" or n < small) · who = me
who is empty · who != me · who.name = "李娜" · who.role = "sales" · who.role is empty · who.manager.name = "王总"
who.unit.name = "华东" · who.manager = me · me.role = "sales" · me.name = "李娜" · region.name = "华东"
region.lead = me · region is empty · region.name is empty · region.lead.name = "李娜" · contains(name, "恒")
contains(note, "")
contains(name, note) · starts_with(name, "恒") · ends_with(name, "远") · ends_with(name, "") · name in ("恒远", "x")
"price" in concerns · concerns is empty · contains(concerns, "rival") · concerns is not empty · papers is empty
photo is empty · photo is not empty · exists(visits where ok) · exists(visits where n > this.n) · visits is empty
exists(visits where day > this.day) · stage = "quoting" · stage is empty · today() - day > 90 · today() - day <= 90
days_since(day) >= 30 · day > today() - 90d · day < today() + 2w · until >= today() · at > now() - 24h
now() - at > 48h · day = until · at = seen · took > 1h · amount * rate > 100 · n * n * n * n > n · n * n * n = n
sum(visits.amount) > 200 · count(visits where ok) >= 1 · max(visits.day) < today() - 30d · entered(quoting) is empty
entered(quoting) > now() - 30d · stage.limit_days is empty · stage.chance > 10% · today() - day > -10
30 < today() - day · today() - day > n · not (today() - day > 90) · amount is empty or amount > 10
(amount > 10) = ok · (n > small) = ok · who in (me) · region.level > 2
"""

TEXTS = """
name & note · name & n & "/" & amount & "/" & rate & "/" & fine · "是" & ok · "" & day & at · grade & stage
lower(name) · upper(name) · upper("é") · trim(name) · trim("　a　") · left(name, 1) · left(name, n) · right(name, 2)
right(name, n) · mid(name, 2, 1) · mid(name, n, small) · mid(name, -2, 4) · before(name, "-") · after(name, "-")
before(name, "") · after(name, "") · replace(name, "x", "yy") · replace(name, "", "z") · pad("" & n, 5)
pad(name, 8, "*") · join(visits.name) · join(visits.n, "/") · join(visits.amount where ok) · latest(visits.name)
first(visits.name) · if(ok, name, note) · default(name, "空") · default(name, note) · region.name · region.lead.name
who.name · who.role · who.manager.name · who.unit.name · "" & n * n * n * n · "" & sum(visits.amount)
if(n > 3, grade, "C") · "" & round(amount) · "" & avg(visits.n)
"""

DAYS = """
day + 1d · day - 30d · day + took · today() - 90d · add_months(day, 1) · add_months(day, -n)
add_months(day, 100000) · start_of(day, "week") · start_of(day, "month") · start_of(day, "quarter")
start_of(day, "year") · end_of(day, "week") · end_of(day, "month") · end_of(day, "quarter") · end_of(day, "year")
date(at) · date(2026, 2, 30) · date(2024, 2, 29) · date(n, small, 1) · min(day, until) · max(day, until)
max(visits.day) · min(visits.at) · latest(visits.day) · at + 1h · at - took · at + took * 3 · now() - took
default(day, today()) · if(ok, day, until) · entered(quoting) · took + 1h · took * 2 · took - 30min · max(took, 1h)
sum(visits.took) · now() - at · seen - at · day + 3000000d · today() + 9000000d · day - 3000000d · day - 1d
add_months(day, -100000) · add_months(day, -119999) · add_months(day, 119999) · add_months(day, n) · day + took * n
"""


def cases(block: str) -> list[str]:
    return [text.strip() for line in block.strip().splitlines() for text in line.split("·") if text.strip()]


@pytest.mark.parametrize("text", [*cases(NUMBERS), *cases(CONDITIONS), *cases(TEXTS), *cases(DAYS)])
def test_a_formula_means_the_same_everywhere(app: App, stores: tuple[Store, ...], text: str) -> None:
    agree(app, stores, text)


@pytest.mark.parametrize("text", ["papers", "concerns"])
def test_a_set_is_no_value_that_a_database_gives(app: App, stores: tuple[Store, ...], text: str) -> None:
    for each in stores:
        with pytest.raises(SqlUnsupported):
            each.values(checked(app, text).root, "customer")

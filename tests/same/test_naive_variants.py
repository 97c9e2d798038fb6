"""The obvious SQL is not the meaning: each naive way of writing a part, put back alone, is found by the differential.

A variant that were not found would mean that the rows at the edges have become too tame.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import DecimalException
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from dsl.app import App
from dsl.formula.tree import Call, IsEmpty
from engine.store import sql_calls, sql_formula, sql_related
from engine.store.sql_dates import Dates
from engine.store.sql_formula import Writer
from engine.store.sql_numbers import Numbers, Term
from engine.store.sql_types import Sql
from tests.same.rig import Store, store
from tests.same.rows import EDGES
from tests.same.small_app import small_app
from tests.same.test_formulas_agree import agree

FOUND = (AssertionError, psycopg.Error, DecimalException, ValueError)
"""How a difference shows: another value, an error of the database, or a value that is none of the language."""


@pytest.fixture(scope="module")
def app() -> App:
    return small_app()


@pytest.fixture(scope="module")
def stores(app: App, tmp_path_factory: pytest.TempPathFactory, postgres_server: Any) -> Iterator[dict[str, Store]]:
    home: Path = tmp_path_factory.mktemp("naive")
    url = postgres_server.new_database()
    with store(app, f"sqlite:///{home / 'naive.sqlite'}", home) as embedded, store(app, url, home) as server:
        embedded.fill(EDGES)
        server.fill(EDGES)
        yield {"sqlite": embedded, "postgresql": server}
    postgres_server.give_back(url)


def _as(found: Any, kind: Any) -> Sql:
    return sa.type_coerce(found, kind)


def plain_division(self: Numbers, left: Term, right: Term, scale: int = 6) -> Term:
    """7/2 is 3 in both databases."""
    one, two = self.widen(left, max(left.scale, right.scale)), self.widen(right, max(left.scale, right.scale))
    return Term(_as(one.sql.op("/")(sa.func.nullif(two.sql, 0)), left.sql.type), scale)


def division_without_nullif(self: Numbers, left: Term, right: Term, scale: int = 6) -> Term:
    """1/0 is an error in PostgreSQL."""
    return Term(sa.func.round(sa.func.round(left.sql, 40) / right.sql, scale, type_=sa.Numeric()), scale)


def division_rounded_twice(self: Numbers, left: Term, right: Term, scale: int = 6) -> Term:
    """PostgreSQL chooses how many digits a quotient has; rounding that once more is another number."""
    return Term(sa.func.round(left.sql / sa.func.nullif(right.sql, 0), scale, type_=sa.Numeric()), scale)


def like(writer: Writer, call: Call) -> Sql:
    """LIKE ignores the case of letters, and % and _ are no letters."""
    whole, part = (writer.write(arg) for arg in call.args)
    return whole.like(sa.literal("%") + part + sa.literal("%"))


def rounding_to_even(self: Numbers, term: Term, scale: int) -> Term:
    """round() of a float is half-even in PostgreSQL."""
    factor = sa.literal(10.0**scale, sa.Double())
    rounded = sa.func.round(sa.cast(term.sql, sa.Double()) * factor, type_=sa.Double()) / factor
    return Term(sa.cast(rounded, sa.Numeric()), scale)


def months_of_sqlite(self: Dates, day: Sql, count: Sql) -> Sql:
    """January 31 and a month is March 3."""
    return _as(sa.func.date(day, sa.cast(count, sa.Text()) + sa.literal(" month")), sa.Text())


def days_that_are_not_there(self: Dates, year: Sql, month: Sql, day: Sql) -> Sql:
    """SQLite has no objection to February 30."""
    return _as(sa.func.printf("%04d-%02d-%02d", year, month, day), sa.Text())


def unsafe_difference(op: str, left: Sql, right: Sql, nullable: Any, *, exact: bool) -> Any:
    """An empty value is not even different from another."""
    return left != right if op == "!=" else sql_formula_compared(op, left, right, nullable, exact=exact)  # type: ignore[arg-type]


sql_formula_compared = sql_formula.compared


def three_valued(op: str, left: Sql, right: Sql, nullable: Any, *, exact: bool) -> Any:
    """A comparison with nothing is neither true nor false, and so is its opposite."""
    return sql_formula_compared(op, left, right, nullable, exact=False)  # type: ignore[arg-type]


def letters_of_the_world(writer: Writer, call: Call) -> Sql:
    """upper('é') is É where the database knows it."""
    return _as(sa.func.upper(sa.collate(writer.write(call.args[0]), "und-x-icu")), sa.Text())


def trim_of_blanks(writer: Writer, call: Call) -> Sql:
    """trim() takes spaces away and no other blank."""
    return _as(sa.func.trim(writer.write(call.args[0])), sa.Text())


def substr_from_the_end(writer: Writer, call: Call) -> Sql:
    """In SQLite a place before the first one counts from the end."""
    return _as(sa.func.substr(*(writer.write(arg) for arg in call.args)), sa.Text())


def order_of_texts(self: Numbers, left: Term, right: Term, *, is_ordered: bool) -> tuple[Sql, Sql]:
    """'12' comes before '9'."""
    return sa.cast(left.sql, sa.Text()), sa.cast(right.sql, sa.Text())


def product_that_floats(self: Numbers, left: Term, right: Term, most: int = 6) -> Term:
    """Beyond 64 bits SQLite goes on with a float and tells nobody."""
    return Term(left.sql * right.sql, left.scale + right.scale)


def truncated_remainder(self: Numbers, left: Term, right: Term) -> Term:
    """-7 % 3 is -1 in a database."""
    return Term(left.sql % sa.func.nullif(right.sql, 0), max(left.scale, right.scale))


def sum_of_floats(self: Numbers, units: int, scale: int) -> Term:
    """0.1 + 0.2 = 0.3 is false in SQLite."""
    return Term(sa.literal(units / 10**scale, sa.Float()), scale)


def text_that_is_null(self: Writer, node: IsEmpty) -> Sql:
    """A text is never NULL: it is ''."""
    value = self.write(node.arg)
    return value.is_not(None) if node.negated else value.is_(None)


def sum_of_nothing(inner: Writer, term: Term, chosen: Any, child: Any) -> Sql:
    """SUM of no row is NULL."""
    summed = sa.select(sa.func.sum(term.sql, type_=term.sql.type)).where(*chosen)
    return _as(summed.correlate_except(child.source).scalar_subquery(), term.sql.type)


Variant = tuple[str, str, Any, str, Callable[..., Any]]
CALLS = sql_calls.FUNCTIONS
VARIANTS: list[Variant] = [
    ("sqlite", "n / small", Numbers, "divide", plain_division),
    ("postgresql", "n / 0", Numbers, "divide", division_without_nullif),
    ("postgresql", "amount / 17", Numbers, "divide", division_rounded_twice),
    ("sqlite", 'contains(name, "x-ab")', CALLS, "contains", like),
    ("postgresql", 'contains(name, "_")', CALLS, "contains", like),
    ("postgresql", "round(small * 0.5)", Numbers, "cut", rounding_to_even),
    ("sqlite", "add_months(day, 1)", Dates, "add_months", months_of_sqlite),
    ("sqlite", "date(2026, 2, 30)", Dates, "make", days_that_are_not_there),
    ("sqlite", "n != small", sql_formula, "compared", unsafe_difference),
    ("postgresql", "n != small", sql_formula, "compared", unsafe_difference),
    ("sqlite", "not (n > 3)", sql_formula, "compared", three_valued),
    ("postgresql", "not (n > 3)", sql_formula, "compared", three_valued),
    ("postgresql", "upper(name)", CALLS, "upper", letters_of_the_world),
    ("sqlite", "trim(name)", CALLS, "trim", trim_of_blanks),
    ("postgresql", "trim(name)", CALLS, "trim", trim_of_blanks),
    ("sqlite", "mid(name, -2, 4)", CALLS, "mid", substr_from_the_end),
    ("sqlite", "n > 9", Numbers, "comparable", order_of_texts),
    ("sqlite", "n * n * n", Numbers, "multiply", product_that_floats),
    ("sqlite", "mod(n, 5)", Numbers, "remainder", truncated_remainder),
    ("sqlite", "0.1 + 0.2 = 0.3", Numbers, "constant", sum_of_floats),
    ("sqlite", "name is empty", Writer, "_is_empty", text_that_is_null),
    ("postgresql", "name is empty", Writer, "_is_empty", text_that_is_null),
    ("sqlite", "sum(visits.n)", sql_related, "_total", sum_of_nothing),
    ("postgresql", "sum(visits.n)", sql_related, "_total", sum_of_nothing),
]


@pytest.mark.parametrize(
    ("dialect", "text", "place", "name", "naive"), VARIANTS, ids=[f"{v[4].__name__}-{v[0]}" for v in VARIANTS]
)
def test_a_naive_variant_is_found(
    app: App,
    stores: dict[str, Store],
    monkeypatch: pytest.MonkeyPatch,
    dialect: str,
    text: str,
    place: Any,
    name: str,
    naive: Callable[..., Any],
) -> None:
    one = (stores[dialect],)
    agree(app, one, text)
    if place is CALLS:
        monkeypatch.setitem(place, name, naive)
    else:
        monkeypatch.setattr(place, name, naive)
    with pytest.raises(FOUND):
        agree(app, one, text)

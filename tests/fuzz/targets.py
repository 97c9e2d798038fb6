"""What a fuzzed input is fed to: any text is a formula or an App or problems, soon, and never an exception."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql.base import PGDialect

from dsl.formula.check import compile_for
from dsl.formula.explain import explain
from dsl.formula.python_code import compile_formula
from dsl.formula.unparse import unparse
from dsl.load import load_app, load_text
from dsl.render import as_json, as_text
from engine.store.sql_formula import to_sql
from engine.store.sql_scope import SqlScope
from engine.store.sql_types import SqlUnsupported
from engine.store.tables import Tables
from tests.formula_cases import VISITED, nested

_LOADED = load_app(Path(__file__).parents[1] / "formulas" / "app.yaml").value
assert _LOADED is not None
APP = _LOADED
EMPTY = nested(APP, "deal", {})
EXAMPLE = nested(
    APP,
    "deal",
    {
        "name": "报价 a-b",
        "qty": 10,
        "rate": "-2.50",
        "fine": "0.000001",
        "amount": "9999999999.99",
        "due": "2026-11-30",
        "signed": "9999-12-31",
        "called_at": "2026-11-19T16:30:00+08:00",
        "dwell": 5400,
        "grade": "A",
        "tags": ["hot"],
        "stage": "quoting",
        "owner": {"id": 8, "name": "王强", "role": "manager"},
        "customer": {"name": "恒远精密", "grade": "B"},
        "lines": [{"item": "螺丝", "qty": 4, "amount": "100.00", "day": "2026-11-01"}, {"item": "", "qty": -6}],
    },
)
_TABLES = Tables(APP)
SCOPES = [(SqlScope(APP, _TABLES, "sqlite"), sqlite.dialect()), (SqlScope(APP, _TABLES, "postgresql"), PGDialect())]


def check_formula(text: str) -> None:
    """Checked; if it is good, also written out again, computed over a full and an empty record, and explained."""
    checked = compile_for(APP, "deal", text)
    as_text(checked.problems, {"filter": text}, "zh")
    as_json(checked.problems)
    if checked.value is None:
        assert checked.errors, "neither a formula nor a problem"
        return
    again = compile_for(APP, "deal", unparse(checked.value.root)).value
    assert again is not None, "what is written out cannot be read"
    compute = compile_formula(checked.value, APP)
    for row in (EXAMPLE, EMPTY):
        value = compute(row, VISITED)
        assert compile_formula(again, APP)(row, VISITED) == value, "written out it means something else"
        explain(checked.value, row, VISITED, APP, "zh")
    _write_sql(text)


def _write_sql(text: str) -> None:
    """The formula in SQL for both databases, or the function that cannot be asked of them."""
    formula = compile_for(APP, "deal", text).value
    if formula is None:
        return
    table = _TABLES.entity("deal").table
    for scope, dialect in SCOPES:
        with suppress(SqlUnsupported):
            str(sa.select(to_sql(formula.root, scope.over("deal", table))).compile(dialect=dialect))


def check_yaml(text: bytes | str) -> None:
    """Loaded and its problems shown in both languages."""
    checked = load_text(text, "fuzz.yaml")
    assert checked.value is not None or checked.errors, "neither an app nor a problem"
    shown = text if isinstance(text, str) else text.decode("utf-8", "replace")
    for language in ("zh", "en"):
        as_text(checked.problems, {"fuzz.yaml": shown}, language)
    as_json(checked.problems)

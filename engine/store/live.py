"""Formulas of an app in the SQL of its database: conditions for the query gate, values, live fields.

A live field depends on the clock, on the acting person or on another live field; it is computed at reading.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from dsl.app import App
from dsl.formula.tree import Formula, Node
from dsl.formula.value_types import ValueType
from engine.store.layers import layered
from engine.store.sql_formula import to_sql, to_where
from engine.store.sql_scope import SqlScope
from engine.store.sql_types import Dialect
from engine.store.tables import Tables


class SqlFormulas:
    """The formulas of one app for one database. `where` and `add_live` are what the query gate is given."""

    def __init__(self, app: App, tables: Tables, dialect: str) -> None:
        self.app = app
        self.scope = SqlScope(app, tables, known_dialect(dialect))

    def where(self, formula: Formula, source: sa.FromClause) -> sa.ColumnElement[bool]:
        """The condition over rows of `source`, which has the columns of the formula's entity."""
        return to_where(formula.root, self.scope.over(formula.entity, source))

    def value(self, formula: Formula, entity: str, source: sa.FromClause) -> sa.ColumnElement[Any]:
        """The value over rows of `source`, which are of that entity; in stored form when read."""
        return to_sql(formula.root, self.scope.over(entity, source))

    def add_live(
        self, entity: str, rows: sa.Select[Any], fields: Collection[str], *, is_fenced: bool = False
    ) -> sa.Select[Any]:
        """`rows` with the live fields as further columns, in the order asked for; fenced: see `layered`."""

        def value(root: Node, _kind: ValueType, below: sa.FromClause) -> sa.ColumnElement[Any]:
            return to_sql(root, self.scope.over(entity, below))

        return layered(self.app, entity, rows, fields, value, is_fenced=is_fenced)


def known_dialect(name: str) -> Dialect:
    """ValueError for a database that formulas are not written for."""
    if name == "sqlite":
        return "sqlite"
    if name == "postgresql":
        return "postgresql"
    raise ValueError(f"no formulas for {name}")

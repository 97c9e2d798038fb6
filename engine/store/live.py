"""Formulas of an app in the SQL of its database: conditions for the query gate, live fields as layers of SELECTs.

A live field depends on the clock, on the acting person or on another live field; it is computed at reading. Each layer
reads the one below as plain columns, so that no formula is written into another (SQLite's parser gives up near 100
nested brackets).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

import sqlalchemy as sa

from dsl.app import App, Field
from dsl.formula.tree import Formula
from engine.store.given import formula_of
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

    def add_live(self, entity: str, rows: sa.Select[Any], fields: Collection[str]) -> sa.Select[Any]:
        """`rows` with the live fields as further columns, in the order asked for."""
        stored = [str(column.key) for column in rows.selected_columns]
        for layer in self._layers(entity, fields):
            below = rows.subquery()
            added = [self.value(formula, entity, below).label(key) for key, formula in layer]
            rows = sa.select(*below.c, *added)
        whole = rows.subquery()
        return sa.select(*(whole.c[key] for key in (*stored, *fields)))

    def _layers(self, entity: str, fields: Collection[str]) -> Iterator[list[tuple[str, Formula]]]:
        """The live fields asked for and those they read, lowest first."""
        waiting = dict(self._needed(entity, fields))
        while waiting:
            layer = [(key, f) for key, f in waiting.items() if not waiting.keys() & (own_reads(f) - {key})]
            if not layer:
                raise ValueError(f"live fields of {entity} read one another: {sorted(waiting)}")
            yield layer
            for key, _formula in layer:
                del waiting[key]

    def _needed(self, entity: str, fields: Collection[str]) -> Iterator[tuple[str, Formula]]:
        known = self.app.entity(entity).fields
        seen: set[str] = set()
        queue = list(fields)
        while queue:
            key = queue.pop(0)
            formula = live_formula(known[key])
            if formula is None or key in seen:
                continue
            seen.add(key)
            yield key, formula
            queue += sorted(own_reads(formula) & known.keys())


def live_formula(field: Field) -> Formula | None:
    return formula_of(field) if field.is_live else None


def own_reads(formula: Formula) -> set[str]:
    """The fields of its own record that a formula reads."""
    return {read.field for read in formula.reads if not read.via}


def known_dialect(name: str) -> Dialect:
    """ValueError for a database that formulas are not written for."""
    if name == "sqlite":
        return "sqlite"
    if name == "postgresql":
        return "postgresql"
    raise ValueError(f"no formulas for {name}")

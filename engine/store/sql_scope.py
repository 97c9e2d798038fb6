"""Where the names of a formula are found in SQL: the row it stands on, the row around it, and every other table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import sqlalchemy as sa

from dsl.app import App
from dsl.formula.scope import DEPARTMENT_ENTITY, PERSON_ENTITY
from dsl.formula.value_types import DurationType, ValueType
from engine.store.sql_types import Dialect, Sql, raw_type
from engine.store.system_tables import org_unit, user_account
from engine.store.tables import Tables

PERSON_COLUMNS: Mapping[str, str] = {"unit": "unit_id", "manager": "manager_id"}
"""Fields of a person that lie in a column of another name."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of `entity` inside a statement: a table, an alias, or a layered SELECT with live fields as columns."""

    entity: str
    source: sa.FromClause

    @property
    def id(self) -> Sql:
        return self.source.c["id"]


@dataclass(frozen=True, slots=True)
class SqlScope:
    """row: what bare names read; outer: what `this` reads inside an aggregate. timezone: the app's zone by name."""

    app: App
    tables: Tables
    dialect: Dialect
    row: Row | None = None
    outer: Row | None = None

    @property
    def timezone(self) -> str:
        return self.app.timezone

    def over(self, entity: str, source: sa.FromClause) -> SqlScope:
        """The scope of a formula of `entity` that stands on the rows of `source`."""
        return replace(self, row=Row(entity, source), outer=None)

    def within(self, row: Row) -> SqlScope:
        """The scope inside an aggregate over `row`; `this` is the row until now."""
        return replace(self, row=row, outer=self.row)

    def start(self, name: str) -> Row:
        """The row a path starts at."""
        row = self.outer if name == "this" else self.row
        if row is None:
            raise ValueError(f"a formula without a record reads a field of one ({name})")
        return row

    def open(self, entity: str) -> Row:
        """A fresh alias of an entity's table, of people, or of departments."""
        if entity == PERSON_ENTITY:
            return Row(entity, user_account.alias())
        if entity == DEPARTMENT_ENTITY:
            return Row(entity, org_unit.alias())
        return Row(entity, self.tables.entity(entity).table.alias())

    def column(self, row: Row, field: str, value_type: ValueType) -> Sql | None:
        """The column of a field in a row, in raw form; None if the row has no such column (a live or linked field)."""
        key = self._column_key(row.entity, field)
        if key not in row.source.c:
            return None
        kind = raw_type(value_type, self.dialect)
        column: Sql = sa.type_coerce(row.source.c[key], kind)
        if isinstance(value_type, DurationType) and self.dialect == "postgresql":
            column = sa.cast(row.source.c[key], kind)  # its column is a BIGINT, which would overflow
        return sa.func.nullif(column, "", type_=column.type) if self._is_blank_key(row.entity, field) else column

    def _column_key(self, entity: str, field: str) -> str:
        if entity in (PERSON_ENTITY, DEPARTMENT_ENTITY):
            return PERSON_COLUMNS.get(field, field)
        return self.tables.entity(entity).aliases.get(field, field)

    def _is_blank_key(self, entity: str, field: str) -> bool:
        """A person without a role has "" in the column."""
        return entity == PERSON_ENTITY and field == "role"

    def link(self, entity: str, field: str) -> sa.FromClause:
        """A fresh alias of the link table (record_id, value) of a set field."""
        return self.tables.entity(entity).link(field).alias()

    def is_alive(self, row: Row) -> Iterable[sa.ColumnElement[bool]]:
        """The condition that leaves removed records out; nothing for people."""
        return (row.source.c["deleted_at"].is_(None),) if "deleted_at" in row.source.c else ()

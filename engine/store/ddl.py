"""DDL that SQLAlchemy's core has no element for."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateColumn, ExecutableDDLElement
from sqlalchemy.sql.compiler import DDLCompiler


class AddColumn(ExecutableDDLElement):
    """ALTER TABLE … ADD COLUMN, with the column's type, default and NOT NULL."""

    def __init__(self, column: sa.Column[Any]) -> None:
        self.column = column


@compiles(AddColumn)
def _add_column(element: AddColumn, compiler: DDLCompiler, **_: Any) -> str:
    table = compiler.preparer.format_table(element.column.table)
    return f"ALTER TABLE {table} ADD COLUMN {compiler.process(CreateColumn(element.column))}"


class SqlText(ExecutableDDLElement):
    """A definition that only one database knows, as fixed text: a virtual table, an expression index."""

    def __init__(self, text: str) -> None:
        self.text = text


@compiles(SqlText)
def _sql_text(element: SqlText, _compiler: DDLCompiler, **_: Any) -> str:
    return element.text

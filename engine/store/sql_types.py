"""How values of the language look inside SQL expressions, on both databases.

An expression of the language is written over *raw* SQL types: a number is its scaled integer on SQLite and a NUMERIC on
PostgreSQL, a date is ISO text or DATE, an instant is epoch seconds or timestamptz, an option is its key. The types of
`engine.store.columns` (which convert to and from Python) are put back on only at the outermost expression.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Context, Decimal
from itertools import islice
from typing import Any, Literal, TypeAlias

import sqlalchemy as sa
from sqlalchemy.sql import visitors

from dsl.formula.tree import Node
from dsl.formula.value_types import (
    DateType,
    DurationType,
    FileType,
    NumberType,
    PersonType,
    RefType,
    TextType,
    TimeType,
    ValueType,
    YesNoType,
)
from dsl.source import Span

Dialect: TypeAlias = Literal["sqlite", "postgresql"]
Operator: TypeAlias = Literal["=", "!=", "<", "<=", ">", ">="]
Sql: TypeAlias = sa.ColumnElement[Any]


class SqlUnsupported(Exception):
    """A function that cannot be asked of many records at once; names the function and its place in the text."""

    def __init__(self, function: str, span: Span) -> None:
        super().__init__(f"{function} cannot be computed inside the database ({span})")
        self.function, self.span = function, span


EXACT = Context(prec=80)
"""Wide enough for any number of the language; Python's own context would round at 28 digits."""


def exact_decimal(units: int, scale: int) -> Decimal:
    """units ÷ 10**scale."""
    return Decimal(units).scaleb(-scale, EXACT)


def raw_type(value_type: ValueType, dialect: Dialect) -> sa.types.TypeEngine[Any]:
    """The SQLAlchemy type of a value while it is inside an expression."""
    match value_type:
        case NumberType():
            return sa.BigInteger() if dialect == "sqlite" else sa.Numeric()
        case YesNoType():
            return sa.Boolean()
        case DateType():
            return sa.Text() if dialect == "sqlite" else sa.Date()
        case TimeType():
            return sa.BigInteger() if dialect == "sqlite" else sa.DateTime(timezone=True)
        case DurationType():
            return sa.BigInteger() if dialect == "sqlite" else sa.Numeric()
        case RefType() | PersonType() | FileType():
            return sa.BigInteger()
        case _:
            return sa.Text()


def raw_value(value: object, value_type: ValueType, dialect: Dialect) -> object:
    """A stored-form value as the raw type takes it: a scaled int becomes a Decimal on PostgreSQL, a date ISO text on
    SQLite. A person or record given as a mapping becomes its id."""
    match value_type, value:
        case _, None:
            return None
        case NumberType(scale=scale), int():
            return value if dialect == "sqlite" else exact_decimal(value, scale)
        case DurationType(), int():
            return value if dialect == "sqlite" else Decimal(value)
        case DateType(), date():
            return value.isoformat() if dialect == "sqlite" else value
        case TimeType(), datetime():
            return int(value.timestamp()) if dialect == "sqlite" else value
        case ((RefType() | PersonType()), {"id": key}):
            return key
        case _:
            return value


def literal(value: object, value_type: ValueType, dialect: Dialect) -> Sql:
    """A constant of the language as a bound value, so that it stays out of a plan's shape."""
    kind = raw_type(value_type, dialect)
    if value is None:
        return sa.type_coerce(sa.null(), kind) if dialect == "sqlite" else sa.cast(sa.null(), kind)
    if isinstance(value, bool):
        return sa.true() if value else sa.false()
    return sa.literal(raw_value(value, value_type, dialect), kind)


def nothing(value_type: ValueType, dialect: Dialect) -> Sql:
    """What "empty" is for the type: "" for text, no for yes/no, else NULL."""
    match value_type:
        case TextType():
            return literal("", value_type, dialect)
        case YesNoType():
            return sa.false()
        case _:
            return literal(None, value_type, dialect)


def is_quantity(value_type: ValueType) -> bool:
    """Numbers, and durations, which count as numbers of seconds."""
    return isinstance(value_type, NumberType | DurationType)


def never_null(value_type: ValueType) -> bool:
    """Text and yes/no have an empty value of their own and are never NULL."""
    return isinstance(value_type, TextType | YesNoType)


def scale_of(node: Node) -> int:
    """Decimals of a number node; 0 for anything else."""
    return node.type.scale if isinstance(node.type, NumberType) else 0


LONG = 12
"""Parts of an expression that is worth a name of its own where it is needed twice."""


def is_long(sql: Sql) -> bool:
    """Whether the expression has more than a few parts."""
    return sum(1 for _part in islice(visitors.iterate(sql), LONG + 1)) > LONG


def sql_call(name: str, *args: object, gives: sa.types.TypeEngine[Any]) -> Sql:
    """The SQL function `name` with a result of type `gives`."""
    found: Sql = getattr(sa.func, name)(*args, type_=gives)
    return found

"""Stored values ↔ database columns. One SQLAlchemy type per value type, with both dialects inside.

On SQLite numbers are scaled integers, instants epoch seconds, days ISO text; on PostgreSQL they are NUMERIC,
timestamptz and DATE, which its users read with their own tools. In Python both are the stored form of the language.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, assert_never

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.operators import OperatorType, _asbool, and_, or_
from sqlalchemy.types import TypeDecorator, TypeEngine

from dsl.formula.value_types import (
    ChoiceType,
    DateType,
    DurationType,
    FileType,
    NumberType,
    PersonType,
    PlaceType,
    RefType,
    RowsType,
    SetType,
    TextType,
    TimeType,
    ValueType,
    YesNoType,
)

POSTGRESQL = "postgresql"

Reader = Callable[[Any], Any]
"""From what the driver gives to the stored form."""


Writer = Callable[[Any], Any]
"""From the stored form to what the driver takes."""

_in_order = msgspec.json.Encoder(order="sorted")
_from_json = msgspec.json.Decoder().decode
_with_any_keys = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


# The types below give their readers and writers straight to the driver, without SQLAlchemy's steps around each value:
# a list reads twenty values for each of fifty records.


class ScaledNumber(TypeDecorator[int]):
    """An int scaled by 10**scale; INTEGER of that int on SQLite, NUMERIC(38, scale) of the number on PostgreSQL."""

    impl = sa.BigInteger
    cache_ok = True

    def __init__(self, scale: int = 0) -> None:
        super().__init__()
        self.scale = scale

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return sa.Numeric(38, self.scale) if dialect.name == POSTGRESQL else sa.BigInteger()

    def bind_processor(self, dialect: Dialect) -> Writer | None:
        """None where the driver takes the stored form as it is."""
        if dialect.name != POSTGRESQL:
            return None
        scale = -self.scale
        return lambda value: None if value is None else Decimal(value).scaleb(scale)

    def result_processor(self, dialect: Dialect, coltype: object) -> Reader | None:  # noqa: ARG002
        if dialect.name != POSTGRESQL:
            return None
        scale = self.scale
        return lambda value: None if value is None else int(Decimal(value).scaleb(scale))


class Day(TypeDecorator[date]):
    """A calendar day: ISO text on SQLite, DATE on PostgreSQL."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return sa.Date() if dialect.name == POSTGRESQL else sa.Text()

    def bind_processor(self, dialect: Dialect) -> Writer | None:
        if dialect.name == POSTGRESQL:
            return None
        return lambda value: None if value is None else value.isoformat()

    def result_processor(self, dialect: Dialect, coltype: object) -> Reader | None:  # noqa: ARG002
        if dialect.name == POSTGRESQL:
            return None
        return lambda value: None if value is None else date.fromisoformat(value)


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime of whole seconds: epoch seconds on SQLite, timestamptz on PostgreSQL."""

    impl = sa.BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return sa.TIMESTAMP(timezone=True) if dialect.name == POSTGRESQL else sa.BigInteger()

    def bind_processor(self, dialect: Dialect) -> Writer | None:
        if dialect.name == POSTGRESQL:
            return None
        return lambda value: None if value is None else int(value.timestamp())

    def result_processor(self, dialect: Dialect, coltype: object) -> Reader | None:  # noqa: ARG002
        return _from_instant if dialect.name == POSTGRESQL else _from_epoch


def _from_epoch(value: int | None) -> datetime | None:
    return None if value is None else datetime.fromtimestamp(value, UTC)


def _from_instant(value: Any) -> datetime | None:
    """The driver gives it in the zone of its connection, which is UTC."""
    return value.replace(microsecond=0, tzinfo=UTC) if isinstance(value, datetime) else value


class JsonText(TypeDecorator[object]):
    """A JSON value kept as text, keys sorted, so that the same value is the same bytes."""

    impl = sa.Text
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Writer:  # noqa: ARG002
        return lambda value: None if value is None else _json_text(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Reader:  # noqa: ARG002
        return lambda value: None if value is None else _from_json(value)


def _json_text(value: object) -> str:
    try:
        return _in_order.encode(value).decode()
    except TypeError:  # numbers as keys
        return _with_any_keys.encode(value)


class SetValue(TypeDecorator[tuple[Any, ...]]):
    """The values of a link table gathered into one sorted tuple: a JSON array on SQLite, an array on PostgreSQL."""

    impl = sa.Text
    cache_ok = True

    def __init__(self, of: TypeEngine[Any]) -> None:
        super().__init__()
        self.of = of

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return ARRAY(self.of) if dialect.name == POSTGRESQL else sa.Text()

    def process_result_value(self, value: Any | None, _dialect: Dialect) -> tuple[Any, ...]:
        if value is None:
            return ()
        return tuple(sorted(json.loads(value) if isinstance(value, str) else value))


class _Array(TypeDecorator[Iterable[Any]]):
    """A list bound as one parameter, so that a list of any length is one statement."""

    impl = sa.Text
    cache_ok = True
    item: TypeEngine[Any]

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return ARRAY(self.item) if dialect.name == POSTGRESQL else sa.Text()

    def process_bind_param(self, value: Iterable[Any] | None, dialect: Dialect) -> list[Any] | str | None:
        if value is None:
            return None
        return list(value) if dialect.name == POSTGRESQL else json.dumps(list(value))


class IdArray(_Array):
    cache_ok = True
    item = sa.BigInteger()


class KeyArray(_Array):
    cache_ok = True
    item = sa.Text()


class IsOneOf(FunctionElement[bool]):
    """`column` is one of the values of the array parameter `name`; see `is_one_of`."""

    name = "is_one_of"
    inherit_cache = True
    type = sa.Boolean()

    def self_group(self, against: OperatorType | None = None) -> Any:
        """As it is: for SQLite a function would become `… = 1`, and no index serves that."""
        return super().self_group(against) if against not in (and_, or_, _asbool) else self


@compiles(IsOneOf)
def _is_one_of_json(element: IsOneOf, compiler: SQLCompiler, **options: Any) -> str:
    column, array = element.clauses
    said = compiler.process
    return f"{said(column, **options)} IN (SELECT value FROM json_each({said(array, **options)}))"  # noqa: S608  SQL parts


@compiles(IsOneOf, POSTGRESQL)
def _is_one_of_array(element: IsOneOf, compiler: SQLCompiler, **options: Any) -> str:
    column, array = element.clauses
    return f"{compiler.process(column, **options)} = ANY({compiler.process(array, **options)})"


def is_one_of(column: sa.ColumnElement[Any], name: str, *, keys: bool = False) -> sa.ColumnElement[bool]:
    """`column` is in the list bound as parameter `name`: ids, or keys (text) if `keys`."""
    return IsOneOf(column, sa.bindparam(name, type_=KeyArray() if keys else IdArray()))


def text_type() -> TypeEngine[Any]:
    """Text that compares by code point on both dialects."""
    return sa.Text().with_variant(sa.Text(collation="C"), POSTGRESQL)


def id_type() -> TypeEngine[Any]:
    """The primary key of a table: rowid on SQLite, an identity on PostgreSQL."""
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def column_type(value_type: ValueType) -> TypeEngine[Any]:
    """The column type that keeps values of a type. Child rows have none: ValueError."""
    match value_type:
        case NumberType(scale=scale):
            return ScaledNumber(scale)
        case TextType() | ChoiceType():
            return text_type()
        case YesNoType():
            return sa.Boolean()
        case DateType():
            return Day()
        case TimeType():
            return Instant()
        case DurationType() | RefType() | PersonType() | FileType(many=False):
            return sa.BigInteger()
        case SetType():
            return SetValue(sa.Text())
        case FileType():
            return SetValue(sa.BigInteger())
        case PlaceType():
            return JsonText()
        case RowsType():
            raise ValueError(f"rows of {value_type.entity} are not a column")
        case _:
            assert_never(value_type)


def storage(value_type: ValueType) -> str:
    """How values of a type lie in the database, as the ledger writes it. Two types of one storage share a column."""
    match value_type:
        case NumberType(scale=scale):
            return f"number.{scale}"
        case TextType():
            return "text"
        case ChoiceType():
            return "key"
        case YesNoType():
            return "yesno"
        case DateType():
            return "date"
        case TimeType():
            return "time"
        case DurationType():
            return "duration"
        case RefType(entity=entity):
            return f"ref {entity}"
        case PersonType():
            return "person"
        case SetType():
            return "keys"
        case FileType(many=many):
            return "files" if many else "file"
        case PlaceType():
            return "place"
        case RowsType():
            return "rows"
        case _:
            assert_never(value_type)


def type_of_storage(kept: str) -> TypeEngine[Any]:
    """The column type behind a storage name of the ledger; for a set, that of one member."""
    family, _, detail = kept.partition(".")
    match family:
        case "number":
            return ScaledNumber(int(detail))
        case "text" | "key" | "keys":
            return text_type()
        case "yesno":
            return sa.Boolean()
        case "date":
            return Day()
        case "time":
            return Instant()
        case "place":
            return JsonText()
        case _:
            return sa.BigInteger()


def is_linked(value_type: ValueType) -> bool:
    """Kept in a link table (record_id, value) instead of a column."""
    return isinstance(value_type, SetType) or (isinstance(value_type, FileType) and value_type.many)


def empty_value(value_type: ValueType) -> object:
    """What an empty field of the type holds: "" for text, False for yes/no, () for sets, else None."""
    match value_type:
        case TextType():
            return ""
        case YesNoType():
            return False
        case SetType() | FileType(many=True):
            return ()
        case _:
            return None


def new_column(name: str, value_type: ValueType, key: str) -> sa.Column[Any]:
    """The column `name` for a stored field `key`. Text and yes/no are never NULL; the rest may be."""
    match empty_value(value_type):
        case "":
            return sa.Column(name, column_type(value_type), key=key, nullable=False, server_default="")
        case False:
            return sa.Column(name, column_type(value_type), key=key, nullable=False, server_default=sa.false())
        case _:
            return sa.Column(name, column_type(value_type), key=key)

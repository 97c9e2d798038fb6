"""Stored-form values as JSON and back: for events, and for outcomes kept under an idempotency key."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime

from dsl.formula.value_types import DateType, FileType, SetType, TimeType, ValueType

_PLAIN = frozenset({str, int, bool})


def to_json(value: object) -> object:
    """A JSON value: days and instants as ISO text, sets as lists; the rest is JSON already."""
    if value is None or type(value) in _PLAIN:
        return value
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date():
            return value.isoformat()
        case tuple():
            return [to_json(each) for each in value]
        case Mapping():
            return {key: to_json(each) for key, each in value.items()}
        case _:
            return value


def from_json(value_type: ValueType | None, value: object) -> object:
    """The stored form again; value_type None for a field that is no more: as it was kept."""
    if isinstance(value, str):
        match value_type:
            case DateType():
                return date.fromisoformat(value)
            case TimeType():
                return datetime.fromisoformat(value)
    elif isinstance(value, list) and isinstance(value_type, SetType | FileType):
        return tuple(value)
    return value

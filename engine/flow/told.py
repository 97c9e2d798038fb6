"""Values inside explanations, as people read them: by the type of a formula's part, without a field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from dsl.app import App, Field, Text
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
from dsl.kinds import text_value
from dsl.source import NOWHERE
from engine.flow.sentences import say

_PERCENT_SCALE = 4
"""A number of this scale without a unit is a percentage: no other field kind has it by itself."""


def told(app: App, value_type: ValueType, value: object, language: str) -> str:
    """The value as text; a reference or a person by its name, rows by their number, an empty value in words."""
    if value is None or value in ("", ()):
        return say(language, "empty")
    if isinstance(value_type, RowsType):
        return str(len(value)) if isinstance(value, list) else ""
    if isinstance(value, Mapping):
        return str(value.get("name") or f"#{value.get('id')}")
    choices = value_type.name if isinstance(value_type, ChoiceType | SetType) else ""
    field = Field("", _kind(value_type), Text(), value_type, NOWHERE, scale=_scale(value_type), choices=choices)
    return text_value(app, field, value, language)


def _scale(value_type: ValueType) -> int:
    return value_type.scale if isinstance(value_type, NumberType) else 0


def _kind(value_type: ValueType) -> str:
    match value_type:
        case NumberType(unit="money"):
            return "money"
        case NumberType(scale=scale):
            return "percent" if scale == _PERCENT_SCALE else "number"
        case TextType():
            return "text"
        case YesNoType():
            return "yesno"
        case DateType():
            return "date"
        case TimeType():
            return "time"
        case DurationType():
            return "duration"
        case ChoiceType():
            return "choice"
        case SetType():
            return "choices"
        case RefType() | PersonType():
            return "ref"
        case FileType(many=many):
            return "files" if many else "file"
        case PlaceType():
            return "place"
        case RowsType():
            return "table"
        case _:
            assert_never(value_type)

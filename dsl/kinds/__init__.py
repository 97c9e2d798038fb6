"""The kinds of fields: `KINDS` by key, and the functions that every door uses.

Values are in their stored form. A raw value is a text from a form or a JSON value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any

from dsl.app import App, Field
from dsl.formula.value_types import ChoiceType, DateType, NumberType, TextType, YesNoType
from dsl.kinds import links, numbers, options, place, texts, times
from dsl.kinds.kind import Complaint, Kind, Spec

__all__ = ["KINDS", "Complaint", "Kind", "Spec", "is_empty", "json_value", "json_writer", "read_value", "text_value"]

_ALL: tuple[Kind, ...] = (
    *texts.KINDS, *numbers.KINDS, *times.KINDS, *options.KINDS, *links.KINDS, *place.KINDS,
)  # fmt: skip
KINDS: Mapping[str, Kind] = {kind.key: kind for kind in _ALL}


def read_value(app: App, field: Field, raw: object, language: str) -> object:  # noqa: ARG001 a door need not know that a Complaint speaks every language
    """The stored value of a raw one, or a Complaint (which speaks every language). Never raises."""
    return KINDS[field.kind].read(app, field, raw)


def json_value(app: App, field: Field, value: object) -> object:
    """The value as JSON: numbers and money as decimal text, dates and instants as ISO."""
    return KINDS[field.kind].to_json(app, field, value)


def json_writer(app: App, field: Field) -> Callable[[Any], object] | None:
    """`json_value` of one field for many values, none of them empty; None where a value is JSON as it is stored."""
    match field.value_type:
        case TextType() | ChoiceType() | YesNoType():
            return None
        case NumberType(scale=scale):
            return partial(numbers.decimal_text, scale=scale)
        case DateType():
            return date.isoformat
        case _:
            return partial(KINDS[field.kind].to_json, app, field)


def text_value(app: App, field: Field, value: object, language: str) -> str:
    """The value as people read it, in one language; "" when it is empty. References and people give their id."""
    return KINDS[field.kind].to_text(app, field, value, language)


def is_empty(field: Field, value: object) -> bool:
    return KINDS[field.kind].is_empty(value)

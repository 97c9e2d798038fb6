"""The kinds of fields: `KINDS` by key, and the three functions that every door uses.

Values are in their stored form. A raw value is a text from a form or a JSON value.
"""

from __future__ import annotations

from collections.abc import Mapping

from dsl.app import App, Field
from dsl.kinds import links, numbers, options, place, texts, times
from dsl.kinds.kind import Complaint, Kind, Spec

__all__ = ["KINDS", "Complaint", "Kind", "Spec", "is_empty", "json_value", "read_value", "text_value"]

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


def text_value(app: App, field: Field, value: object, language: str) -> str:
    """The value as people read it, in one language; "" when it is empty. References and people give their id."""
    return KINDS[field.kind].to_text(app, field, value, language)


def is_empty(field: Field, value: object) -> bool:
    return KINDS[field.kind].is_empty(value)

"""Values in stored form: what counts as empty, as filler, and as fit for a field."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Final

from dsl.app import App, Entity, Field
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
from engine.flow.sentences import say

MOST_CHARACTERS: Final = 100_000
"""A text longer than this is refused whatever the field says."""

_SQL_INTEGER: Final = 1 << 63
_NEVER_EMPTY: Final = frozenset({int, bool, float, date, datetime})


def is_written(entity: Entity, field: Field) -> bool:
    """A field that people fill in: not computed, and not made by the engine (but for tags and the parent)."""
    if field.is_computed or isinstance(field.value_type, RowsType):
        return False
    return not field.given or field.kind == "tags" or field.key == entity.parent


def is_empty(value: object) -> bool:
    if value is None or type(value) in _NEVER_EMPTY:
        return value is None
    return isinstance(value, str | tuple | list | Mapping) and not value


def is_filler(app: App, field: Field, value: object) -> bool:
    """A word such as 暂无 that stands where an answer should (S4-23)."""
    if not isinstance(value, str) or field.allow_filler:
        return False
    plain = value if value.isascii() else unicodedata.normalize("NFKC", value)
    word = plain.strip(" \t\n\r\u3000。.,，-—…").casefold()
    return word in app.filler or value.strip() in app.filler


def is_filled(app: App, field: Field, value: object) -> bool:
    return not is_empty(value) and not is_filler(app, field, value)


def complaint(field: Field, value: object, language: str) -> str | None:
    """Why the value is not fit to be stored in the field, as a sentence; None when it is fit. Empty always is."""
    value_type = field.value_type
    kind = type(value_type)
    if value is None and kind not in _HAVE_EMPTY:
        return None
    if kind not in _IS_OF or not _IS_OF[kind](value_type, value):
        return say(language, "input.kind", label=field.label.say(language))
    if kind is TextType:
        most = field.max_length or MOST_CHARACTERS
        return None if len(str(value)) <= most else _too_long(field, most, language)
    if kind in _MEASURED:
        return _out_of_bounds(field, value, language)
    if isinstance(value_type, ChoiceType):
        return None if value in value_type.keys else _no_option(field, value, language)
    if isinstance(value_type, SetType):
        strange = [key for key in _members(value) if key not in value_type.keys]
        return _no_option(field, strange[0], language) if strange else None
    return None


def _too_long(field: Field, most: int, language: str) -> str:
    return say(language, "input.long", label=field.label.say(language), most=most)


def _no_option(field: Field, value: object, language: str) -> str:
    return say(language, "input.option", label=field.label.say(language), value=value)


def _is_integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and -_SQL_INTEGER <= value < _SQL_INTEGER


def _is_number(_of: ValueType, value: object) -> bool:
    return _is_integer(value)


def _is_file(of: ValueType, value: object) -> bool:
    if isinstance(of, FileType) and of.many:
        return isinstance(value, tuple) and all(map(_is_integer, value))
    return _is_integer(value)


_HAVE_EMPTY: Final = frozenset({TextType, YesNoType, SetType})
"""Types with an empty value of their own, which None is not."""
_MEASURED: Final = frozenset({NumberType, DurationType})
_IS_OF: Final[Mapping[type[ValueType], Callable[[ValueType, object], bool]]] = {
    NumberType: _is_number,
    DurationType: _is_number,
    RefType: _is_number,
    PersonType: _is_number,
    TextType: lambda _of, value: isinstance(value, str) and "\x00" not in value,
    YesNoType: lambda _of, value: isinstance(value, bool),
    DateType: lambda _of, value: isinstance(value, date) and not isinstance(value, datetime),
    TimeType: lambda _of, value: isinstance(value, datetime) and value.tzinfo is not None,
    ChoiceType: lambda _of, value: isinstance(value, str),
    SetType: lambda _of, value: isinstance(value, tuple) and all(isinstance(key, str) for key in value),
    FileType: _is_file,
    PlaceType: lambda _of, value: isinstance(value, Mapping) and {"lat", "lng"} <= set(value),
}
"""Whether a value is of the type; a type that is not here takes none."""


def _members(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else ()


def _out_of_bounds(field: Field, value: object, language: str) -> str | None:
    if not isinstance(value, int):
        return None
    if field.minimum is not None and value < field.minimum:
        return say(language, "input.low", label=field.label.say(language), bound=plain(field.minimum, field.scale))
    if field.maximum is not None and value > field.maximum:
        return say(language, "input.high", label=field.label.say(language), bound=plain(field.maximum, field.scale))
    return None


def plain(value: int, scale: int) -> str:
    """A scaled integer as decimal text: plain(12345, 2) == "123.45"."""
    if scale == 0:
        return str(value)
    whole, rest = divmod(abs(value), 10**scale)
    return f"{'-' if value < 0 else ''}{whole}.{rest:0{scale}d}"

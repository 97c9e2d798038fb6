"""Cursors of lists: where a page ended, as one opaque word.

A cursor holds the sort, the direction and the values of the last row. It is not signed: whoever alters it only asks for
another page of what he may see anyway. Everything in it is checked before it reaches a statement.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal

from dsl.formula.value_types import DateType, TextType, TimeType, ValueType, YesNoType
from engine.errors import BadInput
from engine.verdict import Finding

Direction = Literal["next", "previous"]
LONGEST = 8_000
_SIXTY_THREE_BITS = 2**63


@dataclass(frozen=True, slots=True)
class Cursor:
    """values: one for each sort key, then the id; stored form."""

    direction: Direction
    values: tuple[Any, ...]


def written(sort: Sequence[str], cursor: Cursor) -> str:
    """The cursor as a word for an address."""
    content = [list(sort), cursor.direction, [_to_json(value) for value in cursor.values]]
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read(word: str, sort: Sequence[str], types: Sequence[ValueType]) -> Cursor:
    """The cursor in a word; BadInput if it is none, or belongs to another sort. types: of the values, the id's last."""
    if len(word) > LONGEST:
        raise _malformed()
    try:
        text = base64.b64decode(word + "=" * (-len(word) % 4), altchars=b"-_", validate=True).decode()
        content = json.loads(text)
    except (binascii.Error, UnicodeError, ValueError, RecursionError) as error:
        raise _malformed() from error
    match content:
        case [list() as keys, "next" | "previous" as direction, list() as values]:
            if keys == list(sort) and len(values) == len(types):
                read_values = (_from_json(v, t) for v, t in zip(values, types, strict=True))
                return Cursor(direction, tuple(read_values))
    raise _malformed()


def _malformed() -> BadInput:
    said = "翻页位置无效,请从第一页开始 | This is not a place in this list: begin at its first page"
    return BadInput((Finding("list.cursor", "unmet", said),))


def _to_json(value: object) -> object:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date():
            return value.isoformat()
        case _:
            return value


def _from_json(value: object, value_type: ValueType) -> object:
    """A value of the type in stored form; BadInput for anything else."""
    try:
        match value_type, value:
            case TextType(), str() if "\0" not in value:
                value.encode()  # a lone surrogate is no text
                return value
            case YesNoType(), bool():
                return value
            case _, None if not isinstance(value_type, TextType | YesNoType):
                return None
            case DateType(), str():
                return date.fromisoformat(value)
            case TimeType(), str():
                return datetime.fromisoformat(value).astimezone(UTC)
            case _, int() if not isinstance(value, bool) and abs(value) < _SIXTY_THREE_BITS:
                if not isinstance(value_type, TextType | YesNoType | DateType | TimeType):
                    return value
    except (ValueError, OverflowError) as error:
        raise _malformed() from error
    raise _malformed()

"""What a control is: how a field kind is drawn in a form and how its typed text comes back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from werkzeug.datastructures import MultiDict

from dsl.app import App, Field

Raw: TypeAlias = "str | tuple[str, ...] | Mapping[str, str]"
"""What a form holds for one field, before it is read: kept as it is when the form is refused."""
Form: TypeAlias = "MultiDict[str, str]"


@dataclass(frozen=True, slots=True)
class Asked:
    """What reading may need besides the text."""

    app: App
    field: Field
    today: date


@dataclass(frozen=True, slots=True)
class Control:
    """One field kind in a form.

    macro: the macro in controls/controls.html. typed: what the posted form holds. written: the raw of a stored value,
    so that `value_of(written(v)) == v`. value_of: what `dsl.kinds.read_value` is given.
    """

    kind: str
    macro: str
    typed: Callable[[Form, str], Raw]
    written: Callable[[Asked, object], Raw]
    value_of: Callable[[Asked, Raw], object]
    is_wide: bool = False
    inputmode: str = ""


def one_text(form: Form, name: str) -> str:
    return form.get(name, "") or ""


def many_texts(form: Form, name: str) -> tuple[str, ...]:
    return tuple(text for text in form.getlist(name) if text)


def as_typed(_asked: Asked, raw: Raw) -> object:
    return raw


def as_list(_asked: Asked, raw: Raw) -> object:
    return list(raw) if isinstance(raw, tuple) else raw


def plain_text(_asked: Asked, value: object) -> str:
    return "" if value is None else str(value)


def texts_of(_asked: Asked, value: object) -> tuple[str, ...]:
    return tuple(str(one) for one in value) if isinstance(value, Sequence) and not isinstance(value, str) else ()

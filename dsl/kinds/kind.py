"""What a field kind is: how its values are read from people and machines, and told to them."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Protocol

from dsl.app import App, Field, Text
from dsl.catalog_entry import in_both
from dsl.formula.value_types import ValueType


@dataclass(frozen=True, slots=True)
class Complaint:
    """Why a value was refused, in the user's words."""

    said: Text


@dataclass(frozen=True, slots=True)
class Spec:
    """What a kind may need to know to give its type: the scale, and the name and keys of its list or entity."""

    scale: int = 0
    name: str = ""
    keys: tuple[str, ...] = ()


class Kind(Protocol):
    """One kind of field. Values are in their stored form (see docs/language).

    subject: what the field text must name: "choices", "entity" or "". has_scale: `.s` may follow the kind.
    """

    @property
    def key(self) -> str: ...

    @property
    def subject(self) -> str: ...

    @property
    def has_scale(self) -> bool: ...

    def value_type(self, spec: Spec) -> ValueType: ...

    def read(self, app: App, field: Field, raw: object) -> object:
        """The stored value of a text from a form or a JSON value, or a Complaint. Never raises."""
        ...

    def to_json(self, app: App, field: Field, value: object) -> object: ...

    def to_text(self, app: App, field: Field, value: object, language: str) -> str:
        """The value as people read it; an empty value is ""."""
        ...

    def is_empty(self, value: object) -> bool: ...


def complain(zh: str, en: str) -> Complaint:
    return Complaint(in_both(zh, en))


def plain(raw: object, longest: int = 100) -> str | Complaint | None:
    """A raw value as short text with half-width characters; None when it is empty."""
    if raw is None or raw == "":
        return None
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        return complain("这里要一个文字或数字", "A text or a number is wanted here")
    text = raw if isinstance(raw, str) else _number_text(raw)
    if len(text) > longest:
        return complain("太长了", "That is too long")
    return (text if text.isascii() else unicodedata.normalize("NFKC", text)).strip() or None


def _number_text(raw: float) -> str:
    if isinstance(raw, int):
        return str(raw) if abs(raw) < 10**40 else "9" * 41
    return repr(raw)

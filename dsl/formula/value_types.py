"""The types of formula values. See docs/language for what each means in Python and SQL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias


@dataclass(frozen=True, slots=True)
class NumberType:
    """An exact decimal: in Python an int scaled by 10**scale. `money` is a unit, percent is scale 4."""

    scale: int = 0
    unit: Literal["", "money"] = ""


@dataclass(frozen=True, slots=True)
class TextType:
    """str, NFC, never None; "" is empty."""


@dataclass(frozen=True, slots=True)
class YesNoType:
    """bool, never empty."""


@dataclass(frozen=True, slots=True)
class DateType:
    """datetime.date or None."""


@dataclass(frozen=True, slots=True)
class TimeType:
    """An instant: aware UTC datetime of whole seconds, or None."""


@dataclass(frozen=True, slots=True)
class DurationType:
    """int seconds or None."""


@dataclass(frozen=True, slots=True)
class ChoiceType:
    """The key of one option (str) or None. `name` is the list's key; a stage is the list `stage:ENTITY`."""

    name: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SetType:
    """tags, choices: tuple of option keys, sorted, never None; () is empty."""

    name: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RefType:
    """A record of `entity`: nested mapping with at least "id", or None."""

    entity: str


@dataclass(frozen=True, slots=True)
class PersonType:
    """A person: mapping with id, name, role, unit, manager; or None."""


@dataclass(frozen=True, slots=True)
class FileType:
    """file, image, files: only `is empty` may be asked. Python: file id, tuple of ids, or None."""

    many: bool = False


@dataclass(frozen=True, slots=True)
class PlaceType:
    """{"lat": float, "lng": float, "name": str} or None: only `is empty` may be asked."""


@dataclass(frozen=True, slots=True)
class RowsType:
    """Child rows of `entity`: list of mappings; only inside an aggregate."""

    entity: str


ValueType: TypeAlias = (
    NumberType
    | TextType
    | YesNoType
    | DateType
    | TimeType
    | DurationType
    | ChoiceType
    | SetType
    | RefType
    | PersonType
    | FileType
    | PlaceType
    | RowsType
)

INTEGER = NumberType(0)
MONEY = NumberType(2, "money")
PERCENT = NumberType(4)
TEXT = TextType()
YESNO = YesNoType()
DATE = DateType()
TIME = TimeType()
DURATION = DurationType()
PERSON = PersonType()

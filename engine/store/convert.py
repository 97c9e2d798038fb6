"""Values of one storage as values of another: what a field keeps when its type changes."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import UTC, date, datetime, time
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from dsl.formula.value_types import ChoiceType, SetType, ValueType
from engine.store.columns import storage

Conversion = Callable[[object], object]
"""Stored value → stored value; None (or () for a set) where there is no equal one."""


def conversion(old: str, new: ValueType, timezone: str) -> Conversion:
    """From storage `old` (see `columns.storage`) to a type. Pairs that share no values convert nothing."""
    family, _, detail = old.partition(".")
    to_family, _, to_detail = storage(new).partition(".")
    zone = ZoneInfo(timezone)
    keys = new.keys if isinstance(new, ChoiceType | SetType) else ()
    known: dict[tuple[str, str], Conversion] = {
        ("number", "number"): lambda value: _rescale(value, int(detail or 0), int(to_detail or 0)),
        ("number", "text"): lambda value: _decimal_text(value, int(detail or 0)),
        ("number", "duration"): lambda value: _rescale(value, int(detail or 0), 0),
        ("duration", "number"): lambda value: _rescale(value, 0, int(to_detail or 0)),
        ("text", "number"): lambda value: _number(value, int(to_detail or 0)),
        ("text", "key"): lambda value: value if value in keys else None,
        ("text", "keys"): lambda value: (value,) if value in keys else (),
        ("text", "date"): _day,
        ("key", "text"): lambda value: value,
        ("key", "keys"): lambda value: (value,) if value in keys else (),
        ("keys", "key"): lambda value: _only(value, keys),
        ("yesno", "text"): lambda value: "yes" if value else "no",
        ("date", "text"): lambda value: value.isoformat() if isinstance(value, date) else None,
        ("date", "time"): lambda value: _midnight(value, zone),
        ("time", "date"): lambda value: value.astimezone(zone).date() if isinstance(value, datetime) else None,
        ("file", "files"): lambda value: (value,),
        ("files", "file"): lambda value: _only(value, None),
    }
    return known.get((family, to_family), lambda _value: () if to_family in ("keys", "files") else None)


def _rescale(value: object, old: int, new: int) -> int | None:
    """The number with another scale; digits that are cut round half away from zero."""
    if not isinstance(value, int):
        return None
    if new >= old:
        return int(value * 10 ** (new - old))
    return int(Decimal(value).scaleb(new - old).quantize(Decimal(1), ROUND_HALF_UP))


def _decimal_text(value: object, scale: int) -> str | None:
    return f"{Decimal(value).scaleb(-scale):f}" if isinstance(value, int) else None


def _number(value: object, scale: int) -> int | None:
    """A plain decimal number, with thousands separators at most; None if it has more digits than the scale."""
    try:
        number = Decimal(str(value).strip().replace(",", "")).scaleb(scale)
    except InvalidOperation:
        return None
    return int(number) if number.is_finite() and number == number.to_integral_value() else None


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value).strip())
    except ValueError:
        return None


def _midnight(value: object, zone: ZoneInfo) -> datetime | None:
    return datetime.combine(value, time(), zone).astimezone(UTC) if isinstance(value, date) else None


def _only(values: object, allowed: Collection[object] | None) -> object:
    """The single member of a set; None for none, several, or one that is not allowed."""
    if not isinstance(values, tuple) or len(values) != 1:
        return None
    return values[0] if allowed is None or values[0] in allowed else None

"""Functions that SQLite lacks, registered on every connection under names beginning with `x_`.

Each takes and gives raw SQLite values (ints, ISO text, None) and never raises: what has no answer is None. A NULL
argument gives NULL.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache, wraps
from typing import Any
from zoneinfo import ZoneInfo

from engine.store.sql_numbers import LIMIT, half_away


def _within(value: int) -> int | None:
    return value if -LIMIT < value < LIMIT else None


def divide(numerator: int, shift: int, denominator: int) -> int | None:
    """numerator × shift ÷ denominator, halves away from zero; None for ÷0 and beyond the limit."""
    return _within(half_away(numerator * shift, denominator)) if denominator else None


def multiply(left: int, right: int, factor: int) -> int | None:
    """left × right ÷ factor, halves away from zero."""
    return _within(half_away(left * right, factor))


def floor(units: int, factor: int) -> int:
    return units // factor


def modulo(left: int, left_shift: int, right: int, right_shift: int) -> int | None:
    """left mod right, each first raised to one scale; the sign is the divisor's."""
    return left * left_shift % (right * right_shift) if right else None


def add_days(day: str, count: int) -> str | None:
    try:
        return (date.fromisoformat(day) + timedelta(days=count)).isoformat()
    except OverflowError:
        return None


def add_months(day: str, count: int) -> str | None:
    """The same day of a later month, or that month's last day."""
    start = date.fromisoformat(day)
    year, month = divmod(start.year * 12 + start.month - 1 + count, 12)
    if not 1 <= year <= 9999:
        return None
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1])).isoformat()


def date_part(day: str, name: str) -> int | None:
    found = date.fromisoformat(day)
    match name:
        case "weekday":
            return found.isoweekday()
        case "week":
            return found.isocalendar().week
        case _:
            return None


def edge(day: str, unit: str, is_end: int) -> str | None:
    """First or last day of the week, month, quarter or year."""
    found = date.fromisoformat(day)
    if unit == "week":
        return add_days(day, 7 - found.isoweekday() if is_end else 1 - found.isoweekday())
    length = {"month": 1, "quarter": 3, "year": 12}[unit]
    month = (found.month - 1) // length * length + 1
    if not is_end:
        return date(found.year, month, 1).isoformat()
    last = month + length - 1
    return date(found.year, last, monthrange(found.year, last)[1]).isoformat()


def make_date(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except (ValueError, OverflowError):
        return None


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def day_of(epoch: int, zone: str) -> str | None:
    try:
        return datetime.fromtimestamp(epoch, UTC).astimezone(_zone(zone)).date().isoformat()
    except (OverflowError, ValueError):
        return None


def number_text(units: int, scale: int) -> str:
    """A number with all decimals of its scale: 150 at scale 2 is 1.50."""
    if not scale:
        return str(units)
    whole, rest = divmod(abs(units), 10**scale)
    return f"{'-' if units < 0 else ''}{whole}.{rest:0{scale}d}"


class Sum:
    """An exact sum; SQLite's own raises where it passes 64 bits. None beyond the limit."""

    def __init__(self) -> None:
        self.total = 0

    def step(self, value: int | None) -> None:
        self.total += value or 0

    def finalize(self) -> int | None:
        return _within(self.total)


FUNCTIONS: tuple[tuple[str, int, Callable[..., object]], ...] = (
    ("x_divide", 3, divide),
    ("x_multiply", 3, multiply),
    ("x_floor", 2, floor),
    ("x_modulo", 4, modulo),
    ("x_add_days", 2, add_days),
    ("x_add_months", 2, add_months),
    ("x_date_part", 2, date_part),
    ("x_edge", 3, edge),
    ("x_date", 3, make_date),
    ("x_day_of", 2, day_of),
    ("x_number_text", 2, number_text),
)


def _strict(function: Callable[..., object]) -> Callable[..., object]:
    """NULL in, NULL out."""

    @wraps(function)
    def call(*values: object) -> object:
        return None if None in values else function(*values)

    return call


def register(connection: Any) -> None:
    """Register all of them on one SQLite connection (of the DBAPI)."""
    for name, count, function in FUNCTIONS:
        connection.create_function(name, count, _strict(function), deterministic=True)
    connection.create_aggregate("x_sum", 1, Sum)

"""Functions that SQLite lacks, registered on every connection under names beginning with `x_`.

Each takes and gives raw SQLite values (ints, ISO text, None) and never raises: what has no answer is None. A NULL
argument gives NULL.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache, wraps
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from dsl.formula.bounds import OVERFLOW, divide_half_away
from dsl.formula.scope import FIELD_LIMIT

Wide: TypeAlias = int | str
"""A whole number: an int where it fits 64 bits, else its digits."""
SIXTY_FOUR_BITS = 2**63


def _wide(value: int) -> Wide | None:
    """As SQLite can hold it; None from 38 digits on."""
    if not -OVERFLOW < value < OVERFLOW:
        return None
    return value if -SIXTY_FOUR_BITS <= value < SIXTY_FOUR_BITS else str(value)


def divide(numerator: Wide, shift: Wide, denominator: Wide) -> Wide | None:
    """numerator × shift ÷ denominator, halves away from zero; None for ÷0."""
    divisor = int(denominator)
    return _wide(divide_half_away(int(numerator) * int(shift), divisor)) if divisor else None


def multiply(left: Wide, right: Wide, factor: Wide) -> Wide | None:
    """left × right ÷ factor, halves away from zero."""
    return _wide(divide_half_away(int(left) * int(right), int(factor)))


def add(left: Wide, right: Wide) -> Wide | None:
    return _wide(int(left) + int(right))


def subtract(left: Wide, right: Wide) -> Wide | None:
    return _wide(int(left) - int(right))


def compare(left: Wide, right: Wide) -> int:
    """-1, 0 or 1, as left is less than, equal to or greater than right."""
    return (int(left) > int(right)) - (int(left) < int(right))


def floor(units: Wide, factor: Wide) -> Wide | None:
    return _wide(int(units) // int(factor))


def modulo(left: Wide, right: Wide) -> Wide | None:
    """The remainder with the sign of the divisor."""
    return _wide(int(left) % int(right)) if int(right) else None


def absolute(value: Wide) -> Wide | None:
    return _wide(abs(int(value)))


def sign(value: Wide) -> int:
    return compare(value, 0)


def stored(value: Wide) -> int | None:
    """The value if a field can hold it."""
    return int(value) if abs(int(value)) <= FIELD_LIMIT else None


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


def number_text(units: Wide, scale: int) -> str:
    """A number with all decimals of its scale: 150 at scale 2 is 1.50."""
    if not scale:
        return str(units)
    whole, rest = divmod(abs(int(units)), 10**scale)
    return f"{'-' if int(units) < 0 else ''}{whole}.{rest:0{scale}d}"


def mid(text: str, start: int, count: int) -> str:
    """`count` places from `start` (from 1); places before 1 hold nothing."""
    return text[max(start - 1, 0) : max(start - 1 + count, 0)]


def right(text: str, count: int) -> str:
    return text[-count:] if count > 0 else ""


def pad(text: str, width: int, fill: str) -> str:
    return text.rjust(width, fill)


def least(*values: Wide) -> Wide:
    return min(values, key=int)


def greatest(*values: Wide) -> Wide:
    return max(values, key=int)


class Least:
    """min over rows of numbers that may be wide; empty values are left out."""

    choose = staticmethod(least)

    def __init__(self) -> None:
        self.found: Wide | None = None

    def step(self, value: Wide | None) -> None:
        if value is not None:
            self.found = value if self.found is None else self.choose(self.found, value)

    def finalize(self) -> Wide | None:
        return self.found


class Greatest(Least):
    choose = staticmethod(greatest)


class Sum:
    """An exact sum; SQLite's own raises where it passes 64 bits. None beyond the limit."""

    def __init__(self) -> None:
        self.total = 0

    def step(self, value: Wide | None) -> None:
        self.total += int(value or 0)

    def finalize(self) -> Wide | None:
        return _wide(self.total)


FUNCTIONS: tuple[tuple[str, int, Callable[..., object]], ...] = (
    ("x_divide", 3, divide),
    ("x_multiply", 3, multiply),
    ("x_add", 2, add),
    ("x_subtract", 2, subtract),
    ("x_compare", 2, compare),
    ("x_floor", 2, floor),
    ("x_modulo", 2, modulo),
    ("x_abs", 1, absolute),
    ("x_sign", 1, sign),
    ("x_stored", 1, stored),
    ("x_add_days", 2, add_days),
    ("x_add_months", 2, add_months),
    ("x_date_part", 2, date_part),
    ("x_edge", 3, edge),
    ("x_date", 3, make_date),
    ("x_day_of", 2, day_of),
    ("x_mid", 3, mid),
    ("x_right", 2, right),
    ("x_pad", 3, pad),
    ("x_min_of", -1, least),
    ("x_max_of", -1, greatest),
    ("x_number_text", 2, number_text),
)

AGGREGATES: tuple[tuple[str, type], ...] = (("x_sum", Sum), ("x_min", Least), ("x_max", Greatest))


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
    for name, aggregate in AGGREGATES:
        connection.create_aggregate(name, 1, aggregate)

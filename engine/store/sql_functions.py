"""Functions that SQLite lacks, registered on every connection under names beginning with `x_`.

Each takes and gives raw SQLite values (ints, ISO text, None) and never raises: what has no answer is None. A NULL
argument gives NULL.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import lru_cache, wraps
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from dsl.formula import runtime
from dsl.formula.bounds import OVERFLOW
from dsl.formula.decimals import divide_half_away
from dsl.formula.scope import FIELD_LIMIT
from dsl.formula.workdays import CALENDAR

Wide: TypeAlias = int | str
"""A whole number: an int where it fits 64 bits, else its digits."""
FIRST_INSTANT = -62_135_596_800
"""0001-01-01 00:00:00 UTC as epoch seconds."""
LAST_INSTANT = 253_402_300_799
"""9999-12-31 23:59:59 UTC as epoch seconds."""
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


def widen(value: Wide, factor: Wide) -> Wide:
    """value × factor to be compared: a comparison knows no limit of digits, so that nothing becomes empty here."""
    product = int(value) * int(factor)
    return product if -SIXTY_FOUR_BITS <= product < SIXTY_FOUR_BITS else str(product)


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


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def add_duration(day: str, seconds: Wide) -> str | None:
    return _iso(runtime.add_days(_day(day), int(seconds)))


def add_seconds(epoch: int, seconds: Wide) -> int | None:
    """An instant moved by a duration; None outside of the years 1 to 9999."""
    moved = epoch + int(seconds)
    return moved if FIRST_INSTANT <= moved <= LAST_INSTANT else None


def add_months(day: str, count: int) -> str | None:
    return _iso(runtime.add_months(_day(day), count))


def date_part(day: str, name: str) -> int:
    """weekday (Monday 1 … Sunday 7) or week (ISO)."""
    return _day(day).isoweekday() if name == "weekday" else _day(day).isocalendar().week


def start_of(day: str, period: str) -> str | None:
    return _iso(runtime.start_of(_day(day), period))


def end_of(day: str, period: str) -> str | None:
    return _iso(runtime.end_of(_day(day), period))


def make_date(year: int, month: int, day: int) -> str | None:
    return _iso(runtime.make_date(year, month, day))


def workday_number(day: str) -> int:
    """Workdays from the beginning of time up to and including the day."""
    return CALENDAR.number(_day(day))


def add_workdays(day: str, count: int) -> str | None:
    return _iso(CALENDAR.add(_day(day), count))


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def day_of(epoch: int, zone: str) -> str | None:
    """The calendar day of an instant in a zone; None beyond the calendar."""
    try:
        return datetime.fromtimestamp(epoch, UTC).astimezone(_zone(zone)).date().isoformat()
    except (OverflowError, ValueError):
        return None


def worked_seconds(epoch: int, zone: str) -> int:
    """Working seconds from the beginning of time up to the instant."""
    return CALENDAR.seconds(datetime.fromtimestamp(epoch, UTC), _zone(zone))


def number_text(units: Wide, scale: int) -> str:
    """A number with all decimals of its scale: 150 at scale 2 is 1.50."""
    if not scale:
        return str(units)
    whole, rest = divmod(abs(int(units)), 10**scale)
    return f"{'-' if int(units) < 0 else ''}{whole}.{rest:0{scale}d}"


def pad(text: str, width: int, fill: str) -> str:
    return text.rjust(width, fill)


def least(*values: Wide) -> Wide:
    return min(values, key=int)


def greatest(*values: Wide) -> Wide:
    return max(values, key=int)


def whole(upper: int, lower: int) -> Wide | None:
    """The sum whose halves were added up apart (see `engine.store.sql_numbers.sum_in_halves`)."""
    return _wide((upper << 31) + lower)


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
    ("x_widen", 2, widen),
    ("x_floor", 2, floor),
    ("x_modulo", 2, modulo),
    ("x_abs", 1, absolute),
    ("x_sign", 1, sign),
    ("x_stored", 1, stored),
    ("x_add_duration", 2, add_duration),
    ("x_add_seconds", 2, add_seconds),
    ("x_add_months", 2, add_months),
    ("x_date_part", 2, date_part),
    ("x_start_of", 2, start_of),
    ("x_end_of", 2, end_of),
    ("x_workday_number", 1, workday_number),
    ("x_add_workdays", 2, add_workdays),
    ("x_worked_seconds", 2, worked_seconds),
    ("x_date", 3, make_date),
    ("x_day_of", 2, day_of),
    ("x_mid", 3, runtime.mid),
    ("x_right", 2, runtime.right),
    ("x_pad", 3, pad),
    ("x_min_of", -1, least),
    ("x_max_of", -1, greatest),
    ("x_number_text", 2, number_text),
    ("x_whole", 2, whole),
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

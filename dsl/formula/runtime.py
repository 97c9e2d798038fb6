"""What generated formula code calls: exact arithmetic, dates and texts. Arguments are never empty here."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta, tzinfo

from dsl.formula.bounds import OVERFLOW
from dsl.formula.decimals import decimal_text, divide_half_away

__all__ = ["decimal_text", "divide_half_away"]

BLANKS = " \t\n\r\f\v\u00a0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u202f\u205f\u3000"
"""What trim removes at both ends: every blank of Unicode, the full-width one included."""
LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}
UPPER = {lower: lower - 32 for lower in range(ord("a"), ord("z") + 1)}


def sign(value: int) -> int:
    return (value > 0) - (value < 0)


def remainder(value: int, scale: int, divisor: int, divisor_scale: int) -> int | None:
    """The remainder with the sign of the divisor, at the greater scale; empty for a divisor of 0."""
    widest = max(scale, divisor_scale)
    dividend = value * 10 ** (widest - scale)
    if divisor == 0 or not -OVERFLOW < dividend < OVERFLOW:
        return None
    result: int = dividend % (divisor * 10 ** (widest - divisor_scale))
    return result


def add_days(day: date, seconds: int) -> date | None:
    """A date moved by a duration: whole days count, the rest is dropped towards zero."""
    days = seconds // 86_400 if seconds >= 0 else -(-seconds // 86_400)
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return None


def add_seconds(moment: datetime, seconds: int) -> datetime | None:
    try:
        return moment + timedelta(seconds=seconds)
    except OverflowError:
        return None


def seconds_between(end: datetime, start: datetime) -> int:
    gap = end - start
    return gap.days * 86_400 + gap.seconds


def day_in(moment: datetime, zone: tzinfo) -> date | None:
    """The calendar day of an instant in a zone; empty where that is beyond the calendar."""
    try:
        return moment.astimezone(zone).date()
    except OverflowError:
        return None


def make_date(year: int, month: int, day: int) -> date | None:
    """A date from its parts; empty if there is no such day."""
    if not (1 <= year <= 9999 and 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]):
        return None
    return date(year, month, day)


def add_months(day: date, months: int) -> date | None:
    """So many months later, clamped to the end of the month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        return None
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def start_of(day: date, period: str) -> date:
    if period == "week":
        return day - timedelta(days=day.isoweekday() - 1)
    first_month = {"month": day.month, "quarter": (day.month - 1) // 3 * 3 + 1}.get(period, 1)
    return date(day.year, first_month, 1)


def end_of(day: date, period: str) -> date:
    """The last day of the period; the week of 9999-12-31 ends there."""
    if period == "week":
        return date.fromordinal(min(day.toordinal() + 7 - day.isoweekday(), date.max.toordinal()))
    months = {"month": 1, "quarter": 3}.get(period, 12)
    last_month = start_of(day, period).month + months - 1
    return date(day.year, last_month, monthrange(day.year, last_month)[1])


def left(text: str, count: int) -> str:
    return text[: max(count, 0)]


def right(text: str, count: int) -> str:
    return text[max(len(text) - count, 0) :] if count > 0 else ""


def mid(text: str, start: int, count: int) -> str:
    """`count` characters from place `start` (from 1); places before 1 hold nothing but count."""
    end = start - 1 + max(count, 0)
    return text[max(start - 1, 0) : max(end, 0)]


def before(text: str, mark: str) -> str:
    return text.partition(mark)[0] if mark and mark in text else ""


def after(text: str, mark: str) -> str:
    return text.partition(mark)[2] if mark and mark in text else ""


def replace_text(text: str, old: str, new: str) -> str:
    return text.replace(old, new) if old else text


def instant_text(moment: datetime) -> str:
    """ISO in UTC: 2026-11-21T08:20:00Z."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"

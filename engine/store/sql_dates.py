"""Days, instants and durations in SQL, equal on SQLite and PostgreSQL and inside the years 1 to 9999.

SQLite keeps a day as ISO text and an instant as epoch seconds. Its own date functions accept days that do not exist and
let January 31 plus a month be March 3, so what is not plain text or integer work is a registered Python function.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from engine.store.sql_functions import FIRST_INSTANT, LAST_INSTANT
from engine.store.sql_types import Dialect, Sql, sql_call

DAY = 86_400
MANY_DAYS = 4_000_000
CALENDAR_DAYS = date.max.toordinal()
CYCLES = 10_000
"""Years that leave every month as long as it is: PostgreSQL counts months there, as its own years end at 4713 BC."""
MANY_MONTHS = 120_000
MANY_SECONDS = 400_000_000_000


@dataclass(frozen=True, slots=True)
class Dates:
    """Date arithmetic of one database, in one app zone (an IANA name)."""

    dialect: Dialect
    timezone: str

    @property
    def _is_sqlite(self) -> bool:
        return self.dialect == "sqlite"

    def _day(self, found: Sql) -> Sql:
        return sa.type_coerce(found, sa.Text() if self._is_sqlite else sa.Date())

    def small(self, number: Sql, limit: int) -> Sql:
        """PostgreSQL: a whole number as integer, NULL from the limit on (its functions raise there)."""
        low, high = sa.literal(-limit, sa.Numeric()), sa.literal(limit, sa.Numeric())
        clamped = sa.func.greatest(sa.func.least(number, high), low)
        return sa.cast(sa.func.nullif(sa.func.nullif(clamped, low), high), sa.Integer())

    def _in_calendar(self, day: Sql, *, in_next_cycles: bool = False) -> Sql:
        """PostgreSQL: NULL outside the years 1 to 9999, or outside those years in the 10,000 that follow."""
        before, after = ("10000-12-31", "20000-01-01") if in_next_cycles else ("0001-12-31 BC", "10000-01-01")
        low, high = (sa.cast(sa.literal(text, sa.Text()), sa.Date()) for text in (before, after))
        clamped = sa.func.greatest(sa.func.least(day, high), low)
        return sa.func.nullif(sa.func.nullif(clamped, low), high, type_=sa.Date())

    # --- days --------------------------------------------------------------------------------------------------------

    def add_duration(self, day: Sql, seconds: Sql) -> Sql:
        """The day moved by whole days of the duration; what is less than a day is dropped."""
        if self._is_sqlite:
            return sql_call("x_add_duration", day, seconds, gives=sa.Text())
        days = sql_call("trunc", seconds / sa.literal(DAY, sa.Numeric()), gives=sa.Numeric())
        first = sa.cast(sa.literal(date.min, sa.Date()), sa.Date())
        since = sa.cast(day, sa.Date()).op("-", precedence=7, return_type=sa.Integer())(first)
        clamped = sa.func.greatest(sa.func.least(since + self.small(days, MANY_DAYS), CALENDAR_DAYS), -1)
        kept = sql_call(
            "nullif", sql_call("nullif", clamped, -1, gives=sa.Integer()), CALENDAR_DAYS, gives=sa.Integer()
        )
        return first.op("+", precedence=7, return_type=sa.Date())(kept)

    def add_months(self, day: Sql, count: Sql) -> Sql:
        """The same day of a later month, or its last day."""
        if self._is_sqlite:
            return sa.func.x_add_months(day, count, type_=sa.Text())
        step = sa.func.make_interval(CYCLES, self.small(count, MANY_MONTHS))
        moved = sa.cast(day, sa.Date()).op("+", precedence=7, return_type=sa.DateTime())(step)
        kept = self._in_calendar(sa.cast(moved, sa.Date()), in_next_cycles=True)
        back = sa.cast(kept, sa.TIMESTAMP()).op("-", precedence=7, return_type=sa.DateTime())(
            sa.func.make_interval(CYCLES)
        )
        return sa.cast(back, sa.Date())

    def days_between(self, earlier: Sql, later: Sql) -> Sql:
        """later − earlier in whole days."""
        if self._is_sqlite:
            difference = sa.func.julianday(later, type_=sa.Float()) - sa.func.julianday(earlier, type_=sa.Float())
            return sa.cast(difference, sa.Integer())
        return sa.cast(sa.cast(later, sa.Date()).op("-", precedence=7)(sa.cast(earlier, sa.Date())), sa.Numeric())

    def part(self, day: Sql, name: str) -> Sql:
        """year, month, day, weekday (Monday 1 … Sunday 7), week (ISO), quarter."""
        if not self._is_sqlite:
            field = {"weekday": "isodow"}.get(name, name)
            return sa.cast(sa.extract(field, sa.cast(day, sa.Date())), sa.Numeric())
        places = {"year": (1, 4), "month": (6, 2), "day": (9, 2)}
        if name in places:
            return sa.cast(sa.func.substr(day, *places[name]), sa.Integer())
        if name == "quarter":
            return (sa.cast(sa.func.substr(day, 6, 2), sa.Integer()) + 2) // sa.literal(3, sa.Integer())
        return sa.func.x_date_part(day, name, type_=sa.BigInteger())

    def edge(self, day: Sql, unit: str, *, end: bool) -> Sql:
        """First or last day of the week (Monday first), month, quarter or year."""
        if self._is_sqlite:
            return sql_call("x_end_of" if end else "x_start_of", day, unit, gives=sa.Text())
        first = sa.cast(sa.func.date_trunc(unit, sa.cast(day, sa.TIMESTAMP())), sa.Date())
        if not end:
            return self._in_calendar(first)
        if unit == "week":  # that of 9999-12-31 ends there
            days = sql_call("make_interval", 0, 0, 0, 6, gives=sa.Interval())
            last = sa.cast(sa.cast(first, sa.TIMESTAMP()).op("+", precedence=7)(days), sa.Date())
            return sa.case((day.is_not(None), sql_call("least", last, date.max, gives=sa.Date())), else_=sa.null())
        months = sql_call("make_interval", 0, {"month": 1, "quarter": 3, "year": 12}[unit], gives=sa.Interval())
        moved = sa.cast(sa.cast(first, sa.TIMESTAMP()).op("+", precedence=7)(months), sa.Date())
        return moved.op("-", precedence=7, return_type=sa.Date())(1)

    def make(self, year: Sql, month: Sql, day: Sql) -> Sql:
        """A day from three numbers; empty if there is no such day."""
        if self._is_sqlite:
            return sa.func.x_date(year, month, day, type_=sa.Text())
        first = sql_call("make_date", self._between(year, 1, 9999), self._between(month, 1, 12), 1, gives=sa.Date())
        found = first.op("+", precedence=7, return_type=sa.Date())(self._between(day, 1, 31) - 1)
        parts = ((year, 1, 9999), (month, 1, 12), (day, 1, 31))
        are_parts = sa.and_(*(number.between(low, high) for number, low, high in parts))
        return sa.case((sa.and_(are_parts, sa.extract("month", found) == month), found), else_=sa.null())

    def _between(self, number: Sql, low: int, high: int) -> Sql:
        """PostgreSQL: a whole number as integer, the nearest inside low..high."""
        clamped = sql_call("least", sql_call("greatest", number, low, gives=sa.Numeric()), high, gives=sa.Numeric())
        return sa.cast(clamped, sa.Integer())

    def text(self, day: Sql) -> Sql:
        return day if self._is_sqlite else sa.func.to_char(day, "YYYY-MM-DD", type_=sa.Text())

    # --- instants ----------------------------------------------------------------------------------------------------

    def add_seconds(self, instant: Sql, seconds: Sql) -> Sql:
        if self._is_sqlite:
            return sql_call("x_add_seconds", instant, seconds, gives=sa.BigInteger())
        low = sa.literal(FIRST_INSTANT - 1, sa.Numeric())
        high = sa.literal(LAST_INSTANT + 1, sa.Numeric())
        clamped = sa.func.greatest(sa.func.least(self._epoch(instant) + seconds, high), low)
        kept = sql_call("nullif", sa.func.nullif(clamped, low), high, gives=sa.Numeric())
        return sql_call("to_timestamp", sa.cast(kept, sa.BigInteger()), gives=sa.DateTime(timezone=True))

    def seconds_between(self, earlier: Sql, later: Sql) -> Sql:
        if self._is_sqlite:
            return sa.type_coerce(later, sa.BigInteger()) - sa.type_coerce(earlier, sa.BigInteger())
        return self._epoch(later) - self._epoch(earlier)

    def _epoch(self, instant: Sql) -> Sql:
        return sa.cast(sa.extract("epoch", instant), sa.Numeric())

    def day_of(self, instant: Sql) -> Sql:
        """The calendar day of an instant in the app's zone."""
        if self._is_sqlite:
            return sa.func.x_day_of(instant, self.timezone, type_=sa.Text())
        return self._in_calendar(sa.cast(sa.func.timezone(self.timezone, instant), sa.Date()))

    def instant_text(self, instant: Sql) -> Sql:
        """ISO in UTC."""
        if self._is_sqlite:
            return sa.func.strftime("%Y-%m-%dT%H:%M:%SZ", instant, "unixepoch", type_=sa.Text())
        in_utc = sa.func.timezone("UTC", instant)
        return sa.func.to_char(in_utc, 'YYYY-MM-DD"T"HH24:MI:SS"Z"', type_=sa.Text())

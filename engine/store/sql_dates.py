"""Days, instants and durations in SQL, equal on SQLite and PostgreSQL and inside the years 1 to 9999.

SQLite keeps a day as ISO text and an instant as epoch seconds. Its own date functions accept days that do not exist and
let January 31 plus a month be March 3, so what is not plain text or integer work is a registered Python function.
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import Grouping

from dsl.formula.value_types import DateType, DurationType, NumberType, TimeType, ValueType
from dsl.formula.workdays import CALENDAR
from engine.store.sql_types import Dialect, Sql, sql_call

DAY = 86_400
FIRST_INSTANT = -62_135_596_800
"""0001-01-01 00:00:00 UTC as epoch seconds."""
LAST_INSTANT = 253_402_300_799
"""9999-12-31 23:59:59 UTC as epoch seconds."""
MANY_DAYS = 4_000_000
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

    def arithmetic(self, op: str, left: tuple[Sql, ValueType], right: tuple[Sql, ValueType]) -> Sql:
        """+ and − (and × ÷ of durations by whole numbers) as the types say; the day or instant stands left for +."""
        (one, left_type), (two, right_type) = left, right
        match left_type, right_type:
            case DateType(), DateType():
                return self.days_between(two, one)
            case TimeType(), TimeType():
                return self.seconds_between(two, one)
            case DateType(), DurationType():
                return self.add_days(one, self._whole_days(two if op == "+" else -two))
            case DateType(), NumberType():
                return self.add_days(one, two if op == "+" else -two)
            case TimeType(), DurationType():
                return self.add_seconds(one, two if op == "+" else -two)
            case _:
                return self._durations(op, one, two)

    def _durations(self, op: str, one: Sql, two: Sql) -> Sql:
        found = {"+": one + two, "-": one - two, "*": one * two}.get(op)
        if found is None:
            raise ValueError(f"durations know no {op}")
        return sa.type_coerce(found, sa.BigInteger())

    def _whole_days(self, seconds: Sql) -> Sql:
        return sa.type_coerce(seconds, sa.BigInteger()) // sa.literal(DAY, sa.BigInteger())

    def _small(self, number: Sql, limit: int) -> Sql:
        """PostgreSQL: a whole number as integer, NULL beyond the limit (its functions raise there)."""
        low, high = sa.literal(-limit, sa.BigInteger()), sa.literal(limit, sa.BigInteger())
        clamped = sa.func.greatest(sa.func.least(sa.cast(number, sa.BigInteger()), high), low)
        return sa.cast(sa.func.nullif(sa.func.nullif(clamped, low), high), sa.Integer())

    def _in_calendar(self, day: Sql) -> Sql:
        """PostgreSQL: NULL outside the years 1 to 9999."""
        low = sa.cast(sa.literal("0001-12-31 BC", sa.Text()), sa.Date())
        high = sa.cast(sa.literal("10000-01-01", sa.Text()), sa.Date())
        clamped = sa.func.greatest(sa.func.least(day, high), low)
        return sa.func.nullif(sa.func.nullif(clamped, low), high, type_=sa.Date())

    # --- days --------------------------------------------------------------------------------------------------------

    def add_days(self, day: Sql, count: Sql) -> Sql:
        if self._is_sqlite:
            return sa.func.x_add_days(day, count, type_=sa.Text())
        moved = sa.cast(day, sa.Date()).op("+", precedence=7, return_type=sa.Date())(self._small(count, MANY_DAYS))
        return self._in_calendar(moved)

    def add_months(self, day: Sql, count: Sql) -> Sql:
        """The same day of a later month, or its last day."""
        if self._is_sqlite:
            return sa.func.x_add_months(day, count, type_=sa.Text())
        step = sa.func.make_interval(0, self._small(count, MANY_MONTHS))
        moved = sa.cast(day, sa.Date()).op("+", precedence=7, return_type=sa.DateTime())(step)
        return self._in_calendar(sa.cast(moved, sa.Date()))

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
        months, days = {"week": (0, 7), "month": (1, 0), "quarter": (3, 0), "year": (12, 0)}[unit]
        step = sa.func.make_interval(0, months, 0, days - 1 if days else 0)
        moved = sa.cast(sa.cast(first, sa.TIMESTAMP()).op("+", precedence=7)(step), sa.Date())
        return self._in_calendar(moved if days else moved.op("-", precedence=7, return_type=sa.Date())(1))

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

    def workday_number(self, day: Sql) -> Sql:
        """Workdays from the beginning of time up to and including the day, by the shipped calendar."""
        if self._is_sqlite:
            return sql_call("x_workday_number", day, gives=sa.BigInteger())
        ordinal = sa.cast(self.days_between(sa.cast(sa.literal("0001-01-01", sa.Text()), sa.Date()), day), sa.Integer())
        place = ordinal + 1
        whole_weeks = (place // sa.literal(7, sa.Integer())) * 5
        rest = sql_call("least", place % 7, 5, gives=sa.Integer())
        changed = sa.literal(list(CALENDAR.changed), ARRAY(sa.Integer()))
        moved = Grouping(sa.literal([0, *CALENDAR.moved], ARRAY(sa.Integer())))
        bucket = sql_call("width_bucket", place, changed, gives=sa.Integer())
        number = whole_weeks + rest + moved[bucket + 1]
        return sa.case((day.is_not(None), sa.cast(number, sa.Numeric())), else_=sa.null())

    def text(self, day: Sql) -> Sql:
        return day if self._is_sqlite else sa.func.to_char(day, "YYYY-MM-DD", type_=sa.Text())

    # --- instants ----------------------------------------------------------------------------------------------------

    def add_seconds(self, instant: Sql, seconds: Sql) -> Sql:
        low, high = FIRST_INSTANT - 1, LAST_INSTANT + 1
        if self._is_sqlite:
            moved = sa.type_coerce(instant, sa.BigInteger()) + sa.type_coerce(seconds, sa.BigInteger())
            clamped: Sql = sa.func.max(sa.func.min(moved, high), low)
            return sa.func.nullif(sa.func.nullif(clamped, low), high, type_=sa.BigInteger())
        epoch = sa.cast(sa.extract("epoch", instant), sa.BigInteger()) + sa.type_coerce(seconds, sa.BigInteger())
        clamped = sa.func.greatest(sa.func.least(epoch, high), low)
        kept = sa.func.nullif(sa.func.nullif(clamped, low), high, type_=sa.BigInteger())
        return sa.func.to_timestamp(kept, type_=sa.DateTime(timezone=True))

    def seconds_between(self, earlier: Sql, later: Sql) -> Sql:
        if self._is_sqlite:
            return sa.type_coerce(later, sa.BigInteger()) - sa.type_coerce(earlier, sa.BigInteger())
        return self._epoch(later) - self._epoch(earlier)

    def _epoch(self, instant: Sql) -> Sql:
        return sa.cast(sa.extract("epoch", instant), sa.BigInteger())

    def day_of(self, instant: Sql) -> Sql:
        """The calendar day of an instant in the app's zone."""
        if self._is_sqlite:
            return sa.func.x_day_of(instant, self.timezone, type_=sa.Text())
        return sa.cast(sa.func.timezone(self.timezone, instant), sa.Date())

    def instant_text(self, instant: Sql) -> Sql:
        """ISO in UTC."""
        if self._is_sqlite:
            return sa.func.strftime("%Y-%m-%dT%H:%M:%SZ", instant, "unixepoch", type_=sa.Text())
        in_utc = sa.func.timezone("UTC", instant)
        return sa.func.to_char(in_utc, 'YYYY-MM-DD"T"HH24:MI:SS"Z"', type_=sa.Text())

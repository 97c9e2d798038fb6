"""Workdays and working hours in SQL, from the shipped calendar's running numbers.

SQLite asks registered functions. PostgreSQL gets the calendar as arrays: the days that differ from Monday to Friday and
by how much each moves the running number from then on. Between two such days the numbers follow a formula, so both
directions are closed forms.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import Grouping

from dsl.formula.workdays import AFTERNOON, CALENDAR, DAY_SECONDS, MORNING
from engine.store.sql_dates import Dates
from engine.store.sql_numbers import Term
from engine.store.sql_types import Sql, sql_call

_LAST_NUMBER = CALENDAR.number(date.max)
_ENDS = [CALENDAR.number(date.fromordinal(ordinal - 1)) for ordinal in CALENDAR.changed]
"""The running number just before each day that differs."""


def _whole(value: int) -> Sql:
    return sa.literal(value, sa.Integer())


def _array(values: list[int]) -> Sql:
    return Grouping(sa.literal(values, ARRAY(sa.Integer())))


def _bucket(value: Sql, limits: list[int]) -> Sql:
    """How many of the rising limits are at most the value."""
    return sql_call("width_bucket", value, sa.literal(limits, ARRAY(sa.Integer())), gives=sa.Integer())


@dataclass(frozen=True, slots=True)
class Workdays:
    """The calendar of one database."""

    dates: Dates

    @property
    def _is_sqlite(self) -> bool:
        return self.dates.dialect == "sqlite"

    def between(self, earlier: Sql, later: Sql) -> Sql:
        """Workdays after one day up to and including the other."""
        if self._is_sqlite:
            first, last = (sql_call("x_workday_number", day, gives=sa.BigInteger()) for day in (earlier, later))
            return last - first
        return sa.cast(self._number_of(later) - self._number_of(earlier), sa.Numeric())

    def _ordinal(self, day: Sql) -> Sql:
        """PostgreSQL: 1 for 0001-01-01. Only for days that are not NULL."""
        first = sa.cast(sa.literal("0001-01-01", sa.Text()), sa.Date())
        return sa.cast(self.dates.days_between(first, day), sa.Integer()) + 1

    def _number_of(self, day: Sql) -> Sql:
        return sa.case((day.is_not(None), self._number(self._ordinal(day))), else_=sa.null())

    def _number(self, ordinal: Sql) -> Sql:
        """PostgreSQL: workdays up to and including the day of that ordinal."""
        weeks = (ordinal // _whole(7)) * _whole(5)
        rest = sql_call("least", ordinal % _whole(7), _whole(5), gives=sa.Integer())
        moved = _array([0, *CALENDAR.moved])
        return weeks + rest + moved[_bucket(ordinal, list(CALENDAR.changed)) + _whole(1)]

    def add(self, day: Sql, count: Sql) -> Sql:
        """The count-th workday after the day (before it, if negative); 0 is the day itself."""
        if self._is_sqlite:
            return sql_call("x_add_workdays", day, count, gives=sa.Text())
        small = self.dates.small(count, 2 * _LAST_NUMBER)
        ordinal = self._ordinal(day)
        target = sa.case(
            (small > 0, self._number(ordinal) + small),
            else_=self._number(ordinal - _whole(1)) + small + _whole(1),
        )
        is_inside = sa.and_(day.is_not(None), target.between(1, _LAST_NUMBER))
        first = sa.cast(sa.literal("0001-01-01", sa.Text()), sa.Date())
        shift = self._ordinal_of(target) - _whole(1)
        found = first.op("+", precedence=7, return_type=sa.Date())(shift)
        return sa.case((count == 0, day), (is_inside, found), else_=sa.null())

    def _ordinal_of(self, target: Sql) -> Sql:
        """PostgreSQL: the first day with that running number."""
        stretch = _bucket(target - _whole(1), _ENDS) + _whole(1)
        starts, moved = _array([1, *CALENDAR.changed]), _array([0, *CALENDAR.moved])
        rest = target - moved[stretch] - _whole(1)
        plain = (rest // _whole(5)) * _whole(7) + rest % _whole(5) + _whole(1)
        return sql_call("greatest", starts[stretch], plain, gives=sa.Integer())

    def hours(self, start: Sql, end: Sql) -> Term:
        """Working hours between two instants, two decimals."""
        gap = self._worked(end) - self._worked(start)
        if self._is_sqlite:
            return Term(sql_call("x_divide", gap, 100, 3_600, gives=sa.BigInteger()), 2)
        exact = sql_call("round", sa.cast(gap, sa.Numeric()), 30, gives=sa.Numeric())
        return Term(sql_call("round", exact / sa.literal(3_600, sa.Numeric()), 2, gives=sa.Numeric()), 2)

    def _worked(self, instant: Sql) -> Sql:
        """Working seconds from the beginning of time up to the instant."""
        if self._is_sqlite:
            return sql_call("x_worked_seconds", instant, self.dates.timezone, gives=sa.BigInteger())
        local = sql_call("timezone", self.dates.timezone, instant, gives=sa.DateTime())
        ordinal = self._ordinal(sa.cast(local, sa.Date()))
        before, until = self._number(ordinal - _whole(1)), self._number(ordinal)
        clock = sa.cast(sa.extract("epoch", sa.cast(local, sa.Time())), sa.Integer())
        parts = [
            sql_call(
                "least",
                sql_call("greatest", clock - _whole(begin), _whole(0), gives=sa.Integer()),
                _whole(finish - begin),
                gives=sa.Integer(),
            )
            for begin, finish in (MORNING, AFTERNOON)
        ]
        today = sa.case((until > before, parts[0] + parts[1]), else_=_whole(0))
        worked = sa.cast(before, sa.BigInteger()) * sa.literal(DAY_SECONDS, sa.BigInteger()) + today
        return sa.case((instant.is_not(None), worked), else_=sa.null())

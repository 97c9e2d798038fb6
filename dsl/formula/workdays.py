"""Workdays from a shipped table of public holidays and make-up days; elsewhere Monday to Friday.

calendar_cn.csv holds stretches of days that differ from Monday–Friday: first, last (both included), work (1: a make-up
workday, 0: a day off), name. Everything here follows from one number: how many workdays there are up to a day, that
day included. A database loads `CALENDAR.days(...)` and gets the same answers from the same numbers.
"""

from __future__ import annotations

import csv
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from itertools import accumulate
from pathlib import Path

from dsl.formula.decimals import divide_half_away

FIRST_YEAR, LAST_YEAR = 2024, 2026
KNOWN_UNTIL = date(LAST_YEAR, 12, 31)
"""The last day the table knows; later days are taken to be Monday to Friday."""
MORNING = (9 * 3_600, 12 * 3_600)
AFTERNOON = (13 * 3_600, 18 * 3_600)
DAY_SECONDS = 8 * 3_600


@dataclass(frozen=True, slots=True)
class Calendar:
    """days that differ from Monday–Friday, in order, and by how much they move the running number from then on."""

    changed: tuple[int, ...]
    moved: tuple[int, ...]

    def number(self, day: date) -> int:
        """Workdays from 0001-01-01 up to and including the day."""
        return self._number(day.toordinal())

    def _number(self, ordinal: int) -> int:
        weeks, rest = divmod(ordinal, 7)
        found = bisect_right(self.changed, ordinal)
        return 5 * weeks + min(rest, 5) + (self.moved[found - 1] if found else 0)

    def is_workday(self, day: date) -> bool:
        return self._number(day.toordinal()) > self._number(day.toordinal() - 1)

    def between(self, start: date, end: date) -> int:
        """Workdays after `start` up to and including `end`; negative if `end` is earlier."""
        return self.number(end) - self.number(start)

    def add(self, day: date, count: int) -> date | None:
        """The count-th workday after the day (before, if negative); 0 is the day itself; None outside of 1..9999."""
        if count == 0:
            return day
        ordinal = day.toordinal()
        target = self._number(ordinal) + count if count > 0 else self._number(ordinal - 1) + count + 1
        low, high = 1, date.max.toordinal()
        if not 1 <= target <= self._number(high):
            return None
        while low < high:
            middle = (low + high) // 2
            if self._number(middle) >= target:
                high = middle
            else:
                low = middle + 1
        return date.fromordinal(low)

    def days(self, first: date, last: date) -> Iterator[tuple[date, bool, int]]:
        """(day, is it a workday, running number) for every day from first to last: a table for a database."""
        day = first
        while day <= last:
            yield day, self.is_workday(day), self.number(day)
            day += timedelta(days=1)

    def seconds(self, moment: datetime, zone: tzinfo) -> int:
        """Working seconds from the beginning of time up to the instant, by the hours 9–12 and 13–18."""
        local = moment.astimezone(zone)
        day = local.date()
        full = self._number(day.toordinal() - 1) * DAY_SECONDS
        if not self.is_workday(day):
            return full
        clock = local.hour * 3_600 + local.minute * 60 + local.second
        return full + sum(min(max(clock - start, 0), end - start) for start, end in (MORNING, AFTERNOON))


def _read(path: Path) -> Calendar:
    steps: list[tuple[int, int]] = []
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            first, last = date.fromisoformat(row["first"]), date.fromisoformat(row["last"])
            for ordinal in range(first.toordinal(), last.toordinal() + 1):
                is_weekday = date.fromordinal(ordinal).isoweekday() <= 5
                steps.append((ordinal, int(row["work"]) - int(is_weekday)))
    steps.sort()
    return Calendar(tuple(day for day, _move in steps), tuple(accumulate(move for _day, move in steps)))


CALENDAR = _read(Path(__file__).with_name("calendar_cn.csv"))


def workdays(start: date, end: date) -> int:
    return CALENDAR.between(start, end)


def add_workdays(day: date, count: int) -> date | None:
    return CALENDAR.add(day, count)


def work_hours(start: datetime, end: datetime, zone: tzinfo) -> int:
    """Working hours between two instants at scale 2."""
    return divide_half_away((CALENDAR.seconds(end, zone) - CALENDAR.seconds(start, zone)) * 100, 3_600)

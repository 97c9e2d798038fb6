"""The shipped calendar: holidays, make-up workdays, Monday to Friday where nothing is known."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsl.formula.workdays import CALENDAR, KNOWN_UNTIL, work_hours

DAYS = st.dates(date(2023, 6, 1), date(2027, 12, 31))


@pytest.mark.parametrize(
    ("year", "workdays"),
    [(2024, 251), (2025, 248), (2026, 248)],
)
def test_a_year_has_the_workdays_that_the_state_council_announced(year: int, workdays: int) -> None:
    assert CALENDAR.between(date(year - 1, 12, 31), date(year, 12, 31)) == workdays


@pytest.mark.parametrize(
    ("day", "is_workday"),
    [
        (date(2026, 10, 1), False),
        (date(2026, 10, 10), True),
        (date(2026, 9, 20), True),
        (date(2026, 2, 14), True),
        (date(2026, 2, 16), False),
        (date(2025, 10, 8), False),
        (date(2024, 5, 11), True),
        (date(2026, 11, 21), False),
        (date(2026, 11, 23), True),
        (date(2030, 10, 1), True),
    ],
)
def test_holidays_and_make_up_days_are_known(day: date, is_workday: bool) -> None:
    assert CALENDAR.is_workday(day) is is_workday


def test_the_calendar_says_how_far_it_knows() -> None:
    assert date(2026, 12, 31) == KNOWN_UNTIL


@given(DAYS, st.integers(-400, 400))
def test_adding_workdays_is_walking_day_by_day(day: date, count: int) -> None:
    walked, left = day, abs(count)
    while left:
        walked += timedelta(days=1 if count > 0 else -1)
        left -= CALENDAR.is_workday(walked)
    assert CALENDAR.add(day, count) == walked


@given(DAYS, DAYS)
def test_workdays_between_are_counted_day_by_day(start: date, end: date) -> None:
    first, last = sorted((start, end))
    walked = sum(CALENDAR.is_workday(first + timedelta(days=n + 1)) for n in range((last - first).days))
    assert CALENDAR.between(start, end) == (walked if start <= end else -walked)


def test_the_table_for_a_database_has_the_same_numbers() -> None:
    rows = list(CALENDAR.days(date(2026, 9, 28), date(2026, 10, 12)))
    assert len(rows) == 15
    assert all(number == CALENDAR.number(day) for day, _is_work, number in rows)
    assert sum(is_work for _day, is_work, _number in rows) == 3 + 1 + 2 + 1


def test_working_hours_leave_out_nights_lunch_and_holidays() -> None:
    zone = ZoneInfo("Asia/Shanghai")

    def at(day: int, hour: int, minute: int = 0) -> datetime:
        return datetime(2026, 9, day, hour, minute, tzinfo=zone).astimezone(UTC)

    assert work_hours(at(29, 17), at(30, 10), zone) == 200
    assert work_hours(at(30, 11, 30), at(30, 13, 30), zone) == 100
    assert work_hours(at(30, 18), datetime(2026, 10, 8, 9, 15, tzinfo=zone), zone) == 25
    assert work_hours(at(30, 10), at(29, 17), zone) == -200

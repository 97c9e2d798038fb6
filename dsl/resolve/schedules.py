"""Times that come again: `monday 09:00`, `day 02:00`, `workday 18:00`, `month 1 08:00`, `hour`, `15min`."""

from __future__ import annotations

import re
from typing import Literal, cast

from dsl.flow import Schedule
from dsl.kinds.times import read_duration
from dsl.names import suggest
from dsl.nodes import Scalar
from dsl.read import Reading

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_UNITS = ("hour", "day", "workday", "month", "quarter", "year")
_SCHEDULE = re.compile(r"(?P<word>[a-z]+)(?:\s+(?P<day>\d{1,2}|end))?(?:\s+(?P<hour>\d{1,2}):(?P<minute>\d{2}))?")
_SHORTEST = 300
_LAST_DAY = 31
CLOCK = re.compile(r"(\d{1,2}):(\d{2})")
_HOURS, _MINUTES = 24, 60


def read_schedule(reading: Reading, text: Scalar | None) -> Schedule | None:
    """None where it is none (which has been reported). At least five minutes lie between two times."""
    if text is None:
        return None
    seconds = read_duration(text.text)
    if seconds is not None and seconds >= _SHORTEST:
        return Schedule("seconds", text.span, seconds=seconds)
    match = _SCHEDULE.fullmatch(text.text.lower())
    found = _schedule(match, text) if match else None
    if found is None:
        word = text.text.split(" ")[0]
        near = suggest(word, [*WEEKDAYS, *_UNITS]) if word not in (*WEEKDAYS, *_UNITS) else ()
        reading.report("S49", text.span, near=near, text=text.text[:60])
    return found


def _schedule(match: re.Match[str], text: Scalar) -> Schedule | None:
    word, day = match["word"], match["day"]
    minute = 0 if match["hour"] is None else minute_of_day(int(match["hour"]), int(match["minute"]))
    if minute is None:
        return None
    if word in WEEKDAYS:
        return None if day else Schedule("week", text.span, minute, WEEKDAYS.index(word) + 1)
    if word not in _UNITS or (day and word != "month"):
        return None
    unit = cast('Literal["hour", "day", "workday", "month", "quarter", "year"]', word)
    number = 0 if day == "end" else int(day or 1)
    if number > _LAST_DAY or (number == 0 and day != "end"):
        return None
    return Schedule(unit, text.span, minute, number)


def minute_of_day(hour: int, minute: int) -> int | None:
    """None where a day has no such time; 24:00 is its end."""
    if minute >= _MINUTES or hour > _HOURS or (hour == _HOURS and minute):
        return None
    return hour * _MINUTES + minute

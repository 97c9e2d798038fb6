"""Literals of stages: the standard dwell and the chance of winning."""

from __future__ import annotations

import re

from dsl.flow import Delay
from dsl.kinds.numbers import read_number, scaled
from dsl.kinds.times import SECONDS, read_duration
from dsl.nodes import Scalar
from dsl.read import Reading

_WORKDAYS = re.compile(r"(\d{1,4})\s*(?:workdays?|个?工作日)")
_CERTAIN = 10_000


def read_limit(reading: Reading, text: Scalar | None) -> tuple[int | None, bool]:
    """Seconds, and whether they are whole workdays: `7d`, `48h`, `3 workdays`."""
    if text is None:
        return None, False
    if match := _WORKDAYS.fullmatch(text.text):
        return int(match.group(1)) * SECONDS["d"], True
    seconds = read_duration(text.text)
    if not seconds:
        reading.report("S25", text.span, text=text.text[:60])
        return None, False
    return seconds, False


def read_delay(reading: Reading, text: Scalar | None) -> Delay | None:
    """How long: `0d`, `48h`, `3 workdays`."""
    if text is None:
        return None
    if match := _WORKDAYS.fullmatch(text.text):
        return Delay(int(match.group(1)) * SECONDS["d"], in_workdays=True)
    seconds = read_duration(text.text)
    if seconds is None:
        reading.report("S25", text.span, text=text.text[:60])
        return None
    return Delay(seconds)


def read_chance(reading: Reading, text: Scalar | None) -> int | None:
    """`40%` as a scale-4 int: 4000."""
    if text is None:
        return None
    number = read_number(text.text)
    chance = scaled(number[0], 4) if number else None
    if chance is None or not 0 <= chance <= _CERTAIN or (number and number[1] != "%" and chance not in (0, _CERTAIN)):
        reading.report("S26", text.span, text=text.text[:60])
        return None
    return chance

"""Number series: `C<yyyy>-<####>`."""

from __future__ import annotations

import re
from typing import Literal

from dsl.app import NumberSeries
from dsl.nodes import Scalar
from dsl.read import Reading

_PART = re.compile(r"<(yyyy|mm|dd|#{1,9})>|<([^>]*)>|([^<>]+)|[<>]")
_LONGEST = 60


def resolve_series(reading: Reading, text: Scalar | None) -> NumberSeries | None:
    """The parts of a pattern: plain text, dates, and exactly one counter. It starts anew with its finest date."""
    if text is None:
        return None
    parts: list[tuple[str, str]] = []
    for match in _PART.finditer(text.text):
        hole, unknown, plain = match.groups()
        if hole is not None:
            parts.append(("counter", str(len(hole))) if hole.startswith("#") else ("date", hole))
        elif plain is not None and unknown is None:
            parts.append(("text", plain))
        else:
            reading.report("S27", text.part(*match.span()), text=match.group()[:20])
            return None
    counters = sum(kind == "counter" for kind, _text in parts)
    if counters != 1 or len(text.text) > _LONGEST:
        reading.report("S39", text.span, count=counters)
        return None
    return NumberSeries(text.text, tuple(parts), _period({value for kind, value in parts if kind == "date"}))


def _period(dates: set[str]) -> Literal["", "year", "month", "day"]:
    if "dd" in dates:
        return "day"
    if "mm" in dates:
        return "month"
    return "year" if "yyyy" in dates else ""

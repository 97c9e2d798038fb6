"""Document numbers: every number of its series, none doubled, none missing, the counter at the last."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa

from dsl.app import NumberSeries
from engine.clock import day_of
from engine.integrity.inconsistency import Inconsistency
from engine.integrity.look import Look
from engine.papers.numbers import period_of, render_part
from engine.store.seal import Reason, as_system
from engine.store.system_tables import document_number
from engine.store.tables import EntityTable

Found = Iterator[Inconsistency]


class Number(NamedTuple):
    """counter: its place in the period's series; None for a number that no series gives."""

    record_id: int
    code: str
    period: str
    counter: int | None


def check_numbers(look: Look) -> Found:
    c = document_number.c
    counters: dict[str, dict[str, int]] = defaultdict(dict)
    for series, period, last in look.conn.rows(sa.select(c.series, c.period, c.last)):
        counters[series][period] = last
    for found in look.tables:
        if found.entity.series is not None and found.entity.key not in look.unreadable:
            yield from _of_series(look, found, found.entity.series, counters[found.entity.key])


def highest_numbers(look: Look) -> dict[tuple[str, str], int]:
    """The highest counter in use by series and period."""
    highest: dict[tuple[str, str], int] = {}
    for found in look.tables:
        for number in _numbers(look, found, found.entity.series) if found.entity.series else ():
            if number.counter is not None:
                place = (found.entity.key, number.period)
                highest[place] = max(highest.get(place, 0), number.counter)
    return highest


def _of_series(look: Look, found: EntityTable, series: NumberSeries, counters: dict[str, int]) -> Found:
    entity = found.entity.key
    taken: dict[str, dict[int, int]] = defaultdict(dict)
    for number in _numbers(look, found, series):
        place = f"{entity} {number.record_id} code"
        if number.counter is None:
            if number.code or not _came_later(look, entity):
                yield Inconsistency("number", place, series.pattern, number.code)
        elif (other := taken[number.period].setdefault(number.counter, number.record_id)) != number.record_id:
            yield Inconsistency("number", place, "", f"{number.code}, {entity} {other}")
    for period in sorted(taken.keys() | counters.keys()):
        yield from _of_period(f"{entity} {period}".strip(), taken[period], counters.get(period, 0))


def _numbers(look: Look, found: EntityTable, series: NumberSeries) -> Iterator[Number]:
    """The number of every record; removed ones keep theirs, so they count as well."""
    c = found.table.c
    rows = sa.select(c.id, c.created_at, found.column("code")).order_by(c.id)
    for record_id, created_at, code in look.conn.stream(as_system(rows, Reason.CHECK)):
        day = day_of(created_at, look.app.timezone)
        for known in _all_series(look, found.entity.key, series):
            if (counter := _counter(known, day, code)) is not None:
                yield Number(record_id, code, period_of(known, day), counter)
                break
        else:
            yield Number(record_id, code, "", None)


def _of_period(place: str, taken: dict[int, int], last: int) -> Found:
    highest = max(taken, default=0)
    if highest != last:
        yield Inconsistency("counter", place, str(highest), str(last))
    missing = [number for number in range(1, highest + 1) if number not in taken]
    if missing:
        yield Inconsistency("number_gap", place, f"1 – {highest}", f"- {', '.join(map(str, missing[:20]))}")


def _all_series(look: Look, entity: str, series: NumberSeries) -> Iterator[NumberSeries]:
    """The series in force, then those of earlier definitions: old numbers keep the look they were given."""
    yield series
    for app in look.former(0):
        held = app.entities.get(entity) if app is not None else None
        if held is not None and held.series is not None and held.series != series:
            yield held.series


def _came_later(look: Look, entity: str) -> bool:
    """Whether there was a time without a series, whose records have no number."""
    for app in look.former(0):
        held = app.entities.get(entity) if app is not None else None
        if held is None or held.series is None:
            return True
    return False


def _counter(series: NumberSeries, day: date, code: str) -> int | None:
    """The counter in a number made on that day; None if the series gives no such number then."""
    parts = (
        rf"(\d{{{part[1]},}})" if part[0] == "counter" else re.escape(render_part(part, day)) for part in series.parts
    )
    match = re.fullmatch("".join(parts), code)
    return int(match[1]) if match else None

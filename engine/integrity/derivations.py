"""What the engine derives and keeps (computed fields, weekly sums, search entries) against what it is derived from."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from engine.integrity.inconsistency import Inconsistency
from engine.integrity.look import Look
from engine.store import search, visits
from engine.store.reindex import digest, digests, stored_texts
from engine.store.system_tables import search_entry, stage_visit, stage_week
from engine.store.tables import EntityTable

Found = Iterator[Inconsistency]
Week = tuple[str, str, str, int]
_SUMS = ("entered", "left_count", "dwell_seconds", "late")


def check_computed(look: Look) -> Found:
    """Stored computed fields against their formulas: a rollup that missed a row, a formula that was not run again."""
    if look.unreadable:
        return
    for (entity, field), record_id, stored, computed in look.installed.derived.disagreements(look.conn, look.env):
        yield Inconsistency("computed", f"{entity} {record_id} {field}", _said(computed), _said(stored))


# --- weekly sums -----------------------------------------------------------------------------------------------------


def check_weeks(look: Look) -> Found:
    expected, c = week_sums(look), stage_week.c
    key = (c.entity, c.week, c.stage, c.unit_id)
    kept: dict[Week, tuple[int, ...]] = {
        (row[0], row[1], row[2], row[3]): row[4:]
        for row in look.conn.rows(sa.select(*key, *(c[sum_] for sum_ in _SUMS)))
    }
    nothing = (0,) * len(_SUMS)
    for place in sorted(expected.keys() | kept.keys()):
        wanted, found = tuple(expected[place][name] for name in _SUMS), kept.get(place, nothing)
        if wanted != found:
            yield Inconsistency("week", " ".join(map(str, place)), _counts(wanted), _counts(found))


def week_sums(look: Look) -> dict[Week, Counter[str]]:
    """The sums by week, stage and unit as the stage visits give them."""
    c, sums = stage_visit.c, defaultdict[Week, Counter[str]](Counter)
    columns = (c.entity, c.stage, c.unit_id, c.entered_at, c.left_at, c.due_at)
    weeks: dict[object, str] = {}
    for entity, stage, unit_id, entered_at, left_at, due_at in look.conn.stream(sa.select(*columns)):
        entered = weeks.setdefault(entered_at, "") or visits.week_of(look.app, entered_at)
        sums[entity, entered, stage, unit_id or 0]["entered"] += 1
        if left_at is not None:
            left = sums[entity, visits.week_of(look.app, left_at), stage, unit_id or 0]
            left["left_count"] += 1
            left["dwell_seconds"] += int((left_at - entered_at).total_seconds())
            left["late"] += due_at is not None and left_at >= due_at
    return sums


def _counts(values: tuple[int, ...]) -> str:
    return ", ".join(f"{name} {value}" for name, value in zip(_SUMS, values, strict=True))


# --- search ----------------------------------------------------------------------------------------------------------


def check_search(look: Look) -> Found:
    """Every entry against the words of its field: entries missing, too many, or of other words."""
    indexed = digests(look.conn)
    for found in look.tables:
        if found.entity.key not in look.unreadable:
            yield from _entries(look, found, indexed)
    known = [found.entity.key for found in look.tables]
    for entity, record_id in look.conn.rows(
        sa.select(search_entry.c.entity, search_entry.c.record_id).where(search_entry.c.entity.not_in(known))
    ):
        yield Inconsistency("search", f"{entity} {record_id}", "", "an entry")


def _entries(look: Look, found: EntityTable, indexed: dict[tuple[str, int, str], int]) -> Found:
    entity = found.entity
    mine = {place: digest for place, digest in indexed.items() if place[0] == entity.key}
    for record_id, values in stored_texts(look.conn, found):
        for field, words in search.entries(entity, values).items():
            kept = mine.pop((entity.key, record_id, field), 0)
            if digest(words, look.conn.dialect) != kept:
                yield Inconsistency("search", _entry_of(entity.key, record_id, field), words[:60], _told(kept))
    for _entity, record_id, field in mine:
        yield Inconsistency("search", _entry_of(entity.key, record_id, field), "", "an entry")


def _entry_of(entity: str, record_id: int, field: str) -> str:
    return f"{entity} {record_id} {field or 'title as spoken'}"


def _told(kept: int) -> str:
    return "an entry of other words" if kept else ""


def _said(value: Any) -> str:
    return "" if value is None else str(value)

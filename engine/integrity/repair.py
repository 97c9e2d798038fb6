"""Cures what can be made anew from the rest: indexes, owners, computed fields, sums, counters, the search index.

What people wrote is never touched: where a written value disagrees with its history only a backup tells which is right.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.schema import CreateIndex

from dsl.app import App
from engine.installed import Installed
from engine.integrity.derivations import week_sums
from engine.integrity.look import Look, look_at
from engine.integrity.numbering import highest_numbers
from engine.integrity.rows import strayed_owners
from engine.integrity.structure import missing_indexes
from engine.store.plans import Plan
from engine.store.reindex import reindex
from engine.store.seal import Reason, as_system
from engine.store.system_tables import document_number, stage_week
from engine.store.tables import EntityTable, Tables
from engine.store.upsert import add_or_increase


def repair(installed: Installed) -> None:
    """All of it in one transaction: done, or nothing is."""
    with installed.database.write(is_long=True) as conn:
        make_anew(look_at(installed, conn))


def make_anew(look: Look) -> None:
    for index in missing_indexes(look):
        look.conn.define(CreateIndex(index))
    for found in from_above(look.app, look.tables):
        _set_owners(look, found)
    look.installed.derived.rebuild_all(look.conn, look.env)
    _set_weeks(look)
    _set_counters(look)
    reindex(look.conn, look.tables)


def from_above(app: App, tables: Tables) -> list[EntityTable]:
    """The entity tables, each after that of the entity it is a part of."""

    def depth(key: str) -> int:
        parent = app.entity(key).parent
        return depth(parent) + 1 if parent else 0

    return [tables.entity(key) for key in sorted(app.entities, key=depth)]


def _set_owners(look: Look, found: EntityTable) -> None:
    c = found.table.c
    new = {key: sa.bindparam(f"new_{key}", type_=c[key].type) for key in ("owner_id", "backup_id", "unit_id")}
    update = sa.update(found.table).where(c.id == sa.bindparam("record", type_=c.id.type)).values(new)
    rows = [
        {"record": strayed.record_id, **{f"new_{key}": value for key, value in zip(new, strayed.wanted, strict=True)}}
        for strayed in strayed_owners(look, found)
    ]
    look.conn.execute_many(Plan(as_system(update, Reason.WRITE)), rows)


def _set_weeks(look: Look) -> None:
    look.conn.execute(sa.delete(stage_week))
    key = ("entity", "week", "stage", "unit_id")
    sums = ("entered", "left_count", "dwell_seconds", "late")
    rows = [
        dict(zip(key, place, strict=True)) | {name: found[name] for name in sums}
        for place, found in week_sums(look).items()
    ]
    look.conn.execute_many(Plan(add_or_increase(look.conn.dialect, stage_week, key, sums)), rows)


def _set_counters(look: Look) -> None:
    """A counter is never set back: a number that was given and lost is not given twice."""
    c = document_number.c
    kept = {(series, period): last for series, period, last in look.conn.rows(sa.select(c.series, c.period, c.last))}
    step = Plan(add_or_increase(look.conn.dialect, document_number, ("series", "period"), ("last",)))
    for (series, period), highest in highest_numbers(look).items():
        if (behind := highest - kept.get((series, period), 0)) > 0:
            look.conn.execute(step, {"series": series, "period": period, "last": behind})

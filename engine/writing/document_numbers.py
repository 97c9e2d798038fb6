"""Document numbers taken: the last thing before the event, so that the counter is held for as short as can be.

A number that was taken stays taken; one whose transaction is rolled back was never taken, so there are no gaps.
"""

from __future__ import annotations

import sqlalchemy as sa

from dsl.app import Entity
from engine.clock import day_of
from engine.papers.numbers import period_of, render
from engine.store.connection import Connection
from engine.store.driver import DuplicateValue
from engine.store.seal import Reason, as_system
from engine.store.system_tables import document_number
from engine.writing.work import Work

CODE = "code"
"""The field that a series gives its entity."""


def number_all(work: Work) -> None:
    """Gives every new record of this work its number, by the day it is made on."""
    day = day_of(work.context.at, work.app.timezone)
    for entity_key, record_id in work.numberless:
        entity = work.app.entity(entity_key)
        if entity.series is not None:
            period = period_of(entity.series, day)
            _write(work, entity, record_id, render(entity.series, day, take(work.conn, entity_key, period)))


def take(conn: Connection, series: str, period: str) -> int:
    """The next number of the period; others wait for this transaction to end."""
    c = document_number.c
    step = sa.update(document_number).where(c.series == series, c.period == period).values(last=c.last + 1)
    row = conn.one(step.returning(c.last))
    if row is None:
        row = _begin_period(conn, series, period) or conn.one(step.returning(c.last))
    assert row is not None  # noqa: S101 — the row is there now, made by us or by another
    return int(row[0])


def _begin_period(conn: Connection, series: str, period: str) -> tuple[int] | None:
    try:
        with conn.savepoint():
            conn.execute(sa.insert(document_number).values(series=series, period=period, last=1))
    except DuplicateValue:
        return None
    return (1,)


def _write(work: Work, entity: Entity, record_id: int, number: str) -> None:
    found = work.installed.tables.entity(entity.key)
    change = sa.update(found.table).where(found.table.c.id == record_id).values({found.column(CODE): number})
    work.conn.execute(as_system(change, Reason.WRITE))

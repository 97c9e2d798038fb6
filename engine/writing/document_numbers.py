"""Document numbers taken: the last thing before the event, so that the counter is held for as short as can be.

A number that was taken stays taken; one whose transaction is rolled back was never taken, so there are no gaps.
"""

from __future__ import annotations

import sqlalchemy as sa

from dsl.app import Entity
from engine.clock import day_of
from engine.papers.numbers import period_of, render
from engine.store.numbers import take
from engine.store.seal import Reason, as_system
from engine.writing.work import Work

CODE = "code"
"""The field that a series gives its entity."""


def number_all(work: Work) -> None:
    """Gives every new record of this work its number, by the day it is made on."""
    if not work.numberless:
        return
    day = day_of(work.context.at, work.app.timezone)
    for entity_key, record_id in work.numberless:
        entity = work.app.entity(entity_key)
        if entity.series is not None:
            period = period_of(entity.series, day)
            _write(work, entity, record_id, render(entity.series, day, take(work.conn, entity_key, period)))


def _write(work: Work, entity: Entity, record_id: int, number: str) -> None:
    found = work.installed.tables.entity(entity.key)
    change = sa.update(found.table).where(found.table.c.id == record_id).values({found.column(CODE): number})
    work.conn.execute(as_system(change, Reason.WRITE))

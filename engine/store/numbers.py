"""Counters of document numbers: one row per series and period, stepped by the transaction that uses the number."""

from __future__ import annotations

from engine.store.connection import Connection
from engine.store.plans import Plans
from engine.store.system_tables import document_number
from engine.store.upsert import add_or_increase

_plans = Plans()


def take(conn: Connection, series: str, period: str) -> int:
    """The next number, from 1. Others wait for this transaction to end, so it is taken last; a rollback gives it back.

    No transaction, no gap: the number of one that fails is the next one's.
    """
    step = _plans.get(
        ("take", conn.dialect),
        lambda: add_or_increase(conn.dialect, document_number, ("series", "period"), ("last",)).returning(
            document_number.c.last
        ),
    )
    number: int = conn.value(step, {"series": series, "period": period, "last": 1})
    return number

"""Set fields in their link tables: the whole set is written, one row a value."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from engine.store.connection import Connection
from engine.store.plans import Plans
from engine.store.seal import Reason, SystemStatement, as_system
from engine.store.tables import EntityTable


def write_links(
    conn: Connection, plans: Plans, found: EntityTable, field: str, record_id: int, values: Iterable[object]
) -> None:
    """Makes the set of a new or changed record exactly `values`."""
    clear_links(conn, plans, found, field, record_id)
    add_links(conn, plans, found, field, ((record_id, value) for value in values))


def clear_links(conn: Connection, plans: Plans, found: EntityTable, field: str, record_id: int) -> None:
    link = found.link(field)

    def clear() -> SystemStatement:
        return as_system(sa.delete(link).where(link.c.record_id == sa.bindparam("record_id")), Reason.WRITE)

    conn.execute(plans.get(("clear links", link.name), clear), {"record_id": record_id})


def add_links(
    conn: Connection, plans: Plans, found: EntityTable, field: str, pairs: Iterable[tuple[int, object]]
) -> None:
    """Adds (record id, value) pairs that are not there yet."""
    link = found.link(field)
    rows = [{"record_id": record_id, "value": value} for record_id, value in dict.fromkeys(pairs)]

    def add() -> SystemStatement:
        row: dict[str, Any] = {column.key: sa.bindparam(column.key) for column in link.c}
        return as_system(sa.insert(link).values(row), Reason.WRITE)

    conn.execute_many(plans.get(("add links", link.name), add), rows)

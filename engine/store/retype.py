"""Filling the new column of a field whose type changed from the old one, in batches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from dsl.formula.value_types import ValueType
from engine.store.columns import empty_value, type_of_storage
from engine.store.connection import Connection
from engine.store.convert import conversion
from engine.store.ledger import Entry
from engine.store.seal import Reason, as_system
from engine.store.tables import EntityTable

BATCH = 5_000

Pairs = Sequence[tuple[int, Any]]


def fill(conn: Connection, found: EntityTable, old: Entry, new: Entry, value_type: ValueType, timezone: str) -> int:
    """Copies what converts; the number of values that do not (the old column keeps them)."""
    convert = conversion(old.storage, value_type, timezone)
    empty = empty_value(value_type)
    lost = 0
    for batch in _old_values(conn, old):
        converted = [(record_id, convert(value)) for record_id, value in batch]
        kept = [(record_id, value) for record_id, value in converted if value is not None and value != ()]
        lost += len(batch) - len(kept)
        _write(conn, found, new, [(record_id, value) for record_id, value in kept if value != empty])
    return lost


def _old_values(conn: Connection, old: Entry) -> Iterator[Pairs]:
    """Batches of (record id, value) that are not empty."""
    kind = type_of_storage(old.storage)
    if old.kind == "link":
        link = sa.table(old.table_name, sa.column("record_id", sa.BigInteger), sa.column("value", kind))
        sets: dict[int, list[Any]] = defaultdict(list)
        for record_id, value in conn.rows(as_system(sa.select(link).order_by(*link.c), Reason.SCHEMA)):
            sets[record_id].append(value)
        yield [(record_id, tuple(values)) for record_id, values in sets.items()]
        return
    table = sa.table(old.table_name, sa.column("id", sa.BigInteger), sa.column(old.column_name, kind))
    value = table.c[old.column_name]
    wanted = value.is_not(None) if old.storage != "text" else value != ""
    after = 0
    while True:
        rows = sa.select(table.c.id, value).where(table.c.id > after, wanted).order_by(table.c.id).limit(BATCH)
        batch = conn.rows(as_system(rows, Reason.SCHEMA))
        if not batch:
            return
        yield [(row[0], row[1]) for row in batch]
        after = batch[-1][0]


def _write(conn: Connection, found: EntityTable, new: Entry, pairs: Pairs) -> None:
    if new.kind == "link":
        link = found.link(new.field)
        rows = [{"record_id": record_id, "value": value} for record_id, values in pairs for value in values]
        add = sa.insert(link).values({column.key: sa.bindparam(column.key) for column in link.c})
        conn.execute_many(as_system(add, Reason.SCHEMA), rows)
        return
    column = found.column(new.field)
    update = (
        sa.update(found.table)
        .where(found.table.c.id == sa.bindparam("record_id"))
        .values({column: sa.bindparam("new_value", type_=column.type)})
    )
    conn.execute_many(
        as_system(update, Reason.SCHEMA), [{"record_id": record_id, "new_value": value} for record_id, value in pairs]
    )

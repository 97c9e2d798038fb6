"""The ledger in the database: read whole at the start, written as operations are applied."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from engine.store.connection import Connection
from engine.store.ledger import Entry, Ledger
from engine.store.schema_changes import Add, Op, Rename, Retire, Retype
from engine.store.system_tables import column_ledger

_row = column_ledger.c


def read_ledger(conn: Connection) -> Ledger:
    columns = (_row.kind, _row.entity, _row.field, _row.table_name, _row.column_name, _row.storage, _row.state)
    rows = conn.rows(sa.select(*columns).where(_row.kind != "index").order_by(_row.id))
    entries = [(Entry(*row[:-1]), row[-1]) for row in rows]
    return Ledger(
        (entry for entry, state in entries if state == "live"),
        (entry for entry, state in entries if state != "live"),
    )


def record_ops(conn: Connection, ops: Iterable[Op], revision: int) -> None:
    for op in ops:
        match op:
            case Add(entry=entry, revived=True):
                _set(conn, entry, state="live", retired_revision=None)
            case Add(entry=entry):
                _append(conn, entry, revision)
            case Rename(old=old, new=new):
                _set(conn, old, entity=new.entity, field=new.field, storage=new.storage)
            case Retype(old=old, new=new):
                _set(conn, old, state="replaced", retired_revision=revision)
                _append(conn, new, revision)
            case Retire(entry=entry):
                _set(conn, entry, state="retired", retired_revision=revision)


def index_names(conn: Connection) -> set[str]:
    """The indexes of entity tables that are there."""
    found = sa.select(_row.column_name).where(_row.kind == "index", _row.state == "live")
    return {name for (name,) in conn.rows(found)}


def record_index(conn: Connection, index: sa.Index, revision: int) -> None:
    table_name = index.table.name if index.table is not None else ""
    _append(conn, Entry("index", "", "", table_name, str(index.name), ""), revision)


def forget_index(conn: Connection, name: str) -> None:
    """An index holds no data: its line goes with it."""
    conn.execute(sa.delete(column_ledger).where(_row.kind == "index", _row.column_name == name))


def _append(conn: Connection, entry: Entry, revision: int) -> None:
    conn.execute(
        sa.insert(column_ledger).values(
            kind=entry.kind,
            entity=entry.entity,
            field=entry.field,
            table_name=entry.table_name,
            column_name=entry.column_name,
            storage=entry.storage,
            state="live",
            since_revision=revision,
        )
    )


def _set(conn: Connection, entry: Entry, **values: object) -> None:
    place = (_row.kind == entry.kind, _row.table_name == entry.table_name, _row.column_name == entry.column_name)
    conn.execute(sa.update(column_ledger).where(*place).values(**values))

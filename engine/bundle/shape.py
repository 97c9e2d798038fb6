"""What a bundle holds of a database: its own tables and those of every entity that ever was, columns by storage.

The ledger tells them all, retired ones included, so a bundle made on one database makes the same tables on the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from engine.store.columns import Day, Instant, text_type, type_of_storage
from engine.store.connection import Connection
from engine.store.seal import PROTECTED
from engine.store.system_tables import SYSTEM, column_ledger, job_worker, people_version, search_entry, session
from engine.store.tables import system_columns

LEFT_OUT: Final = frozenset({search_entry.name, session.name, job_worker.name, people_version.name})
"""Made anew (the search index) or of one process and one sign-in only."""


class Kept(NamedTuple):
    """A line of the ledger: a table, a column or a link table, and how its values are stored."""

    kind: str
    entity: str
    table_name: str
    column_name: str
    storage: str


def read_kept(conn: Connection) -> list[Kept]:
    """Every line but those of indexes, which hold no data."""
    c = column_ledger.c
    rows = conn.rows(
        sa.select(c.kind, c.entity, c.table_name, c.column_name, c.storage).where(c.kind != "index").order_by(c.id)
    )
    return [Kept(*row) for row in rows]


def system_parts() -> list[sa.Table]:
    """The engine's own tables, each after those it refers to."""
    return [table for table in SYSTEM.sorted_tables if table.name not in LEFT_OUT]


def entity_parts(kept: Iterable[Kept]) -> list[sa.Table]:
    """The tables of entities, then their link tables, with every column they ever had."""
    kept = list(kept)
    metadata = sa.MetaData()
    tables = [each for each in kept if each.kind == "table"]
    made = [_entity_table(metadata, each, kept) for each in tables]
    owners = {each.entity: each.table_name for each in tables}
    links = [_link_table(metadata, each, owners[each.entity]) for each in kept if each.kind == "link"]
    return [*made, *links]


def _entity_table(metadata: sa.MetaData, table: Kept, kept: list[Kept]) -> sa.Table:
    own = [_column(each) for each in kept if each.kind == "column" and each.table_name == table.table_name]
    return sa.Table(table.table_name, metadata, *system_columns(), *own, info={PROTECTED: table.entity})


def _column(kept: Kept) -> sa.Column[Any]:
    """As the field's value type would make it: text and yes/no are never NULL."""
    kind = type_of_storage(kept.storage)
    match kept.storage:
        case "text":
            return sa.Column(kept.column_name, kind, nullable=False, server_default="")
        case "yesno":
            return sa.Column(kept.column_name, kind, nullable=False, server_default=sa.false())
        case _:
            return sa.Column(kept.column_name, kind)


def _link_table(metadata: sa.MetaData, link: Kept, owner: str) -> sa.Table:
    value = sa.BigInteger() if link.storage == "files" else text_type()
    return sa.Table(
        link.table_name,
        metadata,
        sa.Column("record_id", sa.BigInteger, sa.ForeignKey(f"{owner}.id"), primary_key=True),
        sa.Column("value", value, primary_key=True),
        info={PROTECTED: link.entity},
        sqlite_with_rowid=False,
    )


# --- values ----------------------------------------------------------------------------------------------------------


def as_json(value: object) -> object:
    """A stored value as JSON: days and instants as ISO text, the rest is JSON already."""
    return value.isoformat() if isinstance(value, date | datetime) else value


def read_value(column: sa.Column[Any], value: object) -> object:
    """The stored value of its JSON. ValueError for a text that is no day or instant."""
    if isinstance(column.type, Day) and isinstance(value, str):
        return date.fromisoformat(value)
    if isinstance(column.type, Instant) and isinstance(value, str):
        return datetime.fromisoformat(value)
    return value


def own_references(table: sa.Table) -> Iterator[str]:
    """Columns that refer to rows of the same table: these rows may stand further down."""
    for key in table.foreign_keys:
        if key.column.table is table:
            yield str(key.parent.name)

"""INSERT … ON CONFLICT on either database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from engine.store.columns import POSTGRESQL


def add_or_increase(dialect: str, table: sa.Table, key: tuple[str, ...], sums: tuple[str, ...]) -> sa.Insert:
    """Adds a row, or adds its `sums` to those of the row with the same `key`. Parameters are named as the columns."""
    columns: Mapping[str, Any] = {name: sa.bindparam(name, type_=table.c[name].type) for name in (*key, *sums)}
    if dialect == POSTGRESQL:
        return on_conflict_increase(postgresql.insert(table).values(columns), table, key, sums)
    row_here = sqlite.insert(table).values(columns)
    return row_here.on_conflict_do_update(
        index_elements=list(key), set_={name: table.c[name] + row_here.excluded[name] for name in sums}
    )


def on_conflict_increase(
    added: postgresql.Insert, table: sa.Table, key: tuple[str, ...], sums: tuple[str, ...]
) -> postgresql.Insert:
    """The same for rows that come from elsewhere, on PostgreSQL."""
    more = {name: table.c[name] + added.excluded[name] for name in sums}
    return added.on_conflict_do_update(index_elements=list(key), set_=more)


def put_row(dialect: str, table: sa.Table, key: tuple[str, ...], row: Mapping[str, object]) -> sa.Insert:
    """Adds the row, or gives the row with the same `key` its other values."""
    others = [name for name in row if name not in key]
    if dialect == POSTGRESQL:
        added = postgresql.insert(table).values(row)
        return added.on_conflict_do_update(
            index_elements=list(key), set_={name: added.excluded[name] for name in others}
        )
    added_here = sqlite.insert(table).values(row)
    return added_here.on_conflict_do_update(
        index_elements=list(key), set_={name: added_here.excluded[name] for name in others}
    )

"""Many rows of one table at once: one statement on PostgreSQL, one prepared statement for all of them on SQLite."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from engine.store.columns import POSTGRESQL
from engine.store.connection import Connection
from engine.store.plans import Params, Plans

_plans = Plans()


def insert_many(conn: Connection, table: sa.Table, keys: tuple[str, ...], rows: Sequence[Params]) -> None:
    """Adds the rows; each gives a value for every one of the columns. DuplicateValue as for a single row.

    PostgreSQL gets an array for each column: it is told once what to do, not once a row.
    """
    if not rows:
        return
    if conn.dialect != POSTGRESQL or len(rows) == 1:
        conn.execute_many(_plans.get(("one", table.name, keys), lambda: _insert_one(table, keys)), rows)
        return
    plan = _plans.get(("all", table.name, keys), lambda: _insert_all(table, keys))
    conn.execute(plan, {f"all_{key}": [row[key] for row in rows] for key in keys})


def next_ids(conn: Connection, table: sa.Table, count: int) -> list[int]:
    """So many new numbers for rows of the table, rising. On SQLite nobody else writes until they are used."""
    if conn.dialect == POSTGRESQL:
        plan = _plans.get(("next", table.name), lambda: _take_numbers(table))
        return sorted(int(row[0]) for row in conn.rows(plan, {"count": count}))
    last = conn.value(_plans.get(("last", table.name), lambda: sa.select(sa.func.max(table.c.id)))) or 0
    return list(range(last + 1, last + 1 + count))


def _insert_one(table: sa.Table, keys: tuple[str, ...]) -> sa.Insert:
    return sa.insert(table).values({key: sa.bindparam(key, type_=table.c[key].type) for key in keys})


def _insert_all(table: sa.Table, keys: tuple[str, ...]) -> sa.Insert:
    arrays = (sa.bindparam(f"all_{key}", type_=ARRAY(table.c[key].type)) for key in keys)
    new = sa.func.unnest(*arrays).table_valued(*(sa.column(key, table.c[key].type) for key in keys)).render_derived()
    return sa.insert(table).from_select(list(keys), sa.select(*new.c))


def _take_numbers(table: sa.Table) -> sa.Select[tuple[int]]:
    counter = sa.func.pg_get_serial_sequence(table.name, "id")
    each = sa.func.generate_series(1, sa.bindparam("count", type_=sa.BigInteger())).table_valued("place")
    return sa.select(sa.func.nextval(counter)).select_from(each)

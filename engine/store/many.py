"""Many rows of one table at once: one statement on PostgreSQL, one prepared statement for all of them on SQLite."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from engine.store.columns import POSTGRESQL
from engine.store.connection import Connection
from engine.store.plans import Params, Plan, Plans
from engine.store.seal import Reason, SystemStatement, as_system

_plans = Plans()


def insert_many(conn: Connection, table: sa.Table, keys: tuple[str, ...], rows: Sequence[Params]) -> None:
    """Adds the rows; each gives a value for every one of the columns. DuplicateValue as for a single row.

    PostgreSQL gets an array for each column: it is told once what to do, not once a row.
    """
    if rows:
        is_one = conn.dialect != POSTGRESQL or len(rows) == 1
        plan = _plans.get((is_one, table.name, keys), lambda: insertion(table, keys, is_one=is_one))
        insert_rows(conn, plan, keys, rows, is_one=is_one)


def insertion(table: sa.Table, keys: Sequence[str], *, is_one: bool) -> sa.Insert:
    """The statement that adds rows to the table: one at a time, or all in one."""
    return _insert_one(table, keys) if is_one else _insert_all(table, keys)


def insert_rows(conn: Connection, plan: Plan, keys: Sequence[str], rows: Sequence[Params], *, is_one: bool) -> None:
    """Runs such a statement."""
    if is_one:
        conn.execute_many(plan, rows)
    else:
        conn.execute(plan, {f"all_{key}": [row[key] for row in rows] for key in keys})


def update_many(
    conn: Connection, table: sa.Table, where: tuple[str, ...], keys: tuple[str, ...], rows: Sequence[Params]
) -> None:
    """Sets the columns `keys` of the rows that their columns `where` tell; each gives a value for all of them."""
    if not rows:
        return
    if conn.dialect != POSTGRESQL or len(rows) == 1:
        plan = _plans.get(("set one", table.name, where, keys), lambda: _update_one(table, where, keys))
        names = [(f"new_{key}", key) for key in (*where, *keys)]
        conn.execute_many(plan, [{new: row[key] for new, key in names} for row in rows])
        return
    plan = _plans.get(("set all", table.name, where, keys), lambda: _update_all(table, where, keys))
    conn.execute(plan, {f"all_{key}": [row[key] for row in rows] for key in (*where, *keys)})


def next_ids(conn: Connection, table: sa.Table, count: int) -> list[int]:
    """So many new numbers for rows of the table, rising. On SQLite nobody else writes until they are used."""
    if conn.dialect == POSTGRESQL:
        plan = _plans.get(("next", table.name), lambda: _take_numbers(table))
        return sorted(int(row[0]) for row in conn.rows(plan, {"count": count}))
    last = conn.value(_plans.get(("last", table.name), lambda: _last_number(table))) or 0
    return list(range(last + 1, last + 1 + count))


def _last_number(table: sa.Table) -> SystemStatement:
    return as_system(sa.select(sa.func.max(table.c.id)), Reason.WRITE)


def _insert_one(table: sa.Table, keys: Sequence[str]) -> sa.Insert:
    return sa.insert(table).values({key: sa.bindparam(key, type_=table.c[key].type) for key in keys})


def _insert_all(table: sa.Table, keys: Sequence[str]) -> sa.Insert:
    return sa.insert(table).from_select(list(keys), sa.select(*_given(table, keys).c))


def _update_one(table: sa.Table, where: Sequence[str], keys: Sequence[str]) -> sa.Update:
    new = {key: sa.bindparam(f"new_{key}", type_=table.c[key].type) for key in (*where, *keys)}
    return sa.update(table).where(*(table.c[key] == new[key] for key in where)).values({key: new[key] for key in keys})


def _update_all(table: sa.Table, where: Sequence[str], keys: Sequence[str]) -> sa.Update:
    new = _given(table, (*where, *keys))
    update = sa.update(table).where(*(table.c[key] == new.c[key] for key in where))
    return update.values({key: new.c[key] for key in keys})


def _given(table: sa.Table, keys: Sequence[str]) -> sa.TableValuedAlias:
    """The rows of the parameters, one array for each column; a value that is a list itself stays one value."""
    arrays = (sa.bindparam(f"all_{key}", type_=ARRAY(table.c[key].type, dimensions=1)) for key in keys)
    columns = (sa.column(key, table.c[key].type) for key in keys)
    return sa.func.unnest(*arrays).table_valued(*columns, name="given").render_derived()


def _take_numbers(table: sa.Table) -> sa.Select[tuple[int]]:
    counter = sa.func.pg_get_serial_sequence(table.name, "id")
    each = sa.func.generate_series(1, sa.bindparam("count", type_=sa.BigInteger())).table_valued("place")
    return sa.select(sa.func.nextval(counter)).select_from(each)

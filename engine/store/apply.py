"""Applying an app to a database: system tables, entity tables, indexes, revision. Twice is nothing the second time."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.schema import CreateIndex, CreateTable, DropIndex

from dsl.app import App
from engine.clock import Clock
from engine.errors import NotReady
from engine.store import (
    import_tables,  # noqa: F401 — its tables are among the system tables
    revisions,
    search,
)
from engine.store.connection import Connection
from engine.store.database import Database
from engine.store.ddl import AddColumn
from engine.store.driver import DuplicateValue
from engine.store.indexes import indexes_of, taken_by
from engine.store.ledger import Entry, Ledger
from engine.store.ledger_rows import forget_index, index_names, read_ledger, record_index, record_ops
from engine.store.renames import carry_over
from engine.store.retype import fill
from engine.store.schema_changes import Add, Op, Rename, Retire, Retype, after, changes
from engine.store.system_tables import SYSTEM, app_revision, column_ledger, search_entry
from engine.store.tables import Tables


def plan_changes(database: Database, app: App) -> list[Op]:
    """What `apply_app` would do to the tables; writes nothing."""
    with database.read() as conn:
        ledger = read_ledger(conn) if conn.has_table(column_ledger.name) else Ledger()
    return changes(ledger, app)


def apply_app(database: Database, app: App, clock: Clock, *, acknowledged: Collection[str] = ()) -> int:
    """Makes the database ready for the app; the number of the revision in force.

    acknowledged: fields ("customer.size") whose change of type may lose values that do not convert. NotReady, with
    nothing changed, if such a field is not named, if the data belongs to another app, or if values are doubled that
    must be unique now.
    """
    _make_first_table(database)
    with database.write(is_long=True, turn_at=app_revision.name) as conn:
        make_system_tables(conn)
        current = revisions.latest(conn)
        if current and current.app != app.key:
            raise NotReady(
                f"这里的数据属于应用 {current.app},不是 {app.key} | "
                f"The data here belongs to the app {current.app}, not to {app.key}"
            )
        ledger = read_ledger(conn)
        ops = changes(ledger, app)
        tables = Tables(app, after(ledger, ops))
        if current and current.digest == app.digest and not ops and _index_changes(conn, tables) == ([], set()):
            return current.id
        revision = revisions.append(conn, app, [str(op) for op in ops], clock.now())
        _change_tables(conn, tables, ops, acknowledged)
        record_ops(conn, ops, revision)
        make_indexes(conn, tables, revision)
        return revision


def read_tables(database: Database, app: App) -> Tables:
    """The app's tables under their names in this database; after `apply_app`."""
    with database.read() as conn:
        return Tables(app, read_ledger(conn))


def _make_first_table(database: Database) -> None:
    """The table that processes queue at; whoever loses the race for it finds it made."""
    with database.read() as conn:
        if conn.has_table(app_revision.name):
            return
    try:
        with database.write() as conn:
            conn.define(CreateTable(app_revision, if_not_exists=True))
    except DuplicateValue:
        return


def make_system_tables(conn: Connection) -> None:
    """Makes the engine's own tables, and whatever a newer engine has more than the one that made them."""
    present = conn.columns_by_table()
    for table in SYSTEM.sorted_tables:
        columns = present.get(table.name)
        if columns is None:
            conn.define(CreateTable(table))
            for index in table.indexes:
                conn.define(CreateIndex(index))
        else:
            for column in table.c:
                if column.name not in columns:
                    conn.define(AddColumn(column))
    if search_entry.name not in present:
        search.make_index(conn)
    search.make_vocabulary(conn)


def _change_tables(conn: Connection, tables: Tables, ops: Sequence[Op], acknowledged: Collection[str]) -> None:
    added = [op.entry for op in ops if isinstance(op, Add) and not op.revived]
    new_tables = {entry.table_name for entry in added if entry.kind == "table"}
    for op in ops:
        match op:
            case Add(entry=entry, revived=False):
                _add(conn, tables, entry, new_tables)
            case Retype(old=old, new=new, value_type=value_type):
                _add(conn, tables, new, set())
                found = tables.entity(new.entity)
                lost = fill(conn, found, old, new, value_type, tables.app.timezone)
                if lost and f"{new.entity}.{new.field}" not in acknowledged:
                    raise NotReady(_lossy(new, lost))
            case Rename(old=old, new=new) if old.kind == "table":
                carry_over(conn, old.entity, new.entity)
            case Add() | Rename() | Retire():
                pass  # only the ledger changes


def _add(conn: Connection, tables: Tables, entry: Entry, new_tables: Collection[str]) -> None:
    found = tables.entity(entry.entity)
    if entry.kind == "table":
        conn.define(CreateTable(found.table))
    elif entry.kind == "link":
        conn.define(CreateTable(found.link(entry.field)))
    elif entry.table_name not in new_tables:
        conn.define(AddColumn(found.column(entry.field)))


def _lossy(entry: Entry, lost: int) -> str:
    field = f"{entry.entity}.{entry.field}"
    return (
        f"{field} 改变类型后有 {lost} 个值无法转换;确认请注明 {field} | "
        f"{lost} values of {field} do not convert to its new type: acknowledge {field} to go on (the old ones are kept)"
    )


def _index_changes(conn: Connection, tables: Tables) -> tuple[list[sa.Index], set[str]]:
    """Indexes to make, names of indexes to drop."""
    wanted = {str(index.name): index for found in tables for index in indexes_of(tables, found, conn.dialect)}
    present = index_names(conn)
    return [index for name, index in wanted.items() if name not in present], present - wanted.keys()


def make_indexes(conn: Connection, tables: Tables, revision: int) -> None:
    new, old = _index_changes(conn, tables)
    for name in sorted(old):
        conn.define(DropIndex(sa.Index(name)))
        forget_index(conn, name)
    for index in new:
        try:
            conn.define(CreateIndex(index))
        except DuplicateValue as error:
            raise NotReady(_doubled(tables, error)) from error
        record_index(conn, index, revision)


def _doubled(tables: Tables, error: DuplicateValue) -> str:
    taken = taken_by(tables, error)
    field = f"{taken.entity}.{taken.field}" if taken else error.index
    return f"{field} 中已有重复的值,不能设为唯一 | {field} holds doubled values: it cannot be made unique"

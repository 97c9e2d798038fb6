"""A bundle brought into an empty database of either kind: all of it, or nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import count, islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.schema import CreateTable

from dsl.app import App
from engine.bundle.archive import Part, Reader, damaged
from engine.bundle.shape import entity_parts, own_references, read_kept, read_value, system_parts
from engine.errors import NotReady
from engine.store.apply import make_indexes, make_system_tables
from engine.store.connection import Connection
from engine.store.database import Database
from engine.store.files import FileStore
from engine.store.ledger_rows import read_ledger
from engine.store.plans import Plan
from engine.store.reindex import reindex
from engine.store.seal import Reason, as_system
from engine.store.system_tables import app_revision, user_account
from engine.store.tables import Tables

BATCH = 5_000


def load_bundle(
    reader: Reader, app: App, database: Database, files: FileStore, tell: Callable[[int, int], None] | None = None
) -> None:
    """Loads what the reader has looked through. NotReady for a database that holds something, or another app.

    tell: hears how many parts are in, of how many.
    """
    if app.digest != reader.manifest.digest:
        raise NotReady(
            f"数据包属于应用 {reader.manifest.app} 的另一版本,请用 --app 给出它 | "
            f"the bundle is of another revision of {reader.manifest.app}: give that one with --app"
        )
    _refuse_filled(database)
    parts = {Path(part.name).stem: part for part in reader.manifest.parts if part.name.startswith("tables/")}
    stored = [part for part in reader.manifest.parts if part.name.startswith("files/")]
    total, done = len(parts) + len(stored), count(1)

    def told() -> None:
        if tell:
            tell(next(done), total)

    for part in stored:
        _load_file(reader, part, files)
        told()
    with database.write(is_long=True) as conn:
        make_system_tables(conn)
        for table in system_parts():
            if table.name in parts:
                _load(conn, reader, table, parts.pop(table.name))
                told()
        for table in entity_parts(read_kept(conn)):
            conn.define(CreateTable(table))
            if table.name in parts:
                _load(conn, reader, table, parts.pop(table.name))
                told()
        if parts:
            place = min(part.name for part in parts.values())
            raise damaged(place, "no such table")
        tables = Tables(app, read_ledger(conn))
        make_indexes(conn, tables, reader.manifest.revision)
        reindex(conn, tables)
    database.optimize()


def _refuse_filled(database: Database) -> None:
    with database.read() as conn:
        present = conn.columns_by_table()
        for table in (app_revision, user_account):
            if table.name in present and conn.one(sa.select(table.c.id).limit(1)) is not None:
                raise NotReady("目标数据库不是空的,不会覆盖 | the database is not empty: nothing is overwritten")


def _load_file(reader: Reader, part: Part, files: FileStore) -> None:
    digest = Path(part.name).name
    if digest != part.sha256:
        raise damaged(part.name, "its content is not what its name says")
    with reader.open(part.name) as content:
        files.keep(content, digest)


# --- rows ------------------------------------------------------------------------------------------------------------


def _load(conn: Connection, reader: Reader, table: sa.Table, part: Part) -> None:
    """All rows of a table; references within it are set when all of its rows are there."""
    later = list(own_references(table))
    waiting: list[dict[str, Any]] = []
    with reader.open(part.name) as content:
        heads = _heads(table, part, content.readline())
        insert = Plan(as_system(_insert(table, heads), Reason.COPY))
        rows = _rows(table, part, heads, content)
        while batch := list(islice(rows, BATCH)):
            waiting += [{"row": row["id"], key: row[key]} for row in batch for key in later if row.get(key) is not None]
            conn.execute_many(insert, [{**row, **dict.fromkeys(later)} for row in batch] if later else batch)
    for key in later:
        update = sa.update(table).where(table.c.id == sa.bindparam("row", type_=table.c.id.type))
        plan = Plan(as_system(update.values({table.c[key]: sa.bindparam(key, type_=table.c[key].type)}), Reason.COPY))
        conn.execute_many(plan, [row for row in waiting if key in row])
    conn.raise_counter(table)


def _heads(table: sa.Table, part: Part, line: bytes) -> list[str]:
    heads: list[str] = json.loads(line)
    strange = [head for head in heads if head not in table.c]
    if strange:
        raise damaged(f"{part.name}:1", f"no column {strange[0]}")
    return heads


def _insert(table: sa.Table, heads: list[str]) -> sa.Insert:
    return sa.insert(table).values({head: sa.bindparam(head, type_=table.c[head].type) for head in heads})


def _rows(table: sa.Table, part: Part, heads: list[str], content: Any) -> Iterator[dict[str, Any]]:
    columns = [table.c[head] for head in heads]
    for number, line in enumerate(content, start=2):
        try:
            values = json.loads(line)
            yield {column.name: read_value(column, value) for column, value in zip(columns, values, strict=True)}
        except (ValueError, TypeError) as error:
            raise damaged(f"{part.name}:{number}", str(error)) from error

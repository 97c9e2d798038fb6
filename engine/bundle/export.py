"""The whole of the data as one file: of one snapshot, while people work."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, TypeAlias

import sqlalchemy as sa

from engine.bundle.archive import APP_TEXT, Manifest, Writer
from engine.bundle.shape import as_json, entity_parts, read_kept, system_parts
from engine.errors import NotReady
from engine.installed import Installed
from engine.store.connection import Connection
from engine.store.seal import Reason, as_system
from engine.store.system_tables import column_ledger, file

Tell: TypeAlias = Callable[[int, int], None]
"""Hears how many parts are done, of how many."""


def write_bundle(installed: Installed, path: Path, tell: Tell | None = None) -> Manifest:
    """Writes the bundle beside the path and moves it there when it is whole and on the disk."""
    part = path.with_name(path.name + ".part")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with part.open("wb") as target:
            os.fchmod(target.fileno(), 0o600)  # password hashes are in it
            manifest = bundle(installed, target, tell)
            target.flush()
            os.fsync(target.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return manifest


def bundle(installed: Installed, target: IO[bytes], tell: Tell | None = None) -> Manifest:
    """Content of files is only ever added, so what the snapshot names lies there. NotReady if some does not."""
    writer = Writer(target)
    try:
        with installed.database.snapshot() as conn:
            writer.add_bytes(APP_TEXT, installed.app.source.encode())
            tables = [*system_parts(), *entity_parts(read_kept(conn))]
            digests = [row[0] for row in conn.stream(sa.select(file.c.sha256).distinct().order_by(file.c.sha256))]
            parts = _parts(installed, conn, writer, sorted(tables, key=lambda each: each.name), digests)
            for done, _ in enumerate(parts, start=1):
                if tell:
                    tell(done, len(tables) + len(digests))
        return writer.finish(installed.app.key, installed.app.digest, installed.revision)
    finally:
        writer.close()


def _parts(
    installed: Installed, conn: Connection, writer: Writer, tables: list[sa.Table], digests: list[str]
) -> Iterator[None]:
    """Adds a part at each step: tables first, then the content of files."""
    for table in tables:
        writer.add_lines(f"tables/{table.name}.ndjson", _lines(conn, table))
        yield
    for digest in digests:
        path = installed.files.place_of(digest)
        if not path.is_file():
            raise NotReady(
                f"文件内容缺失 {path},请先运行 sluice check --data | "
                f"the content {path} is missing: run sluice check --data first"
            )
        writer.add_file(f"files/{digest[:2]}/{digest}", path)
        yield


def _lines(conn: Connection, table: sa.Table) -> Iterator[bytes]:
    """The names of the columns, then a line a row in the order of the primary key."""
    yield _line([column.name for column in table.c])
    rows = sa.select(table).order_by(*table.primary_key.columns)
    if table is column_ledger:
        rows = rows.where(column_ledger.c.kind != "index")  # an index holds no data, and each database has its own
    for row in conn.stream(as_system(rows, Reason.COPY)):
        yield _line([as_json(value) for value in row])


def _line(values: list[Any]) -> bytes:
    return (json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n").encode()

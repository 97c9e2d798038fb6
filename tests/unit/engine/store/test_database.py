"""The database handle: transactions, guard, plans, the lock on the file."""

from __future__ import annotations

import gc
import sqlite3
import subprocess
import sys
import threading
import weakref
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.schema import CreateTable

from engine.errors import StoreBusy, StoreLocked
from engine.sqlite_library import LEAST_VERSION
from engine.store.connection import Connection
from engine.store.database import CommitUnknown, Database
from engine.store.driver import DuplicateValue
from engine.store.plans import Plans
from engine.store.seal import Unsealed
from engine.store.sqlite import SqliteDriver
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


def test_a_plan_for_one_database_forgets_its_statement_and_still_runs(database: Database) -> None:
    made: list[weakref.ref[sa.Select[Any]]] = []

    def build() -> sa.Select[Any]:
        statement = sa.select(setting.c.value).where(setting.c.key == sa.bindparam("key"))
        made.append(weakref.ref(statement))
        return statement

    plans = Plans(is_for_one=True)
    with database.read() as connection:
        for _ in range(3):
            assert connection.rows(plans.get("x", build), {"key": "none"}) == []
    gc.collect()
    assert [each() for each in made] == [None]


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


@pytest.fixture
def postgres(postgresql_url: str, tmp_path: Path) -> Iterator[Database]:
    opened = Database.open(postgresql_url, data_dir=tmp_path)
    with opened.write() as connection:
        connection.define(CreateTable(setting))
    yield opened
    opened.close()


def test_two_actions_that_lock_each_other_out_both_succeed(postgres: Database) -> None:
    with postgres.write() as connection:
        connection.execute_many(sa.insert(setting), [{"key": key, "value": ""} for key in "ab"])
    met = threading.Barrier(2)
    tries: list[str] = []

    def action(connection: Connection, first: str, second: str) -> None:
        tries.append(first)
        for key in (first, second):
            connection.execute(sa.update(setting).where(setting.c.key == key).values(value=setting.c.value + first))
            if key == first and len(tries) <= 2:
                met.wait(timeout=10)

    with ThreadPoolExecutor(2) as pool:
        ends = [pool.submit(postgres.run, lambda c, o=order: action(c, *o)) for order in ("ab", "ba")]
        for end in ends:
            end.result()
    with postgres.read() as connection:
        assert {"".join(sorted(value)) for (value,) in connection.rows(sa.select(setting.c.value))} == {"ab"}
    assert len(tries) >= 3


def _kill_this_link(connection: Connection) -> None:
    with pytest.raises(StoreBusy):
        connection.rows(sa.select(sa.func.pg_terminate_backend(sa.func.pg_backend_pid())))


def test_an_action_that_lost_its_link_is_run_again(postgres: Database) -> None:
    tries: list[int] = []

    def action(connection: Connection) -> None:
        connection.execute(sa.insert(setting).values(key="a", value=""))
        tries.append(1)
        if len(tries) == 1:
            connection.rows(sa.select(sa.func.pg_terminate_backend(sa.func.pg_backend_pid())))

    postgres.run(action)
    assert len(tries) == 2
    assert _keys(postgres) == ["a"]


@pytest.mark.parametrize(("is_keyed", "runs"), [(False, 1), (True, 2)])
def test_a_commit_of_unknown_end_runs_again_only_under_a_key(postgres: Database, is_keyed: bool, runs: int) -> None:
    tries: list[int] = []

    def action(connection: Connection) -> None:
        tries.append(1)
        if len(tries) == 1:
            _kill_this_link(connection)

    if is_keyed:
        postgres.run(action, is_keyed=True)
    else:
        with pytest.raises(CommitUnknown):
            postgres.run(action)
    assert len(tries) == runs


def test_a_reader_whose_link_broke_is_told_to_try_again_and_the_next_one_reads(postgres: Database) -> None:
    with postgres.read() as connection:
        _kill_this_link(connection)
    assert _keys(postgres) == []


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


def test_a_second_process_on_one_file_is_refused_until_the_first_is_gone(sqlite_url: str, tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from engine.store.database import Database\n"
        f"held = Database.open({sqlite_url!r}, data_dir=Path('.'))\n"
        "print('held', flush=True); sys.stdin.read()\n"
    )
    root = Path(__file__).parents[4]
    with subprocess.Popen(
        [sys.executable, "-c", script], cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdin is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(StoreLocked, match=f"in use by process {other.pid}"):
            Database.open(sqlite_url, data_dir=tmp_path)
        other.kill()  # not even a clean end is needed
    Database.open(sqlite_url, data_dir=tmp_path).close()


def test_one_sqlite_library_serves_the_whole_process() -> None:
    assert sqlite3.sqlite_version_info >= LEAST_VERSION
    assert sys.modules["sqlite3"] is sys.modules["pysqlite3"]


def test_sqlite_keeps_what_it_acknowledged(sqlite_url: str, tmp_path: Path) -> None:
    Database.open(sqlite_url, data_dir=tmp_path).close()
    driver = SqliteDriver(Path(sqlite_url.removeprefix("sqlite:///")))
    with driver.writer() as raw:
        found = {name: raw.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")}
        found |= {name: raw.execute(f"PRAGMA {name}").fetchone()[0] for name in ("foreign_keys", "mmap_size")}
    driver.close()
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "mmap_size": 0}

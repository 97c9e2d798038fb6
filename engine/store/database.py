"""The database handle: read, write, run. Which of the two databases it is, is decided here and nowhere above."""

from __future__ import annotations

import errno
import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TypeVar

from engine.errors import StoreBusy, StoreFull
from engine.store import people_version
from engine.store.connection import Connection
from engine.store.driver import Driver, RunAgain
from engine.store.plans import StatementCache
from engine.store.sqlite import SqliteDriver

MOST_RUNS = 6
FILE_NAME = "sluice.sqlite"

T = TypeVar("T")


class CommitUnknown(StoreBusy):
    """The link broke while the commit was under way: it may have happened. Only the idempotency key can tell."""


class Database:
    """One open database.

    Reads go through `read` (a snapshot on SQLite, statement by statement on PostgreSQL), writes through `write` or,
    to be run again after a deadlock or a lost link, `run`.
    """

    def __init__(self, driver: Driver, address: str, *, is_onlooker: bool = False) -> None:
        self._driver = driver
        self.is_onlooker = is_onlooker
        """Whether another process may be serving the file, so that nothing can be written here."""
        self.address = address
        """As SQLAlchemy writes it, with the file's whole path or the password: not for people's eyes."""
        self._statements = StatementCache(driver.dialect)
        self.dialect: str = driver.dialect.name
        self.has_room = True
        """Whether the last write found room on the disk: what people are told while it does not."""

    @staticmethod
    def open(url: str, *, data_dir: Path, looks_on: bool = False) -> Database:
        """`sqlite` or "" (a file in data_dir), `sqlite:///path`, or `postgresql://…`.

        looks_on: only to read, beside whoever serves it. StoreLocked while another process serves the same file;
        NotReady to look on where there is nothing; ValueError for any other address.
        """
        if (path := sqlite_path(url, data_dir)) is not None:
            driver = SqliteDriver(path, looks_on=looks_on)
            return Database(driver, f"sqlite:///{path.absolute()}", is_onlooker=looks_on)
        if url.startswith(("postgresql://", "postgresql+psycopg://")):
            postgresql = import_module("engine.store.postgresql")  # a start on SQLite needs none of it
            return Database(postgresql.PostgresqlDriver(url), url.replace("postgresql://", "postgresql+psycopg://", 1))
        raise ValueError(f"not a database address: {url.rpartition('@')[2]}")

    @contextmanager
    def read(self) -> Iterator[Connection]:
        driver = self._driver
        with driver.reader() as raw:
            if driver.begin_read:
                raw.execute(driver.begin_read)
            try:
                yield Connection(raw, driver, self._statements)
            finally:
                if driver.begin_read:
                    driver.roll_back(raw)

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """One state of the whole database, to be read for as long as it takes; writers go on meanwhile."""
        driver = self._driver
        with driver.reader(is_long=True) as raw:
            connection = Connection(raw, driver, self._statements)
            connection.control(driver.begin_snapshot)
            try:
                if driver.allow_long:
                    connection.control(driver.allow_long)
                yield connection
            finally:
                driver.roll_back(raw)

    @contextmanager
    def write(self, *, is_long: bool = False, turn_at: str = "") -> Iterator[Connection]:
        """One write transaction: committed on a clean exit, rolled back on any exception or a dry run.

        is_long: it changes tables or fills them, and no statement of it is stopped for taking long. turn_at: a table
        at which processes of several hosts queue.
        """
        driver = self._driver
        with driver.writer() as raw:
            connection = Connection(raw, driver, self._statements)
            connection.control(driver.begin_write)
            try:
                if is_long and driver.allow_long:
                    connection.control(driver.allow_long)
                if turn_at and driver.take_turn:
                    connection.control(driver.take_turn.format(table=turn_at))
                yield connection
                if connection.is_dry:
                    driver.roll_back(raw)
                    return
                self._commit(connection)
            except BaseException as error:
                driver.roll_back(raw)
                self.has_room = self.has_room and not isinstance(error, StoreFull)
                raise
            self.has_room = True

    def _commit(self, connection: Connection) -> None:
        if connection.has_written_people:
            people_version.renew(connection)
        try:
            connection.control("COMMIT")
        except RunAgain as error:
            raise CommitUnknown("提交结果未知,请查看后再试 | The commit may have happened: look first") from error

    @contextmanager
    def minding_room(self) -> Iterator[None]:
        """For files beside the database: a disk without room is told as it is of the database itself."""
        try:
            yield
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            self.has_room = False
            raise StoreFull from error

    def run(self, action: Callable[[Connection], T], *, is_keyed: bool = False) -> T:
        """Runs the whole action in a write transaction, again after a deadlock or a lost link.

        is_keyed: the action looks up an idempotency key first, so that even a commit of unknown end may run again.
        """
        for attempt in range(MOST_RUNS):
            try:
                with self.write() as connection:
                    return action(connection)
            except CommitUnknown:
                if not is_keyed or attempt == MOST_RUNS - 1:
                    raise
            except RunAgain:
                if attempt == MOST_RUNS - 1:
                    raise
            time.sleep(random.uniform(0, 0.02 * 2**attempt))  # noqa: S311  spreads the retries
        raise AssertionError("unreachable")

    def figures(self) -> Mapping[str, float]:
        """For whoever watches: connections in use, writers that wait; names that end in _total only grow."""
        return self._driver.figures()

    def optimize(self) -> None:
        """Refreshes the planner's statistics: nightly, and after a large import."""
        self._driver.optimize()

    def close(self) -> None:
        self._driver.close()


def sqlite_path(url: str, data_dir: Path) -> Path | None:
    """The file behind an address; None if it is not on SQLite."""
    if url in ("", "sqlite"):
        return data_dir / FILE_NAME
    return Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite:///") else None

"""A connection inside one transaction: guarded statements in, rows in stored form out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from typing import Any, NoReturn

import sqlalchemy as sa
from sqlalchemy.schema import ExecutableDDLElement

from engine.store.borrowed import lend
from engine.store.columns import POSTGRESQL
from engine.store.driver import Driver, RawConnection
from engine.store.plans import Compiled, Params, Plan, Row, StatementCache
from engine.store.seal import Reason, Statement, as_system

STREAMED = 2_000
"""Rows of a stream that are in memory at once."""

_FEW = 4
"""Fewer rows than these are written one by one: to begin a batch costs a driver more."""


class Connection:
    """Given by `Database.read` and `Database.write`, and dead after them."""

    def __init__(self, raw: RawConnection, driver: Driver, statements: StatementCache) -> None:
        self._raw = raw
        self._execute = driver.executor(raw)
        self._driver = driver
        self._statements = statements
        self._savepoints = 0
        self.is_dry = False
        self.record_writes = 0
        """How often records were written here or undone: what was read of them before may no longer be so."""
        self.has_written_people = False
        self.dialect: str = driver.dialect.name

    @property
    def is_only_writer(self) -> bool:
        """Whether nobody else writes while this transaction does: on SQLite, where it holds the whole file."""
        return self.dialect == "sqlite"

    def rows(self, statement: Statement | Plan, params: Params | None = None) -> list[Row]:
        compiled, sql, bound = self._statements.prepare(statement, params)
        self._note(compiled)
        return compiled.read(self._run(sql, bound).fetchall())

    def one(self, statement: Statement | Plan, params: Params | None = None) -> Row | None:
        """The first row, or None."""
        found = self.rows(statement, params)
        return found[0] if found else None

    def value(self, statement: Statement | Plan, params: Params | None = None) -> Any:
        """The first column of the first row, or None."""
        found = self.rows(statement, params)
        return found[0][0] if found else None

    def stream(self, statement: Statement | Plan, params: Params | None = None, size: int = STREAMED) -> Iterator[Row]:
        """The rows one by one, `size` of them in memory at a time. In a snapshot or a write transaction only."""
        compiled, sql, bound = self._statements.prepare(statement, params)
        with closing(self._driver.stream(self._raw)) as cursor:
            try:
                cursor.execute(sql, bound)
            except self._driver.error_type as error:
                self._say_plainly(error)
            while rows := self._fetched(cursor, size):
                yield from compiled.read(rows)

    def _fetched(self, cursor: Any, size: int) -> list[Row]:
        try:
            rows: list[Row] = cursor.fetchmany(size)
        except self._driver.error_type as error:
            self._say_plainly(error)
        return rows

    def execute(self, statement: Statement | Plan, params: Params | None = None) -> int:
        """Runs a statement that returns no rows; the number of rows it touched."""
        compiled, sql, bound = self._statements.prepare(statement, params)
        self._note(compiled)
        count: int = self._run(sql, bound).rowcount
        return count

    def execute_many(self, statement: Statement | Plan, rows: Sequence[Params]) -> None:
        """Runs one statement for each set of parameters; they must name the same parameters."""
        if len(rows) < _FEW:
            for params in rows:
                self.execute(statement, params)
            return
        compiled, sql, _ = self._statements.prepare(statement, rows[0])
        if isinstance(statement, Plan):
            bound_rows = [compiled.bind(params)[1] for params in rows]
        else:
            bound_rows = [self._statements.prepare(statement, params)[2] for params in rows]
        self._note(compiled)
        with closing(self._raw.cursor()) as cursor:
            try:
                cursor.executemany(sql, bound_rows)
            except self._driver.error_type as error:
                self._say_plainly(error)

    def define(self, ddl: ExecutableDDLElement) -> None:
        """Runs a CREATE or ALTER."""
        self._run(str(ddl.compile(dialect=self._driver.dialect)), ())

    def has_table(self, name: str) -> bool:
        return name in self.columns_by_table()

    def columns_by_table(self) -> dict[str, set[str]]:
        """What is physically there: table → its columns."""
        found: dict[str, set[str]] = {}
        for table, column in self.rows(_PHYSICAL[self.dialect]):
            found.setdefault(table, set()).add(column)
        return found

    def index_names(self) -> set[str]:
        """The indexes that are physically there."""
        return {str(name) for (name,) in self.rows(_INDEXES[self.dialect])}

    def damage(self) -> list[str]:
        """What the database finds wrong with its own pages and keys, as far as it can tell; reads all of it."""
        if not self._driver.look_for_damage:
            return []
        rows = [row for said in self._driver.look_for_damage for row in self._run(said, ()).fetchall()]
        return [" ".join(map(str, row)) for row in rows if row != ("ok",)]

    def raise_counter(self, table: sa.Table) -> None:
        """PostgreSQL's own counter of ids goes on after those that were given; SQLite's does so by itself."""
        if self.dialect != POSTGRESQL or table.autoincrement_column is None:
            return
        column = table.autoincrement_column
        highest = self.value(as_system(sa.select(sa.func.max(column)), Reason.COPY)) or 0
        counter = sa.func.pg_get_serial_sequence(table.name, column.name)
        self.rows(sa.select(sa.func.setval(counter, highest + 1, False)))

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """What is done inside is undone if it raises; the transaction goes on."""
        self._savepoints += 1
        name = f"savepoint_{self._savepoints}"
        self._run(f"SAVEPOINT {name}", ())
        try:
            yield
        except BaseException:
            self.record_writes += 1
            self._run(f"ROLLBACK TO SAVEPOINT {name}", ())
            self._run(f"RELEASE SAVEPOINT {name}", ())
            raise
        self._run(f"RELEASE SAVEPOINT {name}", ())

    def rollback_only(self) -> None:
        """The transaction will end by a rollback, whatever happens: a dry run."""
        self.is_dry = True

    def lent(self) -> AbstractContextManager[sa.Connection]:
        """This transaction for the job library, which writes its rows with SQLAlchemy; only for `engine.delivery`."""
        return lend(self._raw, self._driver)

    def control(self, sql: str) -> None:
        """BEGIN, COMMIT and their like; only for `Database`."""
        self._run(sql, ())

    def _note(self, compiled: Compiled) -> None:
        self.record_writes += compiled.writes_records
        self.has_written_people = self.has_written_people or compiled.writes_people

    def _run(self, sql: str, bound: Any) -> Any:
        try:
            return self._execute(sql, bound)
        except self._driver.error_type as error:
            self._say_plainly(error)

    def _say_plainly(self, error: Exception) -> NoReturn:
        """Raises the error of the database library as the engine knows it."""
        meant = self._driver.translate(error)
        if meant is None:
            raise error
        raise meant from error


def _physical_on_postgresql() -> sa.Executable:
    catalog = sa.table(
        "columns", *map(sa.column, ("table_name", "column_name", "table_schema")), schema="information_schema"
    )
    here = catalog.c.table_schema == sa.func.current_schema()
    return sa.select(sa.cast(catalog.c.table_name, sa.Text), sa.cast(catalog.c.column_name, sa.Text)).where(here)


def _physical_on_sqlite() -> sa.Executable:
    master = sa.table("sqlite_master", sa.column("name"), sa.column("type"))
    info = sa.func.pragma_table_info(master.c.name).table_valued("name", name="info")
    return (
        sa.select(master.c.name, info.c.name).select_from(master.join(info, sa.true())).where(master.c.type == "table")
    )


_PHYSICAL = {POSTGRESQL: _physical_on_postgresql(), "sqlite": _physical_on_sqlite()}


def _indexes_on_postgresql() -> sa.Executable:
    catalog = sa.table("pg_indexes", sa.column("indexname"), sa.column("schemaname"))
    name = sa.cast(catalog.c.indexname, sa.Text)
    return sa.select(name).where(catalog.c.schemaname == sa.func.current_schema())


def _indexes_on_sqlite() -> sa.Executable:
    master = sa.table("sqlite_master", sa.column("name"), sa.column("type"))
    return sa.select(master.c.name).where(master.c.type == "index")


_INDEXES = {POSTGRESQL: _indexes_on_postgresql(), "sqlite": _indexes_on_sqlite()}

"""What the two databases have in common, as seen from above their dialect files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol

from sqlalchemy.engine.interfaces import Dialect

from engine.errors import StoreBusy


class DuplicateValue(Exception):
    """A unique index refused a row. index: its name, or "" where only `table` and `columns` are known."""

    def __init__(self, index: str, table: str = "", columns: tuple[str, ...] = ()) -> None:
        super().__init__(f"duplicate value in {index or table} {columns}")
        self.index, self.table, self.columns = index, table, columns


class RunAgain(StoreBusy):
    """A deadlock, a serialization failure or a lost link: the whole action may succeed if it runs once more."""


class RawConnection(Protocol):
    """A DBAPI connection that can execute by itself, as those of pysqlite3 and psycopg can."""

    def execute(self, sql: Any, params: Any = ..., /) -> Any: ...

    def cursor(self) -> Any: ...


class Driver(Protocol):
    """One database: its connections, how a transaction begins, and what its errors mean."""

    dialect: Dialect
    error_type: type[Exception]
    begin_read: str
    begin_write: str
    begin_snapshot: str
    """A transaction that reads one state of the whole database, however long it takes."""
    look_for_damage: tuple[str, ...]
    """Statements that answer "ok" or what is damaged; none where the database watches over itself."""
    take_turn: str
    """In a transaction: others that take their turn at {table} wait, readers do not; "" where there are no others."""
    allow_long: str
    """Statement that lets the statements of this transaction take their time."""

    def reader(self, *, is_long: bool = False) -> AbstractContextManager[RawConnection]:
        """A connection that cannot write. is_long: what it reads may take any time."""
        ...

    def executor(self, raw: RawConnection) -> Callable[..., Any]:
        """(SQL, parameters) → a cursor with the result, which is read before the next statement runs."""
        ...

    def library_cursor(self, raw: RawConnection) -> Any:
        """A cursor that takes parameters as SQLAlchemy writes them when it is left to itself."""
        ...

    def stream(self, raw: RawConnection) -> Any:
        """A cursor that leaves the rows with the database until they are fetched; inside a transaction."""
        ...

    def writer(self) -> AbstractContextManager[RawConnection]:
        """A connection for one write transaction; waits its turn."""
        ...

    def roll_back(self, raw: RawConnection) -> None:
        """Ends the transaction, if the database has not ended it already."""
        ...

    def translate(self, error: Exception) -> Exception | None:
        """What an error of the database library means to the engine; None if it is something else."""
        ...

    def figures(self) -> Mapping[str, float]:
        """See `Database.figures`."""
        ...

    def optimize(self) -> None:
        """Refreshes the statistics that the planner goes by."""
        ...

    def close(self) -> None: ...

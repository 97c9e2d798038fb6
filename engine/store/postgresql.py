"""PostgreSQL: READ COMMITTED, short timeouts on both sides, an autocommit pool for reading, whole actions run again.

Keepalives alone hang on a cut link, so `tcp_user_timeout` is set; the server ends what a lost client leaves behind.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import psycopg
from psycopg import errors
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.engine.interfaces import Dialect

from engine.errors import StoreBusy, StoreFull
from engine.store.driver import DuplicateValue, RunAgain

MOST_CONNECTIONS = 20
"""Of each kind, per process."""

WAIT_SECONDS = 10.0

_SETTINGS = (
    "-c timezone=UTC -c jit=off -c statement_timeout=15s -c lock_timeout=5s "
    "-c idle_in_transaction_session_timeout=30s -c client_connection_check_interval=5s"
)


class Pool:
    """Idle connections, newest first. A broken one is thrown away."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._free = threading.BoundedSemaphore(MOST_CONNECTIONS)
        self._idle: list[psycopg.Connection[Any]] = []
        self._lock = threading.Lock()
        self.in_use = self.taken = 0
        self.waited = 0.0

    @contextmanager
    def take(self) -> Iterator[psycopg.Connection[Any]]:
        began = time.monotonic()
        if not self._free.acquire(timeout=WAIT_SECONDS):
            raise StoreBusy("数据库连接已用尽,请重试 | No database connection is free: try again")
        with self._lock:
            self.in_use, self.taken = self.in_use + 1, self.taken + 1
            self.waited += time.monotonic() - began
        try:
            with self._lock:
                raw = self._idle.pop() if self._idle else None
            if raw is None or raw.closed:
                raw = self._connect()
            try:
                yield raw
            finally:
                self._give_back(raw)
        finally:
            with self._lock:
                self.in_use -= 1
            self._free.release()

    def figures(self) -> dict[str, float]:
        with self._lock:
            idle = len(self._idle)
        return {
            "connections_in_use": self.in_use,
            "connections_idle": idle,
            "connections_most": MOST_CONNECTIONS,
            "connections_taken_total": self.taken,
            "connection_wait_seconds_total": round(self.waited, 6),
        }

    def _connect(self) -> psycopg.Connection[Any]:
        try:
            raw = psycopg.connect(
                self._url,
                autocommit=True,
                prepare_threshold=2,
                connect_timeout=5,
                tcp_user_timeout=8000,
                keepalives_idle=30,
                options=_SETTINGS,
                cursor_factory=psycopg.RawCursor,
            )
        except psycopg.OperationalError as error:
            raise StoreBusy(f"数据库没有应答 | The database does not answer: {error}") from error
        raw.server_cursor_factory = psycopg.RawServerCursor
        return raw

    def _give_back(self, raw: psycopg.Connection[Any]) -> None:
        if raw.closed:
            self.close()  # the server went away, and with it whatever lies idle
            return
        if raw.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
            raw.close()
            return
        with self._lock:
            self._idle.append(raw)

    def close(self) -> None:
        with self._lock:
            for raw in self._idle:
                raw.close()
            self._idle.clear()


class PostgresqlDriver:
    error_type: type[Exception] = psycopg.Error
    begin_read = ""
    begin_write = "BEGIN"
    begin_snapshot = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
    look_for_damage: tuple[str, ...] = ()
    allow_long = (
        "SELECT set_config('statement_timeout', '0', true), "
        "set_config('idle_in_transaction_session_timeout', '0', true)"
    )

    take_turn = (
        "SET LOCAL lock_timeout = '120s'; LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE; SET LOCAL lock_timeout = '5s'"
    )

    def __init__(self, url: str) -> None:
        self.dialect: Dialect = PGDialect_psycopg(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]
        """Parameters as the server counts them ($1): psycopg then has no text to search and rewrite."""
        self._numbers = count(1)
        self._pool = Pool(url.replace("postgresql+psycopg://", "postgresql://", 1))
        with self._pool.take():
            pass

    @contextmanager
    def reader(self, *, is_long: bool = False) -> Iterator[Any]:  # noqa: ARG002 — `allow_long` lifts the limits here
        with self._pool.take() as raw:
            yield raw

    def executor(self, raw: Any) -> Callable[..., Any]:
        """One cursor for a whole transaction: to make one for each statement is a fifth of its cost here."""
        execute: Callable[..., Any] = raw.cursor().execute
        return execute

    def library_cursor(self, raw: Any) -> Any:
        return psycopg.Cursor(raw)

    def stream(self, raw: Any) -> Any:
        return raw.cursor(name=f"stream_{next(self._numbers)}")

    @contextmanager
    def writer(self) -> Iterator[Any]:
        with self._pool.take() as raw:
            yield raw

    def roll_back(self, raw: Any) -> None:
        if not raw.closed:
            raw.execute("ROLLBACK")

    def translate(self, error: Exception) -> Exception | None:
        # IF NOT EXISTS looks before it takes the name: who loses the race for a table meets one of these.
        if isinstance(error, errors.UniqueViolation | errors.DuplicateTable | errors.DuplicateObject):
            return DuplicateValue(error.diag.constraint_name or "", error.diag.table_name or "")
        if isinstance(error, errors.DiskFull):
            return StoreFull()
        if isinstance(error, errors.QueryCanceled | errors.LockNotAvailable):
            return StoreBusy("数据库没有及时应答,请重试 | The database did not answer in time: try again")
        if isinstance(error, psycopg.OperationalError):  # a deadlock, a serialization failure, a lost link
            return RunAgain("数据库正忙或连接中断,请重试 | The database is busy or the link broke: try again")
        return None

    def figures(self) -> dict[str, float]:
        return self._pool.figures()

    def optimize(self) -> None:
        with self._pool.take() as raw:
            raw.execute("SET statement_timeout = 0")
            raw.execute("ANALYZE")
            raw.execute("RESET statement_timeout")

    def close(self) -> None:
        self._pool.close()

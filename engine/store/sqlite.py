"""SQLite, embedded: one process, one writer behind a first-come lock, readers that cannot write.

WAL with synchronous=FULL (NORMAL lost acknowledged commits in simulated power cuts), no mmap, our own BEGIN. The busy
timeout alone starves a writer, so the lock stands in front of it.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pysqlite3
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine.interfaces import Dialect

from engine.errors import StoreBusy, StoreFull, StoreLocked
from engine.store import sql_functions
from engine.store.driver import DuplicateValue
from engine.store.sqlite_file import HeldFile, check_whole, refuse_missing, refuse_network

READ_SECONDS = 15.0
"""A read that takes longer is stopped."""

_STEPS_BETWEEN_LOOKS = 20_000

_PRAGMAS = (
    "PRAGMA busy_timeout=5000",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA mmap_size=0",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA cell_size_check=ON",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA cache_size=-65536",
)


class TurnLock:
    """A lock that is given in the order in which it was asked for."""

    def __init__(self) -> None:
        self._inner = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._holder: int | None = None
        self.taken = 0
        self.waited = 0.0

    @property
    def waiting(self) -> int:
        """How many stand in line."""
        return len(self._waiting)

    def __enter__(self) -> None:
        self.taken += 1  # a count for whoever watches: threads may lose one
        began = time.monotonic()
        self._wait()
        self.waited += time.monotonic() - began

    def _wait(self) -> None:
        me = threading.get_ident()
        turn = threading.Lock()
        with self._inner:
            if self._holder == me:
                raise RuntimeError("a write transaction inside a write transaction")
            if self._holder is None and not self._waiting:
                self._holder = me
                return
            turn.acquire()
            self._waiting.append(turn)
        turn.acquire()
        self._holder = me

    def __exit__(self, *_: object) -> None:
        with self._inner:
            self._holder = None
            if self._waiting:
                self._holder = -1  # taken by the next in line, who has not woken yet
                self._waiting.popleft().release()


class SqliteDriver:
    """The file at `path`, held by this process alone until `close`.

    looks_on: another process may be serving it; this one only reads, which SQLite keeps apart by itself. Raises
    StoreLocked while another holds it, NotReady on a network file system, for a damaged file, or to look on at nothing.
    """

    error_type: type[Exception] = pysqlite3.Error
    begin_read = "BEGIN"
    begin_write = "BEGIN IMMEDIATE"
    begin_snapshot = "BEGIN"
    look_for_damage: tuple[str, ...] = ("PRAGMA integrity_check(20)", "PRAGMA foreign_key_check")
    allow_long = ""  # a writer has no time limit here
    take_turn = ""  # nor anybody to take turns with

    def __init__(self, path: Path, *, looks_on: bool = False) -> None:
        self.dialect: Dialect = sqlite.dialect()
        self._path = path
        refuse_network(path)
        self._held = None if looks_on else HeldFile(path)
        if self._held is None:
            refuse_missing(path)
        self._turn = TurnLock()
        self._writer = self._connect()
        if self._held is None:
            self._writer.execute("PRAGMA query_only=ON")
        if self._held is not None and self._held.was_left_open:
            self._check_whole(self._held)
        self._idle_readers: list[Any] = []
        self._all_readers: list[Any] = []
        self._readers_lock = threading.Lock()

    def _connect(self) -> Any:
        raw = pysqlite3.connect(
            str(self._path), isolation_level=None, cached_statements=512, check_same_thread=False, timeout=5
        )
        for pragma in _PRAGMAS:
            raw.execute(pragma)
        sql_functions.register(raw)
        return raw

    def _check_whole(self, held: HeldFile) -> None:
        try:
            check_whole(self._writer, self._path)
        except BaseException:
            self._writer.close()
            held.give_up()
            raise

    @contextmanager
    def reader(self, *, is_long: bool = False) -> Iterator[Any]:
        with self._readers_lock:
            raw = self._idle_readers.pop() if self._idle_readers else None
        if raw is None:
            raw = self._connect()
            raw.execute("PRAGMA query_only=ON")
            with self._readers_lock:
                self._all_readers.append(raw)
        if not is_long:
            deadline = time.monotonic() + READ_SECONDS
            raw.set_progress_handler(lambda: time.monotonic() > deadline, _STEPS_BETWEEN_LOOKS)
        try:
            yield raw
        finally:
            raw.set_progress_handler(None, 0)
            with self._readers_lock:
                self._idle_readers.append(raw)

    @contextmanager
    def writer(self) -> Iterator[Any]:
        if self._held is None:
            raise StoreLocked(f"{self._path} 只为读取而打开 | {self._path} was opened for reading only")
        with self._turn:
            yield self._writer

    def executor(self, raw: Any) -> Callable[..., Any]:
        execute: Callable[..., Any] = raw.execute
        return execute

    def library_cursor(self, raw: Any) -> Any:
        return raw.cursor()

    def stream(self, raw: Any) -> Any:
        return raw.cursor()

    def roll_back(self, raw: Any) -> None:
        if raw.in_transaction:  # a full disk has already rolled back
            raw.execute("ROLLBACK")

    def translate(self, error: Exception) -> Exception | None:
        said = str(error)
        if isinstance(error, pysqlite3.IntegrityError) and said.startswith("UNIQUE constraint failed: "):
            return _duplicate(said.removeprefix("UNIQUE constraint failed: "))
        if isinstance(error, pysqlite3.OperationalError):
            if "locked" in said or "busy" in said:
                return StoreBusy("数据库正忙,请重试 | The database is busy: try again")
            if "interrupted" in said:
                return StoreBusy(f"查询超过 {READ_SECONDS:.0f} 秒,已停止 | The query took too long and was stopped")
            if "full" in said:
                return StoreFull()
        return None

    def figures(self) -> dict[str, float]:
        return {
            "writers_waiting": self._turn.waiting,
            "writes_total": self._turn.taken,
            "writer_wait_seconds_total": round(self._turn.waited, 6),
            "readers_open": len(self._all_readers),
        }

    def optimize(self) -> None:
        with self.writer() as raw:
            raw.execute("PRAGMA optimize=0x10002")

    def close(self) -> None:
        with self._turn:
            for raw in [*self._all_readers, self._writer]:
                raw.close()
            self._all_readers.clear()
            self._idle_readers.clear()
            if self._held is not None:
                self._held.release()


def _duplicate(said: str) -> DuplicateValue:
    """From `x_customer.name, x_customer.day` or `index 'ux_…'`."""
    if said.startswith("index "):
        return DuplicateValue(said.removeprefix("index ").strip("'"))
    places = [place.split(".", 1) for place in said.split(", ")]
    return DuplicateValue("", places[0][0], tuple(column for _, column in places))

"""Where a transaction leaves what is to be done after it. The job library is loaded with the first need of it.

A job is a row of the same database, written in the same transaction: rolled back, there is no job; committed, it will
be run at least once, whatever is killed in between.
"""

from __future__ import annotations

import importlib
import logging
import threading
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

import sqlalchemy as sa

from engine.delivery.job import QUEUE, JobKind, JobNote, State
from engine.store.connection import Connection
from engine.store.database import Database
from engine.store.system_tables import setting

if TYPE_CHECKING:
    from engine.delivery import jobs as library
    from engine.runtime import Engine

log = logging.getLogger("sluice.jobs")

MOST_LISTED = 200
_MADE = "jobs"
"""The setting that says that this database has the library's tables."""


class Jobs:
    """The jobs of one database. Safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._store: library.JobStore | None = None
        self._workers: library.Workers | None = None
        self._waits_for: Engine | None = None
        self._is_prepared = self._is_wanted = False

    # --- putting -----------------------------------------------------------------------------------------------------

    def prepare(self) -> None:
        """Loads the library and makes its tables, once. To be called outside a transaction, before the first `put`."""
        with self._lock:
            if not self._is_prepared:
                store = _library().JobStore(self._database)
                store.make_tables()
                self._store = self._store or store
                self._is_prepared = True
                with self._database.read() as conn:
                    is_known = _were_made(conn)
                if not is_known:
                    self._database.run(_note_made)
        self._start_in_background()

    def put(
        self,
        conn: Connection,
        name: str,
        payload: Mapping[str, Any],
        key: str,
        after: timedelta | None = None,
        queue: str = QUEUE,
    ) -> None:
        """A job for after this write transaction. payload: JSON. key: one job for one key, however often it is put.

        Raises RuntimeError before the first `prepare` of this database.
        """
        if self._store is None:  # no lock is taken here: whoever holds it may be waiting for this transaction
            if not _were_made(conn):
                raise RuntimeError("the job tables are not made yet: call prepare() outside the transaction")
            self._store = _library().JobStore(self._database)
        store = cast("library.JobStore", self._store)
        store.put(conn, name, payload, key, after, queue)

    # --- running -----------------------------------------------------------------------------------------------------

    def start(
        self, engine: Engine, kinds: Mapping[str, JobKind] | None = None, *, beat_seconds: float | None = None
    ) -> None:
        """Worker threads in this process; one engine of a process may have them. kinds: those of the shipped engine."""
        module = _library()
        self.prepare()
        with self._lock:
            if self._workers is None:
                known = kinds if kinds is not None else importlib.import_module("engine.delivery.kinds").KINDS
                self._workers = module.Workers(self._database, engine, known, beat_seconds or module.BEAT_SECONDS)

    def start_when_needed(self, engine: Engine) -> None:
        """As `start`, behind the back of the caller and not before this database has had a job: an app that puts none
        pays for none."""
        self._waits_for = engine
        with self._database.read() as conn:
            is_needed = _were_made(conn)
        if is_needed:
            self._start_in_background()

    def were_made(self) -> bool:
        """Whether this database, or the one that it was restored from, ever had a job."""
        with self._database.read() as conn:
            return _were_made(conn)

    def _start_in_background(self) -> None:
        engine, self._waits_for = self._waits_for, None
        if engine is not None:
            self._is_wanted = True
            threading.Thread(target=self._start_quietly, args=(engine,), name="jobs-start", daemon=True).start()

    def _start_quietly(self, engine: Engine) -> None:
        try:
            self.start(engine)
        except Exception:  # the worker's border: the site goes on without workers, and /readyz says so
            log.exception("the job workers did not start")

    def stop(self, grace_seconds: int = 10) -> None:
        """Takes no further job, lets the running ones end within the grace, and lets go of the database."""
        self._waits_for, self._is_wanted = None, False
        with self._lock:
            workers, self._workers = self._workers, None
            store, self._store, self._is_prepared = self._store, None, False
        if workers is not None:
            workers.stop(grace_seconds)
        if store is not None:
            store.close()

    @property
    def is_running(self) -> bool:
        """Whether this process has live workers."""
        workers = self._workers
        return workers is not None and workers.is_alive

    @property
    def is_wanted(self) -> bool:
        """Whether this process should run jobs and this database has had one."""
        return self._is_wanted

    def standing(self) -> tuple[int, int]:
        """How many jobs wait and how many are dead letters; each is counted up to MOST_LISTED."""
        return len(self.list("waiting")), len(self.list("dead"))

    @property
    def tallies(self) -> Mapping[str, int]:
        """Since this process started its workers: done, failed (to be tried again) and dead tries."""
        workers = self._workers
        return dict(workers.tallies) if workers is not None else {}

    # --- looking -----------------------------------------------------------------------------------------------------

    def list(self, *states: State, limit: int = MOST_LISTED) -> list[JobNote]:
        """Latest first; of all states where none is named. A database that never had a job is not asked."""
        with self._database.read() as conn:
            if not _were_made(conn):
                return []
        return self._ready_store().list(states, limit)

    def cancel(self, job_id: str) -> bool:
        """A waiting or dead job that will not be run any more; False if there is none."""
        return self._ready_store().cancel(job_id)

    def replay(self, job_id: str) -> bool:
        """One more try of a dead or cancelled job; False if there is none."""
        return self._ready_store().replay(job_id)

    def _ready_store(self) -> library.JobStore:
        self.prepare()
        return cast("library.JobStore", self._store)


def _were_made(conn: Connection) -> bool:
    return conn.one(sa.select(setting.c.key).where(setting.c.key == _MADE)) is not None


def _note_made(conn: Connection) -> None:
    if not _were_made(conn):
        conn.execute(sa.insert(setting).values(key=_MADE, value="1"))


def _library() -> Any:
    """The module that imports the job library: 20 MB and a second, so not before it is needed."""
    return importlib.import_module("engine.delivery.jobs")

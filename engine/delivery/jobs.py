"""Jobs on DBOS: the only module that imports it. Import it through `engine.delivery.outbox`, which does so when needed.

What the library leaves open is closed here. A killed worker's jobs are taken over by others: each process raises its
beat, and who sees one stand still gives its jobs back to the queue. A failed try is put again as a row of its own that
waits (the library's retries sleep in a thread). A job that kills its worker again and again is dead after MOST_CRASHES.
"""

from __future__ import annotations

import json
import logging
import os
import secrets
import socket
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from dbos import DBOS, DBOSClient, DBOSPortableJSONSerializer, EnqueueOptions, WorkflowStatus

from engine.delivery.job import LONG_QUEUE, QUEUE, JobFailed, JobKind, JobNote, Run, State
from engine.store.columns import POSTGRESQL
from engine.store.connection import Connection
from engine.store.database import Database
from engine.store.system_tables import job_worker

if TYPE_CHECKING:
    from engine.runtime import Engine

log = logging.getLogger("sluice.jobs")

BEAT_SECONDS = 5.0
SILENT_BEATS = 4
"""A worker whose beat stood still for so many of ours is dead."""

MOST_CRASHES = 3
"""How often a job may take its process down with it."""

KEPT = timedelta(days=7)
"""How long jobs that are done can be looked at."""

_WORKFLOW = "sluice.job"
_APPLICATION, _VERSION = "sluice", "1"  # pinned: by default jobs of yesterday's source would wait for ever
_SCHEMA = "dbos"
_STATES: Mapping[State, Sequence[str]] = {
    "waiting": ("ENQUEUED", "DELAYED"),
    "running": ("PENDING",),
    "done": ("SUCCESS",),
    "dead": ("ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"),
    "cancelled": ("CANCELLED",),
}
_STATE_OF = {status: state for state, statuses in _STATES.items() for status in statuses}


class JobStore:
    """The library's tables in our database: putting jobs, looking at them. Holds no thread."""

    def __init__(self, database: Database) -> None:
        self._address = database.address
        self._client = DBOSClient(
            system_database_url=database.address,
            dbos_system_schema=_SCHEMA,
            serializer=DBOSPortableJSONSerializer(),
            system_database_pool_size=2,
            application_name=_APPLICATION,
            lazy=True,
        )

    def make_tables(self) -> None:
        """Makes or upgrades them. The library's own connections are used, so no transaction may be open here."""
        DBOS.migrate(self._address, schema=_SCHEMA)

    def close(self) -> None:
        self._client.destroy()

    def put(
        self,
        conn: Connection,
        name: str,
        payload: Mapping[str, Any],
        key: str,
        after: timedelta | None,
        queue: str,
    ) -> None:
        json.dumps(payload, allow_nan=False)  # what is no JSON fails here, not in the worker
        with conn.lent() as connection:
            self._client.enqueue_in_transaction(
                connection, _options(queue, key, after), name, dict(payload), key, 1, queue
            )

    def list(self, states: Sequence[State], limit: int) -> list[JobNote]:
        wanted = [status for state in states for status in _STATES[state]]
        found = self._client.list_workflows(
            name=_WORKFLOW, status=wanted or None, limit=limit, sort_desc=True, load_output=True
        )
        return [_note(each) for each in found]

    def cancel(self, job_id: str) -> bool:
        if self._state_of(job_id) not in ("waiting", "dead"):
            return False
        self._client.cancel_workflow(job_id)
        return self._state_of(job_id) == "cancelled"

    def replay(self, job_id: str) -> bool:
        found = self._client.list_workflows(workflow_ids=[job_id], name=_WORKFLOW, load_output=False)
        if not found or _STATE_OF[found[0].status] not in ("dead", "cancelled"):
            return False
        self._client.rewind_workflow(job_id, queue_name=_arguments(found[0])[4])
        return True

    def _state_of(self, job_id: str) -> State | None:
        found = self._client.list_workflows(workflow_ids=[job_id], name=_WORKFLOW, load_input=False, load_output=False)
        return _STATE_OF[found[0].status] if found else None

    def put_again(self, run: Run, name: str, after: timedelta, queue: str) -> None:
        """The next try, as a row of its own that waits."""
        attempt = run.attempt + 1
        options = _options(queue, f"{run.key}#{attempt}", after)
        self._client.enqueue(options, name, dict(run.payload), run.key, attempt, queue)

    def holders(self) -> set[str]:
        """The workers that hold running jobs."""
        running = self._client.list_workflows(name=_WORKFLOW, status="PENDING", load_input=False, load_output=False)
        return {each.executor_id for each in running if each.executor_id}

    def purge(self) -> None:
        """Forgets what was done long ago."""
        before = (datetime.now(UTC) - KEPT).isoformat()
        old = self._client.list_workflows(
            name=_WORKFLOW, status="SUCCESS", completed_before=before, limit=1000, load_input=False, load_output=False
        )
        if old:
            self._client.delete_workflows([each.workflow_id for each in old])


class Workers:
    """The threads of this process that run jobs. The library allows one such set in a process."""

    def __init__(self, database: Database, engine: Engine, kinds: Mapping[str, JobKind], beat_seconds: float) -> None:
        self.id = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"
        self.tallies: Counter[str] = Counter()
        self._database, self._engine, self._kinds = database, engine, kinds
        self._beat_seconds = beat_seconds
        self._stopping = threading.Event()
        self._store = JobStore(database)
        is_embedded = database.dialect != POSTGRESQL
        self._announce()
        if _here:
            raise RuntimeError("this process runs jobs already")
        _launch_apart(database.address, self.id, is_embedded=is_embedded)
        _here.append(self)
        if is_embedded:
            self._bury(self._store.holders() - {self.id})
        self._heart = threading.Thread(target=self._live, name="job-heartbeat", daemon=True)
        self._heart.start()

    @property
    def is_alive(self) -> bool:
        return self._heart.is_alive() and not self._stopping.is_set()

    def stop(self, grace_seconds: int) -> None:
        self._stopping.set()
        DBOS.destroy(workflow_completion_timeout_sec=grace_seconds)
        self._heart.join(timeout=10)
        _here.remove(self)
        with self._database.write() as conn:
            conn.execute(sa.delete(job_worker).where(job_worker.c.id == self.id))
        self._store.close()

    # --- one job -----------------------------------------------------------------------------------------------------

    def run(self, name: str, payload: Mapping[str, Any], key: str, attempt: int, queue: str) -> str:
        """One try; "done" or "failed", or JobFailed for a job that is dead with it."""
        kind = self._kinds.get(name)
        if kind is None:
            raise self._dead(
                name, key, JobFailed(f"没有「{name}」这种任务 | no such kind of job: {name}", is_final=True)
            )
        run = Run(self._engine, payload, key, attempt)
        try:
            kind.run(run)
        except JobFailed as error:
            return self._try_later(kind, run, queue, error)
        except Exception as error:  # the worker's border: a bug of ours is a failed try that the log tells
            log.exception("job %s %s failed", name, key)
            return self._try_later(kind, run, queue, JobFailed(type(error).__name__))
        self.tallies["done"] += 1
        return "done"

    def _try_later(self, kind: JobKind, run: Run, queue: str, error: JobFailed) -> str:
        if error.is_final or run.attempt >= kind.tries:
            raise self._dead(kind.name, run.key, error) from error
        self.tallies["failed"] += 1
        self._store.put_again(run, kind.name, kind.delay_after(run.attempt), queue)
        return "failed"

    def _dead(self, name: str, key: str, error: JobFailed) -> JobFailed:
        self.tallies["dead"] += 1
        log.warning("job %s %s is dead: %s", name, key, error)
        return error

    # --- who lives ---------------------------------------------------------------------------------------------------

    def _live(self) -> None:
        """Raises our beat, and gives back the jobs of workers whose beat stands still. No clock is compared."""
        seen: dict[str, tuple[int, float]] = {}
        last_purge = time.monotonic()
        while not self._stopping.wait(self._beat_seconds):
            try:
                self._announce()
                self._bury(self._silent(seen))
                if time.monotonic() - last_purge > 3600:
                    self._store.purge()
                    last_purge = time.monotonic()
            except Exception:  # the worker's border: a database that is away now is tried at the next beat
                log.warning("the job workers cannot reach the database", exc_info=True)

    def _announce(self) -> None:
        mine = job_worker.c.id == self.id
        with self._database.write() as conn:
            if not conn.execute(sa.update(job_worker).where(mine).values(beat=job_worker.c.beat + 1)):
                conn.execute(sa.insert(job_worker).values(id=self.id, beat=1))

    def _silent(self, seen: dict[str, tuple[int, float]]) -> set[str]:
        """Workers that hold jobs and do not live: their beat stood still, or they have none. seen: beat and when."""
        now = time.monotonic()
        with self._database.read() as conn:
            beats: dict[str, int] = dict(conn.rows(sa.select(job_worker.c.id, job_worker.c.beat)))
        for name in self._store.holders() - {self.id}:
            beats.setdefault(name, 0)
        for name in set(seen) - set(beats):
            del seen[name]
        for name, beat in beats.items():
            if name not in seen or seen[name][0] != beat:
                seen[name] = (beat, now)
        limit = self._beat_seconds * SILENT_BEATS
        return {name for name, (_, since) in seen.items() if name != self.id and now - since >= limit}

    def _bury(self, silent: set[str]) -> None:
        if not silent:
            return
        log.warning("job workers that fell silent: %s", ", ".join(sorted(silent)))
        DBOS._recover_pending_workflows(sorted(silent))  # not public; a contract test holds it
        with self._database.write() as conn:
            for name in silent:
                conn.execute(sa.delete(job_worker).where(job_worker.c.id == name))


_here: list[Workers] = []
"""The workers of this process: the library knows its functions by name and one set of threads."""


@DBOS.workflow(name=_WORKFLOW, max_recovery_attempts=MOST_CRASHES)
def _run(name: str, payload: dict[str, Any], key: str, attempt: int, queue: str) -> str:
    return _here[0].run(name, payload, key, attempt, queue)


def _launch_apart(address: str, worker_id: str, *, is_embedded: bool) -> None:
    """In a thread of its own: the library refuses a thread in which an event loop of somebody else runs."""
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="job-launch") as thread:
        thread.submit(_launch, address, worker_id, is_embedded=is_embedded).result()


def _launch(address: str, worker_id: str, *, is_embedded: bool) -> None:
    side_by_side = 8 if is_embedded else 20
    DBOS(
        config={
            "name": _APPLICATION,
            "system_database_url": address,
            "dbos_system_schema": _SCHEMA,
            "application_version": _VERSION,
            "executor_id": worker_id,
            "serializer": DBOSPortableJSONSerializer(),
            "sys_db_pool_size": 2 if is_embedded else 5,
            "max_executor_threads": side_by_side + 4,
            "use_listen_notify": False,
            "enable_otlp": False,
            "log_level": "ERROR",
        }
    )
    DBOS.launch()
    polling = 0.2 if is_embedded else 0.5
    DBOS.register_queue(QUEUE, worker_concurrency=side_by_side, polling_interval_sec=polling)
    DBOS.register_queue(LONG_QUEUE, worker_concurrency=1, polling_interval_sec=1.0)


def _options(queue: str, job_id: str, after: timedelta | None) -> EnqueueOptions:
    options: EnqueueOptions = {
        "workflow_name": _WORKFLOW,
        "queue_name": queue,
        "workflow_id": job_id,
        "app_version": _VERSION,
    }
    if after is not None:
        options["delay_seconds"] = after.total_seconds()
    return options


def _arguments(status: WorkflowStatus) -> tuple[str, dict[str, Any], str, int, str]:
    given = status.input or {"args": ()}
    name, payload, key, attempt, queue = given["args"]
    return name, payload, key, attempt, queue


def _note(status: WorkflowStatus) -> JobNote:
    name, _, key, attempt, _ = _arguments(status)
    said = str(status.error) if status.error is not None else ""
    if status.status == "MAX_RECOVERY_ATTEMPTS_EXCEEDED":
        said = f"执行它的进程中断了 {MOST_CRASHES + 1} 次 | its worker was killed {MOST_CRASHES + 1} times"
    return JobNote(
        id=status.workflow_id,
        name=name,
        key=key,
        state=_STATE_OF[status.status],
        attempt=attempt,
        put_at=_instant(status.created_at) or datetime.now(UTC),
        ended_at=_instant(status.completed_at),
        due_at=_instant(status.delay_until_epoch_ms),
        said=said,
    )


def _instant(milliseconds: int | None) -> datetime | None:
    return datetime.fromtimestamp(milliseconds / 1000, UTC) if milliseconds is not None else None

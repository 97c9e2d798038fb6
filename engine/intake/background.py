"""A run goes on behind the page: a job drives it while it has something to do, whoever looks at it.

A job drives for SLICE seconds and leaves the rest to its successor: several runs take turns, and a process that is
told to stop need not wait for the end of fifty thousand rows. A run may be driven by its page or the command line at
the same time; every step is a transaction of its own that begins where the last one ended.
"""

from __future__ import annotations

import secrets
import time
from datetime import timedelta

from engine.delivery.job import LONG_QUEUE, JobFailed, JobKind
from engine.delivery.job import Run as Try
from engine.delivery.outbox import Jobs
from engine.errors import NotAllowed, NotThere
from engine.intake import ledger
from engine.intake.ledger import Run
from engine.store.connection import Connection

JOB = "import"
SLICE = 5.0


def put(conn: Connection, jobs: Jobs, run_id: int) -> None:
    """A job that drives the run on, from the state that this transaction leaves it in."""
    run = ledger.find_run(conn, run_id)
    if run is not None and run.is_working:
        payload = {"run": run.id, "state": run.state, "position": run.position}
        jobs.put(conn, JOB, payload, f"{JOB}-{run.id}-{secrets.token_hex(6)}", queue=LONG_QUEUE)


def _drive(job: Try) -> None:
    engine, run_id = job.engine, int(job.payload["run"])
    run = _read(job)
    if run is None or not run.is_working:
        return
    if (run.state, run.position) != (job.payload["state"], job.payload["position"]):
        # It was begun before and got on until its process died. A fresh job counts its crashes anew: only what dies
        # again and again at one place is given up.
        _succeed(job)
        return
    actor = engine.actor(run.actor_id) if run.actor_id is not None else None
    if actor is None:
        raise _given_up(job, "导入者的账号已停用 | the account of the person who imports is closed")
    ends = time.monotonic() + SLICE
    while run.is_working:
        try:
            run = engine.imports.step(engine.context(actor, "import"), run_id)
        except (NotAllowed, NotThere) as error:
            raise _given_up(job, "导入者已无此权限 | the person may not import this any more") from error
        if run.is_working and time.monotonic() >= ends:
            _succeed(job)
            return


def _read(job: Try) -> Run | None:
    with job.engine.database.read() as conn:
        return ledger.find_run(conn, int(job.payload["run"]))


def _succeed(job: Try) -> None:
    engine = job.engine
    engine.database.run(lambda conn: put(conn, engine.jobs, int(job.payload["run"])))


def _given_up(job: Try, why: str) -> JobFailed:
    """The run is cancelled: nobody is there who may go on with it. What is written stays."""
    engine, run_id = job.engine, int(job.payload["run"])
    engine.database.run(
        lambda conn: ledger.set_run(conn, run_id, engine.clock.now(), state="cancelled", position=0), is_keyed=True
    )
    chinese, _, english = why.partition(" | ")
    return JobFailed(f"导入 {run_id}：{chinese} | import {run_id}: {english}", is_final=True)


KIND = JobKind(JOB, _drive, tries=6, first_delay=timedelta(seconds=5))

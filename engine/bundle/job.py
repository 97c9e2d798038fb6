"""The job that makes a backup: the next of the schedule, or one that an administrator asked for."""

from __future__ import annotations

from datetime import datetime, timedelta

from engine.bundle.audit import log
from engine.bundle.backup import back_up
from engine.bundle.schedule import JOB, find_schedule, put_next
from engine.delivery.job import JobFailed, JobKind, Run
from engine.errors import EngineError


def _run(job: Run) -> None:
    """payload: `by` and `actor` of who asked for it, or `stamp` of the schedule and when it was `due`."""
    engine = job.engine
    stamp = job.payload.get("stamp")
    keeps = 0
    if stamp is not None:
        with engine.database.read() as conn:
            schedule = find_schedule(conn)
        if schedule is None or schedule.stamp != stamp:
            return
        put_next(engine, datetime.fromisoformat(job.payload["due"]))
        keeps = schedule.keeps
    actor_id, by = job.payload.get("actor"), str(job.payload.get("by", ""))
    channel = "rule" if stamp is not None else "web"
    try:
        made = back_up(engine.installed, engine.backups_dir, keeps=keeps, by=by, channel=channel)
    except (EngineError, OSError) as error:
        log(engine, actor_id, channel, "failed", "")
        raise JobFailed(str(error) or type(error).__name__) from error
    log(engine, actor_id, channel, "failed" if made.faults else "made", made.path.name)
    if made.faults:
        count = len(made.faults)
        said = f"备份 {made.path.name} 核对出 {count} 处问题 | {made.path.name}: {count} faults in the data"
        raise JobFailed(said, is_final=True)


KIND = JobKind(JOB, _run, tries=3, first_delay=timedelta(minutes=10))

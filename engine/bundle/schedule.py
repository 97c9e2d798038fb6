"""When backups are made by themselves: a time of the day, and how many stay. One row of `setting`, off without it.

The next backup is a job that waits. When it runs it puts its successor first, so that a backup that fails ends nothing.
A job of an earlier schedule finds another stamp than its own and does nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from engine.delivery.job import LONG_QUEUE
from engine.store.connection import Connection
from engine.store.system_tables import setting

if TYPE_CHECKING:
    from engine.runtime import Engine

JOB: Final = "backup"
MOST_KEPT: Final = 365
_KEY: Final = "backups"


@dataclass(frozen=True, slots=True)
class Schedule:
    """at: of the day, in the app's zone. keeps: how many stay. stamp: tells schedules apart that say the same."""

    at: time
    keeps: int
    stamp: str

    def next_after(self, now: datetime, timezone: str) -> datetime:
        """The first such moment after `now`; on the day that skips it, as the zone moves it."""
        zone = ZoneInfo(timezone)
        today = now.astimezone(zone).date()
        moments = (datetime.combine(today + timedelta(days=days), self.at, zone) for days in range(3))
        return next(moment for moment in moments if moment > now)


def find_schedule(conn: Connection) -> Schedule | None:
    """None where backups are made by hand only."""
    row = conn.one(sa.select(setting.c.value).where(setting.c.key == _KEY))
    if row is None:
        return None
    told = json.loads(row[0])
    return Schedule(time.fromisoformat(told["at"]), told["keeps"], told["stamp"])


def keep_schedule(conn: Connection, schedule: Schedule | None) -> None:
    conn.execute(sa.delete(setting).where(setting.c.key == _KEY))
    if schedule is not None:
        told = {"at": schedule.at.isoformat("minutes"), "keeps": schedule.keeps, "stamp": schedule.stamp}
        conn.execute(sa.insert(setting).values(key=_KEY, value=json.dumps(told)))


def put_next(engine: Engine, after: datetime | None = None) -> None:
    """The job of the next backup, once however often this is called. Nothing without a schedule.

    after: when the last one was due, should its job run a moment early. Called when workers start as well: a bundle
    brings the schedule along, but no jobs.
    """
    with engine.database.read() as conn:
        schedule = find_schedule(conn)
    if schedule is None:
        return
    now = engine.clock.now()
    due = schedule.next_after(max(now, after or now), engine.app.timezone)
    payload: Mapping[str, Any] = {"stamp": schedule.stamp, "due": due.isoformat()}
    key = f"{JOB}-{schedule.stamp}-{due:%Y%m%d}"
    engine.jobs.prepare()
    engine.database.run(
        lambda conn: engine.jobs.put(conn, JOB, payload, key, after=due - now, queue=LONG_QUEUE), is_keyed=True
    )

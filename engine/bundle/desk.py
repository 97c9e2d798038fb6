"""What an administrator does about backups: make one now, take one out, remove one, have them made every night."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

from engine.bundle import audit
from engine.bundle.audit import Line, log
from engine.bundle.backup import remove_backup
from engine.bundle.marks import ENDING, MARK_ENDING, Mark, backup_of, read_mark
from engine.bundle.schedule import JOB, MOST_KEPT, Schedule, find_schedule, keep_schedule, put_next
from engine.context import Context
from engine.delivery.job import LONG_QUEUE
from engine.errors import BadInput, NotAllowed, NotThere
from engine.flow.sentences import say
from engine.verdict import Finding

if TYPE_CHECKING:
    from engine.runtime import Engine

MOST_LINES = 20


@dataclass(frozen=True, slots=True)
class Note:
    """A backup as the administrator sees it. size: bytes, 0 while it is made or has failed. mark: None if unknown."""

    name: str
    at: datetime
    size: int
    mark: Mark | None


class BackupDesk:
    """For one administrator. Raises NotAllowed for anybody else."""

    def __init__(self, engine: Engine, context: Context) -> None:
        if not context.actor.is_admin:
            raise NotAllowed(say(context.actor.language, "backup.admin"))
        self._engine, self._context = engine, context

    def backups(self) -> list[Note]:
        """Latest first, those that are being made and those that failed among them."""
        place, app = self._engine.backups_dir, self._engine.app.key
        paths = set(place.glob(f"{app}-*{ENDING}")) | {backup_of(mark) for mark in place.glob(f"{app}-*{MARK_ENDING}")}
        return [note for path in sorted(paths, reverse=True) if (note := self._note(path)) is not None]

    def _note(self, path: Path) -> Note | None:
        mark = read_mark(path)
        try:
            about = path.stat()
        except FileNotFoundError:
            return Note(path.name, mark.begun_at, 0, mark) if mark else None
        at = mark.begun_at if mark else datetime.fromtimestamp(about.st_mtime, self._context.at.tzinfo)
        return Note(path.name, at, about.st_size, mark)

    def make(self) -> None:
        """A job that makes one. Nothing while one is being made or waits to be."""
        if self.is_making():
            return
        engine, actor = self._engine, self._context.actor
        payload = {"actor": actor.id, "by": actor.name}
        key = f"{JOB}-{secrets.token_hex(8)}"
        engine.jobs.prepare()
        engine.database.run(lambda conn: engine.jobs.put(conn, JOB, payload, key, queue=LONG_QUEUE), is_keyed=True)

    def is_making(self) -> bool:
        """Whether one is being made, or an administrator's wish for one waits."""
        if any(note.mark is not None and note.mark.is_at_work for note in self.backups()):
            return True
        jobs = self._engine.jobs.list("waiting", "running")
        return any(job.name == JOB and (job.due_at is None or job.due_at <= self._context.at) for job in jobs)

    def open(self, name: str) -> Path:
        """The file, to be taken out; it is kept who did. Raises NotThere."""
        path = self._path(name)
        if not path.is_file():
            raise self._not_there()
        self._log("downloaded", name)
        return path

    def remove(self, name: str) -> None:
        """Raises NotThere, also for one that is being made."""
        path = self._path(name)
        remove_backup(path)
        self._log("removed", name)

    def _path(self, name: str) -> Path:
        """Only names that the list tells: nobody reaches a file elsewhere by one."""
        found = next((note for note in self.backups() if note.name == name), None)
        if found is None or (found.mark is not None and found.mark.is_at_work):
            raise self._not_there()
        return self._engine.backups_dir / found.name

    def _not_there(self) -> NotThere:
        return NotThere(say(self._context.actor.language, "backup.none"))

    # --- every night -------------------------------------------------------------------------------------------------

    def schedule(self) -> Schedule | None:
        with self._engine.database.read() as conn:
            return find_schedule(conn)

    def next_at(self) -> datetime | None:
        """When the next is made by itself."""
        schedule = self.schedule()
        return schedule.next_after(self._context.at, self._engine.app.timezone) if schedule else None

    def change_schedule(self, at: str, keeps: str) -> None:
        """at: `02:30`, "" for never. keeps: how many stay. Raises BadInput with what is wrong, at its field."""
        engine, wish = self._engine, self._wish(at, keeps) if at else None
        engine.database.run(lambda conn: keep_schedule(conn, wish), is_keyed=True)
        self._log("scheduled", f"{wish.at:%H:%M} × {wish.keeps}" if wish else "")
        put_next(engine)

    def _wish(self, at: str, keeps: str) -> Schedule:
        language, faults, moment = self._context.actor.language, [], time(0)
        try:
            moment = time.fromisoformat(at).replace(second=0, microsecond=0, tzinfo=None)
        except ValueError:
            faults.append(Finding("backup.at", "unmet", say(language, "backup.at"), field="at"))
        if not keeps.isascii() or not keeps.isdigit() or not 1 <= int(keeps[:6]) <= MOST_KEPT:
            faults.append(
                Finding("backup.keeps", "unmet", say(language, "backup.keeps", most=MOST_KEPT), field="keeps")
            )
        if faults:
            raise BadInput(tuple(faults))
        return Schedule(moment, int(keeps), secrets.token_hex(4))

    # --- what happened -----------------------------------------------------------------------------------------------

    def lines(self) -> list[Line]:
        """Who did what, latest first."""
        with self._engine.database.read() as conn:
            return audit.latest(conn, MOST_LINES)

    def _log(self, did: audit.Deed, name: str) -> None:
        log(self._engine, self._context.actor.id, self._context.channel, did, name)

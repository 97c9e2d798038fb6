"""Backups: a bundle that was restored once, beside the data, before it counts as one."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from dsl.app import App
from engine.bundle.archive import Manifest, Reader
from engine.bundle.export import write_bundle
from engine.bundle.load import load_bundle
from engine.bundle.marks import ENDING, MARK_ENDING, Mark, Progress, backup_of, mark_of, progressing
from engine.clock import Clock
from engine.delivery.outbox import Jobs
from engine.installed import Installed, assemble
from engine.integrity.check import inconsistencies
from engine.integrity.inconsistency import Inconsistency
from engine.store.database import Database
from engine.store.files import FileStore


@dataclass(frozen=True, slots=True)
class Backup:
    """faults: what the data check found in the restored copy; empty for a sound one."""

    path: Path
    manifest: Manifest
    faults: tuple[Inconsistency, ...]


def back_up(
    installed: Installed,
    directory: Path,
    *,
    keeps: int = 0,
    proves: bool = True,
    by: str = "",
    channel: str = "command",
) -> Backup:
    """Writes a backup, restores it into a database of its own, and holds that against itself.

    keeps: how many backups of the app stay; older ones go (0: all stay). One with faults removes nothing: perhaps
    only an older one is sound. by: the name of who asked for it.
    """
    at = installed.clock.now()
    directory.mkdir(parents=True, exist_ok=True)
    path = _free(directory, installed.app.key, at.astimezone(ZoneInfo(installed.app.timezone)))
    with progressing(path, Mark("writing", at, channel, by)) as progress:
        manifest = write_bundle(installed, path, progress.tell)
        rows = sum(part.rows for part in manifest.parts)
        progress.turn("restoring" if proves else "unproved", rows=rows)
        faults = tuple(prove(path, installed.app, installed.clock, progress)) if proves else ()
        if proves:
            progress.turn("faulty" if faults else "sound", faults=len(faults))
    if not faults and keeps > 0:
        _thin_out(directory, installed.app.key, keeps)
    return Backup(path, manifest, faults)


def list_backups(directory: Path, app: str) -> list[Path]:
    """The backups of an app, oldest first: their names say when."""
    return sorted(directory.glob(f"{app}-*{ENDING}"))


def _thin_out(directory: Path, app: str, keeps: int) -> None:
    """Removes all backups but the latest, and what is left of those that failed before them."""
    kept = list_backups(directory, app)[-keeps:]
    for mark in directory.glob(f"{app}-*{MARK_ENDING}"):
        if backup_of(mark).name < kept[0].name:
            remove_backup(backup_of(mark))
    for old in list_backups(directory, app)[:-keeps]:
        remove_backup(old)


def remove_backup(path: Path) -> None:
    """The file and its mark."""
    path.unlink(missing_ok=True)
    mark_of(path).unlink(missing_ok=True)


def prove(path: Path, app: App, clock: Clock, progress: Progress | None = None) -> Iterator[Inconsistency]:
    """What the data check finds in the backup, restored into a temporary SQLite database. NotReady if damaged."""
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".proof-") as place:
        yield from _loaded(path, app, "sqlite", Path(place), clock, progress)


def restore(path: Path, app: App, database_url: str, data_dir: Path, clock: Clock) -> Iterator[Inconsistency]:
    """Loads a bundle into an empty database and then holds that against itself. NotReady with nothing loaded.

    Where there were jobs there can be jobs again: a bundle tells that the library had its tables, and brings none.
    """
    yield from _loaded(path, app, database_url, data_dir, clock, None)
    database = Database.open(database_url, data_dir=data_dir)
    try:
        jobs = Jobs(database)
        if jobs.were_made():
            jobs.prepare()
        jobs.stop()
    finally:
        database.close()


def _loaded(
    path: Path, app: App, database_url: str, data_dir: Path, clock: Clock, progress: Progress | None
) -> Iterator[Inconsistency]:
    reader = Reader(path)
    try:
        database = Database.open(database_url, data_dir=data_dir)
        try:
            files = FileStore(data_dir)
            load_bundle(reader, app, database, files, progress.tell if progress else None)
            if progress:
                progress.turn("checking")
            yield from inconsistencies(assemble(app, reader.manifest.revision, database, files, clock))
        finally:
            database.close()
    finally:
        reader.close()


def _free(directory: Path, app: str, at: datetime) -> Path:
    """A name of this second that is not taken."""
    stem = f"{app}-{at:%Y%m%d-%H%M%S}"
    path, number = directory / f"{stem}{ENDING}", 1
    while path.exists() or mark_of(path).exists():
        number += 1
        path = directory / f"{stem}-{number}{ENDING}"
    return path

"""The mark beside a backup: who makes it and how far he is, and when it is made whether it proved sound.

It lies beside the file and not in the database, so that it tells the same after a restore, of backups of the command
line too. While one is made, its maker touches the mark; one that nobody touches any more was left behind.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

from engine.errors import EngineError

State: TypeAlias = Literal["writing", "restoring", "checking", "sound", "unproved", "faulty", "failed"]
AT_WORK: Final = ("writing", "restoring", "checking")
DIRECTORY: Final = "backups"
"""In the data directory, unless the operator names another place (another disk is better)."""
ENDING: Final = ".sluice.zip"
MARK_ENDING: Final = ".mark.json"

_BEAT_SECONDS = 1.0
_SILENT_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Mark:
    """What is known of a backup beside its bytes.

    by: the name of who asked for it, "" for the schedule and the command line. done, total: parts, while at work.
    rows: in it. faults: what the data check found in the restored copy. said: why it failed, `中文 | English`.
    """

    state: State
    begun_at: datetime
    channel: str
    by: str = ""
    done: int = 0
    total: int = 0
    rows: int = 0
    faults: int = 0
    said: str = ""

    @property
    def is_at_work(self) -> bool:
        return self.state in AT_WORK


def mark_of(path: Path) -> Path:
    return path.with_name(path.name.removesuffix(ENDING) + MARK_ENDING)


def backup_of(mark: Path) -> Path:
    return mark.with_name(mark.name.removesuffix(MARK_ENDING) + ENDING)


def read_mark(path: Path) -> Mark | None:
    """The mark of a backup; None without one, or for one that cannot be read. One left behind has failed."""
    try:
        told = json.loads(mark_of(path).read_text(encoding="utf-8"))
        mark = Mark(**told | {"begun_at": datetime.fromisoformat(told["begun_at"])})
        is_silent = time.time() - mark_of(path).stat().st_mtime > _SILENT_SECONDS
    except (OSError, ValueError, TypeError, KeyError):
        return None
    if mark.is_at_work and is_silent:
        return replace(mark, state="failed", said="中途停止了 | it was cut off")
    return mark


def write_mark(path: Path, mark: Mark) -> None:
    told: dict[str, Any] = asdict(mark) | {"begun_at": mark.begun_at.isoformat()}
    place = mark_of(path)
    part = place.with_name(place.name + ".part")
    part.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    part.replace(place)


class Progress:
    """Where the making of one backup stands; written down every second."""

    def __init__(self, path: Path, mark: Mark) -> None:
        self.mark = mark
        self._path = path

    def turn(self, state: State, **values: Any) -> None:
        """To the next state, written down at once."""
        self.mark = replace(self.mark, state=state, done=0, **values)
        write_mark(self._path, self.mark)

    def tell(self, done: int, total: int) -> None:
        """Parts done in this state."""
        self.mark = replace(self.mark, done=done, total=total)

    def beat(self) -> None:
        if self.mark.is_at_work:
            write_mark(self._path, self.mark)


@contextmanager
def progressing(path: Path, mark: Mark) -> Iterator[Progress]:
    """The progress of a backup that is being made; whoever leaves without an end has failed."""
    progress, ended = Progress(path, mark), threading.Event()
    write_mark(path, mark)

    def beat() -> None:
        while not ended.wait(_BEAT_SECONDS):
            progress.beat()

    thread = threading.Thread(target=beat, name="backup-mark", daemon=True)
    thread.start()
    try:
        yield progress
    except (EngineError, OSError) as error:
        progress.turn("failed", said=str(error) or type(error).__name__)
        raise
    finally:
        ended.set()
        thread.join()
        if progress.mark.is_at_work:
            progress.turn("failed", said="中途停止了 | it was cut off")

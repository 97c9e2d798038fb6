"""A disk that forgets: what was written since the last sync may be there, or not, or half, after a power cut."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from tests.faults.recording import Remove, Rename, Sent, Step, Sync, Truncate, Write

SECTOR = 512
How = Literal["all", "none", "some", "torn"]
"""Of the writes that were not synced: all are there, none, some of them, or some and one of these cut in a sector."""


@dataclass(slots=True)
class _File:
    durable: bytearray = field(default_factory=bytearray)
    pending: list[Write | Truncate] = field(default_factory=list)

    def apply(self, steps: list[Write | Truncate]) -> bytearray:
        content = bytearray(self.durable)
        for step in steps:
            _apply(content, step)
        return content


class Disk:
    """The files beneath `root`, fed with the steps of a recording one by one."""

    def __init__(self, root: Path, *, deaf_to: str = "") -> None:
        """As the files stand before the first step: all of that is durable.

        deaf_to: the end of names whose syncs do nothing, to see that a test would notice a missing sync.
        """
        self._root = str(root)
        self._deaf_to = deaf_to
        self._files = {str(path): _File(bytearray(path.read_bytes())) for path in root.rglob("*") if path.is_file()}
        self._renames: list[tuple[str, str]] = []
        """Names whose change no sync of their directory has followed yet."""

    def take(self, step: Step) -> None:
        match step:
            case Write() | Truncate():
                self._files.setdefault(step.path, _File()).pending.append(step)
            case Sync(path) if self._deaf_to and path.endswith(self._deaf_to):
                pass
            case Sync(path) if path in self._files:
                file = self._files[path]
                file.durable, file.pending = file.apply(file.pending), []
            case Sync(path):
                self._renames = [pair for pair in self._renames if str(Path(pair[1]).parent) != path]
            case Rename(old, new) if old in self._files:
                self._files[new] = self._files.pop(old)
                self._renames.append((old, new))
            case Remove(path):
                self._files.pop(path, None)
            case Rename() | Sent():
                pass

    def after_cut(self, target: Path, how: How, chance: random.Random) -> None:
        """Writes to `target` what is found when the power comes back."""
        choose = _CHOICES[how]
        shutil.rmtree(target, ignore_errors=True)
        lost = {new: old for old, new in self._renames} if how != "all" else {}
        for path, file in self._files.items():
            place = target / Path(lost.get(path, path)).relative_to(self._root)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(file.apply(choose(file.pending, chance)))


def _apply(content: bytearray, step: Write | Truncate) -> None:
    if isinstance(step, Truncate):
        del content[step.size :]
        content.extend(bytes(step.size - len(content)))
        return
    at = len(content) if step.offset < 0 else step.offset
    content.extend(bytes(max(0, at - len(content))))
    content[at : at + len(step.content)] = step.content


def _all(pending: list[Write | Truncate], _chance: random.Random) -> list[Write | Truncate]:
    return pending


def _none(_pending: list[Write | Truncate], _chance: random.Random) -> list[Write | Truncate]:
    return []


def _some(pending: list[Write | Truncate], chance: random.Random) -> list[Write | Truncate]:
    return [step for step in pending if chance.random() < 0.5]


def _torn(pending: list[Write | Truncate], chance: random.Random) -> list[Write | Truncate]:
    kept = _some(pending, chance)
    whole = [step for step in kept if isinstance(step, Write) and len(step.content) > SECTOR]
    if not whole:
        return kept
    cut = chance.choice(whole)
    sectors = chance.randrange(1, len(cut.content) // SECTOR + 1)
    torn = Write(cut.path, cut.offset, cut.content[: sectors * SECTOR])
    return [torn if step is cut else step for step in kept]


_CHOICES: dict[How, Callable[[list[Write | Truncate], random.Random], list[Write | Truncate]]] = {
    "all": _all,
    "none": _none,
    "some": _some,
    "torn": _torn,
}

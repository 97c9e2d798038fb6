"""What a process did to its disk, in order, read from strace: the raw material of a power cut.

Recorded are writes, syncs, truncations, renames and removals beneath one directory, and the moments at which the
server sent an acknowledgement.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

CALLS = "pwrite64,write,fsync,fdatasync,ftruncate,rename,renameat,renameat2,unlink,unlinkat,mkdir,openat,sendto"
"""The system calls to record."""


@dataclass(frozen=True, slots=True)
class Write:
    """offset -1: at the end of the file."""

    path: str
    offset: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Truncate:
    path: str
    size: int


@dataclass(frozen=True, slots=True)
class Sync:
    """Of a file, or of a directory: then names made and removed in it are durable."""

    path: str


@dataclass(frozen=True, slots=True)
class Rename:
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Remove:
    path: str


@dataclass(frozen=True, slots=True)
class Sent:
    """Bytes that the server sent to a client: from here on it is bound to them."""

    content: bytes


Step: TypeAlias = Write | Truncate | Sync | Rename | Remove | Sent


def tracer(log: Path) -> tuple[str, ...]:
    """The command that records what follows it. Paths and contents are written in hexadecimal, whole."""
    return ("strace", "-f", "-y", "-xx", "-s", "1048576", "--seccomp-bpf", "-e", f"trace={CALLS}", "-o", str(log))


def steps(log: Path, root: Path) -> list[Step]:
    """What happened beneath `root`, in order. A call counts from its start; a sync only from its end."""
    return [step for line in _whole_lines(log) if (step := _step(line, str(root))) is not None]


_LINE = re.compile(r"^(\d+) +(.*)$")
_RESUMED = re.compile(r"^<\.\.\. (\w+) resumed>(.*)$")
_UNFINISHED = " <unfinished ...>"
_SYNCS = ("fsync(", "fdatasync(")


def _whole_lines(log: Path) -> Iterator[str]:
    """Calls of many threads, each whole again: writes at the place of their start, syncs at that of their end."""
    open_calls: dict[str, str] = {}
    with log.open(encoding="ascii", errors="replace") as lines:
        for line in lines:
            found = _LINE.match(line.rstrip("\n"))
            if found is None:
                continue
            thread, said = found.groups()
            if said.endswith(_UNFINISHED):
                call = said.removesuffix(_UNFINISHED)
                open_calls[thread] = call
                if not call.startswith(_SYNCS):
                    yield f"{call}) = ?"
            elif resumed := _RESUMED.match(said):
                call = open_calls.pop(thread, "")
                if call.startswith(_SYNCS):
                    yield call + resumed[2]
            else:
                yield said


_CALL = re.compile(r"^(\w+)\((.*)\)\s+= (\S+)")
_HANDLE = re.compile(r"^-?\w+<([^>]*)>")


def _step(line: str, root: str) -> Step | None:
    found = _CALL.match(line)
    if found is None or found[3] == "-1":
        return None
    call, told = found[1], _arguments(found[2])
    if call == "sendto":
        return Sent(_bytes(told[1])) if len(told) > 1 else None
    if call.startswith("rename"):
        names = [_text(each) for each in told if each.startswith('"')]
        return Rename(names[0], names[1]) if len(names) == 2 and names[1].startswith(root) else None
    if call.startswith("unlink"):
        path = next((_text(each) for each in told if each.startswith('"')), "")
        return Remove(path) if path.startswith(root) else None
    handle = _HANDLE.match(told[0]) if told else None
    path = _hex_text(handle[1]) if handle else ""
    return _on_file(call, path, told) if path.startswith(root) else None


def _on_file(call: str, path: str, told: list[str]) -> Step | None:
    if call == "pwrite64":
        return Write(path, int(told[3]), _bytes(told[1]))
    if call == "write":
        return Write(path, -1, _bytes(told[1]))
    if call == "ftruncate":
        return Truncate(path, int(told[1]))
    return Sync(path) if call in ("fsync", "fdatasync") else None


def _arguments(text: str) -> list[str]:
    """strace writes everything that could hold a comma in hexadecimal."""
    return [each.strip() for each in text.split(", ")]


def _text(quoted: str) -> str:
    return _bytes(quoted).decode("utf-8", errors="replace")


def _hex_text(text: str) -> str:
    return _bytes(f'"{text}"').decode("utf-8", errors="replace") if "\\x" in text else text


def _bytes(quoted: str) -> bytes:
    inside = quoted.partition('"')[2].rpartition('"')[0]
    return bytes.fromhex(inside.replace("\\x", ""))

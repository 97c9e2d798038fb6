"""`python -m tests.hostile [--count 10000] [--from 1]`: reads hostile spreadsheets and says what they cost at most.

Exits with 1 if one of them broke the reader's parent, or took more processor time or memory than a child may.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from engine.errors import FileRefused
from engine.intake.sheet_child import CPU_SECONDS, MEMORY
from engine.intake.sheets import read_sheets
from tests.hostile.files import hostile_file


@dataclass(frozen=True, slots=True)
class Cost:
    """cpu in seconds of the child, starting the interpreter and being stopped included."""

    kind: str
    was_read: bool
    cpu: float


def read_one(seed: int, folder: Path) -> Cost:
    """What it cost to read (or refuse) the file of this seed. Raises whatever is neither rows nor a refusal."""
    hostile = hostile_file(seed)
    path = folder / "file"
    path.write_bytes(hostile.content)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    try:
        read_sheets(path, hostile.name)
    except FileRefused:
        was_read = False
    else:
        was_read = True
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Cost(hostile.kind, was_read, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def peak_memory() -> int:
    """Bytes of the largest child of this process so far, whatever it was."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.hostile", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--from", dest="first", type=int, default=1)
    arguments = parser.parse_args()
    read, refused = Counter[str](), Counter[str]()
    worst: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(arguments.first, arguments.first + arguments.count):
            cost = read_one(seed, Path(folder))
            (read if cost.was_read else refused)[cost.kind] += 1
            worst[cost.kind] = max(worst.get(cost.kind, 0.0), cost.cpu)
    for kind in sorted(worst):
        print(f"{kind:16} read {read[kind]:6}  refused {refused[kind]:6}  at most {worst[kind]:.2f} s")
    count, most = arguments.count, max(worst.values())
    print(f"{count} files, {read.total()} read, {refused.total()} refused, at most {most:.2f} s of {CPU_SECONDS} s")
    print(f"largest child: {peak_memory() / 2**20:.0f} MB of {MEMORY / 2**20:.0f} MB")
    return 0 if max(worst.values()) <= CPU_SECONDS and peak_memory() <= MEMORY else 1


if __name__ == "__main__":
    sys.exit(main())

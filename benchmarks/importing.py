"""What a row of an imported file costs: the import of a small file and of a larger one, and the difference.

Ours is the command `sluice import`; the floor's is a request with such a file (see `benchmarks.floor.imports`).
"""

from __future__ import annotations

import csv
import io
import json
import os
import random
import subprocess
import sys
from pathlib import Path

from benchmarks.client import Step, same
from benchmarks.deals import FIELDS, values_of
from benchmarks.load import APP, WHO
from benchmarks.servers import ROOT
from dsl.load import load_app

SMALL, LARGE = 100, 5_100
"""Rows of the two files. What starting and ending cost is the same for both, and falls out of the difference."""


def cpu_per_row(url: str, home: Path, turn: int = 0) -> float:
    """Seconds of processor time for each row: reading, cleaning, matching, judging and writing it.

    The command and its child process are counted; the backends of a PostgreSQL are not. turn: no two of them have a
    row in common. AssertionError if a row was not made.
    """
    used = [_import(url, home, rows, 2 * turn + place) for place, rows in enumerate((SMALL, LARGE))]
    return (used[1] - used[0]) / (LARGE - SMALL)


def _import(url: str, home: Path, rows: int, place: int) -> float:
    file = home / f"deals-{place}.csv"
    file.write_bytes(_file_of(rows, first=5_000_000 + place * 10_000))
    options = ["--as", "deals", "--by", WHO, "--json", "--app", str(APP), "--data", str(home), "--database", url]
    before = os.times()
    done = subprocess.run(  # noqa: S603 — our own command
        [sys.executable, "-m", "web", "import", str(file), *options],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    after = os.times()
    made = json.loads(done.stdout)["fates"].get("created") if done.returncode == 0 else None
    if made != rows:
        raise AssertionError(f"{made} of {rows} rows came in: {done.stdout[:300]} {done.stderr[-500:]}")
    return after.children_user + after.children_system - before.children_user - before.children_system


def floor_steps(place: int) -> tuple[Step, Step]:
    """The small file and the larger one, as requests. place: of the round; no two rounds have a row in common."""
    first = 6_000_000 + place * 10_000

    def step(rows: int, first: int) -> Step:
        return Step(
            "POST", "/deals/import", _file_of(rows, first), lambda s, a: same(s, 200, a, fates={"created": rows})
        )

    return step(SMALL, first), step(LARGE, first + SMALL)


def _file_of(rows: int, first: int) -> bytes:
    """A CSV. first: of the numbers that tell these rows from all others."""
    app = load_app(APP).value
    if app is None:
        raise ValueError(f"{APP} has mistakes")
    fields = app.entity("deal").fields
    chance = random.Random(first)
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow([fields[key].label.say("zh") for key in FIELDS])
    for number in range(rows):
        values = values_of(chance, str(first + number))
        values["is_urgent"] = "是" if values["is_urgent"] else "否"
        values["grade"] = "B"  # they do not come into the page that is asked for
        values["margin"] = f"{float(str(values['margin'])):.2%}"
        writer.writerow([values[key] for key in FIELDS])
    return file.getvalue().encode()

"""The check of the whole sales app: as a command, cold, again in one process; of 20 copies of it; of a long table."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.evaluation import seconds_of
from dsl import yaml_reader
from dsl.load import forget_loaded, load_text

SALES = Path(__file__).resolve().parents[1] / "apps" / "sales_crm.yaml"


_ROWS = 4_900


def checking() -> list[str]:
    text = SALES.read_text(encoding="utf-8")
    cold = _checked(text)
    again = seconds_of(lambda: load_text(text, "sales.yaml"))
    lines = [
        f"`sluice check sales_crm.yaml`: {_command():.2f} s from start to end (goal 0.30)",
        f"sales_crm.yaml: first {cold * 1e3:.0f} ms, from cache {again * 1e3:.2f} ms (goal 30)",
    ]
    first = 0.0
    for count in (1, 5, 10, 20):
        copied = copies(text, count)
        with _without_caps():
            taken = _checked(copied)
        first = first or taken
        size = len(copied.encode())
        lines.append(f"{count:3} copies, {size // 1024:4} KB: {taken:.2f} s, {taken / first / count:.2f} of linear")
    lines += [
        f"a table of {_ROWS} rows, hit {hit}: {_checked(long_table(hit)):.2f} s (goal 1)" for hit in ("first", "unique")
    ]
    return lines


def copies(text: str, count: int) -> str:
    """The app with its entities as often under other names, without comments."""
    text = re.sub(r"[ ]+#.*", "", text)
    head, _, rest = text.partition("\nentities:\n")
    body, _, tail = rest.partition("\ntables:")
    keys = re.findall(r"^  (\w+):", body, re.MULTILINE)
    names = re.compile(rf"(?<!default: )\b({'|'.join(keys)})\b")  # an option may be called as an entity is
    more = [names.sub(rf"\1_{number}", body) for number in range(1, count)]
    return "\n".join((f"{head}\nentities:", body, *more)) + f"\ntables:{tail}"


@contextmanager
def _without_caps() -> Iterator[None]:
    """A file may have 512 KB and 50,000 nodes, which 15 copies fill: 20 are read with the caps lifted, here only."""
    before = yaml_reader.MAX_BYTES, yaml_reader.MAX_NODES
    yaml_reader.MAX_BYTES, yaml_reader.MAX_NODES = 2**21, 200_000
    try:
        yield
    finally:
        yaml_reader.MAX_BYTES, yaml_reader.MAX_NODES = before


def long_table(hit: str) -> str:
    """An app whose decision table has 70 grades with 70 ranges of amounts each."""
    rows = "\n".join(f"    - [g{n % 70}, {n // 70 * 10}..{n // 70 * 10 + 9}, {n % 30}%]" for n in range(_ROWS))
    grades = ", ".join(f"g{n}" for n in range(70))
    return (
        f"app: long\nroles: {{boss: {{label: 主管, sees: all}}}}\nchoices: {{grade: [{grades}]}}\n"
        "entities:\n  deal:\n"
        "    fields: {name: text, grade: choice grade, n: integer, rate: 'percent = rates(grade, n)'}\n"
        "    access: {everyone: all}\n"
        f"tables:\n  rates:\n    columns: [grade, n integer]\n    gives: percent\n    hit: {hit}\n    rows:\n{rows}\n"
    )


def _command() -> float:
    """Seconds by the clock for the command, the best of five; its bytecode is there, as after an installation."""
    with tempfile.TemporaryDirectory(prefix="sluice-bench-") as kept:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": kept, "PYTHONDONTWRITEBYTECODE": ""}
        best = float("inf")
        for _ in range(6):  # the first one writes the bytecode
            started = time.perf_counter()
            subprocess.run(  # noqa: S603  our own command
                [sys.executable, "-m", "web", "check", str(SALES)], env=environment, check=True, capture_output=True
            )
            best = min(best, time.perf_counter() - started)
        return best


def _checked(text: str) -> float:
    """Seconds of processor time, nothing remembered."""
    best = float("inf")
    for _ in range(3):
        forget_loaded()
        started = time.process_time()
        checked = load_text(text, "sales.yaml")
        best = min(best, time.process_time() - started)
        if checked.errors:
            raise ValueError([str(problem) for problem in checked.errors[:3]])
    return best

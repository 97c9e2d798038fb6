"""The check of the whole sales app: cold, again in the same process, and of many copies of its entities."""

from __future__ import annotations

import re
import time
from pathlib import Path

from benchmarks.evaluation import seconds_of
from dsl.load import forget_loaded, load_text

SALES = Path(__file__).resolve().parents[1] / "apps" / "sales_crm.yaml"


def checking() -> list[str]:
    text = SALES.read_text(encoding="utf-8")
    cold = _checked(text)
    again = seconds_of(lambda: load_text(text, "sales.yaml"))
    lines = [f"sales_crm.yaml: first {cold * 1e3:.0f} ms, from cache {again * 1e3:.2f} ms"]
    first = 0.0
    for count in (1, 5, 10, 15):  # 20 would be larger than a file may be
        copied = copies(text, count)
        taken = _checked(copied)
        first = first or taken
        size = len(copied.encode())
        lines.append(f"{count:3} copies, {size // 1024:4} KB: {taken:.2f} s, {taken / first / count:.2f} of linear")
    return lines


def copies(text: str, count: int) -> str:
    """The app with its entities as often under other names."""
    head, _, rest = text.partition("\nentities:\n")
    body, _, tail = rest.partition("\ntables:")
    keys = re.findall(r"^  (\w+):", body, re.MULTILINE)
    names = re.compile(rf"\b({'|'.join(keys)})\b")
    more = [names.sub(rf"\1_{number}", body) for number in range(1, count)]
    whole = "\n".join((f"{head}\nentities:", body, *more)) + f"\ntables:{tail}"
    return re.sub(r"[ ]+#.*", "", whole)  # without its comments it is within the largest file


def _checked(text: str) -> float:
    """Seconds of processor time, nothing remembered."""
    best = float("inf")
    for _ in range(3):
        forget_loaded()
        started = time.process_time()
        load_text(text, "sales.yaml")
        best = min(best, time.process_time() - started)
    return best

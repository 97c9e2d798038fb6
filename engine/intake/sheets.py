"""Spreadsheets as they come: xlsx, xls, ods and csv, read by a child process that can do no harm (S16)."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from engine.errors import FileRefused
from engine.intake import sheet_child

Cell: TypeAlias = str | int | float | bool | None
"""A day is "2026-11-21", an instant "2026-11-21 16:20:00"."""

_PATIENCE = 15
"""Seconds to wait on a busy machine; the child itself may use one of the processor's."""

_MOST_ROWS = f"{sheet_child.MOST_ROWS:,}"
REASONS: Mapping[str, str] = {
    "bomb": "解开后过大，疑似压缩炸弹 | it unpacks to too much: it may be a zip bomb",
    "rows": (f"超过 {_MOST_ROWS} 行，请分成几个文件 | it has more than {_MOST_ROWS} rows: split it into several files"),
    "large": "太大，读不下 | it is too large to be read",
    "unreadable": "读不了，请用 Excel 打开后另存为 xlsx | it cannot be read: open it in Excel and save it as xlsx",
    "binary": "不是表格：里面有不可见字符 | it is no table: it holds control characters",
    "encoding": "的文字编码认不出，请存成 UTF-8 | its encoding is unknown: save it as UTF-8",
    "empty": "里没有数据 | there is nothing in it",
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its name ("" in a CSV) and its rows without empty ends."""

    name: str
    rows: tuple[tuple[Cell, ...], ...]


def read_sheets(path: Path, name: str) -> tuple[Sheet, ...]:
    """The sheets of a file that hold anything. name: what people call the file.

    Raises FileRefused, saying why and what to do, for anything that is not a readable table of bearable size.
    """
    answer = _ask_child(path, name)
    if "refused" in answer:
        raise refusal(name, str(answer["refused"]))
    found = answer.get("sheets")
    sheets = tuple(
        Sheet(each["name"], tuple(tuple(row) for row in each["rows"]))
        for each in (found if isinstance(found, list) else [])
    )
    if not any(any(row) for sheet in sheets for row in sheet.rows):
        raise refusal(name, "empty")
    return sheets


def refusal(name: str, reason: str) -> FileRefused:
    chinese, _, english = REASONS[reason].partition(" | ")
    return FileRefused(f"“{name}”{chinese} | “{name}”: {english}")


def _ask_child(path: Path, name: str) -> Mapping[str, object]:
    """What the child says. It is run isolated: no environment, no modules but its own and the reader's."""
    command = [sys.executable, "-I", str(Path(sheet_child.__file__)), str(path)]
    try:
        done = subprocess.run(command, capture_output=True, env={}, timeout=_PATIENCE, check=False)  # noqa: S603 — our own script; the path is an argument
    except subprocess.TimeoutExpired as error:
        raise refusal(name, "large") from error
    if done.returncode != 0:
        # A signal ends a child that wanted more time or memory than it has; anything else is a file it cannot read.
        raise refusal(name, "large" if done.returncode < 0 else "unreadable")
    answer = json.loads(done.stdout)
    return answer if isinstance(answer, dict) else {}

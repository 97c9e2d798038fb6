"""Reads one spreadsheet in a process of its own, with little memory and little time, and says its rows as JSON.

Run as a script by `engine.intake.sheets`, apart from the rest of the engine: whatever a hostile file does to the reader
ends with this process. Prints {"sheets": [{"name", "rows"}]} or {"refused": code}; a cell is null, text, number or
yes/no, a day is "2026-11-21", an instant "2026-11-21 16:20:00".
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
import resource
import signal
import sys
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

MEMORY = 256 * 1024 * 1024
CPU_SECONDS = 1
"""What no reading may cost, with starting the interpreter and being stopped."""
CPU_STOP = 0.85
"""Where it is stopped: the kernel counts in ticks and has the memory to take back, so that the rest is for that."""
MOST_ROWS = 20_000
MOST_COLUMNS = 200
MOST_CELLS = 500_000
MOST_SHEETS = 20
MOST_TEXT = 40_000
"""Characters of a cell; no field takes so many, so that what is cut here is refused later."""
MOST_UNPACKED = 64 * 1024 * 1024
MOST_PARTS = 500
MOST_RATIO = 200
_HEAD_OF_SHEET = 4_096
_DIMENSION = re.compile(rb'<(?:\w+:)?dimension\s+ref="[A-Z]{1,4}\d+:([A-Z]{1,4})(\d+)"')
_DELIMITERS = ",\t;|"
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\0")
"""As in `engine.intake.export_files`: this file imports nothing of the engine."""
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

Cell = str | int | float | bool | None


class Refused(Exception):
    """The file is not read; args[0] is the reason's code (see `engine.intake.sheets.REASONS`)."""


def main(path: Path) -> None:
    confine()
    try:
        sheets = list(read(path))
    except Refused as refused:
        answer: dict[str, object] = {"refused": refused.args[0]}
    except MemoryError:
        answer = {"refused": "large"}
    else:
        answer = {"sheets": [{"name": name, "rows": rows} for name, rows in sheets]}
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace"))


def confine() -> None:
    """From here on: no more memory, time, files to write or processes than this work needs."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    used = resource.getrusage(resource.RUSAGE_SELF)
    signal.setitimer(signal.ITIMER_PROF, max(CPU_STOP - used.ru_utime - used.ru_stime, 0.05))  # SIGPROF ends us
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))  # should a reader hold that signal back
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))


def read(path: Path) -> Iterator[tuple[str, list[list[Cell]]]]:
    """(name, rows) of each sheet that holds anything."""
    with path.open("rb") as file:
        head = file.read(8)
    if head.startswith(b"PK"):
        check_archive(path)
        yield from read_workbook(path)
    elif head.startswith(b"\xd0\xcf\x11\xe0"):
        yield from read_workbook(path)
    else:
        rows = list(read_text(path.read_bytes()))
        if rows:
            yield "", rows


# --- workbooks -------------------------------------------------------------------------------------------------------


def check_archive(path: Path) -> None:
    """Refuses what unpacks to too much, and a sheet that says itself that it is too large, before it is unpacked."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            _check_parts(parts, path.stat().st_size)
            for part in parts:
                if part.filename.startswith("xl/worksheets/") and part.filename.endswith(".xml"):
                    with archive.open(part) as sheet:
                        _check_dimension(sheet.read(_HEAD_OF_SHEET))
    except (zipfile.BadZipFile, zlib.error, RuntimeError, OSError, EOFError, ValueError) as error:
        raise Refused("unreadable") from error


def _check_parts(parts: list[zipfile.ZipInfo], size: int) -> None:
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or unpacked > MOST_UNPACKED or unpacked > MOST_RATIO * size:
        raise Refused("bomb")
    is_office = any(part.filename in ("[Content_Types].xml", "mimetype") for part in parts)
    if not is_office or any(part.flag_bits & 1 for part in parts):
        raise Refused("unreadable")


def _check_dimension(head: bytes) -> None:
    said = _DIMENSION.search(head)
    if said is None:
        return
    width = 0
    for letter in said[1]:
        width = width * 26 + letter - 64
    if int(said[2]) > MOST_ROWS * 50 or width * int(said[2]) > MOST_CELLS * 100:
        raise Refused("rows")


def read_workbook(path: Path) -> Iterator[tuple[str, list[list[Cell]]]]:
    """(name, rows) of each visible sheet."""
    try:
        book = CalamineWorkbook.from_path(str(path))
        cells = 0
        for about in book.sheets_metadata[:MOST_SHEETS]:
            if about.visible != SheetVisibleEnum.Visible:
                continue
            sheet = book.get_sheet_by_name(about.name)
            rows = limited(([_cell(value) for value in row[:MOST_COLUMNS]] for row in sheet.iter_rows()), cells)
            cells += sum(map(len, rows))
            if rows:
                yield about.name, rows
    except (CalamineError, ValueError, OverflowError, OSError) as error:
        raise Refused("unreadable") from error


def _cell(value: object) -> Cell:
    """A cell as JSON can say it: whole numbers without a point, days and instants in ISO form."""
    match value:
        case bool() | None:
            return value
        case float():
            if not math.isfinite(value):
                return str(value)
            return int(value) if value.is_integer() and abs(value) < 1e15 else value
        case int():
            return value if abs(value) < 10**15 else str(value)
        case str():
            return value[:MOST_TEXT].replace("\x00", "\ufffd") or None
        case datetime():
            has_clock = (value.hour, value.minute, value.second) != (0, 0, 0)
            return value.strftime("%Y-%m-%d %H:%M:%S") if has_clock else f"{value.date()}"
        case date() | time():
            return value.isoformat()
        case timedelta():
            return f"{int(value.total_seconds())}s"
        case _:
            return str(value)[:MOST_TEXT]


def limited(rows: Iterable[list[Cell]], seen: int = 0) -> list[list[Cell]]:
    """The rows without empty ends, as long as they are not too many."""
    found: list[list[Cell]] = []
    filled = 0
    for row in rows:
        while row and row[-1] in (None, ""):
            row.pop()
        found.append(row)
        seen += len(row)
        filled = len(found) if row else filled
        if filled > MOST_ROWS or seen > MOST_CELLS:
            raise Refused("rows")
        if len(found) > 50 * MOST_ROWS:
            break
    return found[:filled]


# --- text ------------------------------------------------------------------------------------------------------------


def read_text(data: bytes) -> list[list[Cell]]:
    """Rows of a CSV or of anything like it; its encoding and delimiter are found out."""
    text = decoded(data)
    if _CONTROL.search(text):
        raise Refused("binary")
    delimiter = delimiter_of(text)
    csv.field_size_limit(MOST_TEXT * 4)
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        return limited([plain_text(cell.strip()[:MOST_TEXT]) or None for cell in row[:MOST_COLUMNS]] for row in rows)
    except csv.Error as error:
        raise Refused("unreadable") from error


def plain_text(cell: str) -> str:
    """Without the apostrophe that keeps a text from being run as a formula: ours, and that of other programs."""
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(_FORMULA_STARTS) else cell


def decoded(data: bytes) -> str:
    """UTF-8, UTF-16 or GB 18030, with or without a mark."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _decode(data, (encoding,))
    if b"\x00" in data[:4_096]:
        # Only UTF-16 without its mark has zeros in plain text: at the even or at the odd places.
        order = "utf-16-be" if data[:4_096:2].count(0) > data[1:4_096:2].count(0) else "utf-16-le"
        return _decode(data, (order,))
    return _decode(data, ("utf-8", "gb18030"))


def _decode(data: bytes, encodings: tuple[str, ...]) -> str:
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused("encoding")


def delimiter_of(text: str) -> str:
    """The delimiter that cuts the first lines into the same number of cells most often, and into more than one."""
    lines = [line for line in text[:20_000].splitlines()[:40] if line.strip()]

    def fit(delimiter: str) -> tuple[int, int]:
        widths = [len(row) for row in csv.reader(lines, delimiter=delimiter)]
        usual = max(widths, key=widths.count, default=1)
        return (widths.count(usual) if usual > 1 else 0, usual)

    csv.field_size_limit(MOST_TEXT * 4)
    try:
        return max(_DELIMITERS, key=fit)
    except csv.Error:
        return ","


if __name__ == "__main__":
    main(Path(sys.argv[1]))

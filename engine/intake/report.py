"""What a run came to: problems by how often they stand, words to settle, and the refused rows as a file to correct."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import xlsxwriter

from engine.flow.sentences import say
from engine.intake import ledger
from engine.intake.ledger import RowOfRun, SheetOfRun
from engine.store.connection import Connection
from engine.store.import_tables import import_row

_BATCH = 2_000
_WIDE = 40


@dataclass(frozen=True, slots=True)
class Problem:
    """A sentence, how many rows it refuses, and where the first of them stands."""

    said: str
    count: int
    place: str


@dataclass(frozen=True, slots=True)
class Strange:
    """A word in a column of options that means none of them, and how often it stands there."""

    head: str
    word: str
    count: int


def refused(conn: Connection, run_id: int) -> Iterator[RowOfRun]:
    """The rows that are not taken, or would not be."""
    after = 0
    condition = (import_row.c.state == "refused") | ((import_row.c.state == "") & (import_row.c.foreseen == "refused"))
    while rows := ledger.rows_after(conn, run_id, after, _BATCH, condition, has_cells=True):
        yield from rows
        after = rows[-1].number


def problems(conn: Connection, run_id: int) -> list[Problem]:
    """The most frequent first."""
    sheets = {sheet.id: sheet for sheet in ledger.sheets_of(conn, run_id)}
    counted: Counter[str] = Counter()
    first: dict[str, str] = {}
    for row in refused(conn, run_id):
        for said in row.said:
            counted[said] += 1
            first.setdefault(said, place_of(sheets, row))
    return [Problem(said, count, first[said]) for said, count in counted.most_common()]


def strange_words(conn: Connection, run_id: int) -> list[Strange]:
    """The words that somebody may settle for this run, the most frequent first."""
    counted: Counter[tuple[str, str]] = Counter()
    for row in refused(conn, run_id):
        counted.update((head, word) for head, _said, word in row.faults if word)
    return [Strange(head, word, count) for (head, word), count in counted.most_common()]


def place_of(sheets: dict[int, SheetOfRun], row: RowOfRun) -> str:
    return f"{sheets[row.sheet_id].name} · {row.line}"


def refused_file(conn: Connection, run_id: int, language: str) -> bytes:
    """The refused rows as an xlsx that can be corrected and loaded again: the import's own heads, and the reason.

    Every cell is written as it was, texts as texts: nothing that a file brought in becomes a formula.
    """
    sheets = {sheet.id: sheet for sheet in ledger.sheets_of(conn, run_id)}
    heads = list(dict.fromkeys(head for sheet in sheets.values() for head in (*sheet.mapping.values(), *sheet.fixed)))
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        page = book.add_worksheet()
        bold, red = book.add_format({"bold": True}), book.add_format({"font_color": "#b3201b", "text_wrap": True})
        reason, came_from = say(language, "import.reason"), say(language, "import.from")
        for at, head in enumerate([*heads, reason, came_from]):
            page.write_string(0, at, head, bold)
        page.set_column(0, len(heads), 16)
        page.set_column(len(heads), len(heads) + 1, _WIDE)
        page.freeze_panes(1, 0)
        for line, row in enumerate(refused(conn, run_id), 1):
            cells = _cells(sheets[row.sheet_id], row)
            for at, head in enumerate(heads):
                value = cells.get(head)
                if isinstance(value, int | float) and not isinstance(value, bool):
                    page.write_number(line, at, value)
                elif value is not None:
                    page.write_string(line, at, str(value))
            page.write_string(line, len(heads), "；".join(row.said), red)
            page.write_string(line, len(heads) + 1, place_of(sheets, row))
    return out.getvalue()


def _cells(sheet: SheetOfRun, row: RowOfRun) -> dict[str, object]:
    found: dict[str, object] = {head: row.cells[at] for at, head in sheet.mapping.items() if at < len(row.cells)}
    return {**found, **sheet.fixed}

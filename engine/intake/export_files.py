"""Rows of cells as a file, one after the other: Excel with real types, or CSV that Excel opens as UTF-8."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any, Final, Literal, TypeAlias

import xlsxwriter

from dsl.app import Field
from engine.intake.export_cells import Cell, Column

Format: TypeAlias = Literal["xlsx", "csv"]
MIME: Final = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
MOST_SHEET_ROWS = 1_048_575
"""Of one sheet, beside its head; the rest goes on in another."""

MOST_CHARACTERS = 32_767
"""Of one cell in Excel."""

MOST_DIGITS = 15
"""What Excel's numbers hold exactly; a longer one is written as text."""

FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\0")
"""A text that begins so would be run as a formula by whoever opens the CSV; an apostrophe in front keeps it a text."""

Row: TypeAlias = tuple[Cell, ...]
_WIDTHS: Final = {"money": 16, "date": 12, "time": 18, "long": 40, "rich": 40, "ref": 28, "code": 16, "integer": 10}
_NOT_IN_NAMES: Final = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))


def write_file(form: Format, name: str, columns: tuple[Column, ...], rows: Iterable[Row], target: IO[bytes]) -> int:
    """Writes head and rows; the number of rows. name: of the sheet."""
    return _write_xlsx(name, columns, rows, target) if form == "xlsx" else _write_csv(columns, rows, target)


# --- CSV -------------------------------------------------------------------------------------------------------------


def _write_csv(columns: tuple[Column, ...], rows: Iterable[Row], target: IO[bytes]) -> int:
    text = io.TextIOWrapper(target, encoding="utf-8-sig", newline="", write_through=False)
    writer = csv.writer(text)
    writer.writerow([safe_text(column.head) for column in columns])
    count = 0
    for row in rows:
        writer.writerow([_plain(cell) for cell in row])
        count += 1
    text.flush()
    text.detach()  # the file stays open: it is the caller's
    return count


def _plain(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case str():
            return safe_text(cell)
        case Decimal():
            return f"{cell:f}"
        case datetime():
            return cell.isoformat(sep=" ", timespec="seconds")
        case date():
            return cell.isoformat()


def safe_text(text: str) -> str:
    """The text with an apostrophe where it needs one; `engine.intake.sheet_child.plain_text` takes it away again.

    A text that has apostrophes of its own before such a start gets one more, so that it comes back as it was.
    """
    return f"'{text}" if text.lstrip("'").startswith(FORMULA_STARTS) else text


# --- Excel -----------------------------------------------------------------------------------------------------------


def _write_xlsx(name: str, columns: tuple[Column, ...], rows: Iterable[Row], target: IO[bytes]) -> int:
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "nan_inf_to_errors": True,
    }
    with xlsxwriter.Workbook(target, options) as book:
        sheets = _Sheets(book, name, columns)
        for row in rows:
            sheets.add(row)
        return sheets.count


class _Sheets:
    """The sheets of one workbook: a new one begins where a sheet is full."""

    def __init__(self, book: Any, name: str, columns: tuple[Column, ...]) -> None:
        self._book, self._columns = book, columns
        self._name = " ".join(name.translate(_NOT_IN_NAMES).split())[:28] or "1"
        self._head = book.add_format({"bold": True, "bg_color": "#EEF2F7", "bottom": 1})
        self._formats = [book.add_format({"num_format": _number_format(column.field)}) for column in columns]
        self._at = 0
        self._sheet = self._new_sheet(1)
        self.count = 0

    def add(self, row: Row) -> None:
        if self._at == MOST_SHEET_ROWS:
            self._sheet = self._new_sheet(self.count // MOST_SHEET_ROWS + 1)
        self._at += 1
        self.count += 1
        for place, (cell, form) in enumerate(zip(row, self._formats, strict=True)):
            self._write(place, cell, form)

    def _new_sheet(self, number: int) -> Any:
        sheet = self._book.add_worksheet(self._name if number == 1 else f"{self._name} {number}")
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(self._columns):
            sheet.set_column(place, place, max(_WIDTHS.get(column.field.kind, 14), 2 * len(column.head) + 2))
            sheet.write_string(0, place, column.head, self._head)
        self._at = 0
        return sheet

    def _write(self, place: int, cell: Cell, form: Any) -> None:
        match cell:
            case None | "":
                pass
            case str():
                self._sheet.write_string(self._at, place, cell[:MOST_CHARACTERS])
            case Decimal() if len(cell.as_tuple().digits) > MOST_DIGITS:
                self._sheet.write_string(self._at, place, f"{cell:f}")
            case Decimal():
                self._sheet.write_number(self._at, place, float(cell), form)
            case _:
                self._sheet.write_datetime(self._at, place, cell, form)


def _number_format(field: Field) -> str:
    match field.kind:
        case "money":
            return "#,##0.00"
        case "percent":
            return "0.00%"
        case "date":
            return "yyyy-mm-dd"
        case "time":
            return "yyyy-mm-dd hh:mm"
        case "integer":
            return "0"
        case "number" if field.scale:
            return f"0.{'0' * field.scale}"
        case _:
            return "General"

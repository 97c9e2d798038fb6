"""One row of a file as the values of its fields: which cell is what, and which are wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from dsl.outlets import Import
from engine.intake.cleaning import Fault, Read
from engine.intake.ledger import RowOfRun, SheetOfRun
from engine.intake.sheets import Cell
from engine.values import is_empty
from engine.writing.stored_json import to_json


class _Place(NamedTuple):
    """Where the values of one column of the import stand: in the cell `at`, or the same text in every row (at None)."""

    head: str
    path: str
    at: int | None
    text: Cell
    read: Read


def row_reader(wanted: Import, sheet: SheetOfRun, reads: Mapping[str, Read]) -> Callable[[RowOfRun], dict[str, object]]:
    """Rows of the sheet → {number, cleaned, faults}, as the ledger keeps them. reads: head → what reads its cells."""
    at = {head: place for place, head in sheet.mapping.items()} | dict.fromkeys(_fixed(sheet))
    places = [
        _Place(column.head, column.path, at.get(column.head), sheet.fixed.get(column.head), reads[column.head])
        for column in wanted.columns.values()
        if column.head in at or column.empty
    ]

    def read(row: RowOfRun) -> dict[str, object]:
        values: dict[str, object] = {}
        faults: list[list[str]] = []
        cells, width = row.cells, len(row.cells)
        for head, path, place, text, read_cell in places:
            value = read_cell(text if place is None else cells[place] if place < width else None)
            if value is None:
                continue
            if isinstance(value, Fault):
                faults.append([head, value.said, value.word])
            elif not is_empty(value):
                values[path] = to_json(_joined(values.get(path), value))
        return {"number": row.number, "cleaned": values, "faults": faults or None}

    return read


def _fixed(sheet: SheetOfRun) -> list[str]:
    return [head for head, text in sheet.fixed.items() if text]


def _joined(present: object, value: object) -> object:
    """Two columns may fill one set."""
    return tuple(sorted({*present, *value})) if isinstance(present, list) and isinstance(value, tuple) else value

"""Where a table begins in a sheet: below titles and notes, at the row that names the columns."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from engine.intake.plain_text import folded
from engine.intake.sheets import Cell, Sheet

_LOOK = 20
"""Rows in which the heads are looked for."""
_FOOT = re.compile(
    r"\s*(合计|小计|总计|共计|制表|填表|审核人|备注\s*[:：]|说明\s*[:：]|注\s*[:：]|total\b)", re.IGNORECASE
)
_BRACKETED = re.compile(r"[（(【\[].*?[)）】\]]")


@dataclass(frozen=True, slots=True)
class Line:
    """A row of data. number: its line in the sheet, from 1 as a person sees it."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet cut into heads and data. passed_over: lines that are no data: titles, sums, notes, repeated heads."""

    name: str
    head_line: int
    heads: tuple[str, ...]
    lines: tuple[Line, ...]
    passed_over: int


def head_key(head: str) -> str:
    """A head as it is compared: what stands in brackets (units, hints) and marks such as * do not matter."""
    return folded(_BRACKETED.sub("", head)) or folded(head)


def cut(sheet: Sheet, known: Collection[str]) -> Table:
    """The table in a sheet. known: heads that the import expects, as `head_key` writes them."""
    at = find_head(sheet.rows, known)
    heads = tuple(_head(cell) for cell in sheet.rows[at])
    lines, passed_over = [], sum(1 for row in sheet.rows[:at] if any(_is_filled(cell) for cell in row))
    for number, row in enumerate(sheet.rows[at + 1 :], at + 2):
        if not any(_is_filled(cell) for cell in row):
            continue
        if _is_foot(row) or _repeats(row, heads):
            passed_over += 1
        else:
            lines.append(Line(number, row))
    return Table(sheet.name, at + 1, heads, tuple(lines), passed_over)


def find_head(rows: Sequence[tuple[Cell, ...]], known: Collection[str]) -> int:
    """The row with the most known heads; without any, the first one of several texts. 0 if there is none either."""
    best, best_count = -1, 0
    for at, row in enumerate(rows[:_LOOK]):
        count = len({head_key(cell) for cell in row if isinstance(cell, str)} & set(known))
        if count > best_count:
            best, best_count = at, count
    if best >= 0:
        return best
    return next((at for at, row in enumerate(rows[:_LOOK]) if _looks_like_heads(row)), 0)


def _looks_like_heads(row: tuple[Cell, ...]) -> bool:
    texts = [cell for cell in row if isinstance(cell, str) and cell.strip()]
    return len(set(texts)) >= 2 and len(texts) == sum(map(_is_filled, row))


def _head(cell: Cell) -> str:
    return " ".join(str(cell).split())[:100] if cell is not None else ""


def _is_filled(cell: Cell) -> bool:
    return cell is not None and (not isinstance(cell, str) or bool(cell.strip()))


def _is_foot(row: tuple[Cell, ...]) -> bool:
    """A sum or a note: its first text says so and hardly anything stands beside it."""
    filled = [cell for cell in row if _is_filled(cell)]
    return isinstance(filled[0], str) and _FOOT.match(filled[0]) is not None and len(filled) <= max(3, len(row) // 3)


def _repeats(row: tuple[Cell, ...], heads: tuple[str, ...]) -> bool:
    """The heads once more, as they stand at the top of every printed page."""
    alike = 0
    for one, other in _both(row, heads):
        if one != other:
            return False
        alike += 1
    return alike >= 2


def _both(row: tuple[Cell, ...], heads: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    yield from ((_head(cell), head) for cell, head in zip(row, heads, strict=False) if _is_filled(cell))

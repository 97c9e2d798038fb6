"""Decision tables: rows that can never be the answer, and rows that answer at once where only one may."""

from __future__ import annotations

import math
from collections.abc import Iterator

from dsl.app import App, DecisionTable
from dsl.formula.tree import Bounds
from dsl.problems import Problem

Cells = tuple[object, ...]
_MOST_ROWS = 1_000


def rows_that_never_answer(app: App) -> Iterator[Problem]:
    """A11: an earlier row fits whenever this one does. A12 (hit: unique): two rows fit the same case."""
    for table in app.tables.values():
        rows = [cells for cells, _result in table.rows[:_MOST_ROWS]]
        if table.hit == "first":
            yield from _shadowed(table, rows)
        else:
            yield from _overlapping(table, rows)


def _shadowed(table: DecisionTable, rows: list[Cells]) -> Iterator[Problem]:
    exact: dict[Cells, int] = {}
    wide: list[int] = []
    ends = _telling_ends(rows)
    for number, cells in enumerate(rows):
        earlier = exact.get(cells)
        if earlier is None:
            low, high = ends[number]
            likely = [n for n in wide if ends[n][0] <= low and high <= ends[n][1]]
            earlier = next((n for n in likely if _covers(rows[n], cells)), None)
        if earlier is not None:
            values = {"row": number + 1, "earlier": earlier + 1, "cells": _shown(cells)}
            yield Problem("A11", table.span, {"table": table.label, **values})
        exact.setdefault(cells, number)
        if any(cell is None or isinstance(cell, Bounds | tuple) for cell in cells):
            wide.append(number)


def _overlapping(table: DecisionTable, rows: list[Cells]) -> Iterator[Problem]:
    ends = _telling_ends(rows)
    for number, cells in enumerate(rows):
        low, high = ends[number]
        likely = [n for n in range(number) if ends[n][0] <= high and low <= ends[n][1]]
        earlier = next((n for n in likely if _meets(rows[n], cells)), None)
        if earlier is not None:
            values = {"row": number + 1, "earlier": earlier + 1, "cells": _shown(cells)}
            yield Problem("A12", table.span, {"table": table.label, **values})


def _telling_ends(rows: list[Cells]) -> list[tuple[float, float]]:
    """Least and greatest number of every row in the column that differs most: what does not fit there fits nowhere.

    A thousand rows are half a million pairs, of which the full comparison then sees few.
    """
    columns = [[_reach(cell) for cell in column] for column in zip(*rows, strict=True)]
    return max(columns, key=lambda ends: len(set(ends)), default=[])


def _reach(cell: object) -> tuple[float, float]:
    low, high = _ends(cell)
    return -math.inf if low is None else low, math.inf if high is None else high


def _covers(wide: Cells, narrow: Cells) -> bool:
    """Whether every case of `narrow` is a case of `wide`."""
    return all(map(_cell_covers, wide, narrow))


def _cell_covers(wide: object, narrow: object) -> bool:
    if wide is None or wide == narrow:
        return True
    if narrow is None:
        return False
    if isinstance(wide, tuple):
        return set(narrow if isinstance(narrow, tuple) else (narrow,)) <= set(wide)
    if isinstance(wide, Bounds):
        low, high = _ends(narrow)
        above = wide.low is None or (low is not None and wide.low <= low)
        return above and (wide.high is None or (high is not None and high <= wide.high))
    return False


def _meets(one: Cells, other: Cells) -> bool:
    return all(map(_cells_meet, one, other))


def _cells_meet(one: object, other: object) -> bool:
    if one is None or other is None:
        return True
    if isinstance(one, Bounds) or isinstance(other, Bounds):
        (low, high), (low_2, high_2) = _ends(one), _ends(other)
        starts_before_end = low is None or high_2 is None or low <= high_2
        return starts_before_end and (low_2 is None or high is None or low_2 <= high)
    first = set(one) if isinstance(one, tuple) else {one}
    return not first.isdisjoint(other if isinstance(other, tuple) else (other,))


def _ends(cell: object) -> tuple[int | None, int | None]:
    if isinstance(cell, Bounds):
        return cell.low, cell.high
    return (cell, cell) if isinstance(cell, int) else (None, None)


def _shown(cells: Cells) -> str:
    return ", ".join("any" if cell is None else str(cell) for cell in cells)

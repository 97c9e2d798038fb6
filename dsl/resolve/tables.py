"""Decision tables: columns, rows of cells, and the value that each row gives."""

from __future__ import annotations

import re
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass
from typing import Literal, cast

from dsl.app import App, DecisionTable, Field
from dsl.field_text import read_field_text
from dsl.formula.tree import Bounds
from dsl.formula.value_types import ChoiceType, DurationType, NumberType, ValueType
from dsl.kinds import KINDS, Complaint, Spec
from dsl.nodes import Mapping, Scalar, Sequence
from dsl.read import Block, Reading, key_text
from dsl.read_entity import named
from dsl.source import Span

_RANGE = re.compile(r"\s*([^.\s][^.]*(?:\.\d+)?)?\s*\.\.\s*([^.\s].*?)?\s*")
_MOST_ROWS = 5_000


@dataclass(frozen=True, slots=True)
class _Cells:
    """Reads cells of one column: `field` is what its values are read as."""

    field: Field
    name: str


def resolve_tables(reading: Reading, head: Block, draft: App, files: MappingOf[str, str]) -> dict[str, DecisionTable]:
    """files: texts of the CSV files beside the app, by name."""
    found = {}
    for entry in head.entries("tables"):
        block = reading.block(entry.value, "table", entry.key.span)
        table = _resolve_table(reading, entry.key, block, draft, files)
        if table is not None:
            found[entry.key.text] = table
    return found


def _resolve_table(
    reading: Reading, key: Scalar, block: Block, draft: App, files: MappingOf[str, str]
) -> DecisionTable | None:
    label = named(block, key)
    columns = _columns(reading, block, draft)
    gives = _type_of(reading, block.scalar("gives"), draft, "gives") if block.has("gives") else None
    if gives is None or columns is None:
        reading.poisoned.add(key.text)
        return None
    rows = []
    for number, cells in enumerate(_rows(reading, block, files)):
        if number >= _MOST_ROWS:
            reading.report("S34", key.span, most=_MOST_ROWS)
            break
        row = _row(reading, draft, columns, gives, cells)
        if row is not None:
            rows.append(row)
    if not rows:
        reading.report("S35", key.span, name=key.text)
    hit = cast('Literal["first", "unique"]', block.one_of("hit", "first"))
    types = tuple((column.name, column.field.value_type) for column in columns)
    return DecisionTable(key.text, label, types, gives.field.value_type, tuple(rows), hit, key.span)


def _columns(reading: Reading, block: Block, draft: App) -> tuple[_Cells, ...] | None:
    """`[grade, role]`, or `{grade: choice grade, amount: money}`; a bare word is an option list's name."""
    node = block.get("columns")
    if isinstance(node, Mapping):
        pairs = [(entry.key, reading.scalar(entry.value)) for entry in node.entries]
    else:
        pairs = [_split(word) for word in reading.words(node)]
    found = [_type_of(reading, text, draft, name.text) for name, text in pairs]
    good = tuple(column for column in found if column is not None)
    return good if good and len(good) == len(found) else None


def _split(word: Scalar) -> tuple[Scalar, Scalar]:
    """`amount money` → the name and its type; `grade` → the list of that name."""
    head, blank, _rest = word.text.partition(" ")
    return (word.cut(0, len(head)), word.cut(len(head))) if blank else (word, word)


def _type_of(reading: Reading, text: Scalar | None, draft: App, name: str) -> _Cells | None:
    if text is None:
        return None
    if text.text in draft.choices:
        return _cells("choice", text.text, draft, name, text.span)
    word = text.text.partition(" ")[0].partition(".")[0]
    if word not in KINDS:
        reading.unknown("M16", text, [*draft.choices, *KINDS])
        return None
    parts = read_field_text(reading, text)
    if parts is None:
        return None
    listed = parts.subject.text if parts.subject else ""
    if listed and listed not in draft.choices:
        reading.unknown("M08", parts.subject or text, draft.choices)
        return None
    return _cells(parts.kind, listed, draft, name, text.span, parts.scale)


def _cells(kind: str, listed: str, draft: App, name: str, span: Span, scale: int = 0) -> _Cells:
    keys = tuple(o.key for o in draft.choices[listed].options if not o.is_group) if listed else ()
    value_type: ValueType = KINDS[kind].value_type(Spec(scale, listed, keys))
    return _Cells(Field(name, kind, key_text(name), value_type, span, scale=scale, choices=listed), name)


def _rows(reading: Reading, block: Block, files: MappingOf[str, str]) -> list[tuple[Span, list[Scalar]]]:
    rows = []
    for item in block.items("rows"):
        if isinstance(item, Sequence):
            words = [s if (s := reading.scalar(cell)) is not None else Scalar("", cell.span) for cell in item.items]
            rows.append((item.span, words))
        else:
            reading.report("S36", item.span)
    file = block.scalar("file")
    if file is not None:
        rows += _csv_rows(reading, file, files)
    return rows


def _csv_rows(reading: Reading, file: Scalar, files: MappingOf[str, str]) -> list[tuple[Span, list[Scalar]]]:
    """Rows of a CSV file after its head line, as Excel writes it: a cell with a comma or a quote stands in quotes."""
    text = files.get(file.text)
    if text is None:
        reading.report("M17", file.span, name=file.text[:60])
        return []
    rows = []
    for number, line in enumerate(text.splitlines()[1:], 2):
        if not line.strip():
            continue
        cells, column = [], 1
        for cell in _cells_of(line):
            span = Span(file.text, number, column, number, column + len(cell))
            cells.append(Scalar(_unquoted(cell.strip()), span, indent=None))
            column += len(cell) + 1
        rows.append((Span(file.text, number, 1, number, len(line) + 1), cells))
    return rows


def _cells_of(line: str) -> list[str]:
    """The parts between the commas that stand in no quotes, as written: their lengths tell where they stand."""
    cells, is_quoted = [""], False
    for mark in line:
        is_quoted ^= mark == '"'
        if mark == "," and not is_quoted:
            cells.append("")
        else:
            cells[-1] += mark
    return cells


def _unquoted(cell: str) -> str:
    is_quoted = len(cell) > 1 and cell.startswith('"') and cell.endswith('"')
    return cell[1:-1].replace('""', '"').strip() if is_quoted else cell


def _row(
    reading: Reading, draft: App, columns: tuple[_Cells, ...], gives: _Cells, row: tuple[Span, list[Scalar]]
) -> tuple[tuple[object, ...], object] | None:
    span, cells = row
    if len(cells) != len(columns) + 1:
        reading.report("S37", span, wanted=len(columns) + 1, count=len(cells))
        return None
    values = [_cell(reading, draft, column, cell) for column, cell in zip(columns, cells, strict=False)]
    result = _value(reading, draft, gives, cells[-1])
    if any(value is _WRONG for value in values) or result is _WRONG:
        return None
    return tuple(values), result


_WRONG = object()


def _cell(reading: Reading, draft: App, column: _Cells, cell: Scalar) -> object:
    """None for `any`, Bounds for `70..100`, a tuple for `A | B`, else one value."""
    if cell.text == "any":
        return None
    if isinstance(column.field.value_type, NumberType | DurationType) and ".." in cell.text:
        return _bounds(reading, draft, column, cell)
    if "|" in cell.text and isinstance(column.field.value_type, ChoiceType):
        words = [cell.cut(m.start(), m.end()) for m in re.finditer(r"[^|]+", cell.text)]
        values = [_value(reading, draft, column, word) for word in words]
        return _WRONG if _WRONG in values else tuple(values)
    return _value(reading, draft, column, cell)


def _bounds(reading: Reading, draft: App, column: _Cells, cell: Scalar) -> object:
    match = _RANGE.fullmatch(cell.text)
    if match is None or not any(match.groups()):
        reading.report("S19", cell.span, text=cell.text[:60])
        return _WRONG
    ends: list[int | None] = []
    for group in (1, 2):
        if match.group(group) is None:
            ends.append(None)
            continue
        value = _value(reading, draft, column, cell.cut(*match.span(group)))
        if not isinstance(value, int):
            return _WRONG
        ends.append(value)
    low, high = ends
    if low is not None and high is not None and low > high:
        reading.report("S20", cell.span, low=match.group(1), high=match.group(2))
        return _WRONG
    return Bounds(low, high)


def _value(reading: Reading, draft: App, column: _Cells, cell: Scalar) -> object:
    value = KINDS[column.field.kind].read(draft, column.field, cell.text)
    if isinstance(value, Complaint):
        reading.report("S29", cell.span, said=value.said, kind=column.field.kind)
        return _WRONG
    return value

"""Which column of a file fills which column of the import: proposed from heads and values, corrected by people."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from dsl.app import App, Field
from dsl.formula.value_types import ChoiceType, PersonType, SetType
from dsl.names import suggest
from dsl.outlets import Import, ImportColumn
from engine.intake.headings import Table, head_key
from engine.intake.plain_text import folded, half_width
from engine.intake.sheets import Cell

Because = Literal["head", "near", "values", "file", ""]
"""Why it is proposed: its head says so, nearly says so, its values do, the file's name does; "": nobody knows."""

_LOOK = 200
"""Values of a column that are looked at."""
_SHARE = 0.7
"""Of the values looked at, how many must be of a kind to tell the column by them."""
_SAMPLES = 3
_SHAPES: Mapping[str, re.Pattern[str]] = {
    "email": re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+"),
    "url": re.compile(r"(https?://|www\.)\S+", re.IGNORECASE),
    "phone": re.compile(r"(\+?86[- ]?)?(1[3-9]\d[- ]?\d{4}[- ]?\d{4}|0\d{2,3}[- ]?\d{7,8})"),
    "date": re.compile(r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?( .*)?"),
}


@dataclass(frozen=True, slots=True)
class Match:
    """A column of the file. to: head of the import's column that it fills, "" for none. samples: some of its values."""

    at: int
    head: str
    to: str
    because: Because
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """fixed: head of an import's column → the text that stands for it in every row of this table."""

    matches: tuple[Match, ...]
    fixed: Mapping[str, str]


def known_heads(app: App, wanted: Import) -> dict[str, str]:
    """Every way a head may be written (as `head_key` writes it) → the import's column."""
    found: dict[str, str] = {}
    for column in wanted.columns.values():
        labels = [] if column.rows else [text for _, text in field_of(app, wanted, column).label.by_language]
        for head in (column.head, *column.also, *labels):
            found.setdefault(head_key(head), column.head)
    return found


def field_of(app: App, wanted: Import, column: ImportColumn) -> Field:
    """The field that a column fills; of a table's rows, the field of the row."""
    entity = app.entity(wanted.entity)
    if column.rows:
        entity = app.entity(entity.fields[column.rows].target)
    return entity.fields[column.fills]


def required_heads(app: App, wanted: Import) -> list[str]:
    """Heads of the columns without which no row could be taken."""
    columns = [column for column in wanted.columns.values() if not column.rows and not column.empty]
    fields = [(column.head, field_of(app, wanted, column)) for column in columns]
    return [head for head, field in fields if field.required is True and field.default is None]


def meanings(app: App, wanted: Import, head: str, language: str) -> list[tuple[str, str]]:
    """(key, label) of what a word in a column of options or stages may mean."""
    field = field_of(app, wanted, wanted.columns[head])
    if field.key == "stage":
        stages = [stage for pipeline in app.entity(wanted.entity).pipelines for stage in pipeline.stages]
        return [(stage.key, stage.label.say(language)) for stage in stages]
    listed = app.choices.get(field.choices)
    return [(each.key, each.label.say(language)) for each in (listed.options if listed else ())]


def propose(app: App, wanted: Import, table: Table, file_name: str, people: Collection[str]) -> Proposal:
    """people: names of colleagues, by which columns of people and files of a person are told."""
    known = known_heads(app, wanted)
    taken: set[str] = set()
    found: dict[int, tuple[str, Because]] = {}
    for because, tell in (("head", _by_head), ("near", _by_near_head)):
        for at, head in enumerate(table.heads):
            to = tell(head, known) if at not in found else ""
            if to and to not in taken:
                found[at] = (to, because)  # type: ignore[assignment]
                taken.add(to)
    for at, _head in enumerate(table.heads):
        if at not in found and (to := _by_values(app, wanted, values_of(table, at), people, taken)):
            found[at] = (to, "values")
            taken.add(to)
    matches = tuple(
        Match(at, head, *found.get(at, ("", "")), samples=samples_of(table, at)) for at, head in enumerate(table.heads)
    )
    return Proposal(matches, _by_file(app, wanted, file_name, people, taken))


def _by_head(head: str, known: Mapping[str, str]) -> str:
    return known.get(head_key(head), "") if head else ""


def _by_near_head(head: str, known: Mapping[str, str]) -> str:
    """A head that holds a known one, or nearly is one."""
    key = head_key(head)
    if len(key) < 2:
        return ""
    held = sorted((each for each in known if len(each) >= 2 and each in key), key=len, reverse=True)
    near = held or list(suggest(key, known))
    return known[near[0]] if near else ""


def _by_values(app: App, wanted: Import, values: list[Cell], people: Collection[str], taken: Collection[str]) -> str:
    """The column whose kind of value most of these are, if only one free column is of that kind."""
    texts = [half_width(str(value)) for value in values if value is not None]
    if len(texts) < _SAMPLES:
        return ""
    free = [column for column in wanted.columns.values() if column.head not in taken]
    fits = [column.head for column in free if _share(app, wanted, column, texts, people) >= _SHARE]
    return fits[0] if len(fits) == 1 else ""


def _share(app: App, wanted: Import, column: ImportColumn, texts: list[str], people: Collection[str]) -> float:
    field = field_of(app, wanted, column)
    if isinstance(field.value_type, PersonType):
        good = sum(text in people for text in texts)
    elif isinstance(field.value_type, ChoiceType | SetType):
        words = {folded(word) for word in (*column.words, *_option_words(app, field))}
        good = sum(folded(text) in words for text in texts)
    elif shape := _SHAPES.get(field.kind):
        good = sum(shape.fullmatch(text) is not None for text in texts)
    else:
        return 0.0
    return good / len(texts)


def _option_words(app: App, field: Field) -> Iterable[str]:
    listed = app.choices.get(field.choices)
    for option in listed.options if listed else ():
        yield option.key
        yield from (text for _, text in option.label.by_language)


def _by_file(
    app: App, wanted: Import, file_name: str, people: Collection[str], taken: Collection[str]
) -> dict[str, str]:
    """A file that is named after a colleague is that colleague's, where no column says whose a row is."""
    owner = app.entity(wanted.entity).owner_field
    column = next((each for each in wanted.columns.values() if not each.rows and each.fills == owner), None)
    if column is None or column.head in taken:
        return {}
    named = [name for name in people if len(name) >= 2 and name in file_name]
    return {column.head: named[0]} if len(named) == 1 else {}


def values_of(table: Table, at: int) -> list[Cell]:
    cells = (line.cells[at] for line in table.lines[:_LOOK] if at < len(line.cells))
    return [cell for cell in cells if cell is not None and cell != ""]


def samples_of(table: Table, at: int) -> tuple[str, ...]:
    """The first few different values of a column."""
    texts = dict.fromkeys(str(value)[:60] for value in values_of(table, at))
    return tuple(texts)[:_SAMPLES]

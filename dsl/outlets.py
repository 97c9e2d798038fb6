"""Where data comes in and goes out, resolved: documents, pages, figures, boards, files, calendars. Part of the App."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as made_by
from datetime import date
from typing import Literal

from dsl.app import Field, Text
from dsl.flow import Delay, HoledText, Schedule, Who
from dsl.formula.tree import Bounds, Formula
from dsl.source import Span


@dataclass(frozen=True, slots=True)
class Document:
    """A paper made from one record. reveals: the stated reason to show what some readers do not see, or "".

    at: where each field is named, here and in everything else that shows fields.
    """

    key: str
    label: Text
    entity: str
    template: str
    span: Span
    fields: tuple[str, ...] = ()
    watermark: HoledText | None = None
    page: str = ""
    module: str = ""
    reveals: str = ""
    at: Mapping[str, Span] = made_by(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the portal. until: a date or time field's key, or how long from its making; None is open."""

    key: str
    label: Text
    entity: str
    show: tuple[str, ...]
    span: Span
    buttons: tuple[str, ...] = ()
    until: str | Delay | None = None
    module: str = ""
    reveals: str = ""
    at: Mapping[str, Span] = made_by(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Handover:
    key: str
    label: Text
    entity: str
    to: tuple[Who, ...]
    span: Span
    freeze: frozenset[str] = frozenset()
    report: str = ""
    watch: Delay | None = None
    checklist: tuple[tuple[str, Delay], ...] = ()


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure over all records of `entity`: its aggregates stand over the rows `*` of no record.

    alarm and target in the scale of the value's type.
    """

    key: str
    label: Text
    entity: str
    value: Formula
    span: Span
    alarm: Bounds | None = None
    target: int | None = None
    reveals: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """kind funnel and heatmap: `entity` and `field`; number, line, bar: `metric`; list: `entity` and `view`.

    rows, by: fields of the same entity. at: as in a document. red: a range, and over how many days in a row.
    """

    kind: Literal["funnel", "number", "line", "bar", "heatmap", "list"]
    span: Span
    label: Text
    entity: str = ""
    field: str = ""
    metric: str = ""
    view: str = ""
    rows: str = ""
    by: str = ""
    every: str = ""
    top: int = 0
    red: Bounds | None = None
    red_days: int = 0
    at: Mapping[str, Span] = made_by(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Sending:
    every: Schedule
    to: tuple[Who, ...]
    span: Span
    via: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dashboard:
    """roles: who sees it; empty for everybody."""

    key: str
    label: Text
    cards: tuple[Card, ...]
    span: Span
    roles: frozenset[str] = frozenset()
    send: Sending | None = None
    reveals: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    key: str
    label: Text
    entity: str
    columns: tuple[str, ...]
    span: Span
    condition: Formula | None = None
    group: str = ""
    sort: tuple[str, ...] = ()
    send: Sending | None = None
    reveals: str = ""
    at: Mapping[str, Span] = made_by(default_factory=dict, compare=False)


Alike = Literal["exact", "text", "company"]
Found = Literal["update", "fill", "skip", "review"]


@dataclass(frozen=True, slots=True)
class ImportColumn:
    """One column of files: its head, the other heads that mean it, and the field that it `fills`.

    rows: the table field whose rows it fills ("contacts"), or "". words: what stands in the file → what is meant.
    empty: what an empty cell means. alike: how two of its values are compared.
    """

    head: str
    fills: str
    rows: str = ""
    also: tuple[str, ...] = ()
    words: Mapping[str, str] = made_by(default_factory=dict)
    empty: str = ""
    alike: Alike = "text"

    @property
    def path(self) -> str:
        """`name`, or `contacts.name` for a field of rows."""
        return f"{self.rows}.{self.fills}" if self.rows else self.fills


@dataclass(frozen=True, slots=True)
class Compare:
    """What a comparison with an old system looks at. fields: all that a file has, where none is named.

    condition: the records that ought to be in the file too. ignores_empty: an empty cell agrees with every value.
    """

    fields: tuple[str, ...] = ()
    condition: Formula | None = None
    ignores_empty: bool = False


@dataclass(frozen=True, slots=True)
class Import:
    """columns: head in the file → the column. same_when: each entry alone tells a record again; its fields together.

    found: what is done to a record that is there already: overwrite it, fill what is empty, leave it, or ask. roles:
    who may import; empty for whoever may create the records.
    """

    key: str
    label: Text
    entity: str
    columns: Mapping[str, ImportColumn]
    span: Span
    same_when: tuple[tuple[str, ...], ...] = ()
    found: Found = "review"
    roles: frozenset[str] = frozenset()
    compare: Compare = Compare()


@dataclass(frozen=True, slots=True)
class Export:
    """columns: head in the file → key of a field. roles: who may take it out; empty for those with `export` in access.

    made: key → the field of a column that only the file has; its formula is over the record, its key (`=0`) no word.
    """

    key: str
    label: Text
    entity: str
    columns: Mapping[str, str]
    span: Span
    condition: Formula | None = None
    roles: frozenset[str] = frozenset()
    reveals: str = ""
    made: Mapping[str, Field] = made_by(default_factory=dict)
    at: Mapping[str, Span] = made_by(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class OwnCalendar:
    """week: working days, Monday is 1. hours: (from, to) in minutes of the day."""

    key: str
    label: Text
    span: Span
    like: str = ""
    week: frozenset[int] = frozenset()
    hours: tuple[tuple[int, int], ...] = ()
    off: frozenset[date] = frozenset()
    on: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class Content:
    """Something to offer: a file or a text, on records of `entity`, in some stages, with some tags."""

    key: str
    label: Text
    entity: str
    span: Span
    stages: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    file: str = ""
    text: Text | None = None

"""Values on their way into a file: typed where a spreadsheet has the type, else as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias
from zoneinfo import ZoneInfo

from dsl.app import App, Field
from dsl.formula.value_types import FileType, NumberType
from dsl.kinds import text_value
from engine.answers import FileNote
from engine.reading.links import files_of, link_of
from engine.reading.masks import masked

Cell: TypeAlias = str | Decimal | date | datetime | None
"""An instant is in the app's own zone, without naming it: spreadsheets know no zones."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a file: its head and the field it shows."""

    head: str
    field: Field
    is_masked: bool = False


@dataclass(frozen=True, slots=True)
class Cells:
    """Makes the cells of one page of records: the titles and files that its values name are known."""

    app: App
    language: str
    titles: Mapping[tuple[str, int], str]
    files: Mapping[int, FileNote]

    def of(self, column: Column, value: object) -> Cell:
        field = column.field
        if column.is_masked:
            return masked(field, value)
        if isinstance(field.value_type, NumberType):
            return Decimal(value).scaleb(-field.value_type.scale) if isinstance(value, int) else None
        if isinstance(value, datetime):
            return value.astimezone(ZoneInfo(self.app.timezone)).replace(tzinfo=None)
        if isinstance(value, date) or value is None:
            return value
        if isinstance(field.value_type, FileType):
            return ", ".join(self.files[each].name for each in files_of(field, value) if each in self.files)
        if (pair := link_of(field, value)) is not None:
            return self.titles.get(pair, f"#{pair[1]}")
        return text_value(self.app, field, value, self.language)

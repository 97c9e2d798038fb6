"""What a comparison has found, as its person may see it now: counts, rows with what differs, records of no row."""

from __future__ import annotations

import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import sqlalchemy as sa
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from dsl.outlets import Import
from engine.context import Context
from engine.flow.sentences import say
from engine.installed import Installed
from engine.intake import ledger
from engine.intake.ledger import Fate, RowOfRun, Run
from engine.intake.report import place_of
from engine.people import permissions
from engine.people.moment import env_of
from engine.people.sight import Sight
from engine.store.columns import is_one_of
from engine.store.connection import Connection
from engine.store.import_tables import import_row

Part = Literal["differs", "missing", "only_here", "asked", "refused", "same", "merged"]
"""missing: only in the file; only_here: a record that no row is; asked: a row that may be a record, or another row."""
PARTS: tuple[Part, ...] = ("differs", "missing", "only_here", "asked", "refused", "same", "merged")
_BATCH = 2_000
_OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}


@dataclass(frozen=True, slots=True)
class Difference:
    """One field: what the file says and what the record does, "" for nothing."""

    path: str
    label: str
    file: str
    here: str


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """A row of the file. record_id and title: of its record, if the person still sees it; else of the file's words."""

    number: int
    place: str
    state: Fate
    title: str
    record_id: int | None
    said: tuple[str, ...]
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class RecordAlone:
    """A record that the file does not have."""

    id: int
    title: str
    code: str


@dataclass(frozen=True)
class Comparison:
    """On one snapshot. wanted: the import's readable part."""

    installed: Installed
    conn: Connection
    context: Context
    wanted: Import
    run: Run

    # --- reading -----------------------------------------------------------------------------------------------------

    def counts(self) -> dict[Part, int]:
        """Rows, and records of no row, by what became of them."""
        found = ledger.counts(self.conn, self.run.id)["state"]
        alone = sa.select(sa.func.count()).select_from(self._alone().subquery())
        only_here = int(self.conn.value(alone, self._params)) if self.run.state == "done" else 0
        return {part: only_here if part == "only_here" else found.get(part, 0) for part in PARTS}

    def rows(self, part: Part, after: int, limit: int) -> list[ComparedRow]:
        """Rows of the file in their order, after a number."""
        if part == "only_here":
            return []
        rows = ledger.rows_after(self.conn, self.run.id, after, limit, import_row.c.state == part)
        titles = self._titles({row.record_id for row in rows if row.record_id is not None})
        return [self._shown(row, titles) for row in rows]

    def _shown(self, row: RowOfRun, titles: Mapping[int, str]) -> ComparedRow:
        is_seen = row.record_id in titles
        told = [
            Difference(path, self._labels[path], file, here)
            for path, file, here in (row.differences if is_seen else ())
            if path in self._labels
        ]
        own = str(row.cleaned.get(self.wanted_title) or "")
        return ComparedRow(
            number=row.number,
            place=place_of(self._sheets, row),
            state=row.state,
            title=titles[row.record_id] if is_seen and row.record_id is not None else own,
            record_id=row.record_id if is_seen else None,
            said=tuple(row.said),
            differences=tuple(told),
        )

    def only_here(self, after: int, limit: int) -> list[RecordAlone]:
        """Records in sight that no row of the file is, in the order of their ids, after one."""
        rows = self._alone().subquery()
        chosen = sa.select(rows).where(rows.c.id > after).order_by(rows.c.id).limit(limit)
        return [RecordAlone(number, str(title or ""), code or "") for number, title, code in self._read(chosen)]

    # --- the file ----------------------------------------------------------------------------------------------------

    def as_file(self) -> bytes:
        """An xlsx of four sheets: what differs, only in the file, only here, what could not be compared."""
        out = io.BytesIO()
        with xlsxwriter.Workbook(out, _OPTIONS) as book:
            head = book.add_format({"bold": True})

            def sheet(name: str, *heads: str) -> Worksheet:
                made = book.add_worksheet(self._say(f"compare.{name}"))
                made.set_column(0, len(heads) - 1, 24)
                made.freeze_panes(1, 0)
                _write(made, 0, [self._say(each) for each in heads], head)
                return made

            place = "import.from"
            differs = sheet("differs", place, "compare.record", "compare.field", "compare.file", "compare.here")
            for line, cells in enumerate(self._differing_cells(), 1):
                _write(differs, line, cells)
            missing = sheet("missing", place, "compare.record")
            for line, row in enumerate(self._all("missing"), 1):
                _write(missing, line, [row.place, row.title])
            alone = sheet("only_here", "compare.number", "compare.record")
            for line, record in enumerate(self._all_alone(), 1):
                _write(alone, line, [record.code or str(record.id), record.title])
            unsure = sheet("unsure", place, "compare.record", "import.reason")
            doubtful = (row for part in ("asked", "refused", "merged") for row in self._all(part))
            for line, row in enumerate(doubtful, 1):
                _write(unsure, line, [row.place, row.title, "；".join(row.said)])
        return out.getvalue()

    def _differing_cells(self) -> Iterator[Sequence[str]]:
        for row in self._all("differs"):
            for each in row.differences:
                yield row.place, row.title, each.label, each.file, each.here

    def _all(self, part: Part) -> Iterator[ComparedRow]:
        after = 0
        while rows := self.rows(part, after, _BATCH):
            yield from rows
            after = rows[-1].number

    def _all_alone(self) -> Iterator[RecordAlone]:
        after = 0
        while found := self.only_here(after, _BATCH):
            yield from found
            after = found[-1].id

    # --- what is there -----------------------------------------------------------------------------------------------

    def _alone(self) -> sa.Select[Any]:
        """(id, title, code) of the records that were there when the file came, and that no row of it is."""
        where = self.wanted.compare.condition
        names = (*self._names, "created_at")
        rows = self.installed.gate.readable(
            self.wanted.entity, self._sight, where=(where,) if where else (), stored=names
        )
        c = import_row.c
        told = sa.select(c.record_id).where(c.run_id == self.run.id, c.record_id.is_not(None))
        title, code = (rows.c[key] if key in self._names else sa.literal("") for key in (self.wanted_title, "code"))
        return sa.select(rows.c.id, title.label("title"), code.label("code")).where(
            rows.c.created_at <= self.run.created_at, rows.c.id.not_in(told)
        )

    def _titles(self, ids: Collection[int]) -> dict[int, str]:
        """id → title of those that the person sees."""
        if not ids:
            return {}
        rows = self.installed.gate.readable(self.wanted.entity, self._sight, stored=self._names)
        title = rows.c[self.wanted_title] if self.wanted_title in self._names else sa.literal("")
        chosen = sa.select(rows.c.id, title).where(is_one_of(rows.c.id, "ids"))
        found = self.conn.rows(chosen, {**self._params, "ids": sorted(ids)})
        return {number: str(said or "") for number, said in found}

    def _read(self, chosen: sa.Select[Any]) -> list[tuple[Any, ...]]:
        return self.conn.rows(chosen, self._params)

    @property
    def wanted_title(self) -> str:
        return self.installed.app.entity(self.wanted.entity).title

    @cached_property
    def _names(self) -> tuple[str, ...]:
        """The fields that name a record, as far as the person reads them."""
        app = self.installed.app
        entity = app.entity(self.wanted.entity)
        found = self.installed.tables.entity(entity.key)
        keys = (key for key in (self.wanted_title, "code") if key in entity.fields and found.has_column(key))
        return tuple(key for key in keys if not permissions.covers(app, self.context.actor, entity.key, key))

    @cached_property
    def _sight(self) -> Sight:
        app = self.installed.app
        return permissions.sight_of(app, self.context.actor, app.entity(self.wanted.entity))

    @cached_property
    def _params(self) -> dict[str, object]:
        return self.installed.gate.params(self._sight, env_of(self.conn, self.context, self.installed.app))

    @cached_property
    def _labels(self) -> dict[str, str]:
        """path → what the import calls it; only of what the person reads."""
        return {column.path: head for head, column in reversed(list(self.wanted.columns.items()))}

    @cached_property
    def _sheets(self) -> dict[int, ledger.SheetOfRun]:
        return {sheet.id: sheet for sheet in ledger.sheets_of(self.conn, self.run.id)}

    def _say(self, sentence: str) -> str:
        return say(self.context.actor.language, sentence)


def _write(sheet: Worksheet, line: int, cells: Sequence[str], form: object = None) -> None:
    for at, text in enumerate(cells):
        sheet.write_string(line, at, text, form)

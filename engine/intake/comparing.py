"""A file beside the records: which rows have none, and where the two say different things. No record is written.

What is read here is what the person may read: records out of sight are not there, hidden and masked fields are neither
compared nor told apart by.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from dsl.app import App, Entity, Field
from dsl.formula.value_types import SetType, TextType
from dsl.outlets import Import, ImportColumn
from engine.context import Actor, Context
from engine.installed import Installed
from engine.intake import ledger
from engine.intake.ledger import RowOfRun, Run
from engine.intake.plain_text import folded
from engine.intake.spoken import Spoken
from engine.intake.traits import compared
from engine.people import permissions
from engine.people.moment import env_of
from engine.store.columns import is_one_of
from engine.store.connection import Connection
from engine.values import is_empty
from engine.writing.stored_json import from_json

BATCH = 500
Values = Mapping[str, Any]


def readable_part(app: App, actor: Actor, wanted: Import) -> Import:
    """The import without what the actor may not read: nothing is told apart by a value that he does not see."""
    columns = {head: column for head, column in wanted.columns.items() if _is_readable(app, actor, wanted, column)}
    entity = app.entity(wanted.entity)
    closed = _closed(app, actor, entity)
    same_when = tuple(keys for keys in wanted.same_when if closed.isdisjoint(keys))
    return replace(wanted, columns=columns, same_when=same_when)


def _is_readable(app: App, actor: Actor, wanted: Import, column: ImportColumn) -> bool:
    entity = app.entity(wanted.entity)
    if not column.rows:
        return column.fills not in _closed(app, actor, entity)
    child = app.entity(entity.fields[column.rows].target)
    return column.rows not in _closed(app, actor, entity) and column.fills not in _closed(app, actor, child)


def _closed(app: App, actor: Actor, entity: Entity) -> frozenset[str]:
    return permissions.hidden_fields(app, actor, entity) | permissions.masked_fields(app, actor, entity)


@dataclass(frozen=True)
class Comparing:
    """One comparison on one connection. wanted: its readable part."""

    installed: Installed
    context: Context
    wanted: Import
    conn: Connection
    run: Run

    # --- one batch ---------------------------------------------------------------------------------------------------

    def next_rows(self) -> None:
        """Compares the next rows with their records and keeps what differs; without any, the run is done."""
        rows = ledger.rows_after(self.conn, self.run.id, self.run.position, BATCH)
        if not rows:
            return ledger.set_run(self.conn, self.run.id, self.context.at, state="done", position=self.run.total)
        ids = sorted({row.record_id for row in rows if row.record_id is not None})
        records = self._records(self.entity, "id", ids)
        here = {number: each[0] for number, each in records.items()}
        beneath = {table: self._records(child, child.parent, ids) for table, child in self._children.items()}
        noted = [self._noted(row, here, beneath) for row in rows]
        ledger.set_rows(self.conn, self.run.id, ("state", "said", "differences"), noted)
        return ledger.set_run(self.conn, self.run.id, self.context.at, position=rows[-1].number)

    def _noted(
        self, row: RowOfRun, here: Mapping[int, Values], beneath: Mapping[str, Mapping[int, Sequence[Values]]]
    ) -> dict[str, object]:
        record = here.get(row.record_id) if row.record_id is not None else None
        said: list[str] = []
        told: list[tuple[str, str, str]] = []
        if row.faults:
            fate, said = "refused", [fault[1] for fault in row.faults]
        elif row.number in self._doubtful:
            fate = "asked"
        elif record is None:
            fate = "missing" if row.leader == row.number else "merged"
        else:
            told = list(self._differences(row, record, beneath))
            fate = "differs" if told else "same"
        return {"number": row.number, "state": fate, "said": said, "differences": told}

    # --- differences -------------------------------------------------------------------------------------------------

    def _differences(
        self, row: RowOfRun, record: Values, beneath: Mapping[str, Mapping[int, Sequence[Values]]]
    ) -> Iterator[tuple[str, str, str]]:
        """(path, the file's text, the record's) wherever they are not the same."""
        for path, column in self._paths(row.sheet_id):
            if column.rows:
                continue
            field = self.entity.fields[path]
            yield from self._difference(path, field, column, row, record.get(path))
        for table, child in self._children.items():
            rows = beneath[table].get(row.record_id or 0, ())
            yield from self._beneath(table, child, row, rows)

    def _beneath(
        self, table: str, child: Entity, row: RowOfRun, rows: Sequence[Values]
    ) -> Iterator[tuple[str, str, str]]:
        """A row of a table is known again by its title; one that is not there is one difference, not one per field."""
        title = str(row.cleaned.get(f"{table}.{child.title}") or "")
        if not title:
            return
        known = next((each for each in rows if folded(str(each.get(child.title) or "")) == folded(title)), None)
        if known is None:
            yield f"{table}.{child.title}", title, ""
            return
        for path, column in self._paths(row.sheet_id):
            if column.rows == table and column.fills != child.title:
                yield from self._difference(path, child.fields[column.fills], column, row, known.get(column.fills))

    def _difference(
        self, path: str, field: Field, column: ImportColumn, row: RowOfRun, here: object
    ) -> Iterator[tuple[str, str, str]]:
        said = row.cleaned.get(path)
        value = from_json(field.value_type, said) if said is not None else None
        if is_empty(value) and (self.wanted.compare.ignores_empty or is_empty(here)):
            return
        if not _agree(field, column, value, here):
            yield path, self._text(field, value), self._text(field, here)

    @cached_property
    def _doubtful(self) -> frozenset[int]:
        """Rows that may be a record, or another row."""
        return frozenset(each.number for each in ledger.questions_of(self.conn, self.run.id) if not each.answer)

    def _paths(self, sheet_id: int) -> Sequence[tuple[str, ImportColumn]]:
        return self._paths_by_sheet[sheet_id]

    @cached_property
    def _paths_by_sheet(self) -> Mapping[int, Sequence[tuple[str, ImportColumn]]]:
        """What each sheet gives and is to be compared, each path once."""
        found: dict[int, Sequence[tuple[str, ImportColumn]]] = {}
        for sheet in ledger.sheets_of(self.conn, self.run.id):
            given = {*sheet.mapping.values(), *(head for head, text in sheet.fixed.items() if text)}
            columns = [each for head, each in self.wanted.columns.items() if head in given and self._is_compared(each)]
            found[sheet.id] = tuple({each.path: each for each in columns}.items())
        return found

    def _is_compared(self, column: ImportColumn) -> bool:
        fields = self.wanted.compare.fields
        return not fields or (not column.rows and column.fills in fields)

    # --- reading -----------------------------------------------------------------------------------------------------

    @property
    def entity(self) -> Entity:
        return self.installed.app.entity(self.wanted.entity)

    @cached_property
    def _children(self) -> Mapping[str, Entity]:
        """Table field → the entity of its rows, for the tables that are compared."""
        tables = {column.rows for column in self.wanted.columns.values() if column.rows and self._is_compared(column)}
        return {table: self.installed.app.entity(self.entity.fields[table].target) for table in sorted(tables)}

    def _records(self, entity: Entity, key: str, ids: Sequence[int]) -> Mapping[int, list[Values]]:
        """Those in the person's sight whose `key` is one of the ids, by it, oldest first."""
        gate = self.installed.gate
        sight = permissions.sight_of(self.installed.app, self.context.actor, entity)
        fields = [each for each in self._stored(entity) if each != "id"]
        rows = gate.readable(entity.key, sight, stored=[*fields, key])
        columns = [rows.c.id, *([rows.c[key]] if key != "id" else []), *(rows.c[each] for each in fields)]
        names = [column.key for column in columns]
        chosen = sa.select(*columns).where(is_one_of(rows.c[key], "ids")).order_by(rows.c.id)
        params = gate.params(sight, env_of(self.conn, self.context, self.installed.app))
        found: defaultdict[int, list[Values]] = defaultdict(list)
        for row in self.conn.rows(chosen, {**params, "ids": list(ids)}) if ids else ():
            values = dict(zip(names, row, strict=True))
            found[values[key]].append(values)
        return found

    def _stored(self, entity: Entity) -> Collection[str]:
        """The fields of the entity that columns fill."""
        is_child = entity.key != self.wanted.entity
        filled = (each.fills for each in self.wanted.columns.values() if bool(each.rows) == is_child)
        return [key for key in dict.fromkeys((*filled, entity.title)) if key in entity.fields]

    def _text(self, field: Field, value: object) -> str:
        return Spoken(self.installed, self.conn, self.context.actor.language).text(field, value)


def _agree(field: Field, column: ImportColumn, said: object, here: object) -> bool:
    """Whether both mean the same. Tags stand for one dimension each: those that the file says must be there."""
    if isinstance(field.value_type, SetType):
        ours, theirs = (set(each) if isinstance(each, tuple) else set() for each in (here, said))
        return theirs <= ours if field.kind == "tags" else theirs == ours
    if is_empty(said) or is_empty(here):
        return is_empty(said) and is_empty(here)
    if isinstance(field.value_type, TextType):
        return compared(field, column, said) == compared(field, column, here)
    return bool(said == here)

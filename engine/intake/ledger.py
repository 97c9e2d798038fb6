"""The ledger of imports: runs, their sheets, rows and questions, as the database keeps them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

import sqlalchemy as sa

from engine.store.columns import is_one_of
from engine.store.connection import Connection
from engine.store.import_tables import import_question, import_row, import_run, import_sheet
from engine.store.many import insert_many, update_many

State = Literal["mapping", "cleaning", "matching", "judging", "ready", "running", "comparing", "done", "cancelled"]
Fate = Literal["", "created", "changed", "same", "skipped", "refused", "merged", "asked", "differs", "missing"]
"""What became (or would become) of a row. asked: it waits for the answer to a question. differs, missing: in a
comparison, from its record; it has none."""
Purpose = Literal["import", "compare"]

WORKING: tuple[State, ...] = ("cleaning", "matching", "judging", "running", "comparing")
_r, _q = import_row.c, import_question.c


@dataclass(frozen=True, slots=True)
class Run:
    """One import from the upload to the report. position: the last row that the present state is done with."""

    id: int
    key: str
    entity: str
    found: str
    purpose: Purpose
    actor_id: int | None
    state: State
    position: int
    total: int
    words: Mapping[str, Mapping[str, str]]
    created_at: datetime
    changed_at: datetime

    @property
    def is_working(self) -> bool:
        return self.state in WORKING

    @property
    def is_comparison(self) -> bool:
        return self.purpose == "compare"


@dataclass(frozen=True, slots=True)
class SheetOfRun:
    """matches: as proposed, [{at, head, to, because, samples}]. mapping: place of a column → head of the import's."""

    id: int
    name: str
    sheet: str
    head_line: int
    passed_over: int
    row_count: int
    matches: Sequence[Mapping[str, Any]]
    mapping: Mapping[int, str]
    fixed: Mapping[str, str]


class RowOfRun(NamedTuple):
    number: int
    sheet_id: int
    line: int
    cells: Sequence[Any]
    cleaned: Mapping[str, Any] = MappingProxyType({})
    faults: Sequence[Sequence[str]] = ()
    """[head, sentence, word]: the word if it is an option that nobody knows."""
    leader: int = 0
    record_id: int | None = None
    choice: Mapping[str, int] = MappingProxyType({})
    foreseen: Fate = ""
    state: Fate = ""
    said: Sequence[str] = ()
    differences: Sequence[Sequence[str]] = ()
    """[path, the file's value, the record's], as people read them."""


@dataclass(frozen=True, slots=True)
class Question:
    """Whether row `number` is the same as row `other` (0: as the record). answer: "", same or other."""

    id: int
    number: int
    other: int
    record_id: int | None
    because: Sequence[str]
    answer: str


# --- runs ------------------------------------------------------------------------------------------------------------


def add_run(conn: Connection, values: Mapping[str, object]) -> int:
    run_id: int = conn.value(sa.insert(import_run).values(**values).returning(import_run.c.id))
    return run_id


def find_run(conn: Connection, run_id: int, *, lock: bool = False) -> Run | None:
    """lock: nobody else advances it until the transaction ends."""
    select = _run_columns().where(import_run.c.id == run_id)
    row = conn.one(select.with_for_update() if lock and conn.dialect != "sqlite" else select)
    return _run(row) if row else None


def runs_of(conn: Connection, actor_id: int, *, limit: int = 50) -> list[Run]:
    """The person's runs, latest first."""
    chosen = _run_columns().where(import_run.c.actor_id == actor_id).order_by(import_run.c.id.desc()).limit(limit)
    return [_run(row) for row in conn.rows(chosen)]


def set_run(conn: Connection, run_id: int, at: datetime, **values: object) -> None:
    conn.execute(sa.update(import_run).where(import_run.c.id == run_id).values(changed_at=at, **values))


def _run_columns() -> sa.Select[Any]:
    c = import_run.c
    return sa.select(
        c.id, c.key, c.entity, c.found, c.purpose, c.actor_id, c.state, c.position, c.total, c.words,
        c.created_at, c.changed_at,
    )  # fmt: skip


def _run(row: Sequence[Any]) -> Run:
    run_id, key, entity, found, purpose, actor_id, state, position, total, words, created_at, changed_at = row
    return Run(
        run_id, key, entity, found, purpose, actor_id, state, position, total, words or {}, created_at, changed_at
    )


# --- sheets ----------------------------------------------------------------------------------------------------------


def add_sheet(conn: Connection, run_id: int, values: Mapping[str, object]) -> int:
    sheet_id: int = conn.value(sa.insert(import_sheet).values(run_id=run_id, **values).returning(import_sheet.c.id))
    return sheet_id


def sheets_of(conn: Connection, run_id: int) -> list[SheetOfRun]:
    c = import_sheet.c
    columns = (c.id, c.name, c.sheet, c.head_line, c.passed_over, c.row_count, c.matches, c.mapping, c.fixed)
    found = conn.rows(sa.select(*columns).where(c.run_id == run_id).order_by(c.id))
    return [_sheet(row) for row in found]


def _sheet(row: Sequence[Any]) -> SheetOfRun:
    sheet_id, name, sheet, head_line, passed_over, row_count, matches, mapping, fixed = row
    places = {int(at): head for at, head in (mapping or {}).items()}
    return SheetOfRun(sheet_id, name, sheet, head_line, passed_over, row_count, matches or [], places, fixed or {})


def set_mapping(conn: Connection, sheet_id: int, mapping: Mapping[int, str], fixed: Mapping[str, str]) -> None:
    kept = {str(at): head for at, head in mapping.items() if head}
    conn.execute(sa.update(import_sheet).where(import_sheet.c.id == sheet_id).values(mapping=kept, fixed=dict(fixed)))


# --- rows ------------------------------------------------------------------------------------------------------------


def add_rows(conn: Connection, run_id: int, sheet_id: int, rows: Iterable[RowOfRun]) -> None:
    columns = ("run_id", "number", "sheet_id", "line", "cells", "leader")
    insert_many(
        conn,
        import_row,
        columns,
        [
            {
                "run_id": run_id, "number": row.number, "sheet_id": sheet_id, "line": row.line,
                "cells": list(row.cells), "leader": row.number,
            }
            for row in rows
        ],
    )  # fmt: skip


def rows_after(
    conn: Connection,
    run_id: int,
    number: int,
    limit: int,
    *conditions: sa.ColumnElement[bool],
    has_cells: bool = False,
) -> list[RowOfRun]:
    """Rows in their order, after `number`. has_cells: with what the file says, which is much to read."""
    chosen = _row_columns(has_cells=has_cells).where(_r.run_id == run_id, _r.number > number, *conditions)
    return [_row(row) for row in conn.rows(chosen.order_by(_r.number).limit(limit))]


def leaders_after(
    conn: Connection, run_id: int, number: int, limit: int, *conditions: sa.ColumnElement[bool]
) -> list[int]:
    """Numbers of the rows that lead."""
    chosen = sa.select(_r.number).where(_r.run_id == run_id, _r.number > number, leads(), *conditions)
    return [int(found) for (found,) in conn.rows(chosen.order_by(_r.number).limit(limit))]


def rows_led_by(conn: Connection, run_id: int, leaders: Sequence[int]) -> dict[int, list[RowOfRun]]:
    """Leader → all rows of its group, itself among them."""
    chosen = _row_columns().where(_r.run_id == run_id, is_one_of(_r.leader, "leaders")).order_by(_r.number)
    found: dict[int, list[RowOfRun]] = {leader: [] for leader in leaders}
    for row in conn.rows(chosen, {"leaders": list(leaders)}):
        kept = _row(row)
        found.setdefault(kept.leader, []).append(kept)
    return found


def set_rows(conn: Connection, run_id: int, columns: Sequence[str], rows: Sequence[Mapping[str, object]]) -> None:
    """Sets those columns of many rows; each mapping gives `number` and a value for every column."""

    update_many(conn, import_row, ("run_id", "number"), tuple(columns), [{"run_id": run_id, **row} for row in rows])


def separate_rows(conn: Connection, run_id: int) -> None:
    """Every row stands for itself again, without a record, a choice or a fate."""
    apart = {"leader": _r.number, "record_id": None, "choice": None, "foreseen": "", "state": "", "said": None}
    conn.execute(sa.update(import_row).where(_r.run_id == run_id).values(differences=None, **apart))


def leads() -> sa.ColumnElement[bool]:
    """Rows that stand for a record, alone or for their group."""
    return _r.leader == _r.number


def waits() -> sa.ColumnElement[bool]:
    return _r.state == ""


def is_unjudged() -> sa.ColumnElement[bool]:
    return _r.foreseen == ""


def came_to(fates: Sequence[Fate]) -> sa.ColumnElement[bool]:
    """Rows of these fates: what became of them, or would, as long as nothing has."""
    return sa.case((_r.state != "", _r.state), else_=_r.foreseen).in_(fates)


def _row_columns(*, has_cells: bool = False) -> sa.Select[Any]:
    cells = _r.cells if has_cells else sa.null()
    return sa.select(
        _r.number, _r.sheet_id, _r.line, cells, _r.cleaned, _r.faults, _r.leader, _r.record_id, _r.choice,
        _r.foreseen, _r.state, _r.said, _r.differences,
    )  # fmt: skip


def _row(row: Sequence[Any]) -> RowOfRun:
    number, sheet_id, line, cells, cleaned, faults, leader, record_id, choice, foreseen, state, said, told = row
    return RowOfRun(
        number, sheet_id, line, cells or [], cleaned or {}, faults or (), leader, record_id, choice or {},
        foreseen, state, said or (), told or (),
    )  # fmt: skip


def counts(conn: Connection, run_id: int) -> dict[str, dict[str, int]]:
    """{"foreseen": fate → rows, "state": fate → rows}, without those that have none."""
    found: dict[str, dict[str, int]] = {}
    for name in ("foreseen", "state"):
        column = _r[name]
        rows = conn.rows(sa.select(column, sa.func.count()).where(_r.run_id == run_id, column != "").group_by(column))
        found[name] = {str(fate): int(count) for fate, count in rows}
    return found


# --- questions -------------------------------------------------------------------------------------------------------


def add_questions(conn: Connection, run_id: int, questions: Sequence[Mapping[str, object]]) -> None:
    for each in questions:
        conn.execute(sa.insert(import_question).values(run_id=run_id, **each))


def questions_of(conn: Connection, run_id: int) -> list[Question]:
    columns = (_q.id, _q.number, _q.other, _q.record_id, _q.because, _q.answer)
    rows = conn.rows(sa.select(*columns).where(_q.run_id == run_id).order_by(_q.id))
    return [
        Question(question_id, number, other, record_id, because or (), answer)
        for question_id, number, other, record_id, because, answer in rows
    ]


def set_answer(conn: Connection, question_id: int, answer: str) -> None:
    conn.execute(sa.update(import_question).where(_q.id == question_id).values(answer=answer))


def forget_questions(conn: Connection, run_id: int) -> None:
    conn.execute(sa.delete(import_question).where(_q.run_id == run_id))

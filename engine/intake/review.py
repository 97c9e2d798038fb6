"""What people decide about a run: which rows are one, and which value stands where they differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from dsl.app import Entity, Field
from engine.intake import ledger
from engine.intake.ledger import Question, RowOfRun
from engine.intake.merging import Merge, merges
from engine.intake.spoken import Spoken
from engine.intake.steps import Step
from engine.store.connection import Connection
from engine.store.import_tables import import_row
from engine.writing.stored_json import from_json

MOST_SHOWN = 50
"""Of questions and of contested records on one page."""


@dataclass(frozen=True, slots=True)
class Told:
    """A value as people read it, and where it comes from: a row's number, or RECORD."""

    source: int
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """One field beside its values. path: of the import."""

    path: str
    label: str
    values: tuple[Told, ...]

    @property
    def may_choose(self) -> bool:
        """Whether one of the values has to give way; rows of tables all stay."""
        return self.differs and "." not in self.path

    @property
    def differs(self) -> bool:
        return len({told.text for told in self.values if told.text}) > 1


@dataclass(frozen=True, slots=True)
class Asked:
    """Are these two one? places: where each stands, "FILE · 12" or "" for the record; record_id: of the record.

    leader: the row that would lead both, on which choices between their values are made.
    """

    id: int
    leader: int
    places: tuple[str, str]
    record_id: int | None
    because: tuple[str, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Contested:
    """A row that is a record already and says otherwise in these fields."""

    number: int
    place: str
    record_id: int
    lines: tuple[Line, ...]


class Review:
    """Reads and settles the decisions of one run, on one connection."""

    def __init__(self, step: Step, conn: Connection, run_id: int) -> None:
        self.step, self.conn, self.run_id = step, conn, run_id
        self._sheets = {sheet.id: sheet for sheet in ledger.sheets_of(conn, run_id)}

    @property
    def entity(self) -> Entity:
        return self.step.app.entity(self.step.wanted.entity)

    # --- reading -----------------------------------------------------------------------------------------------------

    def asked(self) -> list[Asked]:
        """The open questions, both sides of each field by field."""
        questions = [each for each in ledger.questions_of(self.conn, self.run_id) if not each.answer][:MOST_SHOWN]
        rows = self._rows([number for each in questions for number in (each.number, each.other) if number])
        return [self._asked(question, rows) for question in questions]

    def _asked(self, question: Question, rows: Mapping[int, RowOfRun]) -> Asked:
        second = rows[question.number]
        first = rows.get(question.other)
        values = first.cleaned if first is not None else self._record_values(question.record_id)
        lines = [
            Line(path, label, (Told(question.other, self._text(path, values)), Told(second.number, text)))
            for path, label in self._paths()
            if (text := self._text(path, second.cleaned)) or self._text(path, values)
        ]
        places = (self._place(first) if first is not None else "", self._place(second))
        leader = min(question.number, question.other) or question.number
        return Asked(question.id, leader, places, question.record_id, tuple(question.because), tuple(lines))

    def contested(self) -> list[Contested]:
        """Rows that wait because they say otherwise than their record and the import asks then."""
        if self.step.wanted.found != "review":
            return []
        waiting = (
            ledger.leads(),
            ledger.waits(),
            import_row.c.foreseen == "asked",
            import_row.c.record_id.is_not(None),
        )
        rows = ledger.rows_after(self.conn, self.run_id, 0, MOST_SHOWN, *waiting)
        groups = ledger.rows_led_by(self.conn, self.run_id, [row.number for row in rows])
        found = []
        for row in rows:
            record = self.step.record(self.conn, row.record_id or 0, seen=True)
            if record is None or row.record_id is None:
                continue
            both = merges(self.step.app, self.step.wanted, groups[row.number], record)
            lines = tuple(self._contest(merge) for merge in both if merge.is_contested)
            found.append(Contested(row.number, self._place(row), row.record_id, lines))
        return found

    def _contest(self, merge: Merge) -> Line:
        field = self.entity.fields[merge.path]
        told = (Told(side.numbers[0], self._said(merge.path, side.value)) for side in merge.sides)
        return Line(merge.path, field.label.say(self.step.language), tuple(told))

    # --- settling ----------------------------------------------------------------------------------------------------

    def answer(self, answers: Mapping[int, str]) -> None:
        """question's id → same or other. Rows that are the same become one, and are judged anew."""
        questions = {each.id: each for each in ledger.questions_of(self.conn, self.run_id)}
        for question_id, answer in answers.items():
            question = questions.get(question_id)
            if question is None or question.answer or answer not in ("same", "other"):
                continue
            ledger.set_answer(self.conn, question_id, answer)
            rows = self._rows([question.number, question.other])
            row = rows[question.number]
            if answer == "same":
                other = rows.get(question.other)
                leader = other.leader if other is not None else row.leader
                record_id = question.record_id or (other.record_id if other is not None else None) or row.record_id
                self._join(row.leader, leader, record_id)
            self._judge_anew([row.leader, *([rows[question.other].leader] if question.other in rows else [])])

    def choose(self, choices: Mapping[int, Mapping[str, int]]) -> None:
        """leading row's number → path → whose value stands (a row's number, or RECORD)."""
        rows = self._rows(list(choices))
        for number, chosen in choices.items():
            if number in rows:
                known = {path: source for path, source in chosen.items() if path in self.entity.fields}
                ledger.set_rows(
                    self.conn,
                    self.run_id,
                    ("choice",),
                    [{"number": number, "choice": {**rows[number].choice, **known}}],
                )
        self._judge_anew(list(rows))

    def _join(self, led: int, leader: int, record_id: int | None) -> None:
        """Everything that `led` leads follows `leader` from now on."""
        groups = ledger.rows_led_by(self.conn, self.run_id, [led, leader])
        members = [row for group in groups.values() for row in group]
        first = min(led, leader)
        changed = [{"number": row.number, "leader": first, "record_id": record_id} for row in members]
        ledger.set_rows(self.conn, self.run_id, ("leader", "record_id"), changed)

    def _judge_anew(self, numbers: Sequence[int]) -> None:
        c = import_row.c
        led = sa.select(c.leader).where(c.run_id == self.run_id, c.number.in_(numbers))
        here = (c.run_id == self.run_id, c.leader.in_(led), c.state == "")
        self.conn.execute(sa.update(import_row).where(*here).values(foreseen="", said=None))

    # --- values ------------------------------------------------------------------------------------------------------

    def _paths(self) -> Iterator[tuple[str, str]]:
        """(path, label) of what the import fills, in its order."""
        seen: set[str] = set()
        for column in self.step.wanted.columns.values():
            if column.path not in seen:
                seen.add(column.path)
                label = column.head if column.rows else self.entity.fields[column.fills].label.say(self.step.language)
                yield column.path, label

    def _record_values(self, record_id: int | None) -> Mapping[str, object]:
        record = self.step.record(self.conn, record_id, seen=True) if record_id is not None else None
        return record or {}

    def _text(self, path: str, values: Mapping[str, object]) -> str:
        value = values.get(path)
        if value is None or value == "":
            return ""
        table, dot, key = path.partition(".")
        fields = self.entity.fields
        field = self.step.app.entity(fields[table].target).fields[key] if dot else fields[path]
        return self._said_of(field, from_json(field.value_type, value))

    def _said(self, path: str, value: object) -> str:
        return self._said_of(self.entity.fields[path], value)

    def _said_of(self, field: Field, value: object) -> str:
        return Spoken(self.step.installed, self.conn, self.step.language).text(field, value)

    def _rows(self, numbers: Sequence[int]) -> dict[int, RowOfRun]:
        wanted = import_row.c.number.in_(sorted(set(numbers)))
        return {row.number: row for row in ledger.rows_after(self.conn, self.run_id, 0, len(numbers) + 1, wanted)}

    def _place(self, row: RowOfRun) -> str:
        return f"{self._sheets[row.sheet_id].name} · {row.line}"

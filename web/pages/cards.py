"""Cards of a board: what stands on one, what turns it red, where it may go."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from dsl.app import BoardView, Entity, Pipeline
from dsl.formula.python_code import compile_formula
from dsl.formula.tree import Formula
from dsl.formula.value_types import FileType, PersonType, PlaceType, RefType, RowsType
from engine.answers import Record
from web.board_contexts import Kard
from web.contexts import Link, Shown
from web.pages.address import address
from web.pages.amounts import short_amount
from web.pages.checks import move_href
from web.pages.showing import NUMBERS, late_text, shown
from web.session import current_context, current_engine, current_language

_ON_LAST_LINE = NUMBERS | {"person", "date"}
_SAME_START = 3
"""So many equal characters at the start of a title and a fact say the same thing twice in Chinese."""


class CardMaker:
    """Makes the cards of one board; what they share is gathered once."""

    def __init__(self, entity: Entity, board: BoardView, card: tuple[str, ...], pipeline: Pipeline | None) -> None:
        self.entity, self.board, self.card, self.pipeline = entity, board, card, pipeline
        self.app, self.language = current_engine().app, current_language()
        self._is_red = self._red_rule()

    def kard(self, record: Record) -> Kard:
        entity, title = self.entity, record.title or f"#{record.id}"
        facts = [self._fact(record, key) for key in self.card if key != entity.title]
        late = late_text(entity, record.values, self.language)
        told = [fact for fact in facts if fact.look != "empty" and not (late and fact.key == "days_in_stage")]
        return Kard(
            id=record.id,
            version=record.version,
            href=address("records.show", entity=entity.key, record_id=record.id),
            title=title,
            move_href=self._move_href(record),
            facts=tuple(f for f in told if not self._is_figure(f.key) and not repeats(title, f.text)),
            figures=tuple(f for f in told if self._is_figure(f.key)),
            moves=tuple(self._moves(record)),
            late=late,
            is_red=bool(late) or self._is_red(record),
        )

    def _fact(self, record: Record, key: str) -> Shown:
        """A value of the card; money in its short form."""
        fact, value = shown(self.app, record, key, self.language), record.values.get(key)
        field = self.entity.fields[key]
        if field.kind == "money" and isinstance(value, int) and fact.look != "empty":
            return fact._replace(text=short_amount(self.app, field, value, self.language))
        return fact

    def _is_figure(self, key: str) -> bool:
        return self.entity.fields[key].kind in _ON_LAST_LINE and key not in self.entity.scores

    def _move_href(self, record: Record) -> str:
        if self.board.by == "stage":
            return move_href(self.entity, record.id)
        return address("boards.put", entity=self.entity.key, record_id=record.id)

    def _moves(self, record: Record) -> Iterable[Link]:
        """The columns it may be taken to from here; who may take it there is judged when it is done."""
        if self.board.by != "stage":
            listed = self.app.choices[self.entity.fields[self.board.by].choices]
            now = record.values.get(self.board.by)
            for option in listed.options:
                if not option.retired and not option.is_group and option.key != now:
                    yield Link(option.label.say(self.language), option.key)
        elif self.pipeline is not None:
            stages = {s.key: s for s in self.pipeline.stages}
            for move in self.pipeline.moves_from(record.stage):
                if move.target in stages:
                    yield Link(stages[move.target].label.say(self.language), move.target, stages[move.target].end)

    def _red_rule(self) -> Callable[[Record], bool]:
        """The board's own rule for red, where it reads nothing but plain fields of the card's record."""
        rule = self.board.red
        if rule is None or not _is_plain(self.entity, rule):
            return lambda _record: False
        judge, env = compile_formula(rule, self.app), current_engine().env(current_context())
        needed = {read.field for read in rule.reads}
        return lambda record: needed <= set(record.values) and bool(judge(record.values, env))


def repeats(title: str, text: str) -> bool:
    """Whether a fact says what the title says already: a deal that begins with its customer's name."""
    short = min(len(text), len(title))
    if not short:
        return False
    if text in title or title in text:
        return True
    if ord(title[0]) < 0x2E80:  # a Latin word: its first one
        return title.split(maxsplit=1)[0].casefold() == text.split(maxsplit=1)[0].casefold()
    return short >= _SAME_START and title[:_SAME_START] == text[:_SAME_START]


def _is_plain(entity: Entity, rule: Formula) -> bool:
    linked = (RefType, PersonType, RowsType, FileType, PlaceType)
    return all(
        not read.via and read.field in entity.fields and not isinstance(entity.fields[read.field].value_type, linked)
        for read in rule.reads
    )

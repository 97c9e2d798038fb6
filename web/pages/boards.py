"""The board: a column for each stage (or option), cards to drag, counts and sums."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from urllib.parse import parse_qsl

from flask import Blueprint, Response, request, url_for
from werkzeug.datastructures import MultiDict

from dsl.app import BoardView, Entity
from dsl.formula.python_code import compile_formula
from dsl.formula.tree import Formula
from dsl.formula.value_types import FileType, PersonType, PlaceType, RefType, RowsType
from dsl.kinds import text_value
from engine.answers import Record
from engine.errors import NotThere
from engine.store.lists import Query
from web.contexts import Filter, Kard, Lane, Link
from web.pages.address import address
from web.pages.checks import move_href
from web.pages.filters import both, chips, has_key, where
from web.pages.frame import entity_or_404, page, rights_of
from web.pages.lists import wanted
from web.pages.showing import days_over, shown
from web.session import current_context, current_engine, current_language
from web.words import say

blueprint = Blueprint("boards", __name__)
CARDS_SHOWN = 40


@blueprint.get("/e/<entity>/board")
@blueprint.get("/e/<entity>/board/<view>")
def show(entity: str, view: str = "") -> Response:
    kind = entity_or_404(entity)
    board = board_of(kind, view)
    filters = _chips(kind, request.args)
    return page(
        "board.html",
        entity=kind,
        label=kind.label.say(current_language()),
        view=board,
        title=board.label.say(current_language()) or say("看板"),
        lanes=_Board(kind, board, request.args).lanes(),
        filters=filters,
        rights=rights_of(entity),
        view_key=board.key,
    )


def board_of(entity: Entity, key: str) -> BoardView:
    """The board asked for, or the first one. Raises NotThere for an entity without boards."""
    boards = {board.key: board for board in entity.boards}
    if not boards or (key and key not in boards):
        raise NotThere(say("没有这个看板"))
    return boards[key] if key else entity.boards[0]


def lanes_after(entity: Entity, view: str, query: str, keys: Collection[str]) -> tuple[Lane, ...]:
    """The columns that a move has changed. query: the address of the board, so that its filters stay."""
    args: MultiDict[str, str] = MultiDict(parse_qsl(query))
    return _Board(entity, board_of(entity, view), args).lanes(keys)


def _chips(entity: Entity, args: MultiDict[str, str]) -> list[Filter]:
    keys = [key for key in dict.fromkeys(k for view in entity.lists[:1] for k in view.filters) if key != "stage"]
    return chips(current_engine().app, entity, keys, args, current_context())


class _Board:
    """One board as the actor sees it: its columns are queries of their own, its counts and sums one more."""

    def __init__(self, entity: Entity, board: BoardView, args: MultiDict[str, str]) -> None:
        self.entity, self.board = entity, board
        self.engine, self.context, self.language = current_engine(), current_context(), current_language()
        self.hidden = rights_of(entity.key).hidden
        self.card = tuple(k for k in board.card if k in entity.fields and k not in self.hidden)
        self.total_field = self._total_field()
        self.pipeline = entity.pipeline_of(args.get("pipeline", "")) if entity.has_stages else None
        keys = [key for view in entity.lists[:1] for key in view.filters if key != "stage"]
        self.condition = where(entity, keys, args, (), self.context.actor.id)
        self.is_red = self._red_rule()

    def lanes(self, only: Collection[str] | None = None) -> tuple[Lane, ...]:
        """All columns, or those with the keys in `only`."""
        sums = (self.total_field,) if self.total_field else ()
        totals = self.engine.totals(self.context, self.entity.key, self.condition, self.board.by, sums)
        by_key = {str(total.key): total for total in totals}
        made = []
        for key, label, end in self._columns():
            if only is None or key in only:
                total = by_key.get(key)
                amount = total.sums.get(self.total_field) if total and self.total_field else None
                made.append(self._lane(key, label, end, total.count if total else 0, amount))
        return tuple(made)

    def _columns(self) -> Iterable[tuple[str, str, str]]:
        """(key, label, end) of each column, in the order of the stages or options."""
        if self.board.by == "stage" and self.pipeline is not None:
            return [(s.key, s.label.say(self.language), s.end) for s in self.pipeline.stages]
        listed = self.engine.app.choices[self.entity.fields[self.board.by].choices]
        return [(o.key, o.label.say(self.language), "") for o in listed.options if not o.retired and not o.is_group]

    def _total_field(self) -> str:
        """What is summed in the head of a column: the declared field, else the first money on the card."""
        declared = self.board.total
        if declared:
            return declared if declared in self.entity.fields and declared not in self.hidden else ""
        return next((k for k in self.card if self.entity.fields[k].kind == "money"), "")

    def _lane(self, key: str, label: str, end: str, count: int, amount: object) -> Lane:
        entity = self.entity
        query = Query(
            entity=entity.key,
            where=both(entity, (self.condition, has_key(entity, self.board.by, key))),
            sort=("-changed_at",),
            limit=CARDS_SHOWN,
            cursor=None,
            fields=self._fields(),
        )
        records = self.engine.page(self.context, query).items if count else ()
        text = text_value(self.engine.app, entity.fields[self.total_field], amount, self.language) if amount else ""
        more = address("lists.show", entity=entity.key, **{f"f.{self.board.by}": key})
        return Lane(
            key=key,
            label=label,
            count=count,
            sum=text.removesuffix(".00"),
            kards=tuple(map(self._kard, records)),
            end=end,
            more_href=more if count > CARDS_SHOWN or end in ("lost", "cancelled") else "",
            add_href=self._add_href(key),
        )

    def _add_href(self, key: str) -> str:
        """New records begin in the first column: it offers the form of one."""
        is_first = next(iter(self._columns()))[0] == key
        may_create = is_first and rights_of(self.entity.key).create
        return address("forms.new", entity=self.entity.key, dialog=1) if may_create else ""

    def _fields(self) -> tuple[str, ...]:
        reads = (read.field for read in self.board.red.reads) if self.board.red else ()
        keys = (*wanted(self.entity, self.card, self.hidden), *reads, self.board.by)
        return tuple(dict.fromkeys(k for k in keys if k in self.entity.fields and k not in self.hidden))

    def _kard(self, record: Record) -> Kard:
        entity = self.entity
        facts = (shown(self.engine.app, record, key, self.language) for key in self.card if key != entity.title)
        return Kard(
            id=record.id,
            version=record.version,
            href=url_for("records.show", entity=entity.key, record_id=record.id),
            title=record.title or f"#{record.id}",
            move_href=move_href(entity, record.id) if self.board.by == "stage" else "",
            facts=tuple(fact for fact in facts if fact.look != "empty"),
            moves=self._moves(record),
            is_red=days_over(entity, record.values) > 0 or self.is_red(record),
        )

    def _moves(self, record: Record) -> tuple[Link, ...]:
        """The stages that the flow allows from here; who may take them is judged when it is done."""
        if self.pipeline is None or self.board.by != "stage":
            return ()
        stages = {s.key: s for s in self.pipeline.stages}
        targets = (stages[m.target] for m in self.pipeline.moves_from(record.stage) if m.target in stages)
        return tuple(Link(s.label.say(self.language), s.key, s.end) for s in targets)

    def _red_rule(self) -> Callable[[Record], bool]:
        """The board's own rule for red, where it reads nothing but plain fields of the card's record."""
        rule = self.board.red
        if rule is None or not _is_plain(self.entity, rule):
            return lambda _record: False
        judge, env = compile_formula(rule, self.engine.app), self.engine.env(self.context)
        needed = {read.field for read in rule.reads}
        return lambda record: needed <= set(record.values) and bool(judge(record.values, env))


def _is_plain(entity: Entity, rule: Formula) -> bool:
    linked = (RefType, PersonType, RowsType, FileType, PlaceType)
    return all(
        not read.via and read.field in entity.fields and not isinstance(entity.fields[read.field].value_type, linked)
        for read in rule.reads
    )

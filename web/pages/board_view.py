"""One board as the actor sees it: columns with counts and sums, cards by the page, swim lanes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from werkzeug.datastructures import MultiDict

from dsl.app import BoardView, Entity, Stage
from dsl.formula.tree import Formula
from engine.insight.parts import Key
from engine.store.lists import Query
from engine.store.totals import Cell
from web.board_contexts import Board, Kard, Lane, Sum, Swim
from web.pages.address import address
from web.pages.amounts import sum_of
from web.pages.cards import CardMaker
from web.pages.drill import kept_filters, list_behind
from web.pages.filters import both, has_key, where
from web.pages.frame import rights_of
from web.pages.list_rows import wanted
from web.pages.showing import ASKED_IF_LATE
from web.pages.splits import Split, condition, condition_text, key_text, part_label, split_named, splits_of
from web.session import current_context, current_engine, current_language

CARDS_SHOWN = 30
SWIMS_SHOWN = 8
CARDS_IN_SWIM = 120
CARDS_IN_CELL = 6


@dataclass(frozen=True, slots=True)
class Column:
    key: str
    label: str
    stage: Stage | None = None

    @property
    def end(self) -> str:
        return self.stage.end if self.stage else ""


class BoardReader:
    """Reads a board for one address.

    args: the filters, `lanes` (what it is split by), `pipeline`. folds: column → folded, as the person left it.
    """

    def __init__(
        self, entity: Entity, board: BoardView, args: MultiDict[str, str], folds: Mapping[str, bool] | None = None
    ) -> None:
        self.entity, self.board, self.args, self.folds = entity, board, args, folds or {}
        self.engine, self.context, self.language = current_engine(), current_context(), current_language()
        self.hidden = rights_of(entity.key).hidden
        self.card = tuple(k for k in board.card if k in entity.fields and k not in self.hidden)
        self.pipeline = entity.pipeline_of(args.get("pipeline", "")) if entity.has_stages else None
        self.split: Split | None = split_named(entity, args.get("lanes", ""))
        keys = [key for view in entity.lists[:1] for key in view.filters if key != board.by]
        self.condition = where(entity, keys, args, (), self.context.actor.id)
        self.maker = CardMaker(entity, board, self.card, self.pipeline)

    # --- the whole ---------------------------------------------------------------------------------------------------

    def board_shown(self) -> Board:
        """The page's board, split into swim lanes where the address asks for it."""
        lanes = self.lanes()
        going = [column.key for column in self.columns if not column.end]
        amounts = [self._amount(key) for key in going]
        weighted = [amount for column in self.columns if (amount := self._weighted_amount(column)) is not None]
        found = Board(
            lanes=lanes,
            count=sum(self._count(key) for key in going),
            sum=self._sum(sum(amounts)),
            weighted=self._sum(sum(weighted)) if weighted else None,
        )
        if self.split is None:
            return found
        return self._swimming(found, self.split)

    def lanes(self, only: Collection[str] | None = None, *, is_opened: bool = False) -> tuple[Lane, ...]:
        """All columns, or those with the keys in `only`. is_opened: whatever is folded by itself is shown open."""
        columns = [column for column in self.columns if only is None or column.key in only]
        return tuple(self._lane(column, is_opened=is_opened) for column in columns)

    def more(self, key: str, cursor: str) -> Lane:
        """The next cards of a column."""
        column = next((column for column in self.columns if column.key == key), Column(key, key))
        kards, next_href = self._kards(column, cursor)
        return replace(self._empty_lane(column), kards=kards, next_href=next_href)

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """In the order of the stages or options."""
        language = self.language
        if self.board.by == "stage" and self.pipeline is not None:
            return tuple(Column(stage.key, stage.label.say(language), stage) for stage in self.pipeline.stages)
        listed = self.engine.app.choices[self.entity.fields[self.board.by].choices]
        kept = (option for option in listed.options if not option.retired and not option.is_group)
        return tuple(Column(option.key, option.label.say(language)) for option in kept)

    # --- counts and sums ---------------------------------------------------------------------------------------------

    @cached_property
    def total_field(self) -> str:
        """What is summed in the head of a column: the declared field, else the first money on the card."""
        declared = self.board.total
        if declared:
            return declared if declared in self.entity.fields and declared not in self.hidden else ""
        return next((k for k in self.card if self.entity.fields[k].kind == "money"), "")

    @cached_property
    def _totals(self) -> Mapping[str, tuple[int, int]]:
        sums = (self.total_field,) if self.total_field else ()
        found = self.engine.totals(self.context, self.entity.key, self.condition, self.board.by, sums)
        return {str(total.key): (total.count, _whole(total.sums.get(self.total_field))) for total in found}

    def _count(self, key: str) -> int:
        return self._totals.get(key, (0, 0))[0]

    def _amount(self, key: str) -> int:
        return self._totals.get(key, (0, 0))[1]

    def _weighted_amount(self, column: Column) -> int | None:
        """The sum times the chance of the stage, rounded half up; None where no chance is said or all is decided."""
        chance = column.stage.chance if column.stage and not column.end else None
        return (self._amount(column.key) * chance + 5_000) // 10_000 if chance is not None else None

    def _sum(self, amount: int) -> Sum | None:
        if not self.total_field:
            return None
        return sum_of(self.engine.app, self.entity.fields[self.total_field], amount, self.language)

    # --- a column ----------------------------------------------------------------------------------------------------

    def _lane(self, column: Column, *, is_opened: bool) -> Lane:
        is_folded = not is_opened and self._is_folded(column)
        empty = self._empty_lane(column)
        if is_folded or self.split is not None or not empty.count:
            return replace(empty, is_folded=is_folded, is_loaded=not is_folded)
        kards, next_href = self._kards(column, "")
        return replace(empty, kards=kards, next_href=next_href)

    def _is_folded(self, column: Column) -> bool:
        """As it was left; else what has ended is folded, since nobody works on it."""
        return self.folds.get(column.key, bool(column.end))

    def _empty_lane(self, column: Column) -> Lane:
        weighted = self._weighted_amount(column)
        base = {"entity": self.entity.key, "view": self.board.key, "key": column.key}
        return Lane(
            id=f"lane-{column.key}",
            key=column.key,
            label=column.label,
            count=self._count(column.key),
            sum=self._sum(self._amount(column.key)),
            kards=(),
            end=column.end,
            weighted=self._sum(weighted) if weighted is not None else None,
            list_href=self.list_href(column.key),
            lane_href=address("boards.lane", **base, **self._kept()),
            add_href=self._add_href(column.key),
        )

    def _kards(self, column: Column, cursor: str) -> tuple[tuple[Kard, ...], str]:
        """A page of cards, and where the next one is."""
        here = has_key(self.entity, self.board.by, column.key)
        found = self.engine.page(self.context, self._query(both(self.entity, (self.condition, here)), cursor))
        base = {"entity": self.entity.key, "view": self.board.key, "key": column.key}
        href = address("boards.more", **base, **self._kept(), cursor=found.next) if found.next else ""
        return tuple(map(self.maker.kard, found.items)), href

    def _query(self, condition: Formula | None, cursor: str = "", limit: int = CARDS_SHOWN) -> Query:
        fields = self._fields()
        return Query(self.entity.key, condition, ("-changed_at",), limit, cursor or None, fields)

    def _fields(self) -> tuple[str, ...]:
        reads = (read.field for read in self.board.red.reads) if self.board.red else ()
        keys = (*wanted(self.entity, self.card, self.hidden), *ASKED_IF_LATE, *reads, self.board.by)
        return tuple(dict.fromkeys(k for k in keys if k in self.entity.fields and k not in self.hidden))

    # --- addresses ---------------------------------------------------------------------------------------------------

    def _kept(self) -> dict[str, tuple[str, ...]]:
        """The filters and the pipeline of this address."""
        pipeline = tuple(self.args.getlist("pipeline"))
        return {**kept_filters(self.args), **({"pipeline": pipeline} if pipeline else {})}

    def list_href(self, key: str, part: str = "") -> str:
        """The list of what stands in a column, under the board's own filters."""
        return list_behind(self.entity, self.args, f'{self.board.by} = "{key}"' if key else "", part)

    def _add_href(self, key: str, part: Mapping[str, str] | None = None) -> str:
        """New records begin in the first stage; a board of options offers its form in every column."""
        if not rights_of(self.entity.key).create:
            return ""
        if self.board.by != "stage":
            return address("forms.new", entity=self.entity.key, dialog=1, **{self.board.by: key}, **(part or {}))
        is_first = self.columns[0].key == key
        return address("forms.new", entity=self.entity.key, dialog=1, **(part or {})) if is_first else ""

    # --- swim lanes --------------------------------------------------------------------------------------------------

    def _swimming(self, found: Board, split: Split) -> Board:
        begin = int(text) if (text := self.args.get("from", "")).isdigit() else 0
        sums = (self.total_field,) if self.total_field else ()
        with self.engine.figures(self.context) as figures:
            cells = figures.cells(self.entity.key, self.condition, self.board.by, split.path, sums)
            keys = self._parts_in_order(cells)
            names = figures.names(self.entity.key, split.path, keys)
        shown = keys[begin : begin + SWIMS_SHOWN]
        swims = tuple(self._swim(split, at + begin, key, cells, names) for at, key in enumerate(shown))
        after = begin + SWIMS_SHOWN
        kept = {**self._kept(), "lanes": split.path}
        here = {"entity": self.entity.key, "view": self.board.key}
        more = address("boards.show", **here, **kept, **{"from": after}) if after < len(keys) else ""
        return replace(found, swims=swims, more_href=more)

    def _parts_in_order(self, cells: Iterable[Cell]) -> list[Key]:
        """The parts with something under way, the fullest first; nobody's last."""
        going = {column.key for column in self.columns if not column.end}
        counts: dict[Key, int] = {}
        for cell in cells:
            if cell.key in going:
                counts[cell.part] = counts.get(cell.part, 0) + cell.count
        return sorted(counts, key=lambda key: (key is None, -counts[key], str(key)))

    def _swim(self, split: Split, at: int, key: Key, cells: Iterable[Cell], names: Mapping[Key, str]) -> Swim:
        mine = {str(cell.key): cell for cell in cells if cell.part == key}
        text = condition_text(split, key)
        open_columns = [column for column in self.columns if not self._is_folded(column)]
        kards = self._kards_in(text, [column.key for column in open_columns])
        made = []
        for column in self.columns:
            cell, here = mine.get(column.key), kards.get(column.key, [])
            lane = replace(
                self._empty_lane(column),
                id=f"cell-{at}-{column.key}",
                count=cell.count if cell else 0,
                sum=self._sum(_whole(cell.sums.get(self.total_field)) if cell else 0),
                kards=tuple(here[:CARDS_IN_CELL]),
                is_folded=column not in open_columns,
                list_href=self.list_href(column.key, text),
                add_href=self._add_href(column.key, {split.path: key_text(key)} if key is not None else None),
            )
            made.append(lane)
        going = [cell for cell in mine.values() if cell.key in {c.key for c in self.columns if not c.end}]
        amount = self._sum(sum(_whole(cell.sums.get(self.total_field)) for cell in going))
        count = sum(cell.count for cell in going)
        return Swim(key_text(key), part_label(split, key, names), count, amount, tuple(made), self.list_href("", text))

    def _kards_in(self, part: str, columns: list[str]) -> dict[str, list[Kard]]:
        """The cards of one swim lane by column: one query for all of them."""
        condition_here = condition(self.entity, part)
        keys = " or ".join(f'{self.board.by} = "{key}"' for key in columns)
        open_here = condition(self.entity, f"({keys})") if keys else None
        if condition_here is None or open_here is None:
            return {}
        query = self._query(both(self.entity, (self.condition, condition_here, open_here)), limit=CARDS_IN_SWIM)
        found: dict[str, list[Kard]] = {}
        for record in self.engine.page(self.context, query).items:
            found.setdefault(str(record.values.get(self.board.by)), []).append(self.maker.kard(record))
        return found

    @property
    def splits(self) -> tuple[Split, ...]:
        return tuple(split for split in splits_of(self.entity) if split.path != self.board.by)


def _whole(amount: object) -> int:
    return amount if isinstance(amount, int) else 0

"""What the first page gathers: what is overdue, what is to be followed up today, where my work stands, in figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from werkzeug.datastructures import MultiDict

from dsl.app import Entity, Stage
from dsl.formula.tree import Formula
from dsl.kinds import text_value
from engine.answers import Record, Total
from engine.insight.figures import Figures
from engine.store.lists import Query
from web.chart_contexts import Tile
from web.pages.address import address
from web.pages.amounts import short_amount, sum_of
from web.pages.chart_view import LATE
from web.pages.drill import list_behind
from web.pages.frame import menu_entities, readable_boards, rights_of
from web.pages.list_rows import NEXT_STEP_FIELDS, next_step
from web.pages.list_state import view_of
from web.pages.showing import days_over, late_text
from web.session import current_engine, current_language
from web.words import say

DUE_SHOWN = 8
Rank = tuple[bool, int]
"""Whether it is hers, and how urgent it is: what is higher comes first."""
NOWHERE_ELSE: MultiDict[str, str] = MultiDict()
"""The first page has no filters to keep."""


@dataclass(frozen=True, slots=True)
class Due:
    """A record that needs me: why, and the way there."""

    title: str
    label: str
    icon: str
    where: str
    note: str
    href: str


@dataclass(frozen=True, slots=True)
class DueList:
    """The first of them, how many there are, and the lists of all: (name, count, address)."""

    dues: tuple[Due, ...]
    count: int
    ways: tuple[tuple[str, int, str], ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """One stage of a pipeline: share of the longest bar in percent."""

    label: str
    count: int
    sum: str
    share: int
    href: str


@dataclass(frozen=True, slots=True)
class Pipeline:
    title: str
    icon: str
    href: str
    charts_href: str
    bars: tuple[Bar, ...]
    count: int


class Share:
    """One staged entity, as far as it concerns the person: the open records that are hers, or all in sight."""

    def __init__(self, entity: Entity, figures: Figures, *, wants_all: bool) -> None:
        self.entity, self.figures, self.wants_all = entity, figures, wants_all
        self.engine, self.language = current_engine(), current_language()
        rights = rights_of(entity.key)
        self.covered = rights.hidden | rights.masked

    # --- whose -------------------------------------------------------------------------------------------------------

    @cached_property
    def owner(self) -> str:
        found = self.entity.owner_field or ("owner" if "owner" in self.entity.fields else "")
        return "" if found in self.covered else found

    @cached_property
    def _all(self) -> Mapping[str, Total]:
        return self._totals(self._formula(self._open))

    @cached_property
    def _own(self) -> Mapping[str, Total]:
        return self._totals(self._formula(self._own_text)) if self.owner else {}

    @property
    def owns_some(self) -> bool:
        return any(total.count for total in self._own.values())

    @property
    def sees_more(self) -> bool:
        """Whether there is more in sight than her own."""
        return sum(t.count for t in self._all.values()) > sum(t.count for t in self._own.values())

    @property
    def is_own(self) -> bool:
        return self.owns_some and not self.wants_all

    @cached_property
    def text(self) -> str:
        """The condition of her share, as a list's filter is written."""
        return self._own_text if self.is_own else self._open

    @property
    def _own_text(self) -> str:
        return f"{self.owner} = me and ({self._open})"

    @cached_property
    def going(self) -> tuple[Stage, ...]:
        found = {stage.key: stage for line in self.entity.pipelines for stage in line.stages if not stage.end}
        return tuple(found.values())

    @property
    def has_chances(self) -> bool:
        """Whether it is something to be won: the figures of the page are of that."""
        return any(stage.chance is not None for stage in self.going)

    @property
    def _open(self) -> str:
        return " or ".join(f'stage = "{stage.key}"' for stage in self.going)

    @property
    def totals(self) -> Mapping[str, Total]:
        return self._own if self.is_own else self._all

    @property
    def count(self) -> int:
        return sum(total.count for total in self.totals.values())

    # --- what is due -------------------------------------------------------------------------------------------------

    @cached_property
    def late_text(self) -> str:
        """The condition of what is overdue in her share; "" where no stage has a standard."""
        is_timed = "days_in_stage" not in self.covered and any(stage.limit is not None for stage in self.going)
        return f"({self.text}) and {LATE}" if is_timed and self.count else ""

    @cached_property
    def follow_text(self) -> str:
        """The condition of what was to be followed up by today; "" where no field says when."""
        fields = self.entity.fields
        days = (key for key in NEXT_STEP_FIELDS if key in fields and fields[key].kind == "date")
        key = next((key for key in days if key not in self.covered), "")
        return f"({self.text}) and {key} <= today()" if key and self.count else ""

    def count_of(self, text: str) -> int:
        found = self.figures.totals(self.entity.key, self._formula(text), "stage") if text else []
        return sum(total.count for total in found)

    def overdue(self) -> Iterable[tuple[Rank, Due]]:
        """Those longest in their stage, with how much each is over its standard."""
        longest = "-changed_at" if "stage_since" in self.covered else "stage_since"
        for record in self.records(self._formula(self.late_text), (longest,), DUE_SHOWN):
            over = days_over(self.entity, record.values)
            yield (self.is_own, over), self.due(record, late_text(self.entity, record.values, self.language))

    def to_follow(self) -> Iterable[tuple[Rank, Due]]:
        """Those that were to be followed up the longest ago."""
        fields = self.entity.fields
        day = next(key for key in NEXT_STEP_FIELDS if key in fields and fields[key].kind == "date")
        for record in self.records(self._formula(self.follow_text), (day,), DUE_SHOWN):
            value = record.values.get(day)
            since = -value.toordinal() if isinstance(value, date) else 0
            note = text_value(self.engine.app, fields[day], value, self.language)
            yield (self.is_own, since), self.due(record, note)

    def due(self, record: Record, note: str) -> Due:
        entity = self.entity
        stage = entity.stage(record.stage)
        where = (record.titles.get(entity.parent, ""), stage.label.say(self.language) if stage else "")
        told = [*(text for text in where if text), next_step(record, entity)]
        href = address("records.show", entity=entity.key, record_id=record.id)
        label = entity.label.say(self.language)
        return Due(record.title or f"#{record.id}", label, entity.icon, " · ".join(filter(None, told)), note, href)

    def records(self, condition: Formula | None, sort: tuple[str, ...], limit: int) -> tuple[Record, ...]:
        keys = (self.entity.title, self.entity.parent, "stage", "changed_at", "days_in_stage", *NEXT_STEP_FIELDS)
        fields = tuple(key for key in dict.fromkeys(keys) if key in self.entity.fields and key not in self.covered)
        return self.figures.page(Query(self.entity.key, condition, sort, limit, None, fields)).items

    def open_records(self, limit: int) -> tuple[Record, ...]:
        """The latest of her share."""
        return self.records(self._formula(self.text), ("-changed_at",), limit) if self.count else ()

    # --- figures -----------------------------------------------------------------------------------------------------

    @cached_property
    def money(self) -> str:
        shown = (*(board.total for board in readable_boards(self.entity)), *view_of(self.entity, "").columns)
        fields = self.entity.fields
        found = (key for key in shown if key in fields and key not in self.covered and fields[key].kind == "money")
        return next(found, "")

    def pipeline(self) -> Pipeline:
        label = self.entity.label.say(self.language)
        most = max((total.count for total in self.totals.values()), default=0)
        href = address("boards.show", entity=self.entity.key)
        return Pipeline(
            title=say("我的{label}", label=label) if self.is_own else say("进行中的{label}", label=label),
            icon=self.entity.icon,
            href=f"{href}?f.{self.owner}=me" if self.is_own else href,
            charts_href=address("charts.show", entity=self.entity.key),
            bars=tuple(self._bar(stage, most) for stage in self.going),
            count=self.count,
        )

    def _bar(self, stage: Stage, most: int) -> Bar:
        total = self.totals.get(stage.key)
        amount = total.sums.get(self.money) if total else None
        field = self.entity.fields.get(self.money)
        text = short_amount(self.engine.app, field, amount, self.language) if field and isinstance(amount, int) else ""
        own = f"{self.owner} = me" if self.is_own else ""
        href = list_behind(self.entity, NOWHERE_ELSE, f'stage = "{stage.key}"', own)
        count = total.count if total else 0
        return Bar(stage.label.say(self.language), count, text, round(100 * count / most) if most else 0, href)

    def tiles(self) -> Iterable[Tile]:
        """Under way, worth, and won this month."""
        label = self.entity.label.say(self.language)
        yield Tile(
            say("进行中的{label}", label=label), f"{self.count:,}", list_behind(self.entity, NOWHERE_ELSE, self.text)
        )
        field = self.entity.fields.get(self.money)
        if field is None:
            return
        amounts = {key: amount for key, t in self.totals.items() if isinstance(amount := t.sums.get(self.money), int)}
        weighted = sum((amounts.get(s.key, 0) * (s.chance or 0) + 5_000) // 10_000 for s in self.going)
        app = self.engine.app
        for name, amount in ((say("在手金额"), sum(amounts.values())), (say("加权金额"), weighted)):
            found = sum_of(app, field, amount, self.language)
            if found:
                yield Tile(name, found.short, exact=found.exact)
        yield from self._won()

    def _won(self) -> Iterable[Tile]:
        won = [s.key for line in self.entity.pipelines for s in line.stages if s.end == "won"]
        if not won or "stage_since" in self.covered:
            return
        at_end = " or ".join(f'stage = "{key}"' for key in dict.fromkeys(won))
        text = f'({at_end}) and date(stage_since) >= start_of(today(), "month")'
        text += f" and {self.owner} = me" if self.is_own else ""
        totals = self._totals(self._formula(text))
        amounts = [amount for t in totals.values() if isinstance(amount := t.sums.get(self.money), int)]
        count = sum(total.count for total in totals.values())
        found = sum_of(self.engine.app, self.entity.fields[self.money], sum(amounts), self.language)
        value = f"{count} · {found.short}" if found else f"{count}"
        yield Tile(
            say("本月赢单"), value, list_behind(self.entity, NOWHERE_ELSE, text), exact=found.exact if found else ""
        )

    # --- asking ------------------------------------------------------------------------------------------------------

    def _totals(self, condition: Formula | None) -> Mapping[str, Total]:
        sums = (self.money,) if self.money else ()
        return {str(t.key): t for t in self.figures.totals(self.entity.key, condition, "stage", sums)}

    def _formula(self, text: str) -> Formula | None:
        return self.figures.filter(self.entity.key, text)


def due_list(shares: Iterable[Share], *, is_late: bool) -> DueList:
    """What is overdue, or to be followed up, over all of the person's shares: first what is hers, the worst before."""
    ranked: list[tuple[Rank, Due]] = []
    ways: list[tuple[str, int, str]] = []
    for share in shares:
        text = share.late_text if is_late else share.follow_text
        count = share.count_of(text)
        if count:
            href = list_behind(share.entity, NOWHERE_ELSE, text)
            ways.append((share.entity.label.say(share.language), count, href))
            ranked += share.overdue() if is_late else share.to_follow()
    ranked.sort(key=lambda pair: pair[0], reverse=True)
    dues = tuple(due for _rank, due in ranked[:DUE_SHOWN])
    return DueList(dues, sum(count for _name, count, _href in ways), tuple(ways))


def staged_entities() -> tuple[Entity, ...]:
    return tuple(
        entity for entity in menu_entities() if entity.has_stages and "stage" not in rights_of(entity.key).hidden
    )

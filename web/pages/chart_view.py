"""The charts of one entity: its funnel, how long stages take, how scores are spread. Each with the table it is of.

Every figure is counted within what the viewer may see, under the chips of the address, and leads to the list of the
very records it counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from werkzeug.datastructures import MultiDict

from dsl.app import Entity, Score, Stage
from engine.insight.figures import Figures
from engine.insight.parts import Key
from engine.insight.stays import Passage, Stay
from web.board_contexts import Sum
from web.chart_contexts import Chart, Figure, Tile
from web.pages.amounts import sum_of
from web.pages.drill import list_behind
from web.pages.filters import both, where
from web.pages.frame import readable_boards, rights_of
from web.pages.showing import days_text, limit_text
from web.pages.splits import Split, condition_text, part_label, split_named, splits_of
from web.session import current_context, current_engine, current_language
from web.words import say

PERIODS = (30, 90, 180, 365)
DAY = 86_400
PARTS_SHOWN = 12
LATE = "days_in_stage > stage.limit_days"
_HUES = {"red": "bad", "orange": "warn", "yellow": "warn", "green": "ok"}


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands in one stage now."""

    count: int = 0
    amount: int = 0
    late: int = 0


class ChartReader:
    """Makes the charts of one entity for one address. args: the chips, `days` (the period), `by` (the split)."""

    def __init__(self, entity: Entity, args: MultiDict[str, str], figures: Figures) -> None:
        self.entity, self.args, self.figures = entity, args, figures
        self.engine, self.context, self.language = current_engine(), current_context(), current_language()
        rights = rights_of(entity.key)
        self.covered = rights.hidden | rights.masked
        keys = [key for view in entity.lists[:1] for key in view.filters]
        self.condition = where(entity, keys, args, (), self.context.actor.id)
        self.days = int(text) if (text := args.get("days", "")) in map(str, PERIODS) else 365
        found = splits_of(entity)
        self.splits = found
        self.split: Split | None = split_named(entity, args.get("by", "")) or _usual_split(found)

    def charts(self) -> tuple[Chart, ...]:
        made = [self._funnel(), self._dwell()] if self.stages else []
        if self.stages and self.split is not None:
            made.append(self._dwell_by_part(self.split))
        scores = (score for score in self.entity.scores.values() if score.key not in self.covered and score.bands)
        return (*made, *(self._spread(score) for score in scores))

    def tiles(self) -> tuple[Tile, ...]:
        """What is under way, in four figures."""
        if not self.stages:
            return ()
        going = [self._standing(stage.key) for stage in self.going]
        count, amount, late = (
            sum(values) for values in zip(*((s.count, s.amount, s.late) for s in going), strict=True)
        )
        keys = _any_stage(self.going)
        tiles = [Tile(say("进行中"), f"{count:,}", self._behind(keys))]
        if self.money:
            total, weighted = self._sum(amount), self._sum(self._weighted_total)
            tiles.append(Tile(say("金额"), total.short if total else "0", exact=total.exact if total else ""))
            if weighted and any(stage.chance is not None for stage in self.going):
                tiles.append(Tile(say("加权金额"), weighted.short, exact=weighted.exact))
        if self.has_limits:
            tiles.append(Tile(say("已超期"), f"{late:,}", self._behind(keys, LATE) if late else "", is_bad=late > 0))
        return tuple(tiles)

    # --- what is asked -----------------------------------------------------------------------------------------------

    @cached_property
    def stages(self) -> tuple[Stage, ...]:
        """The stages of the pipelines, each once, in order."""
        if "stage" in self.covered:
            return ()
        return tuple({stage.key: stage for line in self.entity.pipelines for stage in line.stages}.values())

    @cached_property
    def going(self) -> tuple[Stage, ...]:
        return tuple(stage for stage in self.stages if not stage.end)

    @cached_property
    def has_limits(self) -> bool:
        return "days_in_stage" not in self.covered and any(stage.limit is not None for stage in self.stages)

    @cached_property
    def money(self) -> str:
        """What is summed: the total of the first board, else the first money."""
        fields = self.entity.fields
        named = (
            *(board.total for board in readable_boards(self.entity)),
            *(k for k, f in fields.items() if f.kind == "money"),
        )
        return next((key for key in named if key in fields and key not in self.covered), "")

    @property
    def since(self) -> datetime:
        return self.context.at - timedelta(days=self.days)

    @cached_property
    def _standings(self) -> Mapping[str, Standing]:
        sums = (self.money,) if self.money else ()
        late = self.figures.filter(self.entity.key, LATE) if self.has_limits else None
        overdue: dict[str, int] = {}
        if late is not None:
            asked = both(self.entity, (self.condition, late))
            overdue = {str(t.key): t.count for t in self.figures.totals(self.entity.key, asked, "stage")}
        found = self.figures.totals(self.entity.key, self.condition, "stage", sums)
        return {
            str(t.key): Standing(t.count, _whole(t.sums.get(self.money)), overdue.get(str(t.key), 0)) for t in found
        }

    def _standing(self, stage: str) -> Standing:
        return self._standings.get(stage, Standing())

    @cached_property
    def _passages(self) -> Mapping[str, Passage]:
        return self.figures.passages(self.entity.key, self.condition, self.since)

    @cached_property
    def _weighted_total(self) -> int:
        return sum(_weighted(stage, self._standing(stage.key).amount) for stage in self.going)

    def _sum(self, amount: int) -> Sum | None:
        field = self.entity.fields.get(self.money)
        return sum_of(self.engine.app, field, amount, self.language) if field else None

    def _behind(self, *conditions: str) -> str:
        return list_behind(self.entity, self.args, *conditions)

    # --- the funnel --------------------------------------------------------------------------------------------------

    def _funnel(self) -> Chart:
        rows: list[tuple[Figure, ...]] = []
        ended: list[tuple[Figure, ...]] = []
        bars = []
        for stage in self.stages:
            standing, passage = self._standing(stage.key), self._passages.get(stage.key)
            href = self._behind(f'stage = "{stage.key}"')
            amount = self._sum(standing.amount)
            figures = [
                Figure(stage.label.say(self.language), href, is_number=False),
                Figure(f"{standing.count:,}", href),
            ]
            if self.money:
                weighted = self._sum(_weighted(stage, standing.amount)) if not stage.end else None
                figures += [Figure(amount.exact if amount else "–"), Figure(weighted.exact if weighted else "–")]
            figures.append(Figure(f"{passage.entered:,}" if passage else "–"))
            figures.append(Figure(f"{passage.rate:.0%}" if passage and not stage.end else "–"))
            (ended if stage.end else rows).append(tuple(figures))
            note = amount.short if amount else ""
            if not stage.end:  # what has ended piles up for ever: its bar would make those that one works on short
                bars.append(
                    {"name": figures[0].text, "now": standing.count, "entered": passage.entered if passage else 0,
                     "note": note, "href": href}
                )  # fmt: skip
        heads = [say("阶段"), say("现在")]
        heads += [say("金额"), say("加权")] if self.money else []
        heads += [say("进入过"), say("推进率")]
        labels = {"now": say("现在"), "entered": say("{n} 天内进入过", n=self.days)}
        note = say("「进入过」是最近 {n} 天进入该阶段的记录，「推进率」是其中已走到后面阶段的比例。", n=self.days)
        return Chart(
            "funnel", say("阶段漏斗"), "funnel", {"bars": bars, "labels": labels}, tuple(heads), tuple(rows), note,
            ended=tuple(ended),
        )  # fmt: skip

    # --- dwell -------------------------------------------------------------------------------------------------------

    def _dwell(self) -> Chart:
        found = {stay.stage: stay for stay in self.figures.stays(self.entity.key, self.condition, "", self.since)}
        rows, bars = [], []
        for stage in self.going:
            stay, standing = found.get(stage.key), self._standing(stage.key)
            here = f'stage = "{stage.key}"'
            label = stage.label.say(self.language)
            late = Figure(f"{standing.late:,}", self._behind(here, LATE) if standing.late else "", standing.late > 0)
            rows.append(
                (
                    Figure(label, self._behind(here), is_number=False),
                    Figure(limit_text(stage, self.language) or "–"),
                    *self._stay_figures(stage, stay),
                    Figure(f"{standing.count:,}", self._behind(here)),
                    late,
                )
            )
            bars.append(
                {"name": label, "half": _in_days(stay.half) if stay else 0, "most": _in_days(stay.most) if stay else 0,
                 "limit": _limit(stage), "href": self._behind(here, LATE if standing.late else "")}
            )  # fmt: skip
        heads = (
            say("阶段"),
            say("标准"),
            say("走完次数"),
            say("一半在内"),
            say("九成在内"),
            say("超期率"),
            say("现在停留"),
            say("现在超期"),
        )
        labels = {"half": say("一半在内"), "most": say("九成在内"), "limit": say("标准"), "unit": say("天")}
        note = say(
            "最近 {n} 天里离开该阶段的每一次停留，按日历天计；超期按各阶段自己的标准（可以是工作日）。", n=self.days
        )
        return Chart("dwell", say("各阶段停留"), "dwell", {"bars": bars, "labels": labels}, heads, tuple(rows), note)

    def _stay_figures(self, stage: Stage, stay: Stay | None) -> tuple[Figure, ...]:
        if stay is None:
            return (Figure("0"), Figure("–"), Figure("–"), Figure("–"))
        limit = _limit(stage)
        over = limit is not None and not stage.limit_in_workdays and _in_days(stay.half) > limit
        half = Figure(days_text(stay.half, self.language), is_bad=over)
        rate = f"{stay.late / stay.ended:.0%}" if limit is not None else "–"
        return Figure(f"{stay.ended:,}"), half, Figure(days_text(stay.most, self.language)), Figure(rate)

    def _dwell_by_part(self, split: Split) -> Chart:
        entity = self.entity.key
        stays = self.figures.stays(entity, self.condition, split.path, self.since)
        late = self._late_by_part(split)
        keys = _largest(stays, late)
        names = self.figures.names(entity, split.path, keys)
        by_place = {(stay.stage, stay.part): stay for stay in stays}
        labels = [part_label(split, key, names) for key in keys]
        cells, rows = [], []
        for at, key in enumerate(keys):
            figures = [Figure(labels[at], self._behind(condition_text(split, key)), is_number=False)]
            for place, stage in enumerate(self.going):
                stay, overdue = by_place.get((stage.key, key)), late.get((stage.key, key), 0)
                behind = self._behind(f'stage = "{stage.key}"', condition_text(split, key), LATE) if overdue else ""
                limit = _limit(stage)
                days = _in_days(stay.half) if stay else None
                is_over = days is not None and limit is not None and days > limit
                text = days_text(stay.half, self.language) if stay else "–"
                figures.append(
                    Figure(say("{days}，超期 {n}", days=text, n=overdue) if overdue else text, behind, is_over)
                )
                if days is not None:
                    ratio = round(days / limit, 2) if limit else None
                    cells.append({"at": [place, at], "days": days, "ratio": ratio, "href": behind})
            rows.append(tuple(figures))
        stages = [stage.label.say(self.language) for stage in self.going]
        data = {
            "cells": cells,
            "stages": stages,
            "parts": labels,
            "labels": {"unit": say("天"), "ratio": say("标准的倍数")},
        }
        note = say("每格是一半停留在多少天之内；红字超过标准。「超期」是现在停着的，点开看是哪些。")
        title = say("各阶段停留：按{label}", label=split.label)
        return Chart("parts", title, "heat", data, (split.label, *stages), tuple(rows), note, is_wide=True)

    def _late_by_part(self, split: Split) -> dict[tuple[str, Key], int]:
        late = self.figures.filter(self.entity.key, LATE) if self.has_limits else None
        if late is None:
            return {}
        asked = both(self.entity, (self.condition, late))
        cells = self.figures.cells(self.entity.key, asked, "stage", split.path)
        going = {stage.key for stage in self.going}
        return {(str(cell.key), cell.part): cell.count for cell in cells if cell.key in going}

    # --- scores ------------------------------------------------------------------------------------------------------

    def _spread(self, score: Score) -> Chart:
        band_field = f"{score.key}_band"
        found = self.figures.totals(self.entity.key, self.condition, band_field)
        counts = {str(total.key): total.count for total in found}
        whole = sum(counts.values())
        rows, bars = [], []
        for band in score.bands:
            count = counts.get(band.key, 0)
            href = self._behind(f'{band_field} = "{band.key}"')
            label, tone = band.label.say(self.language), _HUES.get(band.color, "")
            share = f"{count / whole:.1%}" if whole else "–"
            span = f"{'' if band.low is None else band.low}–{'' if band.high is None else band.high}"
            rows.append(
                (
                    Figure(label, href, is_number=False, swatch=band.color),
                    Figure(span),
                    Figure(f"{count:,}", href),
                    Figure(share),
                )
            )
            bars.append({"name": label, "now": count, "note": share, "href": href, "tone": tone})
        title = say("{label}分布", label=score.label.say(self.language))
        heads = (say("档次"), say("分数"), say("条数"), say("占比"))
        note = say("共 {n} 条在您的可见范围内。", n=f"{whole:,}")
        return Chart(
            score.key, title, "bands", {"bars": bars, "labels": {"now": say("条数")}}, heads, tuple(rows), note
        )


def _usual_split(splits: Iterable[Split]) -> Split | None:
    """The owner's unit: the one by which regions are compared; else the first there is."""
    found = tuple(splits)
    return next((split for split in found if split.path.endswith(".unit")), found[0] if found else None)


def _largest(stays: Iterable[Stay], late: Mapping[tuple[str, Key], int]) -> list[Key]:
    """The parts with most visits, and those with something overdue; nobody's last."""
    counts: dict[Key, int] = {part: 0 for _stage, part in late}
    for stay in stays:
        counts[stay.part] = counts.get(stay.part, 0) + stay.ended
    return sorted(counts, key=lambda key: (key is None, -counts[key], str(key)))[:PARTS_SHOWN]


def _any_stage(stages: Iterable[Stage]) -> str:
    return " or ".join(f'stage = "{stage.key}"' for stage in stages)


def _weighted(stage: Stage, amount: int) -> int:
    return (amount * stage.chance + 5_000) // 10_000 if stage.chance is not None else 0


def _whole(amount: object) -> int:
    return amount if isinstance(amount, int) else 0


def _in_days(seconds: int) -> float:
    return round(seconds / DAY, 1)


def _limit(stage: Stage) -> float | None:
    """The standard in days; None where there is none."""
    return round(stage.limit / DAY, 1) if stage.limit is not None else None

"""Score cards, and the two computed fields that each gives its entity: KEY and KEY_band."""

from __future__ import annotations

from dataclasses import replace

from dsl.app import Band, Field, Point, Score
from dsl.definition import EntityDef, ScoreDef
from dsl.formula.tree import Arithmetic, Bounds, Compare, Const, Formula, If, Logic, Node, Path, Read
from dsl.formula.value_types import INTEGER, YESNO
from dsl.read import key_text
from dsl.resolve.site import Site
from dsl.source import Span

MOST_POINTS = 40
"""Conditions of one score: their sum is one nested expression, and databases nest only so deep."""


def resolve_scores(site: Site, entity: EntityDef) -> dict[str, Score]:
    return {score.key.text: _resolve_score(site, entity.key.text, score) for score in entity.scores}


def _resolve_score(site: Site, entity: str, written: ScoreDef) -> Score:
    points = []
    for node in site.reading.limited(written.block.items("points"), MOST_POINTS):
        block = site.reading.block(node, "point")
        condition = site.condition(block.scalar("if"), entity)
        label = block.label()
        if condition is not None:
            shown = label if label.by_language else key_text(condition.text)
            points.append(Point(condition, block.whole("add"), shown, block.span))
    bands = tuple(Band(b.key.text, b.label, b.low, b.high, b.color) for b in written.bands)
    return Score(written.key.text, written.label, written.block.whole("base"), tuple(points), bands, written.key.span)


def score_fields(score: Score, fields: dict[str, Field]) -> dict[str, Field]:
    """The draft's two fields of a score, now with their formulas."""
    entity = score.points[0].condition.entity if score.points else ""
    total, band = fields[score.key], fields[f"{score.key}_band"]
    return {
        total.key: replace(total, formula=_total(score, entity)),
        band.key: replace(band, formula=_band(score, entity, band)),
    }


def _total(score: Score, entity: str) -> Formula:
    """base + if(condition, points, 0) + …"""
    low = high = score.base
    root: Node = _number(score.base, score.span)
    parts = [str(score.base)]
    for point in score.points:
        low, high = low + min(point.add, 0), high + max(point.add, 0)
        worth = If(
            type=INTEGER,
            nullable=False,
            span=point.span,
            bounds=Bounds(min(point.add, 0), max(point.add, 0)),
            condition=point.condition.root,
            then=_number(point.add, point.span),
            otherwise=_number(0, point.span),
        )
        bounds = Bounds(low, high)
        root = Arithmetic(type=INTEGER, nullable=False, span=score.span, bounds=bounds, op="+", left=root, right=worth)
        parts.append(f"if({point.condition.text}, {point.add}, 0)")
    conditions = [point.condition for point in score.points]
    return Formula(
        text=" + ".join(parts),
        entity=entity,
        root=root,
        reads=frozenset[Read]().union(*(c.reads for c in conditions)),
        volatile=frozenset[str]().union(*(c.volatile for c in conditions)),
        span=score.span,
    )


def _band(score: Score, entity: str, field: Field) -> Formula:
    """The first band that holds the total; empty when none does."""
    span = score.span
    choice = field.value_type
    total = Path(
        type=INTEGER, nullable=True, span=span, start="row", hops=(), entity=entity, field=score.key,
    )  # fmt: skip
    root: Node = Const(type=choice, nullable=True, span=span, value=None)
    text = ""
    for band in reversed(score.bands):
        found = Const(type=choice, nullable=False, span=span, value=band.key)
        root = If(
            type=choice, nullable=True, span=span, condition=_within(total, band, span), then=found, otherwise=root
        )
        low = "" if band.low is None else str(band.low)
        high = "" if band.high is None else str(band.high)
        text = f"{band.key}: {low}..{high}" + (f", {text}" if text else "")
    return Formula(text, entity, root, frozenset({Read((), entity, score.key)}), frozenset(), span)


def _within(total: Path, band: Band, span: Span) -> Node:
    tests: list[Node] = []
    if band.low is not None:
        low = _number(band.low, span)
        tests.append(Compare(type=YESNO, nullable=False, span=span, op=">=", left=total, right=low))
    if band.high is not None:
        high = _number(band.high, span)
        tests.append(Compare(type=YESNO, nullable=False, span=span, op="<=", left=total, right=high))
    return tests[0] if len(tests) == 1 else Logic(type=YESNO, nullable=False, span=span, op="and", parts=tuple(tests))


def _number(value: int, span: Span) -> Const:
    return Const(type=INTEGER, nullable=False, span=span, bounds=Bounds(value, value), value=value)

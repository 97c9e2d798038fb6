"""Metrics, the dashboards and reports that show them, and when these are sent."""

from __future__ import annotations

import re
from typing import Literal, cast

from dsl.app import Text
from dsl.formula.tree import Bounds, Formula
from dsl.formula.value_types import NumberType, ValueType
from dsl.formula.whole import check_figure
from dsl.kinds.numbers import read_number, scaled
from dsl.nodes import Mapping, Node, Scalar
from dsl.outlets import Card, Dashboard, Metric, Report, Sending
from dsl.read import Block
from dsl.read_entity import named
from dsl.resolve.actions import channel_words
from dsl.resolve.people import resolve_people
from dsl.resolve.schedules import read_schedule
from dsl.resolve.site import Site, places_of
from dsl.resolve.views import resolve_sort

_RANGE = re.compile(r"\s*(?P<low>[^\s.]\S*?)?\s*\.\.\s*(?P<high>\S+)?\s*")
_RUN = re.compile(r"(?P<value>\S+)\s+for\s+(?P<days>\d{1,3})\s+days?")
_KINDS = ("funnel", "number", "line", "bar", "heatmap", "list")
_Kind = Literal["funnel", "number", "line", "bar", "heatmap", "list"]


def resolve_metrics(site: Site) -> dict[str, Metric]:
    found = {}
    for entry in site.definition.head.entries("metrics"):
        block = site.reading.block(entry.value, "metric", entry.key.span)
        entity = site.entity_word(block.scalar("of"))
        label = named(block, entry.key)
        value = _figure(site, block.scalar("value"), entity) if entity else None
        if value is None:
            continue
        target = block.scalar("target")
        found[entry.key.text] = Metric(
            key=entry.key.text,
            label=label,
            entity=entity,
            value=value,
            span=entry.key.span,
            alarm=read_range(site, block.scalar("alarm"), value.type),
            target=_number(site, target, value.type) if target else None,
            reveals=block.text("reveals"),
        )
    return found


def _figure(site: Site, text: Scalar | None, entity: str) -> Formula | None:
    if text is not None and text.text[:1] in ("=", "＝"):
        text = text.cut(1)
    if text is None or site.is_poisoned(text):
        return None
    return site.kept(check_figure(text.text, text.span, site.draft, entity), text)


def read_range(site: Site, text: Scalar | None, value_type: ValueType) -> Bounds | None:
    """`0%..18%` in the scale of the value; either end may be left out."""
    if text is None:
        return None
    match = _RANGE.fullmatch(text.text)
    if match is None or not (match["low"] or match["high"]):
        site.reading.report("S19", text.span, text=text.text[:60])
        return None
    low = _number(site, text.cut(*match.span("low")), value_type) if match["low"] else None
    high = _number(site, text.cut(*match.span("high")), value_type) if match["high"] else None
    if low is not None and high is not None and low > high:
        site.reading.report("S20", text.span, low=match["low"], high=match["high"])
        return None
    return Bounds(low, high)


def _number(site: Site, text: Scalar, value_type: ValueType) -> int | None:
    found = read_number(text.text)
    scale = value_type.scale if isinstance(value_type, NumberType) else 0
    number = None if found is None else scaled(found[0], scale)
    if number is None:
        site.reading.report("S19", text.span, text=text.text[:60])
    return number


def resolve_dashboards(site: Site, metrics: dict[str, Metric]) -> dict[str, Dashboard]:
    found = {}
    for entry in site.definition.head.entries("dashboards"):
        block = site.reading.block(entry.value, "dashboard", entry.key.span)
        cards = (_card(site, node, metrics) for node in block.items("cards"))
        found[entry.key.text] = Dashboard(
            key=entry.key.text,
            label=named(block, entry.key),
            cards=tuple(card for card in cards if card is not None),
            span=entry.key.span,
            roles=site.role_words(block.words("for")),
            send=resolve_sending(site, block.get("send"), ""),
            reveals=block.text("reveals"),
        )
    return found


def _card(site: Site, node: Node, metrics: dict[str, Metric]) -> Card | None:
    block = site.reading.block(node, "card")
    kinds = [kind for kind in _KINDS if block.has(kind)]
    if len(kinds) != 1:
        if len(kinds) > 1 or (isinstance(node, Mapping) and not _has_unknown(node)):
            site.reading.report("S53", node.span, count=len(kinds), kinds=", ".join(_KINDS))
        return None
    kind, word = cast("_Kind", kinds[0]), block.scalar(kinds[0])
    beside = block.scalar("value")
    metric = _metric_word(site, beside) if beside else ""
    if word is None:
        return None
    if kind in ("number", "line", "bar"):
        metric = _metric_word(site, word)
        entity = metrics[metric].entity if metric in metrics else ""
        if not entity:
            return None
        return _made(site, block, kind, entity, metric, value_type=metrics[metric].value.type)
    entity, rest = _entity_and_rest(site, word)
    if not entity:
        return None
    if kind == "list":
        return _made(site, block, kind, entity, metric, view=_view(site, entity, rest))
    if not site.field_word(rest, entity):
        return None
    field = site.draft.entities[entity].fields[rest.text]
    if kind == "funnel" and field.kind != "choice":
        site.reading.report("M15", rest.span, name=rest.text)
        return None
    return _made(site, block, kind, entity, metric, field=rest, value_type=field.value_type)


def _has_unknown(node: Mapping) -> bool:
    """Whether an unknown key was told already."""
    known = (*_KINDS, "label", "value", "rows", "by", "every", "top", "red")
    return any(entry.key.text not in known for entry in node.entries)


def _made(
    site: Site,
    block: Block,
    kind: _Kind,
    entity: str,
    metric: str,
    *,
    field: Scalar | None = None,
    view: str = "",
    value_type: ValueType | None = None,
) -> Card:
    rows, by = (_grouping(site, block.scalar(key), entity) for key in ("rows", "by"))
    red, days = _red(site, block.scalar("red"), value_type) if value_type else (None, 0)
    return Card(
        kind, block.span, block.label() if block.has("label") else Text(), entity, field.text if field else "", metric,
        view, rows, by, block.one_of("every") if block.has("every") else "", block.whole("top"), red, days,
        places_of([*([field] if field else []), *block.words("rows"), *block.words("by")]),
    )  # fmt: skip


def _grouping(site: Site, word: Scalar | None, entity: str) -> str:
    return word.text if word is not None and site.field_word(word, entity) else ""


def _metric_word(site: Site, word: Scalar) -> str:
    return site.section_word("metrics", "M35", word)


def _entity_and_rest(site: Site, word: Scalar) -> tuple[str, Scalar]:
    """`opportunity.stage` → the entity and the word after the dot."""
    at = word.text.find(".")
    if at < 0:
        site.reading.report("S54", word.span, text=word.text[:60])
        return "", word
    return site.entity_word(word.cut(0, at)), word.cut(at + 1)


def _view(site: Site, entity: str, word: Scalar) -> str:
    known = [entry.key.text for entry in site.definition.entities[entity].block.entries("views")] or ["list"]
    if word.text in known:
        return word.text
    return site.reading.unknown("M37", word, known, entity=entity)


def _red(site: Site, text: Scalar | None, value_type: ValueType) -> tuple[Bounds | None, int]:
    """`0..2`, or `2 for 3 days`: at most 2 on three days in a row."""
    if text is None:
        return None, 0
    match = _RUN.fullmatch(text.text)
    if match is None:
        return read_range(site, text, value_type), 0
    return Bounds(None, _number(site, text.cut(*match.span("value")), value_type)), int(match["days"])


def resolve_sending(site: Site, node: Node | None, entity: str) -> Sending | None:
    if node is None:
        return None
    block = site.reading.block(node, "sending")
    every = read_schedule(site.reading, block.scalar("every"))
    people = resolve_people(site, block.get("to"), entity)
    via = channel_words(site, block)
    return Sending(every, people, node.span, via) if every else None


def resolve_reports(site: Site) -> dict[str, Report]:
    found = {}
    for entry in site.definition.head.entries("reports"):
        block = site.reading.block(entry.value, "report", entry.key.span)
        entity = site.entity_word(block.scalar("of"))
        if not entity:
            continue
        found[entry.key.text] = Report(
            key=entry.key.text,
            label=named(block, entry.key),
            entity=entity,
            columns=site.field_words(block.words("columns"), entity),
            span=entry.key.span,
            condition=site.condition(block.scalar("where"), entity),
            group=_grouping(site, block.scalar("group"), entity),
            sort=resolve_sort(site, entity, block),
            send=resolve_sending(site, block.get("send"), ""),
            reveals=block.text("reveals"),
            at=places_of([*block.words("columns"), *block.words("group"), *block.words("sort")]),
        )
    return found

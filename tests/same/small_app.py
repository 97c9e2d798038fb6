"""An app made by hand whose entities hold one field of every kind that formulas know, and rows to fill it with."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from dsl.app import App, DecisionTable, Entity, Field, Pipeline, Role, Stage, Text
from dsl.formula.tree import Bounds
from dsl.formula.value_types import (
    DATE,
    DURATION,
    INTEGER,
    MONEY,
    PERCENT,
    PERSON,
    TEXT,
    TIME,
    YESNO,
    ChoiceType,
    FileType,
    NumberType,
    RefType,
    RowsType,
    SetType,
    ValueType,
)
from dsl.source import NOWHERE

GRADE = ChoiceType("grade", ("A", "B", "C"))
CONCERN = SetType("concern", ("price", "delivery", "rival"))
STAGES = ("lead", "quoting", "won")


def label(said: str) -> Text:
    return Text((("zh", said), ("en", said)))


def field(key: str, kind: str, value_type: ValueType, **more: Any) -> Field:
    return Field(key=key, kind=kind, label=label(key), value_type=value_type, span=NOWHERE, **more)


def numbers_and_texts() -> list[Field]:
    """Fields of every scalar kind; short names, because random formulas are printed when they disagree."""
    return [
        field("name", "text", TEXT, max_length=40),
        field("note", "long", TEXT, max_length=200),
        field("n", "integer", INTEGER),
        field("small", "integer", INTEGER, minimum=0, maximum=1000),
        field("qty", "number", NumberType(3), scale=3, minimum=0, maximum=10**9),
        field("fine", "number", NumberType(6), scale=6),
        field("amount", "money", MONEY, scale=2),
        field("cost", "money", MONEY, scale=2, minimum=0, maximum=10**12),
        field("rate", "percent", PERCENT, scale=4),
        field("ok", "yesno", YESNO),
        field("day", "date", DATE),
        field("until", "date", DATE),
        field("at", "time", TIME),
        field("seen", "time", TIME),
        field("took", "duration", DURATION),
        field("grade", "choice", GRADE, choices="grade"),
        field("who", "person", PERSON),
    ]


def entity(key: str, fields: list[Field], **more: Any) -> Entity:
    by_key = {f.key: f for f in fields}
    if parent := more.get("parent"):
        by_key[parent] = field(parent, "ref", RefType(parent), target=parent, given=True)
    if more.get("pipelines"):
        by_key["stage"] = field("stage", "choice", ChoiceType(f"stage:{key}", STAGES), given=True)
        by_key["days_in_stage"] = field("days_in_stage", "integer", INTEGER, given=True, is_live=True)
    for name, kind in (("created_at", "time"), ("changed_at", "time")):
        by_key[name] = field(name, kind, TIME, given=True)
    return Entity(key=key, label=label(key), fields=by_key, title="name", span=NOWHERE, **more)


def pipeline() -> Pipeline:
    facts = {"lead": (500, 2 * 86_400), "quoting": (4000, 86_400 * 7), "won": (10_000, None)}
    stages = tuple(Stage(key, label(key), NOWHERE, chance=facts[key][0], limit=facts[key][1]) for key in STAGES)
    return Pipeline("", label("main"), stages, (), NOWHERE)


RIGHTS = DecisionTable(
    "rights",
    label("rights"),
    (("grade", GRADE), ("amount", MONEY)),
    PERCENT,
    (
        (("A", Bounds(100_00, None)), 1200),
        (("A", None), 800),
        ((("B", "C"), Bounds(None, 0)), 100),
        ((None, Bounds(0, 1_000_000_00)), 500),
    ),
    "first",
    NOWHERE,
)


def small_app(extra: Mapping[str, tuple[Field, ...]] | None = None) -> App:
    """`extra`: more fields (computed ones) by entity."""
    more = extra or {}
    region = [field("name", "text", TEXT), field("level", "integer", INTEGER), field("lead", "person", PERSON)]
    customer = [
        *numbers_and_texts(),
        field("region", "ref", RefType("region"), target="region"),
        field("concerns", "tags", CONCERN, choices="concern"),
        field("papers", "files", FileType(many=True)),
        field("photo", "image", FileType()),
        field("visits", "table", RowsType("visit"), target="visit"),
        *more.get("customer", ()),
    ]
    visit = [*numbers_and_texts(), *more.get("visit", ())]
    entities = (
        entity("region", [*region, *more.get("region", ())]),
        entity("customer", customer, pipelines=(pipeline(),)),
        entity("visit", visit, parent="customer"),
    )
    roles = {key: Role(key, label(key), "all", frozenset({key}), NOWHERE) for key in ("sales", "manager")}
    return App(
        key="small", label=label("small"), version=1, languages=("zh", "en"), timezone="Asia/Shanghai", calendar="cn",
        currency="CNY", modules={}, roles=roles, choices={}, entities={e.key: e for e in entities},
        tables={"rights": RIGHTS}, filler=frozenset(), menu=(), digest="0" * 64, source="", span=NOWHERE,
    )  # fmt: skip


NOW = datetime(2026, 11, 21, 8, 20, tzinfo=UTC)
TODAY = date(2026, 11, 21)

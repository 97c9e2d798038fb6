"""Apps made by hand for the store's tests: just the metadata, no text."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from dsl.app import App, Entity, Field, ListView, Move, OneOpen, Pipeline, Stage, Text
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
    PlaceType,
    RefType,
    RowsType,
    SetType,
    ValueType,
)
from dsl.source import NOWHERE

_PLAIN: Mapping[str, ValueType] = {
    "text": TEXT,
    "long": TEXT,
    "code": TEXT,
    "money": MONEY,
    "percent": PERCENT,
    "integer": INTEGER,
    "number": NumberType(3),
    "yesno": YESNO,
    "date": DATE,
    "time": TIME,
    "duration": DURATION,
    "person": PERSON,
    "file": FileType(),
    "image": FileType(),
    "files": FileType(many=True),
    "place": PlaceType(),
}


def label(said: str) -> Text:
    return Text((("zh", said), ("en", said)))


def field(key: str, kind: str, of: str = "", **more: Any) -> Field:
    """`of` is the choice list, the entity referred to or the child entity."""
    match kind:
        case "choice":
            value_type: ValueType = ChoiceType(of, ("a", "b", "c"))
        case "choices" | "tags":
            value_type = SetType(of, ("a", "b", "c"))
        case "ref":
            value_type = RefType(of)
        case "table":
            value_type = RowsType(of)
        case _:
            value_type = _PLAIN[kind]
    return Field(key=key, kind=kind, label=label(key), value_type=value_type, span=NOWHERE, target=of, **more)


def given(key: str, kind: str, of: str = "") -> Field:
    return field(key, kind, of, given=True)


def entity(key: str, *fields: Field, **more: Any) -> Entity:
    everywhere = [
        given("created_at", "time"),
        given("created_by", "person"),
        given("changed_at", "time"),
        given("changed_by", "person"),
    ]
    if more.get("parent"):
        everywhere.insert(0, given(more["parent"], "ref", more["parent"]))
    if more.get("pipelines"):
        everywhere.insert(0, given("stage", "choice", f"stage:{key}"))
    by_key = {f.key: f for f in [*fields, *everywhere]}
    return Entity(key=key, label=label(key), fields=by_key, title=more.pop("title", "name"), span=NOWHERE, **more)


def pipeline(*stages: str) -> Pipeline:
    made = tuple(Stage(key, label(key), NOWHERE, limit=172_800) for key in stages)
    moves = tuple(Move(f"{a}>{b}", a, b, NOWHERE) for a, b in pairwise(stages))
    return Pipeline("", label("main"), made, moves, NOWHERE)


def app(*entities: Entity, digest: str = "0" * 64, version: int = 1, key: str = "test_app") -> App:
    return App(
        key=key,
        label=label(key),
        version=version,
        languages=("zh", "en"),
        timezone="Asia/Shanghai",
        calendar="cn",
        currency="CNY",
        modules={},
        roles={},
        choices={},
        entities={e.key: e for e in entities},
        tables={},
        filler=frozenset(),
        menu=(),
        digest=digest,
        source=f"app: {key}\n",
        span=NOWHERE,
    )


CUSTOMER = entity(
    "customer",
    field("name", "text", unique=True),
    field("code", "code", unique=True),
    field("grade", "choice", "grade"),
    field("owner", "person"),
    field("backup", "person"),
    field("amount", "money"),
    field("margin", "percent"),
    field("key_account", "yesno"),
    field("since", "date"),
    field("seen_at", "time"),
    field("took", "duration"),
    field("order", "integer"),
    field("place", "place"),
    field("photo", "image"),
    field("papers", "files"),
    field("tags", "tags", "customer_tags"),
    field("quotes", "table", "quote"),
    owner_field="owner",
    backup_field="backup",
    lists=(ListView("list", label("list"), ("name",), ("grade",), ("-amount",), NOWHERE),),
)

QUOTE = entity(
    "quote",
    field("name", "text"),
    field("total", "money"),
    field("lines", "table", "quote_line"),
    parent="customer",
    pipelines=(pipeline("draft", "sent", "accepted"),),
    one_open=(OneOpen("quote.at_most.0", "customer", ("draft", "sent"), label("one open quote a customer"), NOWHERE),),
)

QUOTE_LINE = entity("quote_line", field("item", "text"), field("quantity", "number"), parent="quote", title="item")

SMALL = app(CUSTOMER, QUOTE, QUOTE_LINE)
"""Customers with one field of every kind, their quotes with stages, the lines of a quote."""

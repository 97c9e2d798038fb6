"""A small app for formulas: deals of a customer with lines, made without YAML so that formula tests stand alone."""

from __future__ import annotations

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
    PlaceType,
    RefType,
    RowsType,
    SetType,
    ValueType,
)
from dsl.source import NOWHERE

GRADE = ChoiceType("grade", ("A", "B", "C"))
ROLE = ChoiceType("role", ("sales", "manager"))
STAGES = ("lead", "quoting", "won")
TAGS = SetType("tags:deal", ("hot", "key", "sleeping"))

KINDS: dict[str, tuple[str, ValueType]] = {
    "text": ("text", TEXT),
    "integer": ("integer", INTEGER),
    "number.2": ("number", NumberType(2)),
    "number.3": ("number", NumberType(3)),
    "number.6": ("number", NumberType(6)),
    "money": ("money", MONEY),
    "percent": ("percent", PERCENT),
    "yesno": ("yesno", YESNO),
    "date": ("date", DATE),
    "time": ("time", TIME),
    "duration": ("duration", DURATION),
    "grade": ("choice", GRADE),
    "stage": ("stage", ChoiceType("stage:deal", STAGES)),
    "tags": ("tags", TAGS),
    "person": ("person", PERSON),
    "file": ("file", FileType()),
    "files": ("files", FileType(many=True)),
    "place": ("place", PlaceType()),
}


def _field(key: str, kind: str, *, given: bool = False) -> Field:
    if kind.startswith("ref "):
        entity = kind.removeprefix("ref ")
        return Field(key, "ref", Text(), RefType(entity), NOWHERE, target=entity, given=given)
    if kind.startswith("table "):
        entity = kind.removeprefix("table ")
        return Field(key, "table", Text(), RowsType(entity), NOWHERE, target=entity, given=given)
    name, value_type = KINDS[kind]
    scale = value_type.scale if isinstance(value_type, NumberType) else 0
    return Field(key, name, Text(), value_type, NOWHERE, scale=scale, given=given)


def _entity(key: str, parent: str = "", pipelines: tuple[Pipeline, ...] = (), **fields: str) -> Entity:
    made = {name: _field(name, kind) for name, kind in fields.items()}
    made["created_at"] = _field("created_at", "time", given=True)
    return Entity(key, Text(), made, next(iter(fields)), NOWHERE, parent=parent, pipelines=pipelines)


def _stage(key: str, chance: int, limit: int | None) -> Stage:
    return Stage(key, Text(), NOWHERE, chance=chance, limit=limit)


_PIPELINE = Pipeline(
    "main",
    Text(),
    (_stage("lead", 500, 2 * 86_400), _stage("quoting", 4000, 36 * 3_600), _stage("won", 10_000, None)),
    (),
    NOWHERE,
)

_CUSTOMER = _entity(
    "customer", name="text", grade="grade", owner="person", website="text", deals="table deal", margin="percent"
)
_DEAL = _entity(
    "deal",
    "customer",
    (_PIPELINE,),
    name="text",
    qty="integer",
    score="integer",
    rate="number.2",
    weight="number.3",
    fine="number.6",
    amount="money",
    fee="money",
    margin="percent",
    urgent="yesno",
    due="date",
    signed="date",
    called_at="time",
    start_of_work="time",
    end_of_work="time",
    dwell="duration",
    grade="grade",
    note="text",
    owner="person",
    customer="ref customer",
    tags="tags",
    contract="file",
    photos="files",
    place="place",
    lines="table line",
    stage="stage",
    days_in_stage="integer",
)
_LINE = _entity(
    "line", "deal", item="text", qty="integer", price="money", amount="money", day="date", grade="grade", rush="yesno",
    deal="ref deal",
)  # fmt: skip

_DISCOUNT = DecisionTable(
    "discount_right",
    Text(),
    (("grade", GRADE), ("role", ROLE)),
    PERCENT,
    ((("A", "manager"), 1200), (("A", None), 800), ((None, "manager"), 800), ((None, None), 500)),
    "first",
    NOWHERE,
)
_BAND = DecisionTable(
    "size",
    Text(),
    (("amount", MONEY), ("grades", GRADE)),
    TEXT,
    (
        ((Bounds(None, 999_99), None), "small"),
        ((Bounds(1_000_00, 9_999_99), ("A", "B")), "middle"),
        ((Bounds(10_000_00, None), None), "large"),
    ),
    "first",
    NOWHERE,
)

APP = App(
    key="formulas",
    label=Text(),
    version=1,
    languages=("zh", "en"),
    timezone="Asia/Shanghai",
    calendar="cn",
    currency="CNY",
    modules={},
    roles={key: Role(key, Text(), "all", frozenset({key}), NOWHERE) for key in ROLE.keys},
    choices={},
    entities={entity.key: entity for entity in (_CUSTOMER, _DEAL, _LINE)},
    tables={"discount_right": _DISCOUNT, "size": _BAND},
    filler=frozenset(),
    menu=(),
    digest="formula-tests",
    source="",
    span=NOWHERE,
)

"""Controls: a stored value survives the way into a form and back; days are read as people say them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from werkzeug.datastructures import MultiDict

from dsl.app import App, Field, Text
from dsl.formula.value_types import INTEGER, MONEY, PERCENT, NumberType
from dsl.kinds import KINDS, Spec, read_value
from dsl.load import load_text
from dsl.source import NOWHERE
from web.controls import CONTROLS, Asked
from web.controls.times import day_of_words

TODAY = date(2026, 11, 21)  # a Saturday
SOURCE = """\
app: t
label: 试 | T
version: 1
language: 1
languages: [zh, en]
choices: {grade: [A, B, C]}
roles: {sales: {label: 销售 | Sales, sees: all}}
entities:
  thing:
    label: 物 | Thing
    title: name
    fields: {name: text required, grade: choice grade}
    access: {sales: {create: true, edit: true}}
"""


@pytest.fixture(scope="module")
def app() -> App:
    checked = load_text(SOURCE, "t.yaml")
    assert checked.value is not None, checked.problems
    return checked.value


def _field(kind: str, value_type: object = None) -> Field:
    spec = Spec(3, "grade", ("A", "B", "C"))
    return Field("x", kind, Text(), value_type or KINDS[kind].value_type(spec), NOWHERE, choices="grade")  # type: ignore[arg-type]


def test_every_field_kind_has_a_control() -> None:
    assert set(CONTROLS) >= set(KINDS)


@pytest.mark.parametrize(
    ("kind", "value_type", "value", "shown"),
    [
        ("text", None, "绍兴恒泰", "绍兴恒泰"),
        ("number", NumberType(3), 12500, "12.5"),
        ("integer", INTEGER, 1200, "1,200"),
        ("money", MONEY, 128000000, "1,280,000"),
        ("money", MONEY, 1250, "12.5"),
        ("percent", PERCENT, 800, "8"),
        ("percent", PERCENT, 1250, "12.5"),
        ("percent", PERCENT, 50, "0.5"),
        ("date", None, TODAY, "2026-11-21"),
        ("time", None, datetime(2026, 11, 21, 8, 20, tzinfo=UTC), "2026-11-21 16:20"),
        ("duration", None, 5400, "1h 30min"),
        ("yesno", None, True, "yes"),
        ("yesno", None, False, ""),
        ("choice", None, "A", "A"),
        ("choices", None, ("A", "C"), ("A", "C")),
        ("person", None, 7, "7"),
        ("files", None, (3, 1), ("3", "1")),
        ("place", None, {"lat": 30.5, "lng": 120.25, "name": "厂"}, {"lat": "30.5", "lng": "120.25", "name": "厂"}),
    ],
)
def test_a_value_survives_the_way_through_a_form(
    app: App, kind: str, value_type: object, value: object, shown: object
) -> None:
    control, asked = CONTROLS[kind], Asked(app, _field(kind, value_type), TODAY)
    raw = control.written(asked, value)
    assert raw == shown
    assert read_value(app, asked.field, control.value_of(asked, raw), "zh") == value


def test_several_boxes_with_one_name_are_all_taken() -> None:
    form = MultiDict([("x", "A"), ("x", ""), ("x", "C")])
    assert CONTROLS["tags"].typed(form, "x") == ("A", "C")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-30", date(2026, 11, 30)),
        ("11-30", date(2026, 11, 30)),
        ("11月30日", date(2026, 11, 30)),
        ("30", date(2026, 11, 30)),
        ("１１－３０", date(2026, 11, 30)),
        ("今天", TODAY),
        ("明天", date(2026, 11, 22)),
        ("Tomorrow", date(2026, 11, 22)),
        ("下周一", date(2026, 11, 23)),
        ("周日", date(2026, 11, 22)),
        ("3天后", date(2026, 11, 24)),
        ("2026-02-30", None),
        ("很快", None),
        ("", None),
    ],
)
def test_a_day_is_read_as_people_say_it(text: str, day: date | None) -> None:
    assert day_of_words(text, TODAY) == day

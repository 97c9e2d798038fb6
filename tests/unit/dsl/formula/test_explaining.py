"""A formula explains itself: each part with its text as written and its value in people's words."""

from __future__ import annotations

from dsl.formula.check import compile_for
from dsl.formula.explain import Explained, explain
from dsl.formula.value_types import MONEY
from tests.formula_app import APP
from tests.formula_cases import MOMENT, nested

ROW = nested(
    APP,
    "deal",
    {
        "margin": "0.07",
        "amount": "1280000",
        "due": "2026-11-30",
        "customer": {"name": "恒远精密", "grade": "B"},
        "owner": {"id": 8, "name": "王强"},
        "dwell": 183_600,
        "lines": [{"item": "a", "qty": 3}, {"item": "b", "qty": 1}],
    },
)


def _explained(text: str, language: str = "zh") -> Explained:
    formula = compile_for(APP, "deal", text).value
    assert formula is not None
    return explain(formula, ROW, MOMENT, APP, language)


def _lines(part: Explained, level: int = 0) -> list[str]:
    return ["  " * level + f"{part.text} = {part.value}", *(x for p in part.parts for x in _lines(p, level + 1))]


def test_a_condition_shows_every_part_with_its_operands() -> None:
    assert _lines(_explained("margin < 8% or margin is empty")) == [
        "margin < 8% or margin is empty = 是",
        "  margin < 8% = 是",
        "    margin = 7%",
        "  margin is empty = 否",
        "    margin = 7%",
    ]


def test_values_are_said_in_the_language_of_the_reader() -> None:
    assert _explained("margin > 8%", "en").value == "no"
    assert _explained("signed", "en").value == "empty"
    assert _explained("dwell", "zh").value == "2天 3小时"


def test_money_keeps_its_sign_and_separators_and_loses_needless_zeros() -> None:
    found = _explained("amount * (1 - margin) > 100万")
    assert _lines(found)[1:] == [
        "  amount * (1 - margin) = ¥1,190,400.00",
        "    amount = ¥1,280,000.00",
        "    (1 - margin) = 0.93",
        "      margin = 7%",
    ]


def test_people_and_records_are_named() -> None:
    parts = _explained("owner = me and customer is not empty").parts
    assert [_lines(part) for part in parts] == [
        ["owner = me = 否", "  owner = 王强", "  me = 李娜"],
        ["customer is not empty = 是", "  customer = 恒远精密"],
    ]


def test_an_aggregate_is_one_value() -> None:
    assert _lines(_explained("count(lines where qty > 2) >= 1")) == [
        "count(lines where qty > 2) >= 1 = 是",
        "  count(lines where qty > 2) = 1",
    ]


def test_what_the_checker_added_is_not_shown() -> None:
    formula = compile_for(APP, "deal", "amount * margin", MONEY).value
    assert formula is not None
    assert _lines(explain(formula, ROW, MOMENT, APP, "zh")) == [
        "amount * margin = ¥89,600.00",
        "  amount = ¥1,280,000.00",
        "  margin = 7%",
    ]
    assert _lines(_explained("days_since(due)"))[1:] == ["  today() = 2026-11-21", "  due = 2026-11-30"]

"""What is written for people's eyes."""

from __future__ import annotations

import pytest

from dsl.formula.check import compile_for
from dsl.formula.python_code import compile_formula
from tests.formula_app import APP
from tests.formula_cases import MOMENT, nested


def _shown(text: str, **row: object) -> object:
    formula = compile_for(APP, "deal", text, display=True).value
    assert formula is not None
    return compile_formula(formula, APP)(nested(APP, "deal", row), MOMENT)


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("0", "零元整"),
        ("0.05", "伍分"),
        ("0.50", "伍角整"),
        ("1", "壹元整"),
        ("1.05", "壹元零伍分"),
        ("10", "壹拾元整"),
        ("107.53", "壹佰零柒元伍角叁分"),
        ("1007", "壹仟零柒元整"),
        ("10203.40", "壹万零贰佰零叁元肆角整"),
        ("100000", "壹拾万元整"),
        ("1280000", "壹佰贰拾捌万元整"),
        ("100000001", "壹亿零壹元整"),
        ("100010000", "壹亿零壹万元整"),
        ("1000000000000", "壹万亿元整"),
        ("-3.20", "负叁元贰角整"),
    ],
)
def test_an_amount_in_capital_figures(amount: str, said: str) -> None:
    assert _shown("yuan(amount)", amount=amount) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('format(amount, "#,##0.00")', "1,280,000.50"),
        ('format(amount, "#,##0")', "1,280,001"),
        ('format(amount, "0.0")', "1280000.5"),
        ('format(margin, "0.0%")', "7.5%"),
        ('format(-margin, "0%")', "-8%"),
        ('format(due, "yyyy年m月d日")', "2026年1月5日"),
        ('format(due, "yyyymmdd")', "20260105"),
        ('format(called_at, "yyyy-mm-dd hh:mm")', "2026-11-22 00:07"),
        ('format(signed, "yyyy")', ""),
        ('format(name, "0")', "水闸"),
        ("pinyin(name)", "shui zha"),
    ],
)
def test_a_value_in_a_style(text: str, said: str) -> None:
    row = {"amount": "1280000.50", "margin": "0.075", "due": "2026-01-05", "called_at": "2026-11-21T16:07:00Z"}
    assert _shown(text, name="水闸", **row) == said

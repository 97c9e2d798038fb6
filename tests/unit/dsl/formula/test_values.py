"""Every case of tests/formulas has its value in Python."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

import pytest
from hypothesis import HealthCheck, given, settings

from dsl.formula.check import compile_for
from dsl.formula.python_code import compile_formula
from dsl.formula.tree import Node
from dsl.formula.value_types import DateType, DurationType, NumberType, TextType, TimeType, YesNoType
from tests.formula_app import APP
from tests.formula_cases import MOMENT, Case, cases, shown
from tests.formula_texts import formulas, rows


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case.place} {case.expression}")
def test_a_formula_has_the_value_that_the_table_says(case: Case) -> None:
    checked = compile_for(APP, case.entity, case.expression)
    assert checked.value is not None, checked.problems
    value = compile_formula(checked.value, APP)(case.row, MOMENT)
    assert shown(value, checked.value.type) == case.value


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=formulas(), row=rows())
def test_a_value_is_of_its_type_within_its_bounds_and_empty_only_where_the_type_says(
    text: str, row: Mapping[str, object]
) -> None:
    checked = compile_for(APP, "deal", text)
    if checked.value is None:
        assert checked.problems
        return
    root = checked.value.root
    _assert_fits(root, compile_formula(checked.value, APP)(row, MOMENT))


def _assert_fits(root: Node, value: object) -> None:
    if value is None:
        assert root.nullable
        return
    kinds: dict[type, type] = {
        NumberType: int, DurationType: int, TextType: str, YesNoType: bool, DateType: date, TimeType: datetime,
    }  # fmt: skip
    assert type(value) is kinds.get(type(root.type), type(value))
    if isinstance(value, int) and not isinstance(value, bool):
        assert root.bounds.low is None or root.bounds.low <= value
        assert root.bounds.high is None or value <= root.bounds.high
    if isinstance(value, str):
        assert root.bounds.high is None or len(value) <= root.bounds.high

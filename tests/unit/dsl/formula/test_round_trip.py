"""A typed tree written as text reads back to the same tree."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace

import pytest
from hypothesis import HealthCheck, given, settings

from dsl.formula.check import compile_for
from dsl.formula.tree import Node
from dsl.formula.unparse import unparse
from dsl.source import NOWHERE
from tests.formula_app import APP
from tests.formula_cases import Case, cases
from tests.formula_texts import formulas


def without_places(node: Node) -> Node:
    """The tree with every span taken away."""
    changes: dict[str, object] = {"span": NOWHERE}
    for field in fields(node):
        value = getattr(node, field.name)
        if is_dataclass(value) and hasattr(value, "span"):
            changes[field.name] = without_places(value)  # type: ignore[arg-type]
        elif isinstance(value, tuple) and value and hasattr(value[0], "span"):
            changes[field.name] = tuple(without_places(part) for part in value)
    return replace(node, **changes)  # type: ignore[arg-type]


def _assert_reads_back(text: str, entity: str) -> None:
    first = compile_for(APP, entity, text)
    if first.value is None:
        return
    again = compile_for(APP, entity, unparse(first.value.root))
    assert again.value is not None, (unparse(first.value.root), again.problems)
    assert without_places(again.value.root) == without_places(first.value.root)


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.place)
def test_a_case_reads_back(case: Case) -> None:
    _assert_reads_back(case.expression, case.entity)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=formulas())
def test_a_random_formula_reads_back(text: str) -> None:
    _assert_reads_back(text, "deal")

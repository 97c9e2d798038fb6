"""The guide to formulas is true: its examples run, its mistakes are mistakes, its list of functions is whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from dsl.formula.check import compile_for
from dsl.formula.python_code import compile_formula
from dsl.formula.reference import GROUPS, function_table
from tests.formula_app import APP
from tests.formula_cases import EXAMPLE, VISITED, shown

GUIDE = (Path(__file__).parents[4] / "docs" / "language" / "formulas.md").read_text(encoding="utf-8")
_EXAMPLE_LINE = re.compile(r"^\|(?:.*\|)? `([^`]+)` \| `([^`]*)` \|$")
_MISTAKE_LINE = re.compile(r"^\| `([^`]+)` \| (F\d\d) \|$")


def _examples() -> Iterator[tuple[str, str]]:
    for line in GUIDE.partition("## All functions")[0].splitlines():
        found = _EXAMPLE_LINE.match(line)
        if found:
            yield found[1], found[2]


@pytest.mark.parametrize(("text", "value"), list(_examples()))
def test_an_example_of_the_guide_has_its_value(text: str, value: str) -> None:
    checked = compile_for(APP, "deal", text)
    assert checked.value is not None, checked.problems
    assert shown(compile_formula(checked.value, APP)(EXAMPLE, VISITED), checked.value.type).strip('"') == value


def test_every_table_line_of_the_guide_is_run() -> None:
    lines = [line for line in GUIDE.partition("## All functions")[0].splitlines() if line.startswith("| ")]
    headings = [line for line in lines if line.endswith(("| value |", "| problem |"))]
    mistakes = [line for line in lines if _MISTAKE_LINE.match(line)]
    assert len(list(_examples())) == len(lines) - len(headings) - len(mistakes)
    assert len(mistakes) > 10


@pytest.mark.parametrize(
    ("text", "code"), [found.groups() for line in GUIDE.splitlines() if (found := _MISTAKE_LINE.match(line))]
)
def test_a_mistake_of_the_guide_is_told_with_its_code(text: str, code: str) -> None:
    assert [problem.code for problem in compile_for(APP, "deal", text).problems] == [code]


def test_the_guide_lists_every_function_as_it_is() -> None:
    for heading, functions in GROUPS:
        assert f"### {heading}\n\n{function_table(functions, 'en')}" in GUIDE

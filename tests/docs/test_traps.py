"""Every trap that the databases and Python set is a case that runs in all three, and stands in the language pages."""

from __future__ import annotations

import csv
import importlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from dsl.formula.check import compile_for
from tests.formula_app import APP
from tests.formula_cases import FOLDER, cases

PAGE = Path(__file__).resolve().parents[2] / "docs" / "language" / "traps.md"
_ROW = re.compile(r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)

_COLUMNS, _KINDS = "tests.unit.engine.store.test_columns", "tests.unit.dsl.test_kinds"
ELSEWHERE: Mapping[str, str] = {
    "a text is greater than a number": "F20",
    "a text holds a NUL": f"{_KINDS}:test_what_cannot_be_a_value_is_refused_in_both_languages",
    "attributes of an SQL function are not in its cache key": f"{_COLUMNS}:test_an_element_keeps_nothing_of_its_own",
    "numbers of 38 digits are empty where they are compared": "tests.same.test_random_formulas:BOUNDARIES",
    "each level of nesting doubles the SQL": "tests.same.test_growth:NESTED",
}
"""Traps that are no value: a code that refuses the formula, or the test that has the case."""


def _in_csv() -> Sequence[Mapping[str, str]]:
    with (FOLDER / "traps.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _on_page() -> dict[str, str]:
    section = PAGE.read_text(encoding="utf-8").partition("## Traps")[2].partition("\n## ")[0]
    return {trap.strip(): meant.strip() for trap, meant, _why in _ROW.findall(section)}


def test_every_trap_of_the_page_has_a_case_and_every_case_its_line() -> None:
    lines = set(_on_page()) - {"trap", "---"}
    assert lines == {row["trap"] for row in _in_csv()} | set(ELSEWHERE)
    assert len(lines) >= 19


@pytest.mark.parametrize("row", _in_csv(), ids=lambda row: row["expression"])
def test_a_trap_is_among_the_cases_that_run_in_both_databases(row: Mapping[str, str]) -> None:
    assert any(case.expression == row["expression"] and case.value == row["value"] for case in cases(APP))


def test_a_text_and_a_number_are_not_compared() -> None:
    assert [p.code for p in compile_for(APP, "deal", '"10" > 9').problems] == [
        ELSEWHERE["a text is greater than a number"]
    ]


@pytest.mark.parametrize("named", [each for each in ELSEWHERE.values() if "." in each])
def test_a_trap_that_is_no_value_has_its_test(named: str) -> None:
    module, _, name = named.partition(":")
    assert hasattr(importlib.import_module(module), name)

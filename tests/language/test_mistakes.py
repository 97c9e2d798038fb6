"""Every mistake is told once, at its place, with a cure in both languages; every code has its mistake."""

from __future__ import annotations

from collections import Counter

import pytest

from dsl.catalog import CATALOG
from dsl.formula.codes import FORMULA_CODES
from dsl.render import as_text, help_text, message
from tests.language.mistakes import MISTAKES
from tests.language.places import APPS, Mistake, problems_of, source, usual

WHOLE_FILE = frozenset({"Y01", "Y02", "Y10", "Y11", "Y12", "Y18", "Y19", "S21", "S34", "S41"})
"""Codes about a whole file, its size or its bytes: `tests/unit/dsl/test_yaml_reader.py` and the catalog have them."""


@pytest.mark.parametrize("mistake", MISTAKES, ids=str)
def test_a_mistake_is_told_once_at_its_place(mistake: Mistake) -> None:
    found = [(p.code, p.span.line, p.span.column) for p in problems_of(mistake)]
    assert found == [(mistake.code, *mistake.place)]


@pytest.mark.parametrize("mistake", MISTAKES, ids=str)
def test_a_mistake_comes_with_a_cure_in_both_languages(mistake: Mistake) -> None:
    [problem] = problems_of(mistake)
    for language in ("zh", "en"):
        assert message(problem, language)
        assert help_text(problem, language)
        shown = as_text([problem], {f"{mistake.app}.yaml": mistake.text}, language)
        assert f"{mistake.app}.yaml:{problem.span.line}:{problem.span.column}" in shown
        assert "^" in shown


def test_every_code_of_the_families_has_a_mistake() -> None:
    """The codes of formulas each have their own in `tests/unit/dsl/formula/test_problems.py`."""
    elsewhere = WHOLE_FILE | {entry.code for entry in FORMULA_CODES}
    assert set(CATALOG) - elsewhere - {mistake.code for mistake in MISTAKES} == set()


def test_there_are_many_mistakes_over_the_example_and_both_apps() -> None:
    counts = Counter(mistake.app for mistake in MISTAKES)
    assert sum(counts.values()) >= 80
    assert min(counts[app] for app in APPS) >= 20


@pytest.mark.parametrize("app", APPS)
def test_without_a_mistake_there_is_no_error(app: str) -> None:
    assert source(app)
    severities = {code[0] for code, _values in usual(app)}
    assert severities <= {"A", "M", "N"}


def test_a_mistyped_name_is_offered_the_right_one() -> None:
    mistyped = [m for m in MISTAKES if m.code in ("M01", "M04", "M05", "M06", "M08", "M13", "M14", "M23", "M24", "M32")]
    offered = [problem.near for mistake in mistyped for problem in problems_of(mistake)]
    assert sum(bool(near) for near in offered) >= len(offered) * 0.8

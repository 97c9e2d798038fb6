"""Mistakes in formulas: the right code at the right place, all at once, with a cure."""

from __future__ import annotations

import pytest

from dsl.catalog_entry import CatalogEntry
from dsl.formula.check import check_formula, compile_for
from dsl.formula.codes import FORMULA_CODES
from dsl.formula.scope import AppScope
from dsl.formula.value_types import INTEGER, MONEY, PERCENT, TEXT, YESNO, ValueType
from dsl.render import help_text, message
from dsl.source import Span
from tests.formula_app import APP

WANTED: dict[str, ValueType] = {"F19": YESNO}


def _codes(text: str, expects: ValueType | None = None) -> list[str]:
    return [problem.code for problem in compile_for(APP, "deal", text, expects).problems]


def _places(text: str) -> list[tuple[str, str]]:
    return [
        (problem.code, text[problem.span.column - 1 : problem.span.end_column - 1])
        for problem in compile_for(APP, "deal", text).problems
    ]


@pytest.mark.parametrize("entry", FORMULA_CODES, ids=lambda entry: entry.code)
def test_the_bad_example_of_a_code_has_just_that_problem(entry: CatalogEntry) -> None:
    assert _codes(entry.bad, WANTED.get(entry.code)) == [entry.code]


@pytest.mark.parametrize("entry", FORMULA_CODES, ids=lambda entry: entry.code)
def test_the_good_example_of_a_code_has_none(entry: CatalogEntry) -> None:
    assert _codes(entry.good, WANTED.get(entry.code)) == []


@pytest.mark.parametrize("entry", FORMULA_CODES, ids=lambda entry: entry.code)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_problem_is_said_whole_in_both_languages(entry: CatalogEntry, language: str) -> None:
    [problem] = compile_for(APP, "deal", entry.bad, WANTED.get(entry.code)).problems
    said = message(problem, language) + help_text(problem, language)
    assert said
    template = entry.message.say(language) + entry.help.say(language)
    assert said.count("…") == template.count("…")


def test_codes_are_used_once() -> None:
    codes = [entry.code for entry in FORMULA_CODES]
    assert len(codes) == len(set(codes))


def test_all_mistakes_come_at_once_each_in_its_place() -> None:
    assert _places('amont > 3 and grade = "D" or len(qty) = 1 and nosuch(1)') == [
        ("F15", "amont"),
        ("F17", '"D"'),
        ("F41", "qty"),
        ("F39", "nosuch"),
    ]


def test_a_mistake_is_told_once_and_what_holds_it_says_nothing() -> None:
    assert _places("if(amont > 3, amont + 1, 0) * round(amont)") == [("F15", "amont")] * 3
    assert _places("sum(lines.amout) * (1 - margin) > 5") == [("F15", "amout")]


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("amuont > 3", "amount"),
        ("summ(lines.amount) > 3", "sum"),
        ('stage = "quotin"', "quoting"),
        ("customer.grad is empty", "grade"),
        ("discount_rigth(grade, owner.role)", "discount_right"),
        ("entered(quotng) is empty", "quoting"),
    ],
)
def test_a_near_name_is_offered(text: str, near: str) -> None:
    assert near in compile_for(APP, "deal", text).problems[0].near


def test_a_place_counts_from_where_the_formula_stands_in_its_file() -> None:
    checked = check_formula("qty > amont", Span("app.yaml", 12, 30, 12, 41), AppScope(APP, "deal"), None)
    span = checked.problems[0].span
    assert (span.file, span.line, span.column, span.end_column) == ("app.yaml", 12, 36, 41)


def test_a_formula_over_several_lines_keeps_its_lines() -> None:
    checked = check_formula("qty > 3\nand amont > 1", Span("app.yaml", 12, 5, 13, 14), AppScope(APP, "deal"), None)
    span = checked.problems[0].span
    assert (span.line, span.column) == (13, 5)


@pytest.mark.parametrize(
    ("text", "expects", "codes"),
    [
        ("qty * 1.5", INTEGER, []),
        ("qty", MONEY, []),
        ("amount", INTEGER, ["F21"]),
        ("amount / fee", PERCENT, []),
        ("due", TEXT, ["F19"]),
        ("qty", YESNO, ["F19"]),
        ('if(urgent, "A", "B")', AppScope(APP, "deal").field("deal", "grade").value_type, []),  # type: ignore[union-attr]
        ('if(urgent, "A", "D")', AppScope(APP, "deal").field("deal", "grade").value_type, ["F17"]),  # type: ignore[union-attr]
    ],
)
def test_the_result_fits_the_field_or_says_why_not(text: str, expects: ValueType, codes: list[str]) -> None:
    assert _codes(text, expects) == codes


def test_a_filter_sees_only_the_names_of_its_entity() -> None:
    assert _codes("item is empty") == ["F15"]
    assert compile_for(APP, "line", "item is empty").is_ok


def test_a_formula_without_an_entity_may_compute_but_names_nothing() -> None:
    assert compile_for(APP, "", "1 + 2").is_ok
    assert [p.code for p in compile_for(APP, "", "qty + 2").problems] == ["F15"]

"""Any text is a tree or a fault with a place; nothing else comes out, and soon."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dsl.formula.check import compile_for
from dsl.formula.parse import MAX_DEPTH, SyntaxFault, parse
from dsl.formula.syntax import Binary, CallSyntax, Chain, NumberLiteral, TextLiteral
from tests.formula_app import APP

PIECES = (
    "qty", "lines.amount", "stage", "(", ")", ",", ".", "+", "-", "*", "/", "=", "!=", "<", ">=", "&", " and ", " or ",
    " not ", " is empty", " in ", " between ", " where ", "sum(", "if(", "round(", "1", "8%", "50万", "30d", '"a"', "“",
    "”", "'", "（", "）", "，", "。", "\x00", "\ud800", "\n", "　", "是", "this.", "me", "2026-13-40", "2026-11-21",
    "[", "{",
)  # fmt: skip


@pytest.mark.parametrize("text", ["(" * 100_000, "-" * 100_000, "[" * 100_000, "a" * 100_000, '"' * 100_001])
def test_a_hundred_kilobytes_are_a_problem_at_once(text: str) -> None:
    begun = time.perf_counter()
    checked = compile_for(APP, "deal", text)
    assert checked.value is None
    assert checked.problems[0].code == "F02"
    assert time.perf_counter() - begun < 0.1


@pytest.mark.parametrize(
    "text",
    ["(" * 900 + "qty" + ")" * 900, "not " * 450 + "urgent", "-" * 1_900 + "qty", "if(" * 300 + "1", "qty+" * 400],
)
def test_a_deep_text_is_no_recursion(text: str) -> None:
    checked = compile_for(APP, "deal", text)
    assert checked.value is not None or checked.problems


def test_depth_counts_levels_not_the_length_of_a_chain() -> None:
    assert isinstance(parse(" or ".join(["urgent"] * 100)), Chain)
    assert isinstance(parse("-" * (MAX_DEPTH - 1) + "1"), SyntaxFault) is False
    assert isinstance(parse("-" * MAX_DEPTH + "1"), SyntaxFault)


@settings(max_examples=400, deadline=None)
@given(st.text(max_size=60))
def test_random_text_gives_problems_and_never_an_exception(text: str) -> None:
    checked = compile_for(APP, "deal", text)
    assert checked.value is not None or checked.problems


@settings(max_examples=600, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_random_pieces_give_problems_in_their_place(text: str) -> None:
    checked = compile_for(APP, "deal", text)
    assert checked.value is not None or checked.problems
    for problem in checked.problems:
        assert (problem.span.line, problem.span.column) <= (problem.span.end_line, problem.span.end_column)


def test_full_width_punctuation_is_read_one_to_one() -> None:
    tree = parse("ｓｕｍ（lines。amount　where　qty ＞＝ １０）")
    assert isinstance(tree, CallSyntax)
    assert tree.name.name == "sum"
    assert isinstance(tree.where, Binary)
    assert tree.where.op == ">="


def test_full_width_marks_inside_a_text_stay() -> None:
    tree = parse("“（Ａ，Ｂ）。”")
    assert isinstance(tree, TextLiteral)
    assert tree.value == "（Ａ，Ｂ）。"


def test_a_literal_keeps_what_was_written() -> None:
    tree = parse("1.20万")
    assert tree == NumberLiteral(start=0, end=5, digits="1.20", suffix="万")


def test_names_may_be_chinese() -> None:
    checked = compile_for(APP, "deal", "客户等级 = 1")
    assert [(problem.code, problem.values["name"]) for problem in checked.problems] == [("F15", "客户等级")]

"""The bounded reader: what it takes as text, and what it refuses."""

import pytest

from dsl.nodes import Mapping, Scalar, Sequence
from dsl.yaml_reader import read_yaml


def _codes(text: bytes | str) -> list[str]:
    return [problem.code for problem in read_yaml(text, "a.yaml").problems]


def _value(text: str, *path: str) -> Scalar:
    node = read_yaml(text, "a.yaml").value
    for key in path:
        assert isinstance(node, Mapping)
        node = node.get(key)
    assert isinstance(node, Scalar)
    return node


@pytest.mark.parametrize("text", ["on", "9:30", "1e3", "null", "~", "0o17", "2026-11-21", "=", ".inf"])
def test_a_scalar_stays_the_text_it_is(text):
    assert _value(f"a: {text}\n", "a").text == text


def test_a_column_counts_code_points():
    node = _value("客户: {名称: 螺丝刀}\n", "客户", "名称")
    assert (node.span.line, node.span.column, node.span.end_column) == (1, 10, 13)


def test_a_part_of_a_quoted_scalar_has_its_own_place():
    node = _value('a: "money = b + 1"\n', "a")
    formula = node.cut(7)
    assert (formula.text, formula.span.column) == ("b + 1", 13)


def test_a_text_with_escapes_has_only_the_place_of_the_whole():
    node = _value(r'a: "x\u0041 = b"', "a")
    assert node.cut(4).span == node.span


def test_a_byte_order_mark_is_no_part_of_the_text():
    assert _value("\ufeffa: b\n", "a").span.column == 4


def test_windows_line_ends_are_line_ends():
    assert _value("a: b\r\nc: d\r\n", "c").span.line == 2


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"a: \xff", "Y01"),
        ("a: b\x00", "Y03"),
        ("a: \ud800", "Y03"),
        ('a: "\\0"', "Y03"),
        ("a: \u2028b", "Y03"),
        ("a: [b", "Y04"),
        ("a: b: c", "Y04"),
        ("[" * 100_000, "Y10"),
        ("{a: " * 100_000, "Y10"),
        ("- " * 100_000, "Y10"),
        ("a: &x [1]\nb: [*x, *x]", "Y06"),
        ("a: !!python/object/apply:os.system [ls]", "Y07"),
        ("%YAML 1.1\n---\na: b\n", ""),
        ("a: 1\n...\nb: 2\n", "Y04"),
    ],
)
def test_what_is_no_part_of_the_language_is_refused(text, code):
    assert ({code} if code else set()) == set(_codes(text))


def test_all_duplicate_keys_are_told_with_the_first_one():
    problems = read_yaml("a: 1\nb: 2\na: 3\na: 4\n", "a.yaml").problems
    assert [(p.code, p.span.line, p.related[0].span.line) for p in problems] == [("Y05", 3, 1), ("Y05", 4, 1)]


def test_a_formula_cut_at_its_commas_is_one_problem_and_is_read_whole():
    checked = read_yaml('a: {b: "x", c: money = if(d > 1, round(e, 2), 0), f: g}', "a.yaml")
    assert [p.code for p in checked.problems] == ["Y16"]
    assert isinstance(checked.value, Mapping)
    block = checked.value.get("a")
    assert isinstance(block, Mapping)
    cut = block.get("c")
    assert isinstance(cut, Scalar)
    assert cut.text == "money = if(d > 1, round(e, 2), 0)"
    assert [entry.key.text for entry in block.entries] == ["b", "c", "f"]


def test_two_cut_formulas_in_one_block_are_two_problems():
    assert _codes("{a: max(b, c), d: max(e, f)}") == ["Y16", "Y16"]


def test_a_list_is_a_sequence():
    checked = read_yaml("[a, [b], {c: d}]", "a.yaml")
    assert isinstance(checked.value, Sequence)
    assert len(checked.value.items) == 3


def test_a_full_width_colon_is_told_at_its_own_place():
    (problem,) = read_yaml("app: demo\nlabel：客户\n", "a.yaml").problems
    assert (problem.code, problem.span.line, problem.span.column) == ("Y15", 2, 6)

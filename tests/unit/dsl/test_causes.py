"""One mistake is one problem, however many places it shows in."""

from pathlib import Path

from dsl.load import load_text
from dsl.render import message

_EXAMPLE = (Path(__file__).parent / "example_app.yaml").read_text("utf-8")


def test_a_mistyped_field_is_told_once_with_every_place_that_uses_it():
    text = _EXAMPLE.replace("      idle_days: number", "      idle_day: number")
    (error,) = load_text(text, "x.yaml").errors
    assert (error.code, error.span.line) == ("F15", 57)
    assert [place.span.line for place in error.related] == [76, 89]


def test_two_different_unknown_names_are_two_problems():
    text = _EXAMPLE.replace("columns: [code, name, grade,", "columns: [cod, nam, grade,")
    assert [p.values["name"] for p in load_text(text, "x.yaml").errors] == ["cod", "nam"]


def test_the_same_name_missing_in_two_entities_is_two_problems():
    text = _EXAMPLE.replace(
        "title: name, fields: {name: text required, phone", "title: nam, fields: {name: text, phone"
    )
    text = text.replace("{label: 区域 | Region, title: name", "{label: 区域 | Region, title: nam")
    assert [p.values["entity"] for p in load_text(text, "x.yaml").errors] == ["region", "contact"]


def test_a_mistyped_key_is_read_as_the_one_that_was_meant():
    text = _EXAMPLE.replace("    warn: email", "    wran: email").replace("\n      warn:", "\n      wran:")
    errors = load_text(text, "x.yaml").errors
    assert [(p.code, p.near[:1]) for p in errors] == [("S02", ("warn",))]


def test_a_label_may_hold_braces_where_gates_are_told_of() -> None:
    """Random search found a label with one brace; a label is never a template."""
    text = (
        "app: t\nroles: {boss: {label: 主管, sees: all}}\nentities:\n  deal:\n    fields: {name: text, n: integer}\n"
        "    stages:\n      a: {label: '甲}', leave: {must: [{that: n < 1, say: 小}]}}\n"
        "      b: {label: '{乙', end: won, enter: {must: [{that: n > 2, say: 大}]}}\n    access: {boss: all}\n"
    )
    (problem,) = load_text(text, "t.yaml").problems
    assert problem.code == "A31"
    assert "“甲}”到“{乙”" in message(problem, "zh")

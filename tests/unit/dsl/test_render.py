"""Problems as people, scripts and editors read them."""

import json

from dsl.load import load_text
from dsl.names import suggest
from dsl.problems import Problem
from dsl.render import as_json, as_sarif, as_text, excerpt
from dsl.source import Span

_TEXT = (
    "app: demo\nroles: {boss: {label: 主管}}\nentities:\n  客户:\n    fields: {姓名: text, 金额: mony}\n"
    "    access: {everyone: all}\n"
)


def _problems():
    return load_text(_TEXT, "a.yaml").problems


def test_a_problem_shows_its_line_with_carets_under_the_right_characters():
    told = as_text(_problems(), {"a.yaml": _TEXT}, "zh").split("\n")
    assert told[0] == "错误[M01]: 没有“mony”这种字段"
    assert told[1] == "  --> a.yaml:5:28"
    assert told[3] == "5 |     fields: {姓名: text, 金额: mony}"
    line, carets = told[3], told[4]
    before = line[: line.index("mony")]
    width = sum(2 if ord(c) > 0x2E7F else 1 for c in before)
    assert carets.index("^") == width
    assert carets[width:].startswith("^^^^ 是不是 money？")


def test_a_problem_speaks_english_too():
    assert as_text(_problems(), {"a.yaml": _TEXT}, "en").startswith("error[M01]: There is no kind of field “mony”")


def test_scripts_get_nine_keys():
    (item,) = as_json(_problems(), "en")
    assert list(item) == [
        "code", "severity", "file", "line", "column", "end_line", "end_column", "message", "help",
    ]  # fmt: skip
    assert (item["line"], item["column"], item["end_column"]) == (5, 28, 32)
    assert str(item["help"]).startswith("did you mean money?")


def test_sarif_is_json_with_one_result_for_each_problem():
    log = as_sarif(_problems())
    assert log["version"] == "2.1.0"
    text = json.dumps(log)
    assert '"ruleId": "M01"' in text
    assert '"startColumn": 28' in text


def test_a_very_long_line_is_cut_around_the_place():
    line = "x" * 5_000 + "here" + "y" * 5_000
    shown = excerpt(Span("a", 1, 5_001, 1, 5_005), line, "")
    assert len(shown[1]) < 200
    assert shown[1][shown[2].index("^") :].startswith("here")


def test_a_tab_takes_one_column_in_the_excerpt():
    shown = excerpt(Span("a", 1, 2, 1, 3), "\tb", "")
    assert shown[1].index("b") == shown[2].index("^")


def test_a_place_outside_the_text_is_told_without_an_excerpt():
    assert excerpt(Span("a", 9, 1, 9, 2), "one line", "") == []


def test_an_unknown_code_is_told_by_its_name():
    assert as_text([Problem("Z99", Span("a", 1, 1, 1, 2))], {}, "en").startswith("error[Z99]: Z99")


def test_near_names_are_the_nearest_first():
    assert suggest("amout", ["owner", "amount", "mount"])[0] == "amount"
    assert suggest("xyz", ["owner", "amount"]) == ()
    assert suggest("Owner", ["owner"]) == ("owner",)

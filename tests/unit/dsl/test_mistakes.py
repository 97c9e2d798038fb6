"""Mistakes put into the example one at a time: each is told once, with its code, at its place."""

from pathlib import Path

import pytest

from dsl.load import load_text

_EXAMPLE = (Path(__file__).parent / "example_app.yaml").read_text("utf-8")

MISTAKES = [
    # what stands there, what is written instead, the code, and the text that the caret begins at
    ("idle_days > 30, add", "idle_dys > 30, add", "F15", "idle_dys"),
    ("grade: choice grade", "grade: choice grades", "M08", "grades"),
    ("region: ref region", "region: ref regions", "M06", "regions"),
    ("contacts: table contact", "contacts: table kontact", "M06", "kontact"),
    ("email: email", "email: e-mail", "M01", "e-mail"),
    ("name: text required unique", "name: text require unique", "S15", "require"),
    ("sees: team", "sees: teem", "S08", "teem"),
    ("also: manager}", "also: manger}", "M04", "manger"),
    ("hide: [margin]", "hide: [margins]", "M05", "margins"),
    ("sort: -health", "sort: -helth", "M05", "helth"),
    ("kanban: stage", "kanban: name", "M15", "name, card"),
    ("by: [sales, manager]}\n    access", "by: [sales, manger]}\n    access", "M04", "manger"),
    ("- quoting > negotiating", "- quoting > negotiation", "M14", "negotiation"),
    ("- any > lost:", "- any > lots:", "M14", "lots"),
    ("chance: 25%", "chance: 25", "S26", "25\n"),
    ("limit: 16d", "limit: 16 dayz", "S25", "16 dayz"),
    ("end: won}\n      lost:", "end: one}\n      lost:", "S08", "one}"),
    ("leave: {fill: [amount, owner]}", "leave: {fil: [amount, owner]}", "S02", "fil:"),
    ("enter: {fill: [lost_reason]}", "enter: {fill: [lost_reson]}", "M05", "lost_reson"),
    ("- evidence: {spec:", "- evidence: {spek:", "M12", "spek"),
    ("where: minutes > 60", "where: minuts > 60", "F15", "minuts"),
    ("{that: exists(quotes", "{taht: exists(quotes", "S02", "taht"),
    ("part_of: opportunity", "part_of: oportunity", "M06", "oportunity"),
    ("code: Q<yyyy><mm>-<####>", "code: Q<yy><mm>-<####>", "S27", "<yy>"),
    ("- [any, any, 5%]", "- [any, 5%]", "S37", "[any, 5%]"),
    ("- [A, manager, 12%]", "- [D, manager, 12%]", "S29", "D, manager"),
    ("gives: percent", "gives: percents", "M16", "percents"),
    ("bands: {rescue: 0..39", "bands: {rescue: 0-39", "S19", "0-39"),
    ("bands: {rescue: 0..39", "bands: {rescue: 39..0", "S20", "39..0"),
    ("normal: 40..69", "normal: 39..69", "A16", ""),
    ("margin < 8% or margin is empty", "margin < 8%", "A03", "margin < 8%"),
    ("approval: quote_price", "approval: quote_prize", "M23", "quote_prize"),
    ("of: quote\n    steps", "of: qoute\n    steps", "M06", "qoute"),
    ("when: {stay: qualified,", "when: {stay: qualifid,", "M14", "qualifid"),
    ("module: samples, leave", "module: smaples, leave", "M13", "smaples"),
    ("languages: [zh, en]", "languages: [zh, 英文]", "S22", "英文"),
    ("timezone: Asia/Shanghai", "timezone: Asia/Beijing", "S23", "Asia/Beijing"),
    ("language: 1 ", "language: 7 ", "S24", "7 "),
    ("version: 4", "version: four", "S05", "four"),
    ("entities:", "entitys:", "S02", "entitys"),
    ("locked: true, approval", "locked: maybe, approval", "S04", "maybe"),
    ('amount: "money = round(qty * price, 2)"', "amount: money = round(qty * price, 2)", "Y16", "money = round(qty"),
    ("label: 报价单 | Quote", "label：报价单 | Quote", "Y15", "：报价单"),
    ("    stages:\n      draft", "\tstages:\n      draft", "Y13", "\tstages"),
    ("      - {by: director, if", "\u3000\u3000  - {by: director, if", "Y14", "\u3000"),
    ("code: P<yyyy><mm>-<####>\n    title: name", "code: P<yyyy><mm>-<####>\n    title: nam", "M05", "nam\n"),
    ("backup: person", "backup: person\n      backup: text", "Y05", "backup: text"),
    ("amount: money required, day", "amount: money required required2, day", "S15", "required2"),
    ("* (1 - discount)", "* (1 - margin)", "M09", ""),
    ("      - lead > contacted > qualified", "      - contacted > qualified", "A01", ""),
]  # fmt: skip


def _place(text: str, at: int) -> tuple[int, int]:
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


@pytest.mark.parametrize(("there", "instead", "code", "at"), MISTAKES, ids=[f"{m[2]}-{m[3][:12]!r}" for m in MISTAKES])
def test_a_mistake_is_told_once_at_its_place(there, instead, code, at):
    assert there in _EXAMPLE
    text = _EXAMPLE.replace(there, instead, 1)
    errors = load_text(text, "x.yaml").errors
    assert [problem.code for problem in errors] == [code]
    if at:
        at_offset = text.index(at, text.index(instead))
        assert (errors[0].span.line, errors[0].span.column) == _place(text, at_offset)

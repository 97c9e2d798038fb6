"""Gates decide over a row and nothing else: each requirement with its own finding, and closed when in doubt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from dsl.app import App, Gate
from dsl.formula.env import Env
from dsl.formula.tree import Formula
from dsl.load import load_text
from engine.context import Actor
from engine.flow import gates, stages
from engine.flow.case import Case, FormulaBroken, Row
from engine.flow.evidence import all_proofs
from engine.flow.formulas import Formulas
from engine.verdict import Explanation, Finding

TEXT = """
app: press
label: 冲压 | Press
version: 1
language: 1
languages: [zh, en]
filler: [tbd]
roles:
  sales: {label: 销售 | Sales, sees: own}
  manager: {label: 经理 | Manager, sees: all, also: sales}
entities:
  job:
    label: 活 | Job
    title: name
    fields:
      name: {label: 名称 | Name, type: text}
      amount: {label: 金额 | Amount, type: money}
      paper: {label: 单据 | Paper, type: file}
      photo: {label: 照片 | Photo, type: image}
      owner: {label: 负责人 | Owner, type: person}
    stages:
      new:
        label: 新 | New
        leave:
          fill: [name]
          at_least: 2
          any_of: [{fill: [amount]}, {evidence: {paper: 单据 | Paper}}, {evidence: {photo: 照片 | Photo}}]
          must: [{that: amount > 100, say: 太小 | Too small}]
          waive: [manager]
      done: {label: 完 | Done, end: done}
      dropped: {label: 弃 | Dropped, end: cancelled}
    moves: [new > done, new > dropped]
    access: {sales: {create: true, edit: true}}
"""

ENV = Env(today=date(2026, 11, 21), now=datetime(2026, 11, 21, 1, tzinfo=UTC))
SALES = Actor(1, "ann", "Ann", "sales", frozenset({"sales", "everyone"}), 1, "South", (1,), (1,), None, language="en")
MANAGER = replace(SALES, role="manager", roles=frozenset({"manager", "sales", "everyone"}))
FULL: Mapping[str, object] = {"id": 1, "name": "Gear", "amount": 20_000, "paper": 7, "photo": None, "owner": None}


def press() -> App:
    checked = load_text(TEXT, "press.yaml")
    assert checked.value is not None, [(problem.code, str(problem.span)) for problem in checked.problems]
    return checked.value


def a_case(row: Mapping[str, object] = FULL, actor: Actor = SALES, **more: object) -> Case:
    app = press()
    return Case(app, app.entity("job"), row, ENV, actor, Formulas(app), **more)  # type: ignore[arg-type]


def leaving(case: Case) -> Gate:
    gate = case.entity.pipelines[0].stages[0].leave
    assert gate is not None
    return gate


def states(findings: tuple[Finding, ...]) -> dict[str, str]:
    return {finding.rule.rpartition("leave.")[2]: finding.state for finding in findings}


def test_all_that_is_asked_is_judged_each_by_itself() -> None:
    case = a_case(FULL | {"name": "", "amount": None})
    assert states(gates.judge(leaving(case), case)) == {"fill.name": "unmet", "must.1": "unmet", "at_least": "unmet"}


def test_a_full_record_passes() -> None:
    case = a_case()
    assert states(gates.judge(leaving(case), case)) == {"fill.name": "met", "must.1": "met", "at_least": "met"}


def test_filler_is_no_answer() -> None:
    case = a_case(FULL | {"name": "TBD "})
    [fill, *_] = gates.judge(leaving(case), case)
    assert (fill.state, fill.said) == ("unmet", "“Name” says “TBD ”, which counts as empty")


@pytest.mark.parametrize(("row", "is_met"), [({}, True), ({"paper": None}, False), ({"paper": None, "photo": 3}, True)])
def test_a_group_is_met_by_enough_of_its_parts(row: Mapping[str, object], is_met: bool) -> None:
    case = a_case(FULL | row)
    [*_, group] = gates.judge(leaving(case), case)
    assert (group.state == "met") == is_met
    assert len(group.parts) == 3


def test_an_image_is_asked_for_as_an_image() -> None:
    case = a_case(FULL | {"paper": None})
    [*_, group] = gates.judge(leaving(case), case)
    assert [part.needs.accept for part in group.parts] == ["", "file", "image"]


@pytest.mark.parametrize(("mode", "state"), [("enforce", "unmet"), ("warn", "warned"), ("observe", "observed")])
def test_the_mode_decides_whether_an_open_item_blocks(mode: str, state: str) -> None:
    case = a_case(FULL | {"name": ""})
    gate = replace(leaving(case), mode=mode)  # type: ignore[arg-type]
    [fill, *_] = gates.judge(gate, case)
    assert fill.state == state
    assert fill.blocks == (mode == "enforce")


def test_a_gate_for_some_teams_lets_the_others_through() -> None:
    case = a_case(FULL | {"name": ""}, teams=frozenset({"Company", "North"}))
    gate = replace(leaving(case), teams=("South",))
    assert gates.judge(gate, case) == ()
    assert gates.judge(gate, replace(case, teams=frozenset({"Company", "South"})))


def test_only_the_named_roles_waive_and_only_with_a_reason() -> None:
    rule = "job.stages.new.leave.fill.name"
    row = FULL | {"name": ""}
    answers = {
        "sales": a_case(row, SALES, waive={rule: "because"}),
        "manager": a_case(row, MANAGER, waive={rule: "because"}),
        "silent": a_case(row, MANAGER, waive={rule: " "}),
    }
    first = {who: gates.judge(leaving(case), case)[0] for who, case in answers.items()}
    assert {who: finding.state for who, finding in first.items()} == {
        "sales": "unmet",
        "manager": "waived",
        "silent": "unmet",
    }
    assert {who: finding.waivable for who, finding in first.items()} == {
        "sales": False,
        "manager": True,
        "silent": True,
    }


def test_a_waived_part_counts_in_its_group() -> None:
    paper = "job.stages.new.leave.any_of.2.evidence.paper"
    case = a_case(FULL | {"paper": None}, MANAGER, waive={paper: "seen it"})
    [*_, group] = gates.judge(leaving(case), case)
    assert [part.state for part in group.parts] == ["met", "waived", "unmet"]
    assert group.state == "met"


class Broken:
    """Formulas of which none can be evaluated."""

    def value(self, formula: Formula, row: Row, env: Env) -> object:
        raise FormulaBroken(formula.text)

    def explain(self, formula: Formula, row: Row, env: Env, language: str) -> Explanation:
        raise FormulaBroken(formula.text)


def test_a_condition_that_cannot_be_evaluated_keeps_the_gate_closed() -> None:
    case = replace(a_case(), formulas=Broken())
    [_, must, _] = gates.judge(leaving(case), case)
    assert must.state == "broken"
    assert must.blocks
    assert "Too small" in must.said


def test_a_row_of_the_wrong_shape_breaks_the_formula_not_the_engine() -> None:
    case = a_case({"id": 1, "amount": "much"})
    assert gates.judge(leaving(case), case)[1].state == "broken"


def test_what_met_the_evidence_is_named() -> None:
    case = a_case(FULL | {"photo": 9})
    assert [(proof.label, proof.file_id) for proof in all_proofs(leaving(case), case)] == [("单据", 7), ("照片", 9)]


def test_the_way_on_is_guarded_the_way_out_is_not() -> None:
    case = a_case(FULL | {"name": ""})
    on = stages.step(case.app, case.entity, "", "new", "done")
    out = stages.step(case.app, case.entity, "", "new", "dropped")
    assert on is not None
    assert out is not None
    assert stages.judge_before(on, case, "")
    assert stages.judge_before(out, case, "") == ()


def test_a_step_that_the_app_does_not_know_says_so() -> None:
    case = a_case()
    back = stages.step(case.app, case.entity, "", "done", "new")
    assert back is not None
    [finding] = stages.judge_before(back, case, "")
    assert finding.said == "There is no move from “Done” to “New”"
    assert stages.step(case.app, case.entity, "", "done", "nowhere") is None

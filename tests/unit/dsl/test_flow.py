"""What happens by itself and what goes out, as the engine will get it: names resolved, formulas typed."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsl.app import App
from dsl.flow import Assign, CallPlugin, Create, Delay, Notify, Rule, SetFields, Task
from dsl.formula.tree import Aggregate, Bounds, Formula
from dsl.formula.value_types import MONEY, NumberType
from dsl.load import load_app, load_text

_EXAMPLE = Path(__file__).parent / "example_app.yaml"


@pytest.fixture(scope="module")
def app() -> App:
    checked = load_app(_EXAMPLE)
    assert checked.value is not None
    return checked.value


def _rule(app: App, entity: str, key: str) -> Rule:
    return next(rule for rule in app.entities[entity].rules if rule.key == key)


def test_a_rule_has_its_trigger_condition_and_actions(app: App) -> None:
    rule = _rule(app, "opportunity", "assign_lead")
    assert (rule.rule, rule.trigger.verb) == ("opportunity.rules.assign_lead", "create")
    assert rule.condition is not None
    (action,) = rule.actions
    assert isinstance(action, Assign)
    assert (action.field, action.among, action.match, action.pick) == ("owner", "sales", "region", "least_busy")
    assert action.within == Delay(1_800)
    assert [late.act for late in action.late] == ["next"]


def test_a_task_knows_its_people_its_holes_and_its_ladder(app: App) -> None:
    (task,) = _rule(app, "opportunity", "sample_test").actions
    assert isinstance(task, Task)
    assert [(who.kind, who.role) for who in (*task.to, *task.cc)] == [("role", "tech"), ("role", "planner")]
    assert [hole.written for hole in task.title.holes] == ["name"]
    assert [(late.after, late.act, [w.kind for w in late.to]) for late in task.late] == [
        (Delay(0), "notify", ["person", "manager"]),
        (Delay(2 * 86_400), "notify", ["role"]),
    ]


def test_days_of_work_stay_days_of_work(app: App) -> None:
    (task,) = _rule(app, "customer", "rescue").actions
    assert isinstance(task, Task)
    assert task.within == Delay(3 * 86_400, in_workdays=True)


def test_values_are_literals_in_stored_form_or_typed_formulas(app: App) -> None:
    put, made, called = _rule(app, "opportunity", "won").actions
    assert isinstance(put, SetFields)
    assert [(p.via, p.entity, p.field, p.value) for p in put.puts] == [(("customer",), "customer", "grade", "A")]
    assert isinstance(made, Create)
    amount = next(p.value for p in made.puts if p.field == "amount")
    assert isinstance(amount, Formula)
    assert (made.entity, amount.type, amount.entity) == ("order", MONEY, "opportunity")
    assert isinstance(called, CallPlugin)
    assert (called.plugin, called.function, called.retry) == ("erp_u8", "push_contract", 5)


def test_triggers_keep_what_their_verb_needs(app: App) -> None:
    after = _rule(app, "quote", "follow_up").trigger
    assert (after.fields, after.wait, after.without) == (("sent_on",), Delay(15 * 86_400), "visit")
    every = _rule(app, "customer", "sleeping").trigger.every
    assert every is not None
    assert (every.unit, every.minute) == ("day", 120)
    score = _rule(app, "customer", "rescue").trigger
    assert (score.score, score.bands) == ("health", ("rescue",))
    told = _rule(app, "customer", "hot_lead").actions[1]
    assert isinstance(told, Notify)
    assert told.via == ("wecom", "inbox")


def test_an_approval_is_steps_with_signers_and_conditions(app: App) -> None:
    approval = app.approvals["quote_price"]
    assert [[who.kind for who in step.by] for step in approval.steps] == [["manager"], ["role"], ["role"], []]
    assert [step.sign for step in approval.steps] == ["any", "any", "all", "any"]
    assert (approval.same_person, approval.rejected) == ("skip", "draft")
    assert approval.may == {"delegate", "add_signer", "withdraw"}


def test_a_metric_is_a_formula_over_all_records(app: App) -> None:
    rate = app.metrics["win_rate"]
    assert rate.value.entity == ""
    assert rate.value.type == NumberType(6)
    assert rate.alarm == Bounds(0, 180_000)
    total = app.metrics["pipeline"].value.root
    assert isinstance(total, Aggregate)
    assert (total.entity, total.rows, total.link, total.type) == ("opportunity", "*", "", MONEY)


def test_what_goes_out_is_resolved(app: App) -> None:
    assert app.documents["quote_pdf"].page == "quote_page"
    assert (app.pages["quote_page"].until, app.pages["quote_page"].buttons) == ("valid_until", ("accept",))
    assert app.handovers["leaving"].checklist == (("first_touch", Delay(72 * 3_600)), ("update_tags", Delay(604_800)))
    cards = app.dashboards["cockpit"].cards
    assert [card.kind for card in cards] == ["funnel", "number", "heatmap"]
    assert (cards[2].red, cards[2].red_days) == (Bounds(None, 2), 3)
    assert app.imports["customers_xlsx"].columns["行业"].fills == "industry"


def test_rows_of_a_table_in_a_file_are_part_of_the_digest() -> None:
    text = (
        "app: t\nroles: {boss: {label: 主管}}\n"
        "entities: {thing: {fields: {x: percent = rate(me.role)}, access: {everyone: all}}}\n"
        "tables: {rate: {columns: [role], gives: percent, file: rate.csv}}\n"
    )
    digests = set()
    for rate in ("8%", "9%"):
        app = load_text(text, "t.yaml", {"rate.csv": f"role,rate\nany,{rate}\n", "other.csv": rate}).value
        assert app is not None
        digests.add(app.digest)
    assert len(digests) == 2


def test_a_file_that_no_table_names_changes_nothing() -> None:
    text = "app: t\nroles: {boss: {label: 主管}}\nentities: {thing: {fields: {x: text}, access: {everyone: all}}}\n"
    one, two = (load_text(text, "t.yaml", {"other.csv": rows}).value for rows in ("a", "b"))
    assert one is not None
    assert two is not None
    assert one.digest == two.digest

"""A move: its gate, what would meet it, who may waive it, and what is kept of it."""

from __future__ import annotations

import pytest

from engine.commands import Move, Update
from engine.errors import BadInput, NotThere
from tests.unit.engine.conftest import Shop, finding, line, made, missing

LEAD = "deal.stages.lead.leave"
PROVING = "deal.stages.proving.leave"


@pytest.fixture
def shop(shop_on_both: Shop) -> Shop:
    """Every story here is told on both databases."""
    return shop_on_both


def test_a_gate_names_every_missing_item_with_what_would_meet_it(shop: Shop) -> None:
    outcome = shop.sales.move("deal", shop.deal(), "proving")
    assert missing(outcome) == [f"{LEAD}.fill.amount", f"{LEAD}.fill.reason"]
    amount = finding(outcome.verdict, f"{LEAD}.fill.amount")
    assert (amount.needs.kind, amount.needs.field, amount.field) == ("field", "amount", "amount")
    assert amount.said == "Fill in “Amount”"
    assert amount.span.line == 72


def test_what_is_filled_in_the_dialog_is_saved_with_the_move(shop: Shop) -> None:
    deal = shop.deal()
    outcome = shop.sales.move("deal", deal, "proving", fill={"amount": 200_000, "reason": "new line"})
    assert outcome.verdict.allowed
    values = shop.sales.values("deal", deal)
    assert (values["stage"], values["amount"]) == ("proving", 200_000)


def test_evidence_a_condition_and_a_group_are_told_apart(shop: Shop) -> None:
    deal = shop.proving_deal()
    made(shop.sales.update("deal", deal, amount=50_000))
    outcome = shop.sales.move("deal", deal, "offered")
    assert set(missing(outcome)) == {
        f"{PROVING}.evidence.proof",
        f"{PROVING}.any_of",
        f"{PROVING}.must.1",
        "deal.stages.offered.enter.fill.lines",
    }
    proof = finding(outcome.verdict, f"{PROVING}.evidence.proof")
    assert (proof.needs.kind, proof.needs.field, proof.needs.accept) == ("file", "proof", "file")
    must = finding(outcome.verdict, f"{PROVING}.must.1")
    assert must.needs.kind == "change"
    assert "amount" in must.needs.fields
    group = finding(outcome.verdict, f"{PROVING}.any_of")
    assert [part.needs.kind for part in group.parts] == ["file", "record"]
    assert "minutes > 60" in group.parts[1].said


def test_a_related_record_that_fits_meets_the_group(shop: Shop) -> None:
    customer = shop.customer()
    deal = shop.proving_deal(customer)
    made(shop.sales.do(Update("deal", deal, None, {"proof": shop.sales.upload()}, {"lines": [line()]})))
    shop.sales.create("visit", customer=customer, notes="short", minutes=30, deal=deal)
    assert missing(shop.sales.move("deal", deal, "offered")) == [f"{PROVING}.any_of"]
    visit = shop.sales.create("visit", customer=customer, notes="long", minutes=90, deal=deal)
    made(shop.sales.move("deal", deal, "offered"))
    [latest, *_] = shop.engine.timeline(shop.sales.context, "deal", deal)
    assert [(proof.entity, proof.id) for proof in latest.proofs if proof.entity] == [("visit", visit)]


def test_evidence_is_kept_with_the_move(shop: Shop) -> None:
    deal = shop.offered_deal()
    [latest, *_] = shop.engine.timeline(shop.sales.context, "deal", deal)
    assert (latest.kind, latest.source, latest.target) == ("moved", "proving", "offered")
    files = {proof.label: proof.file for proof in latest.proofs}
    assert files["Test report"] is not None
    assert files["Test report"].name == "report.pdf"
    assert len(files["Test report"].sha256) == 64


def test_a_manager_waives_an_item_with_a_reason_that_is_kept(shop: Shop) -> None:
    deal = shop.deal(amount=200_000)
    rule = f"{LEAD}.fill.reason"
    by_sales = shop.sales.move("deal", deal, "proving", waive={rule: "in a hurry"})
    assert missing(by_sales) == [rule]
    item = finding(by_sales.verdict, rule)
    assert (item.waivable, item.waive_roles) == (False, ("manager",))
    assert missing(shop.manager.move("deal", deal, "proving", waive={rule: "  "})) == [rule]
    outcome = shop.manager.move("deal", deal, "proving", waive={rule: "the boss knows them"})
    assert outcome.verdict.allowed
    assert finding(outcome.verdict, rule).state == "waived"
    [latest, *_] = shop.engine.timeline(shop.sales.context, "deal", deal)
    assert [(each.rule, each.reason) for each in latest.waived] == [(rule, "the boss knows them")]


def test_a_step_the_app_does_not_know_is_refused_and_an_unknown_stage_is_bad_input(shop: Shop) -> None:
    deal = shop.deal()
    assert missing(shop.sales.move("deal", deal, "won")) == ["deal.moves"]
    with pytest.raises(BadInput):
        shop.sales.move("deal", deal, "sold")
    with pytest.raises(BadInput):
        shop.sales.move("customer", shop.customer("Other"), "won")


def test_a_move_is_for_the_roles_it_names_and_asks_its_question(shop: Shop) -> None:
    deal = shop.offered_deal()
    back = "deal.moves.offered.proving"
    assert set(missing(shop.sales.move("deal", deal, "proving"))) == {f"{back}.by", f"{back}.ask"}
    asked = shop.manager.move("deal", deal, "proving")
    assert missing(asked) == [f"{back}.ask"]
    assert asked.verdict.missing[0].needs.kind == "reason"
    assert missing(shop.manager.move("deal", deal, "proving", answer="tbd")) == [f"{back}.ask"]
    made(shop.manager.move("deal", deal, "proving", answer="new drawings"))
    [latest, *_] = shop.engine.timeline(shop.sales.context, "deal", deal)
    assert latest.text == "new drawings"


def test_who_may_not_edit_may_not_move(shop: Shop) -> None:
    deal = shop.deal(amount=200_000, reason="x")
    assert missing(shop.as_("tech").move("deal", deal, "proving")) == ["deal.moves.lead.proving.by"]
    with pytest.raises(NotThere):
        shop.as_("sales2").move("deal", deal, "proving")


def test_a_refused_fill_is_one_of_the_findings(shop: Shop) -> None:
    deal = shop.deal()
    outcome = shop.as_("tech").move("deal", deal, "proving", fill={"amount": 5})
    assert "deal.fields.amount.access" in missing(outcome)


def test_at_most_one_offer_stands_for_a_customer(shop_on_both: Shop) -> None:
    shop = shop_on_both
    customer = shop.customer()
    first = shop.offered_deal(customer)
    second = shop.proving_deal(customer)
    made(shop.sales.do(Update("deal", second, None, {}, {"lines": [line()]})))
    fill = {"proof": shop.sales.upload(), "stamp": shop.sales.upload()}
    outcome = shop.sales.move("deal", second, "offered", fill=fill)
    assert missing(outcome) == ["deal.at_most_one.offer"]
    assert "Gears" in outcome.verdict.missing[0].said
    made(shop.sales.move("deal", first, "lost"))
    made(shop.sales.move("deal", second, "offered", fill={"proof": shop.sales.upload(), "stamp": shop.sales.upload()}))


def test_why_gives_the_operands_on_request(shop: Shop) -> None:
    deal = shop.proving_deal()
    rule = f"{PROVING}.must.1"
    plain = shop.sales.do(Move("deal", deal, "offered"), dry=True)
    assert finding(plain.verdict, rule).why is None
    explained = shop.sales.do(Move("deal", deal, "offered"), dry=True, explain=True)
    assert finding(explained.verdict, rule).why is not None
    assert shop.engine.why(shop.sales.context, "deal", deal, rule).text == 'amount >= 1000 or customer.grade = "A"'


def test_asking_why_judges_as_not_asking_does(shop: Shop) -> None:
    deal = shop.proving_deal()
    plain = shop.sales.do(Move("deal", deal, "offered"), dry=True)
    explained = shop.sales.do(Move("deal", deal, "offered"), dry=True, explain=True)
    assert [(f.rule, f.state, [part.state for part in f.parts]) for f in explained.verdict.findings] == [
        (f.rule, f.state, [part.state for part in f.parts]) for f in plain.verdict.findings
    ]


def test_the_checklist_judges_every_step_from_here(shop: Shop) -> None:
    deal = shop.deal()
    checklist = shop.engine.checklist(shop.sales.context, "deal", deal)
    assert [(move.target, verdict.allowed) for move, verdict in checklist] == [("proving", False), ("lost", False)]


def test_what_a_stage_asks_before_it_is_left_guards_the_way_on_only(shop: Shop) -> None:
    deal = shop.deal()
    assert missing(shop.sales.move("deal", deal, "lost")) == ["deal.stages.lost.enter.fill.reason"]
    assert shop.sales.move("deal", deal, "lost", fill={"reason": "they closed"}).verdict.allowed


def test_a_visit_of_the_stage_is_written(shop: Shop) -> None:
    deal = shop.proving_deal()
    formula = shop.engine.filter(shop.sales.context, "deal", "entered(proving) is not empty")
    assert formula.value is not None, formula.problems
    assert deal

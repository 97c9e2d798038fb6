"""The checklist of a record page: judged in a read transaction, with the very findings of a dry move."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from dsl.load import load_app
from engine.commands import Move, Update
from engine.errors import NotThere
from engine.execute import execute
from engine.testing import engine_for
from engine.verdict import Verdict
from engine.writing.foresight import Foresight
from tests.unit.engine.conftest import Hand, Shop, line

APPS = Path(__file__).parents[3] / "apps"
STAGES = ("lead", "proving", "offered", "won", "lost")


def dry(hand: Hand, deal: int, to: str) -> Verdict:
    return execute(hand.engine.installed, Move("deal", deal, to), hand.context, dry=True).verdict


def stir(shop: Shop, dice: random.Random, deal: int) -> None:
    """One random step in the life of a deal, taken or refused."""
    hand = shop.as_(dice.choice(("sales", "manager")))
    match dice.randrange(6):
        case 0:
            amount, discount = dice.choice((None, 5_000, 200_000, 2_000_000_000)), dice.choice((None, 2_000, 9_000))
            hand.update("deal", deal, amount=amount, discount=discount, reason=dice.choice(("", "暂无", "new line")))
        case 1:
            hand.do(Update("deal", deal, None, {}, {"lines": [line()]}))
        case 2:
            hand.update("deal", deal, **{dice.choice(("proof", "stamp")): hand.upload()})
        case 3:
            customer = hand.values("deal", deal)["customer"]
            hand.create("visit", customer=customer, deal=deal, notes="met", minutes=dice.choice((30, 90)))
        case _:
            hand.move("deal", deal, dice.choice(STAGES), answer=dice.choice(("", "price")))


@pytest.mark.parametrize("seed", range(4))
def test_a_checklist_is_a_dry_run_of_each_move(shop: Shop, seed: int) -> None:
    dice = random.Random(seed)
    customer = shop.customer()
    deals = [shop.deal(customer), shop.offered_deal(customer)]
    for _ in range(12):
        deal = dice.choice(deals)
        stir(shop, dice, deal)
        for login in ("sales", "manager", "tech"):
            hand = shop.as_(login)
            judged = shop.engine.checklist(hand.context, "deal", deal)
            assert [verdict for _, verdict in judged] == [dry(hand, deal, move.target) for move, _ in judged]


def deals_of(shop: Shop) -> list[int]:
    """One customer's deals in three stages, in their order."""
    customer = shop.customer()
    return [shop.deal(customer), shop.proving_deal(customer), shop.offered_deal(customer)]


@pytest.mark.parametrize("login", ["sales", "manager", "tech"])
def test_a_record_is_opened_as_it_is_found_with_its_rights_its_history_and_its_next_step(
    shop_on_both: Shop, login: str
) -> None:
    hand, engine = shop_on_both.as_(login), shop_on_both.engine
    for deal in deals_of(shop_on_both):
        record, opened = engine.find(hand.context, "deal", deal), engine.open_record(hand.context, "deal", deal, 3)
        assert record is not None
        assert opened is not None
        assert opened.record == record
        assert opened.rights == engine.may(hand.context, "deal", record)
        assert opened.entries == engine.timeline(hand.context, "deal", deal, 3)
        assert opened.next_step == engine.next_step(hand.context, "deal", deal)
        judged = dict(engine.checklist(hand.context, "deal", deal))
        assert opened.next_step is not None
        assert judged.pop(opened.next_step.move) == opened.next_step.verdict
        assert tuple(judged) == opened.next_step.others


def test_the_next_step_goes_on_before_it_gives_up(shop: Shop) -> None:
    for deal, ahead in zip(deals_of(shop), ("proving", "offered", "won"), strict=True):
        found = shop.engine.next_step(shop.sales.context, "deal", deal)
        assert found is not None
        assert found.move.target == ahead


def test_a_record_out_of_sight_is_not_opened_and_has_no_next_step(shop: Shop) -> None:
    deal, stranger = shop.deal(), shop.as_("sales2").context
    assert shop.engine.open_record(stranger, "deal", deal) is None
    assert shop.engine.next_step(stranger, "deal", deal) is None
    assert shop.engine.steps_ahead(stranger, "deal", [deal]) == {}


def test_the_steps_ahead_of_several_records_are_those_of_each(shop_on_both: Shop) -> None:
    context, engine = shop_on_both.sales.context, shop_on_both.engine
    deals = deals_of(shop_on_both)
    assert shop_on_both.sales.move("deal", deals[2], "won").verdict.allowed
    ahead = engine.steps_ahead(context, "deal", [*deals, 10_000])
    assert list(ahead) == deals[:2]
    for deal, (move, verdict) in ahead.items():
        assert dict(engine.checklist(context, "deal", deal))[move] == verdict


def test_a_checklist_waits_for_no_writer(shop: Shop) -> None:
    deal = shop.deal()
    with shop.engine.database.write():  # a second write in this thread would raise
        judged = shop.engine.checklist(shop.sales.context, "deal", deal)
    assert {move.target: verdict.allowed for move, verdict in judged} == {"proving": False, "lost": False}


def test_a_checklist_says_what_stands_in_the_way_on_both_databases(shop_on_both: Shop) -> None:
    deal = shop_on_both.proving_deal()
    offered_rules = {
        move.target: [finding.rule for finding in verdict.missing]
        for move, verdict in shop_on_both.engine.checklist(shop_on_both.sales.context, "deal", deal)
    }["offered"]
    assert offered_rules == [finding.rule for finding in dry(shop_on_both.sales, deal, "offered").missing]
    assert len(offered_rules) == 3


def test_a_record_out_of_sight_has_no_checklist(shop: Shop) -> None:
    with pytest.raises(NotThere):
        shop.engine.checklist(shop.as_("sales2").context, "deal", shop.deal())


def test_every_step_of_the_sales_process_is_judged_without_a_write() -> None:
    app = load_app(APPS / "sales_crm.yaml").value
    assert app is not None
    foresight = Foresight(app)
    written = [
        stage.key
        for entity in app.entities.values()
        for pipeline in entity.pipelines
        for stage in pipeline.stages
        if not foresight.can_imagine(entity, stage)
    ]
    assert written == []


FOLLOWS = """
app: chances
label: Chances
version: 1
language: 1
timezone: Asia/Shanghai
roles: {admin: {label: Admin, sees: all}}
entities:
  firm:
    label: Firm
    title: name
    fields:
      name: {label: Name, type: text required}
      bids: {label: Bids, type: table bid}
      sent: {label: Sent, type: integer = count(bids where stage = "sent")}
    access: {admin: {create: true, edit: true}}
  bid:
    label: Bid
    part_of: firm
    title: name
    fields:
      name: {label: Name, type: text required}
      amount: {label: Amount, type: money}
      weighted: {label: Weighted, type: "money = round(amount * stage.chance, 2)"}
    stages:
      open: {label: Open, chance: 10%}
      ready: {label: Ready, chance: 50%, enter: {must: [{that: days_in_stage = 0 and stage = "ready", say: Fresh}]}}
      weighed: {label: Weighed, chance: 50%, enter: {must: [{that: weighted > 40, say: Too light}]}}
      sent: {label: Sent, chance: 60%, enter: {must: [{that: firm.sent <= 1, say: One at a time}]}}
      done: {label: Done, end: won}
    moves: [open > ready, open > weighed, open > sent, any > done]
    access: {admin: {create: true, edit: true}}
"""


def test_a_step_that_is_judged_by_what_follows_from_it_is_tried_out(tmp_path: Path) -> None:
    engine = engine_for(FOLLOWS, tmp_path)
    hand = Hand(engine, "admin")
    firm = hand.create("firm", name="Works")
    bids = [hand.create("bid", firm=firm, name="bid", amount=amount) for amount in (7_000, 9_000)]
    hand.move("bid", bids[0], "sent")
    judged = {move.target: verdict for move, verdict in engine.checklist(hand.context, "bid", bids[1])}
    assert {to: verdict.allowed for to, verdict in judged.items()} == {
        "ready": True,
        "weighed": True,
        "sent": False,
        "done": True,
    }
    bid = engine.app.entity("bid")
    can = {stage.key: engine.installed.foresight.can_imagine(bid, stage) for stage in bid.pipelines[0].stages}
    assert can == {"open": True, "ready": True, "weighed": False, "sent": False, "done": True}
    engine.close()

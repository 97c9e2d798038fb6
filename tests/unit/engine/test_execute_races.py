"""Eight writers at once: numbers without gap, versions never lost, never two open offers. On both databases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from engine.commands import Create, Move, Update
from engine.errors import VersionConflict
from engine.store.lists import Query
from tests.unit.engine.conftest import Shop, line, made

WRITERS = 8


def at_once(action: Callable[[int], object], times: int) -> list[object]:
    with ThreadPoolExecutor(WRITERS) as pool:
        return list(pool.map(action, range(times)))


def test_numbers_are_unique_and_without_gap(shop_on_both: Shop) -> None:
    shop = shop_on_both
    context = shop.sales.context

    def create(place: int) -> None:
        name = "" if place % 5 == 0 else f"Customer {place}"
        shop.engine.execute(Create("customer", {"name": name}), context)

    at_once(create, 60)
    found = shop.engine.page(context, Query("customer", sort=("code",), limit=200))
    assert [record.values["code"] for record in found.items] == [f"C2026-{n:04}" for n in range(1, 49)]


def test_a_version_is_accepted_once_and_no_change_is_lost(shop_on_both: Shop) -> None:
    shop = shop_on_both
    customer, context = shop.customer(), shop.sales.context

    def edit(place: int) -> str:
        found = shop.engine.find(context, "customer", customer)
        assert found is not None
        try:
            made(shop.engine.execute(Update("customer", customer, found.version, {"score": place}), context))
        except VersionConflict:
            return "conflict"
        return "saved"

    answers = Counter(at_once(edit, 64))
    final = shop.engine.find(context, "customer", customer)
    assert final is not None
    changes = [e for e in shop.engine.timeline(context, "customer", customer, limit=200) if e.kind == "changed"]
    assert final.version == 1 + len(changes)
    assert len(changes) + answers["conflict"] in (63, 64), "writing the score it has already is no change"


def test_there_is_never_a_second_open_offer(shop_on_both: Shop) -> None:
    shop = shop_on_both
    customer, context = shop.customer(), shop.sales.context
    deals = []
    for _ in range(WRITERS):
        deal = shop.proving_deal(customer)
        fill = {"proof": shop.sales.upload(), "stamp": shop.sales.upload()}
        made(shop.sales.do(Update("deal", deal, None, fill, {"lines": [line()]})))
        deals.append(deal)

    def offer(place: int) -> bool:
        deal = deals[place % WRITERS]
        outcome = shop.engine.execute(Move("deal", deal, "offered"), context)
        if not outcome.verdict.allowed:
            assert [each.rule for each in outcome.verdict.missing] in (
                ["deal.at_most_one.offer"],
                ["deal.moves"],
            )
        return outcome.verdict.allowed

    assert sum(bool(each) for each in at_once(offer, 3 * WRITERS)) == 1
    found = shop.engine.page(context, Query("deal", limit=200))
    assert Counter(record.stage for record in found.items) == {"offered": 1, "proving": WRITERS - 1}

"""Figures over many records: counts by two keys, times in stages, passages; all within sight, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from engine.context import Context
from engine.errors import BadInput
from engine.testing import actor
from tests.unit.engine.conftest import Shop

MONDAY = datetime(2026, 11, 16, 1, 0, tzinfo=UTC)
HOUR = 3_600


@pytest.fixture
def shop(shop_on_both: Shop) -> Shop:
    shop_on_both.wait_until(MONDAY)
    return shop_on_both


def through(shop: Shop, hours: int, to: str = "proving") -> int:
    """A deal that stayed in its first stage for so long."""
    shop.wait_until(MONDAY)
    deal = shop.deal(shop.customer(f"Works {hours}"), amount=200_000, reason="new")
    shop.wait_until(MONDAY + timedelta(hours=hours))
    assert shop.sales.move("deal", deal, to).verdict.allowed
    return deal


def director(shop: Shop) -> Context:
    return shop.as_("director").context


def test_half_of_the_stays_ended_within_one_and_nine_tenths_within_another_time(shop: Shop) -> None:
    for hours in range(1, 11):
        through(shop, hours)
    with shop.engine.figures(director(shop)) as figures:
        [stay] = figures.stays("deal", None, "", MONDAY)
    assert (stay.stage, stay.ended, stay.half, stay.most) == ("lead", 10, 5 * HOUR, 9 * HOUR)


def test_a_single_stay_is_its_own_half(shop: Shop) -> None:
    through(shop, 3)
    with shop.engine.figures(director(shop)) as figures:
        [stay] = figures.stays("deal", None, "", MONDAY)
    assert (stay.half, stay.most) == (3 * HOUR, 3 * HOUR)


def test_stays_that_ended_before_the_period_do_not_count(shop: Shop) -> None:
    through(shop, 2)
    with shop.engine.figures(director(shop)) as figures:
        assert figures.stays("deal", None, "", MONDAY + timedelta(hours=3)) == []


def test_what_is_out_of_sight_is_in_no_figure(shop: Shop) -> None:
    through(shop, 2)
    others = shop.as_("sales2").context
    with shop.engine.figures(others) as figures:
        assert figures.stays("deal", None, "", MONDAY) == []
        assert figures.passages("deal", None, MONDAY) == {}
        assert figures.cells("deal", None, "stage", "owner") == []


def test_stays_are_split_by_what_the_record_refers_to(shop: Shop) -> None:
    first, second = through(shop, 2), through(shop, 4)
    for deal, grade in ((first, "A"), (second, "B")):
        customer = shop.sales.values("deal", deal)["customer"]
        shop.manager.update("customer", customer, grade=grade)
    with shop.engine.figures(director(shop)) as figures:
        stays = figures.stays("deal", None, "customer.grade", MONDAY)
        units = figures.stays("deal", None, "owner.unit", MONDAY)
        assert {stay.part: stay.half for stay in stays} == {"A": 2 * HOUR, "B": 4 * HOUR}
        assert [figures.names("deal", "owner.unit", [stay.part])[stay.part] for stay in units] == ["South"]


def test_a_passage_is_a_record_that_came_to_a_later_stage_and_giving_up_is_none(shop: Shop) -> None:
    through(shop, 1)
    through(shop, 2, to="lost")
    shop.wait_until(MONDAY)
    shop.deal(shop.customer("Stays"))
    with shop.engine.figures(director(shop)) as figures:
        found = figures.passages("deal", None, MONDAY)
    assert (found["lead"].entered, found["lead"].went_on, round(found["lead"].rate, 2)) == (3, 1, 0.33)
    assert (found["proving"].entered, found["proving"].went_on) == (1, 0)
    assert found["lost"].went_on == 0


def test_cells_count_and_sum_by_two_keys_at_once(shop: Shop) -> None:
    through(shop, 1)
    through(shop, 2)
    shop.as_("director").create("customer", name="Far")
    with shop.engine.figures(director(shop)) as figures:
        [cell] = figures.cells("deal", None, "stage", "owner", ("amount",))
    assert (cell.key, cell.part, cell.count, cell.sums) == (
        "proving", actor(shop.engine, "sales").id, 2, {"amount": 400_000},
    )  # fmt: skip


@pytest.mark.parametrize("path", ["name", "customer.secret", "lines", "nothing", "1 + 1", "customer.deals"])
def test_only_options_people_records_and_yes_or_no_that_one_may_read_split(shop: Shop, path: str) -> None:
    with shop.engine.figures(shop.sales.context) as figures, pytest.raises(BadInput):
        figures.cells("deal", None, "stage", path)


def test_a_condition_over_a_hidden_field_is_refused(shop: Shop) -> None:
    asked = shop.engine.filter(director(shop), "customer", 'secret = "plan"').value
    with shop.engine.figures(shop.sales.context) as figures, pytest.raises(BadInput):
        figures.totals("customer", asked, "grade")

"""A new record: defaults, owner, number, required fields, rows, and who may."""

from __future__ import annotations

from typing import Any

import pytest

from engine.commands import Create
from engine.errors import BadInput, NotAllowed, NotThere
from tests.unit.engine.conftest import Shop, finding, line, made, missing


def test_a_new_record_is_the_actors_with_a_number_and_the_first_stage(shop: Shop) -> None:
    deal = shop.deal()
    values = shop.sales.values("deal", deal)
    assert values["owner"] == shop.sales.context.actor.id
    assert values["code"] == "D202611-001"
    assert values["stage"] == "lead"
    assert values["created_by"] == shop.sales.context.actor.id


def test_all_that_is_missing_is_told_at_once(shop: Shop) -> None:
    outcome = shop.sales.do(Create("deal", {"customer": shop.customer(), "discount": 6_000}))
    assert missing(outcome) == ["deal.fields.name.required", "deal.fields.excuse.required", "deal.validations.sane"]
    assert finding(outcome.verdict, "deal.fields.name.required").needs.field == "name"
    assert finding(outcome.verdict, "deal.fields.name.required").span.line == 61


def test_a_filler_word_is_no_answer(shop: Shop) -> None:
    outcome = shop.sales.do(Create("customer", {"name": "暂无"}))
    assert missing(outcome) == ["customer.fields.name.required"]
    assert "暂无" in outcome.verdict.missing[0].said


def test_rows_come_with_their_record_and_are_computed(shop: Shop) -> None:
    rows = {"lines": [line(), line(item="shaft", qty=150)]}
    deal = shop.sales.create("deal", rows, name="Gears", customer=shop.customer())
    assert shop.sales.values("deal", deal)["total"] == 2 * 1_250 + 1_875
    shown = shop.engine.children(shop.sales.context, "deal", deal, "lines")
    assert [row.values["amount"] for row in shown] == [2_500, 1_875]


def test_a_fault_in_a_row_says_which_row(shop: Shop) -> None:
    rows = {"lines": [line(), line(item="")]}
    outcome = shop.sales.do(Create("deal", {"name": "Gears", "customer": shop.customer()}, rows))
    assert [(each.rule, each.field) for each in outcome.verdict.missing] == [
        ("line.fields.item.required", "lines.1.item")
    ]


def test_a_part_belongs_to_whoever_has_its_parent(shop: Shop) -> None:
    customer = shop.customer()
    visit = shop.sales.create("visit", customer=customer, notes="met the buyer")
    assert shop.sales.sees("visit", visit)
    assert not shop.as_("sales2").sees("visit", visit)


def test_a_parent_out_of_sight_is_not_there(shop: Shop) -> None:
    customer = shop.customer()
    with pytest.raises(NotThere):
        shop.as_("sales2").create("deal", name="Gears", customer=customer)


def test_whoever_may_not_create_at_all_is_told_so(shop: Shop) -> None:
    with pytest.raises(NotAllowed):
        shop.as_("cfo").create("customer", name="Bearing Works")


def test_a_part_is_created_only_by_those_who_may_edit_its_parent(shop: Shop) -> None:
    customer = shop.customer()
    with pytest.raises(NotAllowed):
        shop.as_("tech").create("visit", customer=customer, notes="looked in")


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({"colour": "red"}, "customer.fields.colour.input"),
        ({"secret": "x"}, "customer.fields.secret.input"),
        ({"won": 5}, "customer.fields.won.input"),
        ({"code": "C1"}, "customer.fields.code.input"),
        ({"created_by": 1}, "customer.fields.created_by.input"),
        ({"id": 7}, "customer.fields.id.input"),
        ({"row_version": 7}, "customer.fields.row_version.input"),
        ({"owner_id": 7}, "customer.fields.owner_id.input"),
        ({"deals": ()}, "customer.fields.deals.input"),
        ({"grade": "Z"}, "customer.fields.grade.input"),
        ({"grade": 3}, "customer.fields.grade.input"),
        ({"score": 101}, "customer.fields.score.input"),
        ({"score": "12"}, "customer.fields.score.input"),
        ({"score": True}, "customer.fields.score.input"),
        ({"owner": 999}, "customer.fields.owner.input"),
        ({"tags": ("loud",)}, "customer.fields.tags.input"),
        ({"name": "a\x00b"}, "customer.fields.name.input"),
        ({"name": "x" * 200_000}, "customer.fields.name.input"),
    ],
)
def test_input_that_is_no_fields_is_refused_field_by_field(shop: Shop, values: dict[str, Any], rule: str) -> None:
    with pytest.raises(BadInput) as caught:
        shop.sales.do(Create("customer", {"name": "Bearing Works"} | values))
    assert [each.rule for each in caught.value.findings] == [rule]
    assert all(each.said for each in caught.value.findings)


def test_an_unknown_kind_of_record_is_bad_input(shop: Shop) -> None:
    with pytest.raises(BadInput):
        shop.sales.create("spaceship", name="Enterprise")


def test_a_record_made_for_somebody_else_would_be_out_of_reach(shop: Shop) -> None:
    other = shop.as_("sales2").context.actor.id
    outcome = shop.sales.do(Create("customer", {"name": "Bearing Works", "owner": other}))
    assert missing(outcome) == ["customer.access"]


def test_a_unique_value_is_told_in_the_same_words_whoever_holds_it(shop: Shop) -> None:
    shop.customer()
    own = shop.sales.do(Create("customer", {"name": "Bearing Works"}))
    others = shop.as_("sales2").do(Create("customer", {"name": "Bearing Works"}))
    assert missing(own) == missing(others) == ["customer.fields.name.unique"]
    assert own.verdict.missing[0].said == others.verdict.missing[0].said


def test_only_a_gapless_run_of_numbers_is_given_out(shop_on_both: Shop) -> None:
    shop = shop_on_both
    shop.customer("First")
    shop.sales.do(Create("customer", {"name": ""}))
    shop.sales.do(Create("customer", {"name": "Tried"}), dry=True)
    second = shop.customer("Second")
    assert shop.sales.values("customer", second)["code"] == "C2026-0002"


def test_a_number_belongs_to_its_period(shop: Shop) -> None:
    customer = shop.customer()
    shop.deal(customer)
    next_month = shop.engine.clock.now().replace(month=12)
    shop.wait_until(next_month)
    assert shop.sales.values("deal", shop.deal(customer))["code"] == "D202612-001"


def test_a_stage_other_than_the_first_is_for_imports_only(shop: Shop) -> None:
    with pytest.raises(BadInput):
        shop.sales.do(Create("deal", {"name": "Gears", "customer": shop.customer()}, stage="won"))


def test_whoever_may_create_needs_no_right_to_edit(shop: Shop) -> None:
    assert made(shop.as_("tech").do(Create("note", {"text": "the press is loud"})))

"""Doubles: what is put together, what is asked, what stays apart."""

from __future__ import annotations

from engine.intake.company_names import company_name
from engine.intake.duplicates import Doubt, Item, find_duplicates


def item(at: int, name: str, *hints: str, tax_no: str = "") -> Item:
    known = {0: tax_no} if tax_no else {}
    return Item(at, known, known, company_name(name), frozenset(hints))


def test_a_name_spelled_otherwise_is_the_same_company() -> None:
    found = find_duplicates([item(1, "苏州华东轴承有限公司"), item(2, "华东轴承（苏州）有限责任公司")])
    assert found.groups == ((1, 2),)


def test_the_same_brand_in_another_town_stays_apart_even_with_one_phone_between_them() -> None:
    found = find_duplicates([item(1, "苏州华东轴承", "phone:1"), item(2, "上海华东轴承", "phone:1")])
    assert found.groups == ()
    assert found.doubts == (Doubt(1, 2, ("name", "phone:1")),)


def test_a_name_without_its_town_is_the_one_company_of_that_name_and_asked_where_there_are_two() -> None:
    one = find_duplicates([item(1, "苏州华东轴承"), item(2, "华东轴承")])
    assert one.groups == ((1, 2),)
    two = find_duplicates([item(1, "苏州华东轴承"), item(2, "华东轴承"), item(3, "上海华东轴承")])
    assert two.groups == ()
    assert {(doubt.one, doubt.other) for doubt in two.doubts} == {(1, 2), (2, 3)}


def test_a_mistyped_name_is_the_same_with_a_shared_number_and_nothing_without() -> None:
    shared = find_duplicates([item(1, "苏州华东轴承", "phone:1"), item(2, "苏州华东轴乘", "phone:1")])
    assert shared.groups == ((1, 2),)
    alone = find_duplicates([item(1, "苏州华东轴承", "phone:1"), item(2, "苏州华东轴乘", "phone:2")])
    assert (alone.groups, alone.doubts) == ((), ())


def test_two_registration_numbers_keep_one_name_apart_until_somebody_says_so() -> None:
    found = find_duplicates([item(1, "苏州华东轴承", tax_no="A"), item(2, "苏州华东轴承", tax_no="B")])
    assert found.groups == ()
    assert found.doubts == (Doubt(1, 2, ("name",)),)


def test_a_row_between_two_numbers_does_not_join_them() -> None:
    items = [item(1, "苏州华东轴承", tax_no="A"), item(2, "苏州华东轴承"), item(3, "苏州华东轴承", tax_no="B")]
    found = find_duplicates(items)
    assert found.groups == ((1, 2),)
    assert len(found.doubts) == 1


def test_a_number_that_many_names_share_says_nothing() -> None:
    items = [item(at, f"苏州{name}机械", "phone:1", "phone:2") for at, name in enumerate("甲乙丙丁戊己庚辛", 1)]
    found = find_duplicates(items)
    assert (found.groups, found.doubts) == ((), ())


def test_records_come_first_in_their_group_and_are_not_compared_with_each_other() -> None:
    items = [item(-7, "苏州华东轴承"), item(-8, "苏州华东轴承"), item(1, "苏州华东轴承公司")]
    found = find_duplicates(items)
    assert found.groups == ((-8, -7, 1),)


def test_a_thousand_rows_of_one_name_are_compared_in_bearable_time() -> None:
    found = find_duplicates([item(at, "苏州华东轴承") for at in range(1, 3_001)])
    assert len(found.groups[0]) == 3_000

"""What may be there already is named while somebody types, as far as it is in sight."""

from __future__ import annotations

import pytest

from tests.unit.engine.conftest import Shop


@pytest.mark.parametrize(
    "typed", ["绍兴恒泰五金", "恒泰五金", "绍兴恒泰五金 有限公司", "绍兴市恒泰五金有限责任公司", "恒泰五金（绍兴）"]
)
def test_a_name_alike_is_named(shop_on_both: Shop, typed: str) -> None:
    customer = shop_on_both.customer("绍兴恒泰五金有限公司")
    shop_on_both.customer("宁波创硕热能")
    found = shop_on_both.engine.similar(shop_on_both.sales.context, "customer", {"name": typed})
    assert [each.id for each in found] == [customer]


def test_other_names_and_other_peoples_records_are_not_named(shop: Shop) -> None:
    shop.customer("绍兴恒泰五金有限公司")
    for login, typed in (
        ("sales", "绍兴明辉传动"),
        ("sales", "宁波恒泰五金"),
        ("sales", "恒"),
        ("sales2", "绍兴恒泰五金有限公司"),
    ):
        assert shop.engine.similar(shop.as_(login).context, "customer", {"name": typed}) == []

"""Names of companies: what is one and what only looks like it."""

from __future__ import annotations

import pytest

from engine.intake.company_names import company_name

SAME = (
    ("苏州华东轴承有限公司", "苏州市华东轴承有限责任公司"),
    ("苏州华东轴承有限公司", "华东轴承（苏州）有限公司"),
    ("苏州华东轴承有限公司", "华东轴承(苏州)有限公司"),
    ("苏州华东轴承有限公司", " 苏州 华东轴承 "),
    ("苏州华东轴承有限公司", "江苏省苏州市华东轴承股份有限公司"),
    ("苏州华东轴承有限公司", "苏州华东轴承有限公司（老客户）"),
    ("永信帐务咨询有限公司", "永信账务咨询公司"),
    ("Bosch Rexroth Co., Ltd.", "ＢＯＳＣＨ　ＲＥＸＲＯＴＨ"),
)
DIFFERENT = (
    ("苏州华东轴承有限公司", "上海华东轴承有限公司"),
    ("苏州华东轴承有限公司", "苏州华东轴承有限公司无锡分公司"),
    ("苏州华东轴承有限公司", "苏州华东机械有限公司"),
    ("华东轴承集团有限公司", "华东轴承有限公司"),
)


@pytest.mark.parametrize(("one", "other"), SAME)
def test_one_company_however_it_is_spelled(one: str, other: str) -> None:
    first, second = company_name(one), company_name(other)
    assert first.core == second.core
    assert first.may_be(second)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_two_companies_however_alike(one: str, other: str) -> None:
    first, second = company_name(one), company_name(other)
    assert first.core != second.core or not first.may_be(second)


def test_a_name_that_is_nothing_but_a_place_or_a_form_stays_whole() -> None:
    assert company_name("苏州").core == "苏州"
    assert company_name("公司").core == "公司"

"""Fields that fill themselves from what stands in the others, until somebody types in them."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from engine.commands import Create
from engine.testing import acting
from tests.browser.conftest import Site, both_widths
from tests.browser.touch import press

pytestmark = pytest.mark.browser


def test_prices_follow_the_chosen_material_until_someone_types_one(site: Site) -> None:
    engine, deal = site.company.engine, site.company.talked_deal
    for name, fee in (("45 号钢", 350), ("H62 黄铜", 420)):
        engine.execute(Create("material", {"name": name, "processing_fee": fee}), acting(engine, "admin"))
    page = site.open(f"/e/quote/new?opportunity={deal}")
    material, fee = page.get_by_role("combobox", name="主要材料"), page.locator("[name=processing_fee]")
    material.fill("45")
    page.get_by_role("option", name="45 号钢").click()
    expect(fee).to_have_value("3.5")
    material.fill("H62")
    page.get_by_role("option", name="H62 黄铜").click()
    expect(fee).to_have_value("4.2")
    fee.fill("5")
    material.fill("45")
    page.get_by_role("option", name="45 号钢").click()
    page.wait_for_timeout(800)
    expect(fee).to_have_value("5")


@both_widths
def test_the_region_follows_the_city_until_someone_chooses_one(site: Site, phone: bool) -> None:
    engine, admin = site.company.engine, acting(site.company.engine, "admin")
    for region, city in (("华东", "绍兴"), ("华南", "东莞")):
        made = engine.execute(Create("region", {"name": region}), admin)
        engine.execute(Create("city", {"region": made.id, "name": city}), admin)
    page = site.open("/e/customer/new", phone=phone)
    region = page.get_by_role("combobox", name="区域", exact=True)

    def choose(field: str, text: str) -> None:
        page.get_by_role("combobox", name=field, exact=True).fill(text)
        press(page.get_by_role("option", name=text))

    choose("城市", "绍兴")
    expect(region).to_have_value("华东")
    choose("城市", "东莞")
    expect(region).to_have_value("华南")
    press(page.get_by_role("button", name="清空城市"))
    expect(region).to_have_value("")
    choose("区域", "华东")
    choose("城市", "东莞")
    page.get_by_label("客户名称").fill("东莞长安模具")
    page.get_by_role("radio", name="工业设备").check()
    page.wait_for_timeout(800)
    expect(region).to_have_value("华东")
    press(page.get_by_role("button", name="保存", exact=True))
    page.wait_for_url("**said=created")
    expect(page.locator("#main")).to_contain_text("华东")


def test_a_form_that_is_sent_before_its_region_came_gets_it_all_the_same(site: Site) -> None:
    engine, admin = site.company.engine, acting(site.company.engine, "admin")
    made = engine.execute(Create("region", {"name": "华东"}), admin)
    engine.execute(Create("city", {"region": made.id, "name": "绍兴"}), admin)
    page = site.open("/e/customer/new")
    page.route("**/preview", lambda route: route.abort())
    page.get_by_label("客户名称").fill("绍兴快手五金")
    page.get_by_role("radio", name="工业设备").check()
    page.get_by_role("combobox", name="城市", exact=True).fill("绍兴")
    page.get_by_role("option", name="绍兴").click()
    page.get_by_role("button", name="保存", exact=True).click()
    page.wait_for_url("**said=created")
    expect(page.locator("#main")).to_contain_text("华东")

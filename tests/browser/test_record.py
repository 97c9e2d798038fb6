"""The page of one record: who may go on, what it was before, whom it concerns, and what it looks like on paper."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from engine.commands import Create, Move, Update
from engine.testing import acting, actor
from tests.browser.conftest import Site, both_widths
from tests.browser.touch import press

pytestmark = pytest.mark.browser


def _with_engineer(site: Site) -> int:
    """The fresh deal with everything for its next step, looked after by the engineer as well."""
    engine, deal = site.company.engine, site.company.fresh_deal
    values = {"technician": actor(engine, "tech").id, "next_step": "约见", "next_step_on": None}
    engine.execute(Update("opportunity", deal, None, values), acting(engine, "sales"))
    return deal


def test_who_may_not_take_the_step_is_told_so_and_offered_no_button(site: Site) -> None:
    deal = _with_engineer(site)
    page = site.open(f"/e/opportunity/{deal}", "tech")
    checklist = page.locator("#checklist")
    expect(checklist).to_contain_text("您不能推进这条记录")
    expect(checklist.get_by_role("button", name=re.compile("推进"))).to_have_count(0)
    expect(page.locator(".path button")).to_have_count(0)


def test_a_customer_that_is_not_hers_to_open_is_named_without_a_link(site: Site) -> None:
    deal = _with_engineer(site)
    page = site.open(f"/e/opportunity/{deal}", "tech")
    expect(page.locator(".crumb")).to_contain_text("绍兴恒泰五金")
    expect(page.get_by_role("link", name="绍兴恒泰五金")).to_have_count(0)
    page = site.open(f"/e/opportunity/{deal}", "sales")
    expect(page.locator(".crumb").get_by_role("link", name="绍兴恒泰五金")).to_be_visible()


@both_widths
def test_a_field_tells_what_it_was_before(site: Site, phone: bool) -> None:
    engine, customer = site.company.engine, site.company.customer
    engine.execute(Update("customer", customer, None, {"grade": "C"}), acting(engine, "manager"))
    page = site.open(f"/e/customer/{customer}", phone=phone)
    press(page.get_by_role("button", name="等级", exact=True))
    dialog = page.locator("#dialog")
    expect(dialog.get_by_role("heading")).to_have_text("等级：以前的值")
    expect(dialog.locator("li").first).to_contain_text("李晓梅")
    expect(dialog.locator("li").first).to_contain_text("A → C")


@both_widths
def test_a_colleague_who_is_called_sees_it_at_home_until_the_record_was_opened(site: Site, phone: bool) -> None:
    customer = site.company.customer
    page = site.open(f"/e/customer/{customer}", phone=phone)
    press(page.locator("#comment"))
    page.keyboard.type("@xiao")
    people = page.get_by_role("listbox", name="提到谁")
    expect(people.get_by_role("option")).to_have_count(1)
    if phone:
        people.get_by_role("option").tap()
    else:
        page.keyboard.press("Enter")
    page.keyboard.type("请看一下交期")
    if phone:
        page.get_by_role("button", name="发送").tap()
    else:
        page.keyboard.press("Control+Enter")
    page.wait_for_url("**said=saved**")
    expect(page.locator("#timeline .called")).to_have_text("@李晓梅")
    manager = site.open("/", "manager", phone=phone)
    waiting = manager.locator("section", has=manager.get_by_role("heading", name="提到我的"))
    expect(waiting).to_contain_text("请看一下交期")
    if phone:
        expect(manager.locator(".bottom .dot-mark")).to_be_visible()
    else:
        expect(manager.locator(".side .nav .badge")).to_contain_text("1")
    press(waiting.get_by_role("link", name="绍兴恒泰五金"))
    expect(manager.locator("#timeline .called")).to_be_visible()
    manager.goto(f"{site.address}/")
    expect(manager.get_by_role("heading", name="提到我的")).to_have_count(0)


def test_only_those_who_see_the_record_can_be_called(site: Site) -> None:
    page = site.open(f"/e/customer/{site.company.customer}")
    page.locator("#comment").click()
    page.keyboard.type("@chen")
    page.wait_for_timeout(600)
    expect(page.locator(".mentions [role=option]")).to_have_count(0)
    page.keyboard.press("Backspace")


def test_the_comments_alone_are_listed_however_much_happened_since(site: Site) -> None:
    engine, customer = site.company.engine, site.company.customer
    for at in range(32):
        engine.execute(Update("customer", customer, None, {"address": f"路 {at} 号"}), acting(engine, "sales"))
    page = site.open(f"/e/customer/{customer}?show=comments")
    expect(page.locator(".timeline > li")).to_have_count(1)
    expect(page.locator(".timeline")).to_contain_text("担心交期")


def test_a_phone_number_is_dialled_copied_and_a_place_is_found_on_the_map(site: Site) -> None:
    page = site.open(f"/e/customer/{site.company.customer}", phone=True)
    expect(page.get_by_role("link", name="0575-88001234")).to_have_attribute("href", "tel:057588001234")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="复制电话").tap()
    expect(page.locator("#toasts")).to_contain_text("已复制")
    assert page.evaluate("navigator.clipboard.readText()") == "0575-88001234"
    engine = site.company.engine
    place = {"lat": 30.0, "lng": 120.6, "name": "客户工厂"}
    visit = Create("visit", {"customer": site.company.customer, "needs": "看样", "place": place})
    made = engine.execute(visit, acting(engine, "sales"))
    page.goto(f"{site.address}/e/visit/{made.id}")
    expect(page.get_by_role("link", name="客户工厂")).to_have_attribute("href", re.compile("position=120.6,30.0"))


def test_a_part_is_added_over_the_record_and_shows_in_its_list(site: Site) -> None:
    page = site.open(f"/e/customer/{site.company.customer}")
    page.locator("#rows-contact").get_by_role("link", name="新增").click()
    dialog = page.locator("#dialog")
    dialog.get_by_label("姓名").fill("赵主任")
    dialog.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator("#rows-contact")).to_contain_text("赵主任")
    assert page.url.startswith(f"{site.address}/e/customer/{site.company.customer}")


@both_widths
def test_lists_with_nothing_in_them_share_one_card_and_can_be_begun(site: Site, phone: bool) -> None:
    page = site.open(f"/e/opportunity/{site.company.fresh_deal}", phone=phone)
    bare = page.get_by_role("list", name="还没有内容的列表")
    expect(bare.get_by_role("listitem").filter(has_text="还没有报价单")).to_be_visible()
    expect(bare.get_by_role("listitem").filter(has_text="还没有合同")).to_be_visible()
    press(bare.locator("#rows-quote").get_by_role("link", name="新增"))
    expect(page.get_by_role("heading", name="新建报价单")).to_be_visible()


def test_the_paper_has_every_row_and_no_tools(site: Site, axe_faults: Callable[[Page], list[str]]) -> None:
    engine, customer = site.company.engine, site.company.customer
    for at in range(12):
        engine.execute(Create("contact", {"customer": customer, "name": f"联系人{at:02}"}), acting(engine, "sales"))
    page = site.open(f"/e/customer/{customer}")
    page.get_by_label("更多操作").click()
    page.get_by_role("link", name="打印").click()
    expect(page.get_by_role("cell", name=re.compile("联系人"))).to_have_count(12)
    assert axe_faults(page) == []
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="打印")).not_to_be_visible()


def test_a_mention_is_sound_to_look_at(site: Site, axe_faults: Callable[[Page], list[str]]) -> None:
    engine = site.company.engine
    engine.execute(Move("opportunity", site.company.fresh_deal, "contacted"), acting(engine, "sales"))
    engine.comment(acting(engine, "manager"), "opportunity", site.company.fresh_deal, "@王建国 跟一下")
    for scheme in ("light", "dark"):
        for phone in (False, True):
            page = site.open("/", scheme=scheme, phone=phone)
            expect(page.get_by_role("heading", name="提到我的")).to_be_visible()
            assert axe_faults(page) == []
            assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0

"""A network that is slow or gone: what is under way shows, nothing is sent twice, nothing that was typed is lost."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from engine.store.lists import Query
from engine.testing import acting
from tests.browser.conftest import Site, both_widths
from tests.browser.touch import press

pytestmark = pytest.mark.browser


def _slow_down(page: Page, latency: int = 1_200) -> None:
    """Every answer takes more than a second. latency: milliseconds."""
    network = {"offline": False, "latency": latency, "downloadThroughput": -1, "uploadThroughput": -1}
    browser = page.context.new_cdp_session(page)
    browser.send("Network.enable")
    browser.send("Network.emulateNetworkConditions", network)


def _press_twice(button: Locator, phone: bool) -> None:
    """As an impatient hand does, without waiting for what the first press brings."""
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    for _ in range(2):
        if phone:
            button.page.touchscreen.tap(x, y)
        else:
            button.page.mouse.click(x, y)


def _named(site: Site, entity: str, condition: str) -> list[int]:
    engine, sales = site.company.engine, acting(site.company.engine, "sales")
    where = engine.filter(sales, entity, condition).value
    return [record.id for record in engine.page(sales, Query(entity, where)).items]


@both_widths
def test_a_form_pressed_twice_while_it_is_under_way_shows_that_it_is_and_is_sent_once(site: Site, phone: bool) -> None:
    sent: list[str] = []
    page = site.open("/e/customer/new", phone=phone)
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.evaluate(
        """() => addEventListener("pagehide", () => {
          const waiting = document.querySelectorAll(".save-bar [aria-busy]").length;
          sessionStorage.setItem("as-it-went", `${document.body.hasAttribute("data-busy")} ${waiting}`);
        })"""
    )
    _slow_down(page)
    page.get_by_role("radio", name="汽车配件").check()
    with page.expect_request("**/e/customer/preview"):  # its answer comes while the form itself is still on its way
        page.get_by_label("客户名称").fill("只存一次的客户")
    _press_twice(page.get_by_role("button", name="保存", exact=True), phone)
    page.wait_for_url(re.compile(r"/e/customer/\d+"))
    assert page.evaluate("sessionStorage.getItem('as-it-went')") == "true 1"
    assert len([url for url in sent if url.endswith("/e/customer/new")]) == 1
    assert len(_named(site, "customer", 'name = "只存一次的客户"')) == 1


def test_a_comment_pressed_twice_on_a_slow_network_stands_once(site: Site) -> None:
    page = site.open(f"/e/customer/{site.company.customer}", phone=True)
    page.locator("#comment").fill("只说一次")
    _slow_down(page)
    _press_twice(page.get_by_role("button", name="发送"), phone=True)
    page.wait_for_url("**said=saved**")
    expect(page.locator(".timeline .text", has_text="只说一次")).to_have_count(1)


@both_widths
def test_without_a_network_a_form_stays_with_all_that_was_typed_and_is_saved_later(site: Site, phone: bool) -> None:
    page = site.open(f"/e/visit/new?customer={site.company.customer}", phone=phone)
    page.get_by_label("客户需求要点").fill("在地下车库写的")
    page.context.set_offline(True)
    save = page.get_by_role("button", name="保存", exact=True)
    press(save)
    expect(page.locator("#toasts")).to_contain_text("没有连上服务器")
    expect(page.get_by_label("客户需求要点")).to_have_value("在地下车库写的")
    page.context.set_offline(False)
    press(save)
    page.wait_for_url("**said=created")
    assert len(_named(site, "visit", 'needs = "在地下车库写的"')) == 1


def test_an_answer_that_was_lost_on_the_way_makes_no_second_record(site: Site) -> None:
    form = f"{site.address}/e/visit/new?customer={site.company.customer}"
    page = site.open(form.removeprefix(site.address), phone=True)
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_label("客户需求要点").fill("隧道里保存的")
    page.wait_for_timeout(600)

    def lose(route: Route) -> None:
        if route.request.method == "POST":
            route.fetch(max_redirects=0)
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route(re.compile("/e/visit/new"), lose)
    with page.expect_event("requestfailed"):
        page.get_by_role("button", name="保存", exact=True).tap()
    assert len(_named(site, "visit", 'needs = "隧道里保存的"')) == 1
    page.unroute(re.compile("/e/visit/new"))
    page.goto(form)
    page.get_by_role("button", name="取回").tap()
    expect(page.get_by_label("客户需求要点")).to_have_value("隧道里保存的")
    page.get_by_role("button", name="保存", exact=True).tap()
    page.wait_for_url("**said=created")
    assert len(_named(site, "visit", 'needs = "隧道里保存的"')) == 1


def test_a_dialog_that_reaches_nobody_says_so_and_keeps_what_was_typed(site: Site) -> None:
    page = site.open(f"/e/opportunity/{site.company.fresh_deal}", phone=True)
    page.locator("#checklist [data-unfold]").tap()
    page.locator("#checklist").get_by_role("button", name="推进到「初步沟通」").tap()
    dialog = page.locator("#dialog")
    dialog.get_by_label("下一步", exact=True).fill("约技术交流")
    dialog.get_by_label("下一步日期", exact=True).fill("明天")
    move = dialog.get_by_role("button", name="推进", exact=True)
    page.route("**/move", lambda route: route.abort("connectionrefused"))
    move.tap()
    told = dialog.locator(".toasts .toast")
    expect(told).to_contain_text("没有连上服务器")
    told.get_by_role("button", name="关闭").tap()
    expect(dialog.get_by_label("下一步", exact=True)).to_have_value("约技术交流")
    page.unroute("**/move")
    _slow_down(page)
    move.tap()
    expect(dialog.locator("footer [aria-busy]")).to_have_count(1)
    page.wait_for_url("**said=moved")
    assert site.company.stage_of(site.company.fresh_deal) == "contacted"

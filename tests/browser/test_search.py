"""Finding a record from anywhere: few keystrokes, by pinyin, by number, by phone; on the phone as well."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from engine.commands import Create
from engine.testing import acting
from tests.browser.conftest import Site, both_widths
from tests.browser.touch import press

pytestmark = pytest.mark.browser


def _search(page: Page, words: str, phone: bool) -> Locator:
    """What is found for the words: beneath the box of every page, or on the phone's page for searching."""
    if phone:
        page.get_by_role("link", name="搜索").tap()
        page.wait_for_url("**/search")
        box = page.get_by_role("searchbox")
    else:
        box = page.locator("#search")
    box.focus()
    box.fill(words)
    return page.locator(".found a" if phone else ".found.beneath a")


def test_a_customer_is_opened_by_its_initials_in_five_keystrokes(shared_site: Site) -> None:
    page = shared_site.open("/")
    keys = ["/", "h", "t", "w", "Enter"]
    for key in keys:
        page.keyboard.press(key)
    page.wait_for_url(f"**/e/customer/{shared_site.company.customer}")
    assert len(keys) <= 5


@pytest.mark.parametrize("comes", [True, False], ids=["comes late", "does not come"])
def test_a_hand_quicker_than_the_line_is_served_too(shared_site: Site, comes: bool) -> None:
    page = shared_site.open("/")
    held: list[Route] = []
    page.route("**/part-finder-*.js", lambda route: held.append(route))  # noqa: PLW0108 - it is marked by playwright
    page.keyboard.press("/")
    page.keyboard.type("htw")
    page.keyboard.press("Enter")
    page.wait_for_timeout(200)
    assert page.url.endswith("/")
    for route in held:
        route.continue_() if comes else route.abort()
    page.wait_for_url(f"**/e/customer/{shared_site.company.customer}" if comes else "**/search?q=htw")
    assert held


def test_whole_pinyin_marks_the_characters_and_arrows_walk_the_results(shared_site: Site) -> None:
    page = shared_site.open("/e/opportunity/board")
    page.keyboard.press("Control+k")
    page.keyboard.type("yunfan")
    panel = page.locator(".found.beneath")
    expect(panel.locator("mark").first).to_have_text("云帆")
    page.keyboard.press("ArrowDown")
    expect(panel.locator("a").first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.press("Escape")
    expect(panel).not_to_be_visible()


@both_widths
def test_a_contact_is_found_by_a_part_of_the_phone_number(site: Site, phone: bool) -> None:
    engine, customer = site.company.engine, site.company.customer
    values = {"customer": customer, "name": "周工", "phone": "13905751234"}
    engine.execute(Create("contact", values), acting(engine, "sales"))
    page = site.open("/", phone=phone)
    found = _search(page, "05751234", phone).filter(has_text="周工")
    expect(found).to_contain_text("绍兴恒泰五金")
    expect(found.locator("mark")).to_have_text("05751234")


@both_widths
def test_a_deal_is_opened_by_its_code(shared_site: Site, phone: bool) -> None:
    engine, deal = shared_site.company.engine, shared_site.company.talked_deal
    record = engine.find(acting(engine, "sales"), "opportunity", deal)
    assert record is not None
    code = str(record.values["code"])
    page = shared_site.open("/", phone=phone)
    found = _search(page, code.lower(), phone)
    expect(found).to_have_count(1)
    expect(found).to_contain_text(f"编号：{code}")
    assert "".join(found.locator("mark").all_inner_texts()) == code.replace("-", "")
    press(found)
    page.wait_for_url(f"**/e/opportunity/{deal}")


@both_widths
def test_what_was_open_is_offered_before_anything_is_typed_and_to_nobody_else(site: Site, phone: bool) -> None:
    page = site.open(f"/e/customer/{site.company.customer}", phone=phone)
    page.goto(f"{site.address}/")
    expect(_search(page, "", phone).first).to_contain_text("绍兴恒泰五金")
    stranger = site.open("/", "sales2", phone=phone)
    answer = stranger.request.get(f"{site.address}/search/found?seen=customer:{site.company.customer}")
    assert "恒泰" not in answer.text()


def test_the_phone_has_a_page_for_searching_that_answers_while_one_types(shared_site: Site) -> None:
    page = shared_site.open("/", phone=True)
    page.get_by_role("link", name="搜索").tap()
    page.wait_for_url("**/search")
    page.get_by_role("searchbox").fill("htwj")
    expect(page.locator(".found a").first).to_contain_text("绍兴恒泰五金")
    page.locator(".found a").first.tap()
    page.wait_for_url(re.compile(r"/e/customer/\d+"))


def test_words_that_nothing_holds_are_answered_with_advice(shared_site: Site) -> None:
    page = shared_site.open("/")
    page.locator("#search").fill("没有这样的客户")
    expect(page.locator(".found.beneath")).to_contain_text("没有找到")
    page.locator("#search").press("Enter")
    expect(page.locator(".found.beneath")).to_contain_text("换个词")

"""Every page, wide and on the phone, light and dark: nothing for axe to find, nothing that sticks out sideways."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from engine.commands import Update
from engine.testing import acting
from tests.browser.conftest import Site

pytestmark = pytest.mark.browser

PAGES = {
    "home": "/",
    "list": "/e/customer",
    "filtered list": "/e/opportunity?f.stage=contacted&f.owner=me",
    "empty list": "/e/order",
    "board": "/e/opportunity/board",
    "record": "/e/customer/{customer}",
    "deal": "/e/opportunity/{deal}",
    "new deal": "/e/opportunity/new?customer={customer}",
    "new visit": "/e/visit/new?customer={customer}",
    "new quote": "/e/quote/new?opportunity={deal}",
    "edit": "/e/customer/{customer}/edit",
    "search": "/search?q=绍兴",
    "settings": "/settings",
    "gallery": "/gallery",
    "missing": "/e/customer/99999",
}


def _address(site: Site, name: str) -> str:
    return PAGES[name].format(customer=site.company.customer, deal=site.company.talked_deal)


@pytest.mark.parametrize("phone", [False, True], ids=["wide", "phone"])
@pytest.mark.parametrize("name", list(PAGES))
def test_a_page_is_sound(shared_site: Site, axe_faults: Callable[[Page], list[str]], name: str, phone: bool) -> None:
    page = shared_site.open(_address(shared_site, name), phone=phone)
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    assert axe_faults(page) == []
    page.emulate_media(color_scheme="dark")
    assert axe_faults(page) == []
    page.context.close()


def test_the_look_would_notice_a_fault(shared_site: Site, axe_faults: Callable[[Page], list[str]]) -> None:
    page = shared_site.open("/settings")
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<input><button></button>')")
    assert len(axe_faults(page)) == 2


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_definition_of_the_app_is_sound(
    shared_site: Site, axe_faults: Callable[[Page], list[str]], scheme: str
) -> None:
    page = shared_site.open("/studio", "admin", scheme=scheme)
    assert page.get_by_role("heading", name="销售管理").is_visible()
    assert axe_faults(page) == []


def test_only_administrators_see_the_definition(shared_site: Site) -> None:
    page = shared_site.open("/studio", "sales")
    assert page.get_by_role("heading", name="不允许这样做").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_sign_in_page_is_sound(shared_site: Site, axe_faults: Callable[[Page], list[str]], scheme: str) -> None:
    page = shared_site.open("/login", "", scheme=scheme)
    assert axe_faults(page) == []


# --- what opens over a page, and what answers a form ----------------------------------------------------------------


def _gate(site: Site, page: Page) -> None:
    page.goto(f"{site.address}/e/opportunity/{site.company.talked_deal}")
    page.evaluate("document.querySelector('#checklist .body > .button').click()")
    expect(page.locator("#dialog form[data-gate]")).to_be_visible()


def _why(site: Site, page: Page) -> None:
    page.goto(f"{site.address}/e/customer/{site.company.customer}")
    page.locator(".record-head").get_by_role("link", name="健康度为什么是这个值？").click()
    expect(page.locator("#dialog .tree")).to_be_visible()


def _quick_add(site: Site, page: Page) -> None:
    page.goto(f"{site.address}/e/opportunity/board")
    page.locator(".quick-add").click()
    expect(page.locator("#dialog form[data-record-form]")).to_be_visible()


def _refused_form(site: Site, page: Page) -> None:
    page.goto(f"{site.address}/e/visit/new")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator("#faults")).to_be_visible()


def _conflict(site: Site, page: Page) -> None:
    customer, engine = site.company.customer, site.company.engine
    page.goto(f"{site.address}/e/customer/{customer}/edit")
    page.get_by_label("简称", exact=True).fill("我的简称")
    record = engine.find(acting(engine, "manager"), "customer", customer)
    assert record is not None
    values = {"short_name": f"别人的简称{record.version}"}
    engine.execute(Update("customer", customer, None, values), acting(engine, "manager"))
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_role("heading", name="在您编辑时被别人保存过")).to_be_visible()


STATES = {"gate": _gate, "why": _why, "quick add": _quick_add, "refused form": _refused_form, "conflict": _conflict}


@pytest.mark.parametrize("phone", [False, True], ids=["wide", "phone"])
@pytest.mark.parametrize("name", list(STATES))
def test_an_answer_is_sound(shared_site: Site, axe_faults: Callable[[Page], list[str]], name: str, phone: bool) -> None:
    page = shared_site.open("/settings", phone=phone)
    STATES[name](shared_site, page)
    page.wait_for_load_state("networkidle")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
        assert axe_faults(page) == []
    page.context.close()


def test_the_gate_fills_the_screen_of_the_phone_and_counts_along(shared_site: Site) -> None:
    page = shared_site.open("/settings", phone=True)
    _gate(shared_site, page)
    box = page.locator("#dialog").bounding_box()
    assert box is not None
    assert (round(box["width"]), round(box["height"])) == (390, 844)
    expect(page.locator("#dialog footer")).to_contain_text("还差")
    expect(page.locator("#dialog footer").get_by_role("button", name="推进", exact=True)).to_be_in_viewport()

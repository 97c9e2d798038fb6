"""Every page, wide and on the phone, light and dark: nothing for axe to find, nothing that sticks out sideways."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

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


def test_touch_targets_of_the_phone_are_large(shared_site: Site) -> None:
    page = shared_site.open(_address(shared_site, "new visit"), phone=True)
    small = page.evaluate(
        """() => [...document.querySelectorAll('main .button, main .input, .bottom a, .bottom button')]
        .filter(e => e.offsetParent && !e.closest('[hidden]'))
        .filter(e => e.getBoundingClientRect().height < 36)
        .map(e => e.outerHTML.slice(0, 120))"""
    )
    assert small == []

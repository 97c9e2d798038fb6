"""The shell: an app on the phone, the look with one press, nothing sent twice, no page without a way on."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site
from tests.browser.thumb import targets_too_low

pytestmark = pytest.mark.browser


def test_the_site_can_be_installed(shared_site: Site) -> None:
    page = shared_site.open("/", phone=True)
    found = page.evaluate("fetch(document.querySelector('link[rel=manifest]').href).then(answer => answer.json())")
    assert (found["display"], found["start_url"]) == ("standalone", "/")
    assert {icon["sizes"] for icon in found["icons"]} == {"192x192", "512x512"}
    for icon in found["icons"]:
        answer = page.request.get(shared_site.address + icon["src"])
        assert (answer.status, answer.headers["content-type"]) == (200, "image/png")


def test_without_a_network_there_is_a_page_that_says_so_and_no_private_page_was_kept(site: Site) -> None:
    page = site.open("/e/customer", worker=True)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.goto(f"{site.address}/e/customer/{site.company.customer}")
    kept = page.evaluate(
        "caches.keys().then(names => Promise.all(names.map(name => caches.open(name).then(shelf => shelf.keys()))))"
        ".then(all => all.flat().map(request => new URL(request.url).pathname))"
    )
    assert "/offline" in kept
    assert all(path == "/offline" or path.startswith("/static/") for path in kept)
    page.context.set_offline(True)
    page.goto(f"{site.address}/e/opportunity")
    expect(page.get_by_role("heading", name="没有网络")).to_be_visible()
    expect(page.locator("body")).not_to_contain_text("绍兴恒泰")
    page.context.set_offline(False)
    page.get_by_role("link", name="重试").click()
    expect(page.get_by_role("heading", name="商机").first).to_be_attached()


def test_the_look_and_the_language_change_with_one_press_where_one_is(site: Site) -> None:
    page = site.open("/e/customer", phone=True)
    page.get_by_role("button", name="更多").tap()
    page.locator("#more").get_by_role("button", name="深色").tap()
    page.wait_for_url(re.compile("/e/customer"))
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.get_by_role("button", name="更多").tap()
    page.locator("#more").get_by_role("button", name="紧凑").tap()
    expect(page.locator("html")).to_have_attribute("data-density", "compact")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.get_by_role("button", name="更多").tap()
    page.locator("#more").get_by_role("button", name="EN").tap()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_a_page_that_is_long_in_coming_shows_that_it_is(site: Site) -> None:
    page = site.open("/e/customer")
    press = "document.querySelector('.side a[href=\"/e/opportunity\"]').click()"
    assert page.evaluate(f"(() => {{ {press}; return document.body.hasAttribute('data-busy'); }})()")
    page.wait_for_url(re.compile("/e/opportunity"))
    expect(page.locator("body")).not_to_have_attribute("data-busy", "")


@pytest.mark.parametrize(
    ("address", "way"),
    [("/e/customer/99999", "回到客户列表"), ("/nowhere", "搜索"), ("/studio", "回首页")],
)
def test_a_page_that_is_not_there_leads_on(shared_site: Site, address: str, way: str) -> None:
    page = shared_site.open("/settings")
    page.goto(shared_site.address + address)
    page.locator("main").get_by_role("link", name=way).click()
    page.wait_for_load_state()
    expect(page.locator("main .error-page")).to_have_count(0)


def test_the_question_mark_lists_the_keys_of_lists_and_board(shared_site: Site) -> None:
    page = shared_site.open("/e/customer")
    page.keyboard.press("?")
    for title in ("到处", "列表和记录", "看板"):
        expect(page.locator("#keys").get_by_role("heading", name=title)).to_be_visible()


PRESSED = {
    "home": "/",
    "list": "/e/customer",
    "filtered, grouped list": "/e/opportunity?group=stage&totals=1&filter=amount > 1",
    "board": "/e/opportunity/board",
    "charts": "/e/opportunity/charts",
    "search": "/search?q=绍兴",
    "settings": "/settings",
    "customer": "/e/customer/{customer}",
    "deal": "/e/opportunity/{deal}",
    "form": "/e/customer/{customer}/edit",
    "form with rows": "/e/quote/new?opportunity={deal}",
    "form with a photo": "/e/visit/new",
}


@pytest.mark.parametrize("name", list(PRESSED))
def test_a_thumb_hits_what_it_aims_at(shared_site: Site, name: str) -> None:
    company = shared_site.company
    address = PRESSED[name].format(customer=company.customer, deal=company.talked_deal)
    page = shared_site.open(address, phone=True)
    assert targets_too_low(page) == []
    page.context.close()


OPENED = {
    "more": ("/", "[data-opens=more]"),
    "new": ("/", "[data-opens=adding]"),
    "filter": ("/e/opportunity", ".opens-filter"),
    "view": ("/e/opportunity?group=stage", ".list-tools button[data-dialog*=view]"),
    "card": ("/e/opportunity", ".edit-card"),
    "gate": ("/e/opportunity/{deal}", "#checklist .body > .button"),
    "comment": ("/e/opportunity/{deal}", ".facts .past"),
}


@pytest.mark.parametrize("name", list(OPENED))
def test_a_thumb_hits_what_opens_over_a_page(shared_site: Site, name: str) -> None:
    address, opener = OPENED[name]
    page = shared_site.open(address.format(deal=shared_site.company.talked_deal), phone=True)
    page.locator(opener).first.evaluate("button => button.click()")
    expect(page.locator("dialog[open]")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert targets_too_low(page) == []
    page.context.close()


def test_the_measure_of_a_thumb_would_notice_a_low_target(shared_site: Site) -> None:
    page = shared_site.open("/settings", phone=True)
    low = "<a class='low' href='/'>an address</a>"
    page.evaluate("text => document.querySelector('main').insertAdjacentHTML('afterbegin', text)", low)
    page.evaluate(
        "Object.assign(document.querySelector('.low').style, {display: 'block', height: '36px', margin: '60px 0'})"
    )
    assert [line for line in targets_too_low(page) if "A.low" in line] != []


@pytest.mark.parametrize("phone", [False, True], ids=["wide", "phone"])
def test_the_sheets_of_the_shell_are_sound(
    shared_site: Site, axe_faults: Callable[[Page], list[str]], phone: bool
) -> None:
    page = shared_site.open("/offline", phone=phone)
    assert axe_faults(page) == []
    page.goto(f"{shared_site.address}/")
    for sheet in ("more", "keys") if phone else ("keys",):
        page.evaluate(f"document.getElementById('{sheet}').showModal()")
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            assert axe_faults(page) == []
        page.keyboard.press("Escape")

"""Apps that the interface has never seen: every kind of page for every role renders whole, with no template of its own.

The shops (`apps/store_sales.yaml`) with their sample company, and a made-up app with every kind of field, 300 of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from engine.runtime import Engine
from engine.sample import load_sample
from engine.store.lists import Query
from engine.testing import acting, engine_for, virtual_clock
from tests.browser import unseen
from tests.browser.company import Company
from tests.browser.conftest import Site, serve

pytestmark = pytest.mark.browser
SHOPS = Path(__file__).resolve().parents[2] / "apps" / "store_sales.yaml"


@pytest.fixture(scope="module")
def shops(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    engine = engine_for(SHOPS, tmp_path_factory.mktemp("shops"), people=())
    load_sample(engine, 7)
    yield from serve(Company(engine, 0, 0, 0), browser)
    engine.close()


@pytest.fixture(scope="module")
def wide(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    engine = unseen.found(tmp_path_factory.mktemp("unseen"))
    yield from serve(Company(engine, 0, 0, 0), browser)
    engine.close()


def _addresses(engine: Engine, login: str) -> Iterator[str]:
    """Every kind of page of every entity that the person sees: the pages that links lead to."""
    context = acting(engine, login)
    yield "/"
    for key in engine.app.menu:
        entity, rights = engine.app.entities[key], engine.rights(context, key)
        if not rights.see:
            continue
        yield f"/e/{key}"
        if entity.boards or entity.has_stages:
            yield f"/e/{key}/board"
        if entity.has_stages or entity.scores:
            yield f"/e/{key}/charts"
        if rights.create:
            yield f"/e/{key}/new"
        for record in engine.page(context, Query(key, limit=1)).items:
            yield f"/e/{key}/{record.id}"


def _roles(engine: Engine) -> list[str]:
    """One person of each role."""
    people = engine.people(acting(engine, "system"))
    return list({person.role: person.login for person in people}.values())


def _walk(
    site: Site,
    login: str,
    addresses: list[str],
    axe_faults: Callable[[Page], list[str]],
    *,
    phone: bool,
    scheme: str,
) -> None:
    """Opens every page once. Each fault of a page is told with its address."""
    page = site.open("/settings", login, phone=phone, scheme=scheme)
    faults = []
    for address in addresses:
        answer = page.goto(site.address + address)
        page.wait_for_load_state("networkidle")
        if answer is None or answer.status != 200:
            faults.append(f"{address}: {answer.status if answer else 'no answer'}")
        if page.evaluate("document.documentElement.scrollWidth - window.innerWidth") > 0:
            faults.append(f"{address}: sticks out sideways")
        faults += [f"{address}: {fault}" for fault in axe_faults(page)]
    page.context.close()
    assert faults == []


def test_every_page_of_the_shops_answers_every_role(shops: Site) -> None:
    engine = shops.company.engine
    logins = _roles(engine)
    assert len(logins) >= 4
    for login in logins:
        page = shops.open("/settings", login)
        addresses = list(_addresses(engine, login))
        answers = {address: page.request.get(shops.address + address).status for address in addresses}
        assert {address: status for address, status in answers.items() if status != 200} == {}
        assert len(addresses) > 3
        page.context.close()


@pytest.mark.parametrize(("phone", "scheme"), [(False, "light"), (True, "dark")], ids=["wide", "phone"])
@pytest.mark.parametrize("key", ["store", "inspection"])
def test_the_shops_render_whole(
    shops: Site, axe_faults: Callable[[Page], list[str]], key: str, phone: bool, scheme: str
) -> None:
    login = next(iter(_roles(shops.company.engine)))
    addresses = [address for address in _addresses(shops.company.engine, login) if f"/e/{key}" in address]
    assert len(addresses) >= 3
    _walk(shops, login, addresses, axe_faults, phone=phone, scheme=scheme)


@pytest.mark.parametrize(("phone", "scheme"), [(False, "dark"), (True, "light")], ids=["wide", "phone"])
def test_three_hundred_fields_of_every_kind_render_whole(
    wide: Site, axe_faults: Callable[[Page], list[str]], phone: bool, scheme: str
) -> None:
    addresses = list(_addresses(wide.company.engine, "director"))
    assert len(addresses) == 11
    _walk(wide, "director", addresses, axe_faults, phone=phone, scheme=scheme)


def test_a_board_over_options_takes_a_card_and_saves_the_option(wide: Site) -> None:
    page = wide.open("/e/maker/board", "director")
    card = page.locator("#lane-red .kard")
    expect(card).to_have_count(1)
    card.locator("a.lead").focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator("#lane-blue .kard", has_text="厂家 0")).to_be_visible()
    engine = wide.company.engine
    record = engine.find(acting(engine, "director"), "maker", 1)
    assert record is not None
    assert record.values["colour"] == "blue"


def test_a_badge_counts_workdays_where_the_stage_does(wide: Site) -> None:
    clock = virtual_clock(wide.company.engine)
    before = clock.at
    clock.at = datetime(2026, 11, 27, 1, 0, tzinfo=UTC)  # Friday: five workdays after the Saturday they began on
    page = wide.open("/e/thing/board")
    expect(page.locator("#lane-begun .kard .late").first).to_have_text("3 workdays overdue")
    clock.at = before

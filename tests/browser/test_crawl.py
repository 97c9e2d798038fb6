"""Both apps and one with every kind of field, walked by every role along every link: no dead end, no ugly page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from engine.runtime import Engine
from engine.sample import load_sample
from engine.testing import STAFF, Colleague, acting, actor, engine_for
from tests.browser import crawl, unseen
from tests.browser.company import Company, found_company
from tests.browser.conftest import Site, serve
from web.create_site import create_site

pytestmark = pytest.mark.browser
SHOPS = Path(__file__).resolve().parents[2] / "apps" / "store_sales.yaml"
OFFICE = tuple(Colleague(role, role, "Company") for role in ("clerk", "legal", "planner"))
"""The roles of the sales app that the small company of the other tests has nobody for."""
USUAL = [(False, "light"), (True, "dark")]
REST = [(False, "dark"), (True, "light")]


def _deals(folder: Path) -> Company:
    company = found_company(folder, (*STAFF, *OFFICE))
    for one in OFFICE:
        company.engine.set_language(actor(company.engine, one.login), "zh")
    return company


def _shops(folder: Path) -> Company:
    engine = engine_for(SHOPS, folder, people=())
    load_sample(engine, 7)
    return Company(engine, 0, 0, 0)


def _everything(folder: Path) -> Company:
    return Company(unseen.found(folder), 0, 0, 0)


FOUNDED = {"deals": _deals, "shops": _shops, "everything": _everything}


@pytest.fixture(scope="module", params=list(FOUNDED))
def company(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    founded = FOUNDED[request.param](tmp_path_factory.mktemp(request.param))
    yield founded
    founded.engine.close()


@pytest.fixture(scope="module")
def walks(company: Company) -> list[crawl.Walk]:
    """One walk for each role."""
    site, engine = create_site(company.engine), company.engine
    return [crawl.walk(site, engine, login) for login in crawl.one_of_each_role(engine)]


@pytest.fixture(scope="module")
def walked(company: Company, walks: list[crawl.Walk], browser: Browser) -> Iterator[Site]:
    """walks before it: the walk is over before the first page is looked at."""
    assert walks
    yield from serve(company, browser)


def test_no_role_is_shown_a_link_that_leads_nowhere(company: Company, walks: list[crawl.Walk]) -> None:
    assert [told for each in walks for told in each.dead] == []
    assert min(each.visits for each in walks) > 10


def test_every_role_of_the_apps_is_somebody(company: Company) -> None:
    engine: Engine = company.engine
    assert {person.role for person in engine.people(acting(engine, "system"))} >= set(engine.app.roles)


def _faults(
    site: Site, places: list[crawl.Place], axe: Callable[[Page], list[str]], *, phone: bool, scheme: str
) -> list[str]:
    """Each place as whoever found it, one browser for each of them."""
    pages: dict[str, Page] = {}
    faults = []
    for place in places:
        if place.login not in pages:
            pages[place.login] = site.open("/settings", place.login, phone=phone, scheme=scheme)
        page = pages[place.login]
        answer = page.goto(site.address + place.address)
        page.wait_for_load_state("networkidle")
        if answer is None or answer.status != 200:
            faults.append(f"{place.address}: {answer.status if answer else 'no answer'}")
        if page.evaluate("document.documentElement.scrollWidth - window.innerWidth") > 0:
            faults.append(f"{place.address}: sticks out sideways")
        faults += [f"{place.address} ({place.login}): {fault}" for fault in axe(page)]
    for page in pages.values():
        page.context.close()
    return faults


@pytest.mark.parametrize(("phone", "scheme"), USUAL, ids=["wide", "phone"])
def test_a_page_of_every_kind_is_sound(
    walked: Site, walks: list[crawl.Walk], axe_faults: Callable[[Page], list[str]], phone: bool, scheme: str
) -> None:
    places = crawl.pages_of(walks, of_each_entity=False)
    assert len(places) > 8
    assert _faults(walked, places, axe_faults, phone=phone, scheme=scheme) == []


@pytest.mark.nightly
@pytest.mark.parametrize(
    ("phone", "scheme"), [*USUAL, *REST], ids=["wide-light", "phone-dark", "wide-dark", "phone-light"]
)
def test_every_page_of_every_entity_and_view_is_sound(
    walked: Site, walks: list[crawl.Walk], axe_faults: Callable[[Page], list[str]], phone: bool, scheme: str
) -> None:
    places = crawl.pages_of(walks, of_each_entity=True)
    assert _faults(walked, places, axe_faults, phone=phone, scheme=scheme) == []

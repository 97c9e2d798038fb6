"""Two worlds that differ only in what somebody may not see answer that person with the same bytes.

The finance clerk sees every customer, but neither the margin nor what is computed from it. A salesperson sees nothing
of another region's records: theirs are not there, by any way of asking.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from engine.commands import Command, Create, Update
from engine.runtime import Engine
from engine.testing import STAFF, Colleague, acting, actor, engine_for
from web.create_site import create_site

APP = Path(__file__).resolve().parents[2] / "apps" / "sales_crm.yaml"
PASSWORD = "the same in both worlds"
_NEW_EACH_TIME = re.compile(
    r'nonce="[^"]*"|csrf[_-]token"?[^>]*(?:value|content)="[^"]+"|X-CSRF-Token[^}]*}|name="__key" value="[^"]+"'
)

CLERK_ASKS = (
    "/api/v1/customer", "/api/v1/customer/2", "/api/v1/customer/2/timeline", "/api/v1/customer/2/checklist",
    *(f"/api/v1/customer/2/why?field={key}" for key in ("margin", "health", "health_band", "completeness", "name")),
    "/api/v1/customer?filter=margin>0.05", "/api/v1/customer?filter=health>40", "/api/v1/customer?sort=-health",
    "/api/v1/customer?filter=exists(opportunities where customer.margin>5%25)", "/api/v1/customer?fields=margin",
    "/api/v1/customer/totals?by=industry&sums=margin", "/api/v1/customer/totals?by=grade&filter=margin>0.05",
    "/api/v1/customer/totals?by=health_band", "/api/v1/customer/totals?by=grade",
    "/api/v1/opportunity/totals?by=customer",
    "/api/v1/opportunity?filter=customer.margin>0.1", "/api/v1/order?filter=customer.health>40", "/api/v1/opportunity",
    "/", "/home/short", "/e/customer", "/e/customer?view=rescue", "/e/customer?sort=-margin", "/e/customer/2",
    "/e/customer?f.health_band=high", "/e/customer?filter=margin>5%25", "/e/customer/2/why/health", "/e/opportunity/2",
    "/e/opportunity/board", "/search?q=cust", "/search/found?q=cust", "/search/found?seen=customer:2",
    "/lookup/customer?q=cust", "/e/visit/new?customer=2", "/e/customer/2/print", "/e/customer/2/history/margin",
    "/e/customer/2/audience?q=", "/e/opportunity/2/print", "/e/customer/2?show=changes",
    "/e/opportunity/board?lanes=customer.health_band", "/e/customer/charts", "/e/opportunity/charts",
    "/e/opportunity/charts?by=customer.health_band",
)  # fmt: skip
OTHERS_ASK = (
    *(f"/api/v1/{entity}{rest}" for entity in ("customer", "opportunity", "quote", "order") for rest in (
        "", "?q=secret", "?sort=id", "/totals?by=owner",
        "/1", "/2", "/2/timeline", "/2/checklist", "/2/why?field=amount")),
    *(f"/e/{entity}{rest}" for entity in ("customer", "opportunity", "quote", "order") for rest in (
        "", "/2", "/2/edit", "/2/print", "/2/history/name", "/2/history/amount", "/2/audience?q=",
        "/new?customer=2", "/new?opportunity=2")),
    *(f"/lookup/{entity}?q=s" for entity in ("customer", "opportunity", "quote", "order")),
    "/api/v1/customer?filter=count(opportunities where amount>600)>0", "/", "/home/short", "/search?q=secret",
    "/search/found?q=secret", "/search/found?q=scrt", "/search/found?seen=customer:1,customer:2,opportunity:2",
    "/e/opportunity/board", "/e/opportunity/board?lanes=owner", "/e/opportunity/board/board/column/lead?f.owner=4",
    "/e/opportunity/charts", "/e/opportunity/charts?by=customer.region", "/e/customer/charts",
)  # fmt: skip


@dataclass(frozen=True)
class World:
    """A running site over one company."""

    engine: Engine

    def do(self, command: Command, login: str = "sales") -> int:
        outcome = self.engine.execute(command, acting(self.engine, login))
        assert outcome.verdict.allowed, [finding.said for finding in outcome.verdict.missing]
        assert outcome.id is not None
        return outcome.id

    def browser(self, login: str) -> FlaskClient:
        self.engine.set_password(actor(self.engine, login).id, PASSWORD)
        client = create_site(self.engine).test_client()
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/login").text)
        assert token is not None
        client.post("/login", data={"login": login, "password": PASSWORD, "csrf_token": token[1]})
        return client


@pytest.fixture
def worlds(tmp_path: Path) -> Iterator[Callable[[], World]]:
    """Founds worlds that are alike until told otherwise."""
    engines: list[Engine] = []

    def found() -> World:
        folder = tmp_path / str(len(engines))
        folder.mkdir()
        engines.append(engine_for(APP, folder, people=(*STAFF, Colleague("clerk", "clerk", "Company"))))
        return World(engines[-1])

    yield found
    for engine in engines:
        engine.close()


def answer(browser: FlaskClient, address: str) -> tuple[int, str | None, str]:
    got = browser.get(address)
    return got.status_code, got.headers.get("ETag"), _NEW_EACH_TIME.sub("", got.text)


def differing(one: FlaskClient, other: FlaskClient, addresses: tuple[str, ...]) -> list[str]:
    return [address for address in addresses if answer(one, address) != answer(other, address)]


def with_margin(world: World, margin: int) -> World:
    for at in range(3):
        customer = world.do(Create("customer", {"name": f"Cust {at}", "industry": "auto", "drawings_shared": True}))
        world.do(Update("customer", customer, None, {"margin": margin}), "cfo")
        world.do(Create("opportunity", {"name": f"Deal {at}", "customer": customer}))
        world.do(Create("order", {"customer": customer, "amount": 1000}))
    return world


def with_a_secret(world: World, secret: str) -> World:
    """Each region has a customer and a deal; those of the first are named and sized by the secret."""
    mine = world.do(Create("customer", {"name": "Mine", "industry": "auto"}), "sales2")
    world.do(Create("opportunity", {"name": "My deal", "customer": mine}), "sales2")
    customer = world.do(Create("customer", {"name": f"{secret} works", "industry": "auto", "address": secret}))
    deal = world.do(Create("opportunity", {"name": secret, "customer": customer, "amount": 100 * len(secret)}))
    world.do(Create("quote", {"opportunity": deal, "material_avg": len(secret), "processing_fee": 1}))
    world.do(Create("order", {"customer": customer, "amount": len(secret), "opportunity": deal}))
    world.engine.comment(acting(world.engine, "sales"), "customer", customer, secret)
    return world


def test_a_hidden_field_and_what_is_computed_from_it_shows_in_no_answer(worlds: Callable[[], World]) -> None:
    low, high = with_margin(worlds(), 100), with_margin(worlds(), 9000)
    assert differing(low.browser("clerk"), high.browser("clerk"), CLERK_ASKS) == []
    assert differing(low.browser("director"), high.browser("director"), CLERK_ASKS) != []


def test_records_out_of_sight_show_in_no_answer(worlds: Callable[[], World]) -> None:
    short, long = with_a_secret(worlds(), "secret"), with_a_secret(worlds(), "a longer secret")
    assert differing(short.browser("sales2"), long.browser("sales2"), OTHERS_ASK) == []
    assert differing(short.browser("sales"), long.browser("sales"), OTHERS_ASK) != []


def test_a_view_on_a_hidden_field_is_not_offered(worlds: Callable[[], World]) -> None:
    world = with_margin(worlds(), 100)
    assert "view=rescue" not in world.browser("clerk").get("/e/customer").text
    assert "view=rescue" in world.browser("sales").get("/e/customer").text


def test_why_shows_the_line_of_its_own_rule_and_of_no_other(worlds: Callable[[], World]) -> None:
    browser = with_margin(worlds(), 100).browser("sales")
    asked = browser.get("/e/customer/1/why/idle_days?line=1").text
    assert "days_since(last_contact)" in asked
    rule = "customer.validations.tax_no_length"
    assert "len(tax_no) = 18" in browser.get(f"/e/customer/1/why/{rule}?line=1").text

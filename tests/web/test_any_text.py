"""Whatever stands in an address or a form is answered or refused: no text and no number breaks a page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

import web
from engine.commands import Create
from engine.runtime import Engine
from engine.testing import acting as context_of
from tests.web.test_pages_from_outside import signed_in

ASKED = re.compile(r"""(?:args|form|values)\.(?:get|getlist)\(\s*"([^"]+)""")
TEXTS = ("9" * 30, "-1", "1e999", "'\"<>|,;:&\u202e", "xy" * 150)
PLACES: Mapping[str, tuple[str, ...]] = {
    "entity": ("customer", "opportunity", "no_such", "%00"),
    "field": ("name", "amount", "%00"),
    "rule": ("amount", "%00"),
    "view": ("board", "%00"),
    "key": ("lead", "customers", "%00"),
    "name": ("nothing.zip", "%00"),
    "filename": ("%00",),
}
"""What is put for the texts of an address; for its numbers, a record and what no database holds."""


def _asked() -> list[str]:
    """Every parameter that the pages look at, as they name it."""
    sources = (path.read_text(encoding="utf-8") for path in Path(web.__file__).parent.rglob("*.py"))
    found = {name for source in sources for name in ASKED.findall(source)}
    return sorted(found | {"f.name", "f.amount", "f.stage", "f.customer", "f.no_such", "customer", "name", "amount"})


@pytest.fixture(scope="module")
def record(engine: Engine) -> int:
    asking = context_of(engine, "sales")
    customer = engine.execute(Create("customer", {"name": "Any Text Works", "industry": "auto"}), asking).id
    engine.execute(Create("opportunity", {"name": "Any deal", "customer": customer}), asking)
    assert customer is not None
    return customer


@pytest.fixture(scope="module")
def browser(site: Flask, engine: Engine) -> FlaskClient:
    """Of somebody who may do most."""
    return signed_in(site, engine, "admin")[0]


def _addresses(site: Flask, method: str, record: int) -> Iterator[str]:
    """Each page's address, with each of the places that fit it put once; none of the API, which is tried elsewhere."""
    for rule in site.url_map.iter_rules():
        if method not in (rule.methods or ()) or rule.rule.startswith(("/api/", "/static/")):
            continue
        holes = re.findall(r"<(?:(\w+):)?(\w+)>", rule.rule)
        choices = {name: (str(record), str(2**80)) if kind == "int" else PLACES[name] for kind, name in holes}
        sound = {name: places[0] for name, places in choices.items()}
        puts = [sound] + [sound | {name: place} for name, places in choices.items() for place in places[1:]]
        for put in puts:
            yield re.sub(r"<(?:\w+:)?(\w+)>", lambda hole, put=put: put[hole[1]], rule.rule)  # type: ignore[misc]


@pytest.mark.parametrize("text", TEXTS, ids=["large", "negative", "infinite", "marks", "long"])
def test_no_text_in_an_address_breaks_a_page(site: Flask, browser: FlaskClient, record: int, text: str) -> None:
    query = dict.fromkeys(_asked(), text)
    asked = list(_addresses(site, "GET", record))
    assert [each for each in asked if browser.get(each, query_string=query).status_code >= 500] == []


@pytest.mark.parametrize(
    "address", ["/e/customer?f.name=a%00b", "/search/found?q=%00", "/e/customer%00", "/lookup/customer?q=%00"]
)
def test_a_page_asked_with_a_nul_says_that_it_cannot_be_read(browser: FlaskClient, address: str) -> None:
    assert browser.get(address).status_code == 400


def test_a_form_with_a_nul_is_refused(site: Flask, engine: Engine) -> None:
    client, token = signed_in(site, engine)
    assert client.post("/settings", data={"language": "e\0n", "csrf_token": token}).status_code == 400

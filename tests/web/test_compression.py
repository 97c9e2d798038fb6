"""Answers in fewer bytes, of which nobody learns more than before."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from benchmarks.pages import MOST_SCRIPTS, scripts_size
from engine.testing import actor, engine_for
from tests.web.conftest import SALES_CRM
from web.assets.build import build
from web.assets.manifest import asset, forget
from web.compression import MOST_PADDING, STATIC, packed
from web.create_site import create_site

PACKS = {"Accept-Encoding": "gzip, deflate, br"}
_NEW_EACH_TIME = re.compile(rb'nonce="[^"]*"|[0-9a-f]{128}')


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    build()
    forget()
    engine = engine_for(SALES_CRM, tmp_path_factory.mktemp("company"))
    site = create_site(engine)
    site.extensions["token of sales"] = engine.open_session(actor(engine, "sales").id, "test")
    yield site
    engine.close()


@pytest.fixture
def browser(site: Flask) -> FlaskClient:
    client = site.test_client()
    client.set_cookie("sluice", site.extensions["token of sales"])
    return client


@given(st.binary(max_size=3_000))
def test_what_was_packed_can_be_unpacked_by_anybody(body: bytes) -> None:
    assert gzip.decompress(packed(body)) == body


def test_a_page_goes_out_packed_and_says_the_same(browser: FlaskClient) -> None:
    plain, small = browser.get("/e/customer"), browser.get("/e/customer", headers=PACKS)
    assert "Content-Encoding" not in plain.headers
    assert small.headers["Content-Encoding"] == "gzip"
    assert len(small.data) * 3 < len(plain.data)
    assert int(small.headers["Content-Length"]) == len(small.data)
    assert _NEW_EACH_TIME.sub(b"", gzip.decompress(small.data)) == _NEW_EACH_TIME.sub(b"", plain.data)
    assert {answer.headers["Vary"] for answer in (plain, small)} == {"Accept-Encoding"}


@pytest.mark.parametrize("says", ["", "identity", "gzip;q=0", "br", "*;q=0"])
def test_who_does_not_take_gzip_gets_the_page_as_it_is(browser: FlaskClient, says: str) -> None:
    answer = browser.get("/e/customer", headers={"Accept-Encoding": says})
    assert "Content-Encoding" not in answer.headers
    assert b"</html>" in answer.data


@pytest.mark.parametrize("site_asking", ["cross-site", "same-site"])
def test_what_another_site_asks_for_is_not_packed(browser: FlaskClient, site_asking: str) -> None:
    answer = browser.get("/e/customer?q=guess", headers=PACKS | {"Sec-Fetch-Site": site_asking})
    assert "Content-Encoding" not in answer.headers


def test_the_length_of_a_packed_answer_is_not_that_of_what_it_holds() -> None:
    lengths = {len(packed(b"the same page")) for _ in range(400)}
    assert len(lengths) > MOST_PADDING // 2
    assert max(lengths) - min(lengths) <= MOST_PADDING


def test_the_token_looks_different_in_each_answer_and_each_of_them_is_right(browser: FlaskClient) -> None:
    def token() -> str:
        found = re.search(r'name="csrf-token" content="(\w+)"', browser.get("/").text)
        assert found is not None
        return found[1]

    first, second = token(), token()
    assert first != second
    address, wrong = "/e/customer/bulk/count", {"csrf_token": first[:-1] + ("0" if first[-1] != "0" else "1")}
    for sent in (first, second):
        assert browser.post(address, data={"csrf_token": sent}).status_code == 200
    for bad in (wrong, {"csrf_token": first[:64]}, {"csrf_token": first.upper()}, {"csrf_token": "é" * 128}, {}):
        assert browser.post(address, data=bad).status_code == 403


@pytest.mark.parametrize("address", ["/", "/e/customer", "/e/customer/new"])
def test_an_ordinary_page_loads_few_scripts(browser: FlaskClient, address: str) -> None:
    assert 1_000 < scripts_size(browser.get(address).text) <= MOST_SCRIPTS


def _file(site: Flask, address: str, says: str, known: str = "") -> TestResponse:
    headers = {"Accept-Encoding": says} | ({"If-None-Match": known} if known else {})
    return site.test_client().get(address, headers=headers, buffered=True)


@pytest.mark.parametrize(("says", "ending"), [("br, gzip", ".br"), ("gzip", ".gz"), ("", "")])
@pytest.mark.parametrize("name", ["sluice.css", "app.js", "icons.svg"])
def test_a_built_file_comes_as_small_as_the_browser_takes_it(site: Flask, name: str, says: str, ending: str) -> None:
    answer = _file(site, asset(name), says)
    file = STATIC / asset(name).removeprefix("/static/")
    assert answer.data == file.with_name(file.name + ending).read_bytes()
    assert answer.headers.get("Content-Encoding") == {".br": "br", ".gz": "gzip", "": None}[ending]
    kinds = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
    assert answer.mimetype == kinds[name.rpartition(".")[2]]
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert "immutable" in answer.headers["Cache-Control"]
    again = _file(site, asset(name), says, answer.headers["ETag"])
    assert again.status_code == 304


def test_each_form_of_a_file_has_a_tag_of_its_own(site: Flask) -> None:
    tags = {_file(site, asset("app.js"), says).headers["ETag"] for says in ("br", "gzip", "")}
    assert len(tags) == 3


@pytest.mark.parametrize(
    "path", ["../create_site.py", "%2e%2e/session.py", "dist/../../csrf.py", "dist/none.js", "dist"]
)
def test_nothing_but_files_of_ours_is_shown(site: Flask, path: str) -> None:
    for says in ("br", "gzip", ""):
        assert _file(site, f"/static/{path}", says).status_code in (404, 308)

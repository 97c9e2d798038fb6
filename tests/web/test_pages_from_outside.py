"""The pages, asked by somebody who does not fill in forms: numbers that are none, addresses that lead elsewhere."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient

from engine.runtime import Engine
from engine.testing import actor
from tests.web.conftest import As

PASSWORD = "a long word for sales"
NOT_IDS = ("²", "٣", "-1", "9" * 20, "9" * 5000, "1\n", "\0", "")


def signed_in(site: Flask, engine: Engine, login: str = "sales") -> tuple[FlaskClient, str]:
    """A browser of the person, and the token that its forms carry."""
    engine.set_password(actor(engine, login).id, PASSWORD)
    browser = site.test_client()
    page = browser.get("/login").text
    entered = browser.post("/login", data={"login": login, "password": PASSWORD, "csrf_token": _token(page)})
    assert entered.status_code == 303
    return browser, _token(browser.get("/").text)


def _token(page: str) -> str:
    found = re.search(r'csrf[_-]token"?[^>]*(?:value|content)="([^"]+)"', page)
    assert found is not None
    return found[1]


@pytest.fixture(scope="module")
def deal(acting: As) -> int:
    customer = acting("sales").post("/customer", {"name": "Outside Works", "industry": "auto"}).json
    assert customer is not None
    deal = acting("sales").post("/opportunity", {"name": "Outside", "customer": customer["id"]}).json
    assert deal is not None
    return int(deal["id"])


@pytest.fixture(scope="module")
def browser(site: Flask, engine: Engine, deal: int) -> tuple[FlaskClient, str]:
    return signed_in(site, engine)


@pytest.mark.parametrize("text", NOT_IDS)
def test_a_number_that_is_none_breaks_no_page(browser: tuple[FlaskClient, str], deal: int, text: str) -> None:
    client, token = browser
    for address, key in (
        (f"/e/opportunity/{deal}", "before"),
        (f"/e/opportunity/{deal}/why/weighted", "line"),
        ("/e/opportunity", "owner"),
        ("/e/visit/new", "customer"),
    ):
        answered = (400,) if text == "\0" else (200, 404, 422)
        assert client.get(address, query_string={key: text}).status_code in answered, (address, key)
    for address, form in (
        (f"/e/opportunity/{deal}/move", {"to": "contacted", "version": text}),
        (f"/e/opportunity/{deal}/move", {"to": "contacted", "__fields": "spec", "fill.spec": text}),
        (f"/e/opportunity/{deal}/edit", {"__fields": "spec", "spec": text, "version": "1"}),
        (f"/e/opportunity/{deal}/edit", {"__fields": "scene", "scene": text, "version": "1", "__base": "[" * 100_000}),
        ("/e/opportunity", {"id": text, "what": "amount", "amount": "1"}),
    ):
        answer = client.post(address, data={**form, "csrf_token": token})
        assert answer.status_code < 500, (address, form)


@pytest.mark.parametrize(
    "address",
    ["//evil.example", "/\\evil.example", "/\t/evil.example", "/\r\nX: y", "https://evil.example", "javascript:1"],
)
def test_signing_in_leads_to_no_other_site(site: Flask, engine: Engine, address: str) -> None:
    engine.set_password(actor(engine, "sales2").id, PASSWORD)
    client = site.test_client()
    form = {"login": "sales2", "password": PASSWORD, "next": address}
    answer = client.post("/login", data={**form, "csrf_token": _token(client.get("/login").text)})
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/"


def test_a_refused_file_is_told_in_one_language(browser: tuple[FlaskClient, str]) -> None:
    client, token = browser
    answer = client.post("/files", data={"csrf_token": token, "file": (BytesIO(b"MZ\x90"), "plan.pdf")})
    assert answer.status_code == 422
    assert answer.json is not None
    assert "|" not in answer.json["detail"]


def test_a_document_is_offered_for_download_and_not_shown_as_a_page_of_ours(browser: tuple[FlaskClient, str]) -> None:
    client, token = browser
    sent = client.post("/files", data={"csrf_token": token, "file": (BytesIO(b"%PDF-1.4\n%%EOF"), "plan.pdf")})
    assert sent.json is not None
    with client.get(f"/files/{sent.json['id']}") as answer:
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_a_default_that_follows_what_was_picked_is_filled_in_on_saving(
    browser: tuple[FlaskClient, str], acting: As, deal: int
) -> None:
    client, token = browser
    brass = {"name": "Brass", "processing_fee": "5", "prices": [{"day": "2026-10-10", "price": "60"}]}
    material = acting("cfo").post("/material", brass).json
    assert material is not None
    form = {
        "__fields": ["opportunity", "material", "material_avg", "processing_fee", "discount"],
        "opportunity": str(deal), "material": str(material["id"]), "material_avg": "", "processing_fee": "",
        "discount": "0", "csrf_token": token,
    }  # fmt: skip
    made = client.post("/e/quote/new", data=form)
    assert made.status_code == 303, made.text
    found = acting("manager").get("/quote", filter="processing_fee = 5").json
    assert found is not None
    [quote] = found["items"]
    assert (quote["material_avg"], quote["base_price"]) == ("60.00", "86.00")


def test_who_owns_nothing_is_shown_on_the_home_page_what_goes_on_in_sight(
    site: Flask, engine: Engine, browser: tuple[FlaskClient, str]
) -> None:
    director, _ = signed_in(site, engine, "director")
    assert "Deal under way" in director.get("/").text
    assert "My Deal" in browser[0].get("/").text


@pytest.mark.parametrize("version", ["", "²", None])
def test_what_does_not_say_which_version_was_seen_is_not_saved(
    browser: tuple[FlaskClient, str], engine: Engine, deal: int, version: str | None
) -> None:
    client, token = browser
    sent = {"csrf_token": token} if version is None else {"csrf_token": token, "version": version}
    renamed = client.post(f"/e/opportunity/{deal}/edit", data={**sent, "__fields": "name", "name": "Overwritten"})
    moved = client.post(f"/e/opportunity/{deal}/move", data={**sent, "to": "contacted"})
    assert (renamed.status_code, moved.status_code) == (400, 400)
    kept = engine.find(engine.context(actor(engine, "sales"), "test"), "opportunity", deal)
    assert kept is not None
    assert (kept.values["name"], kept.values["stage"]) == ("Outside", "lead")


def test_a_windows_path_in_front_of_a_files_name_is_cut_off(browser: tuple[FlaskClient, str], engine: Engine) -> None:
    client, token = browser
    part = (
        b'--edge\r\nContent-Disposition: form-data; name="file"; filename="C:\\fakepath\\offers\\plan.pdf"\r\n'
        b"Content-Type: application/pdf\r\n\r\n%PDF-1.4\n%%EOF\r\n--edge--\r\n"
    )
    more = {"content_type": "multipart/form-data; boundary=edge", "data": part}
    by_page = client.post("/files", headers={"X-CSRF-Token": token}, **more)  # type: ignore[arg-type]
    bearer = engine.tokens.issue(actor(engine, "sales").id, "upload", engine.clock.now()).token
    headers = {"Authorization": f"Bearer {bearer}"}
    by_api = client.post("/api/v1/files", headers=headers, **more)  # type: ignore[arg-type]
    assert by_page.json is not None
    assert by_api.json is not None
    assert (by_page.json["name"], by_api.json["name"]) == ("plan.pdf", "plan.pdf")

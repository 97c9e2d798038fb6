"""The door: who may pass, what a write must carry, what an answer carries. The engine here knows one person."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dsl.app import Text
from engine.clock import SystemClock
from engine.context import Actor
from engine.people.tokens import NewToken, TokenNote
from web import create_site as site_module
from web.create_site import PUBLIC_ENDPOINTS, create_site
from web.csrf import csrf_token
from web.session import sign_in
from web.settings import Settings

WANG = Actor(1, "wang", "王", "sales", frozenset({"sales"}), None, "", (), (), None, "en")


class OnePerson:
    """The engine as far as the door asks it: one person, one token, sessions in memory."""

    def __init__(self) -> None:
        self.app = SimpleNamespace(
            languages=("zh", "en"), entities={}, digest="", key="t", label=Text((("zh", "试"),)),
            timezone="Asia/Shanghai", menu=(), roles={},
        )  # fmt: skip
        self.clock = SystemClock()
        self.data_dir = Path("/nonexistent")
        self.database = SimpleNamespace(has_room=True)
        self.imports = SimpleNamespace(offered=lambda *_: [])
        self.sessions: set[str] = set()
        self.numbers = count()

    def authenticate(self, login: str, password: str) -> Actor | None:
        return WANG if (login, password) == ("wang", "right") else None

    @property
    def tokens(self) -> Any:
        at = self.clock.now()
        made = NewToken(TokenNote(1, WANG.id, "test", at, at, None, is_signed=False), "secret", "")
        return SimpleNamespace(issue=lambda *_, **__: made)

    def token_holder(self, token: str) -> tuple[TokenNote, Actor] | None:
        at = self.clock.now()
        return (TokenNote(1, WANG.id, "test", at, None, at, is_signed=False), WANG) if token == "secret" else None

    def session_actor(self, token: str) -> Actor | None:
        return WANG if token in self.sessions else None

    def open_session(self, user_id: int, agent: str) -> str:
        token = f"session-{next(self.numbers)}"
        self.sessions.add(token)
        return token

    def close_session(self, token: str) -> None:
        self.sessions.discard(token)

    def context(self, actor: Actor, channel: str, request_id: str = "") -> Any:
        return SimpleNamespace(actor=actor)

    def people(self, context: Any) -> list[Any]:
        return []

    def is_called(self, context: Any) -> bool:
        return False


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Flask:
    monkeypatch.setattr(site_module, "PUBLIC_ENDPOINTS", PUBLIC_ENDPOINTS | {"come_in", "token"})
    made = create_site(OnePerson(), Settings(failed_sign_ins=3))  # type: ignore[arg-type]
    made.add_url_rule("/come-in", "come_in", lambda: sign_in(WANG) or "in")
    made.add_url_rule("/token", "token", csrf_token)
    made.add_url_rule("/write", "write", lambda: "written", methods=["POST"])
    made.add_url_rule("/break", "break", lambda: 1 / 0)
    return made


@pytest.fixture
def stranger(site: Flask) -> FlaskClient:
    return site.test_client()


@pytest.fixture
def wang(site: Flask) -> FlaskClient:
    client = site.test_client()
    client.get("/come-in")
    return client


def token_of(client: FlaskClient) -> str:
    return client.get("/token").get_data(as_text=True)


# --- who may pass ----------------------------------------------------------------------------------------------------


def test_no_endpoint_answers_a_stranger_unless_it_is_public(site: Flask, stranger: FlaskClient) -> None:
    for rule in site.url_map.iter_rules():
        if rule.endpoint in PUBLIC_ENDPOINTS | {"come_in", "token"}:
            continue
        address = site.url_map.bind("localhost").build(rule.endpoint, dict.fromkeys(rule.arguments, 1))
        for method in rule.methods or ():
            status = stranger.open(address, method=method).status_code
            assert status in (303, 401, 403), (rule, method, status)


@pytest.mark.parametrize(
    "address", ["/api/v1/me?/tokens", "/api/v1//me", "/api/v1/me;x", "/api/v1/%6de", "/api/v1/me."]
)
def test_a_stranger_gains_nothing_by_another_spelling(stranger: FlaskClient, address: str) -> None:
    assert stranger.get(f"/api/v1/{address}").status_code in (308, 401, 404)


def test_a_bearer_token_opens_the_api_and_no_page(stranger: FlaskClient) -> None:
    bearer = {"Authorization": "Bearer secret"}
    assert stranger.get("/api/v1/me", headers=bearer).json["login"] == "wang"
    assert stranger.post("/write", headers=bearer).status_code == 401


def test_a_wrong_bearer_token_is_not_saved_by_the_cookie(wang: FlaskClient) -> None:
    assert wang.get("/api/v1/me").status_code == 200
    assert wang.get("/api/v1/me", headers={"Authorization": "Bearer wrong"}).status_code == 401


def test_signing_in_again_closes_the_session_before(site: Flask, wang: FlaskClient) -> None:
    before = wang.get_cookie("sluice")
    wang.get("/come-in")
    assert before is not None
    stale = site.test_client()
    stale.set_cookie("sluice", before.value)
    assert stale.get("/api/v1/me").status_code == 401


def test_the_session_cookie_is_for_this_host_and_no_script(site: Flask) -> None:
    header = site.test_client().get("/come-in").headers["Set-Cookie"]
    assert "HttpOnly" in header
    assert "SameSite=Lax" in header
    secure = create_site(OnePerson(), Settings(https=True))  # type: ignore[arg-type]
    secure.add_url_rule("/in", "static_in", lambda: sign_in(WANG) or "in")
    with secure.test_request_context("/in"):
        sign_in(WANG)
        header = secure.process_response(secure.make_response("in")).headers["Set-Cookie"]
    assert header.startswith("__Host-sluice=")
    assert "Secure" in header


# --- writes ----------------------------------------------------------------------------------------------------------


def test_a_write_with_a_cookie_needs_the_token(wang: FlaskClient) -> None:
    assert wang.post("/write").status_code == 403
    assert wang.post("/write", headers={"X-CSRF-Token": token_of(wang)}).status_code == 200
    assert wang.post("/write", data={"csrf_token": token_of(wang)}).status_code == 200


def test_the_token_of_another_session_does_not_help(site: Flask, wang: FlaskClient) -> None:
    other = site.test_client()
    other.get("/come-in")
    assert wang.post("/write", headers={"X-CSRF-Token": token_of(other)}).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_write_that_another_site_started_is_refused(wang: FlaskClient, headers: dict[str, str]) -> None:
    assert wang.post("/write", headers={"X-CSRF-Token": token_of(wang), **headers}).status_code == 403


def test_our_own_origin_is_not_another_site(wang: FlaskClient) -> None:
    headers = {"X-CSRF-Token": token_of(wang), "Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    assert wang.post("/write", headers=headers).status_code == 200


# --- what an answer carries ------------------------------------------------------------------------------------------


def test_every_answer_says_what_it_may_run(wang: FlaskClient) -> None:
    for address in ("/api/v1/me", "/nowhere", "/break"):
        headers = wang.get(address).headers
        policy = headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "script-src 'self' 'nonce-" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Request-Id"]


def test_a_bug_answers_with_its_number_and_nothing_else(wang: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    answer = wang.get("/break", headers={"Accept": "application/json"})
    assert answer.status_code == 500
    assert answer.json["error_id"] in caplog.text
    assert "ZeroDivision" not in answer.get_data(as_text=True)


def test_browsers_get_a_page_and_programs_a_problem(wang: FlaskClient) -> None:
    assert wang.get("/nowhere", headers={"Accept": "text/html"}).mimetype == "text/html"
    assert wang.get("/api/v1/nowhere/x").mimetype == "application/problem+json"


def test_a_host_we_do_not_know_is_refused() -> None:
    site = create_site(OnePerson(), Settings(trusted_hosts=("localhost",)))  # type: ignore[arg-type]
    assert site.test_client().get("/openapi.json", base_url="http://evil.example").status_code == 400


# --- signing in through the API --------------------------------------------------------------------------------------


def test_tokens_are_given_for_the_right_password_only(stranger: FlaskClient) -> None:
    assert stranger.post("/api/v1/tokens", json={"login": "wang", "password": "right"}).json["token"] == "secret"
    wrong = stranger.post("/api/v1/tokens", json={"login": "wang", "password": "wrong"})
    nobody = stranger.post("/api/v1/tokens", json={"login": "nobody", "password": "right"})
    assert wrong.status_code == nobody.status_code == 401
    assert wrong.data == nobody.data


def test_guessing_from_one_address_is_slowed_down(stranger: FlaskClient) -> None:
    wrong = {"login": "wang", "password": "wrong"}
    assert [stranger.post("/api/v1/tokens", json=wrong).status_code for _ in range(4)] == [401, 401, 401, 429]
    last = stranger.post("/api/v1/tokens", json={"login": "wang", "password": "right"})
    assert last.status_code == 429
    assert 0 < int(last.headers["Retry-After"]) <= 61


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"login": "a", "login": "b", "password": "c"}',
        b"[" * 100_000,
        b'{"login": ' + b"9" * 5000 + b"}",
        b'{"login": NaN}',
        b'{"login": "\\ud800", "password": "x"}',
        b'{"login": "a", "password": "b", "role": "admin"}',
        b'{"login": 1, "password": true}',
    ],
)
def test_a_body_that_is_no_sign_in_is_refused_with_a_finding(stranger: FlaskClient, body: bytes) -> None:
    answer = stranger.post("/api/v1/tokens", data=body, content_type="application/json")
    assert answer.status_code in (400, 422)
    assert answer.mimetype == "application/problem+json"
    assert answer.json["findings"][0]["rule"].startswith("request.body")


def test_json_under_another_name_is_refused(stranger: FlaskClient) -> None:
    body = b'{"login": "wang", "password": "right"}'
    assert stranger.post("/api/v1/tokens", data=body, content_type="text/plain").status_code == 415


def test_a_body_over_the_limit_is_refused(stranger: FlaskClient) -> None:
    body = b'{"login": "' + b"a" * 3_000_000 + b'"}'
    assert stranger.post("/api/v1/tokens", data=body, content_type="application/json").status_code == 413

"""What whoever runs the machine relies on: health, readiness, metrics, logs, limits, signatures, a graceful stop."""

from __future__ import annotations

import http.client
import io
import json
import logging
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, Response
from werkzeug.test import TestResponse

from engine.people.signing import signature
from engine.runtime import Engine
from engine.testing import actor
from tests.web.conftest import As
from web.create_site import create_site
from web.limits import RateLimit
from web.request_log import JsonLines
from web.serving import Server
from web.settings import Settings


def _line_of(text: str, start: str) -> str:
    return next(line for line in text.splitlines() if line.startswith(start))


def test_a_stranger_learns_that_it_lives_and_can_serve(site: Flask, engine: Engine) -> None:
    stranger = site.test_client()
    assert stranger.get("/healthz").json == {"status": "live"}
    ready = stranger.get("/readyz")
    assert ready.status_code == 200
    assert ready.json == {
        "status": "ready",
        "checks": {"database": "ok", "disk": "ok", "workers": "ok"},
        "revision": engine.revision,
    }


def test_a_full_disk_or_workers_that_did_not_start_send_requests_elsewhere(
    site: Flask, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine.database, "has_room", False)
    full = site.test_client().get("/readyz")
    assert (full.status_code, full.json["checks"]["disk"]) == (503, "failed")  # type: ignore[index]
    monkeypatch.setattr(engine.database, "has_room", True)
    monkeypatch.setattr(engine.jobs, "_is_wanted", True)
    assert site.test_client().get("/readyz").json["checks"]["workers"] == "failed"  # type: ignore[index]


def test_metrics_count_requests_by_template_and_refusals_by_rule(site: Flask, acting: As) -> None:
    sales = acting("sales")
    refused = sales.post("/customer", {"industry": "auto"})
    assert refused.status_code == 422
    sales.get("/customer/999999")
    text = site.test_client().get("/metrics").text
    assert 'route="/api/v1/<entity:entity>/<int:record_id>",status="404"' in text
    assert "999999" not in text
    rule = refused.json["findings"][0]["rule"]  # type: ignore[index]
    assert int(_line_of(text, f'sluice_refusals_total{{rule="{rule}"}}').split()[-1]) >= 1
    assert _line_of(text, "sluice_database_").split()[0].startswith("sluice_database_")
    total = _line_of(text, 'sluice_request_seconds_count{route="/api/v1/<entity:entity>"}').split()[-1]
    assert _line_of(text, 'sluice_request_seconds_bucket{route="/api/v1/<entity:entity>",le="+Inf"}').endswith(total)


def test_metrics_are_for_this_machine_or_for_the_operators_token(engine: Engine, site: Flask) -> None:
    stranger = site.test_client()
    assert stranger.get("/metrics", environ_base={"REMOTE_ADDR": "203.0.113.9"}).status_code == 404
    assert stranger.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 404
    guarded = create_site(engine, Settings(metrics_token="watch me")).test_client()
    assert guarded.get("/metrics").status_code == 404
    assert guarded.get("/metrics", headers={"Authorization": "Bearer watch you"}).status_code == 404
    assert guarded.get("/metrics", headers={"Authorization": "Bearer watch me"}).status_code == 200


# --- limits ----------------------------------------------------------------------------------------------------------


def test_a_limit_gives_back_what_time_passes() -> None:
    now = [0.0]
    limit = RateLimit(60, now=lambda: now[0])
    assert [limit.wait("a") for _ in range(60)] == [0] * 60
    assert limit.wait("a") == 1
    assert limit.wait("b") == 0
    now[0] = 2.0
    assert [limit.wait("a") for _ in range(3)] == [0, 0, 1]
    assert RateLimit(0).wait("a") == 0


def test_a_program_that_asks_too_often_is_told_when_to_come_back(engine: Engine) -> None:
    client = create_site(engine, Settings(requests_per_minute=5)).test_client()
    sales = actor(engine, "sales").id
    one, other = (engine.tokens.issue(sales, name, engine.clock.now()).token for name in ("one", "other"))

    def ask(token: str) -> TestResponse:
        return client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})

    assert [ask(one).status_code for _ in range(6)] == [200] * 5 + [429]
    limited = ask(one)
    assert limited.mimetype == "application/problem+json"
    assert int(limited.headers["Retry-After"]) >= 1
    assert ask(other).status_code == 200
    wrong = [ask(f"wrong {n}").status_code for n in range(30)]
    assert wrong[-1] == 429, "an address that guesses tokens is held back as well"
    assert client.get("/healthz").status_code == 200


# --- signatures ------------------------------------------------------------------------------------------------------


def test_a_signed_token_writes_only_what_was_signed_and_only_once(engine: Engine, site: Flask) -> None:
    made = engine.tokens.issue(actor(engine, "sales").id, "ERP", engine.clock.now(), is_signed=True)
    client = site.test_client()
    body = json.dumps({"name": "签名的客户", "industry": "auto"}).encode()

    def send(message_id: str, data: bytes, path: str = "/api/v1/customer", age: int = 0, **more: str) -> TestResponse:
        stamp = int(time.time()) - age
        signed = signature(made.secret, message_id, stamp, b"POST /api/v1/customer\n" + body)
        headers = {
            "Authorization": f"Bearer {made.token}",
            "webhook-id": message_id,
            "webhook-timestamp": str(stamp),
            "webhook-signature": signed,
        }
        return client.post(path, data=data, headers=headers | more, content_type="application/json")

    assert client.get("/api/v1/me", headers={"Authorization": f"Bearer {made.token}"}).status_code == 200
    first = send("m-1", body)
    assert first.status_code == 201, first.json
    again = send("m-1", body)
    assert (again.status_code, again.headers["Idempotency-Replayed"]) == (201, "true")
    assert again.json["id"] == first.json["id"]  # type: ignore[index]
    assert send("m-2", body + b" ").status_code == 401
    assert send("m-3", body, age=301).status_code == 401
    assert send("m-4", body, path="/api/v1/opportunity").status_code == 401
    assert send("m-5", body, **{"webhook-signature": "v1,AAAA"}).status_code == 401
    bare = {"Authorization": f"Bearer {made.token}"}
    assert client.post("/api/v1/customer", data=body, headers=bare, content_type="application/json").status_code == 401


# --- tokens ----------------------------------------------------------------------------------------------------------


def test_tokens_have_an_end_a_last_use_and_can_be_revoked(acting: As, engine: Engine, site: Flask) -> None:
    tech = acting("tech")
    password = "a long word for tech"
    made = site.test_client().post(
        "/api/v1/tokens", json={"login": "tech", "password": password, "name": "脚本", "days": 7}
    )
    assert made.status_code == 201, made.json
    token = made.json  # type: ignore[assignment]
    notes = {note["id"]: note for note in tech.get("/tokens").json["items"]}  # type: ignore[index]
    assert notes[token["id"]]["name"] == "脚本"
    assert notes[token["id"]]["used_at"] is None
    bearer = {"Authorization": f"Bearer {token['token']}"}
    assert site.test_client().get("/api/v1/me", headers=bearer).status_code == 200
    used = {note["id"]: note["used_at"] for note in tech.get("/tokens").json["items"]}  # type: ignore[index]
    assert used[token["id"]] is not None
    assert acting("sales").delete(f"/tokens/{token['id']}").status_code == 404
    assert tech.delete(f"/tokens/{token['id']}").status_code == 204
    assert site.test_client().get("/api/v1/me", headers=bearer).status_code == 401


# --- logs ------------------------------------------------------------------------------------------------------------


def test_logs_are_lines_of_json_that_tell_nothing_anybody_typed(site: Flask, acting: As) -> None:
    kept = io.StringIO()
    lines = logging.StreamHandler(kept)
    lines.setFormatter(JsonLines())
    logger = logging.getLogger("sluice")
    before = logger.level
    logger.addHandler(lines)
    logger.setLevel(logging.INFO)
    try:
        answer = acting("sales").post("/customer", {"name": "不该出现在日志里", "industry": "auto"})
        try:
            int("谁的电话 13800000000")
        except ValueError:
            logger.exception("a job failed")
    finally:
        logger.removeHandler(lines)
        logger.setLevel(before)
    told = [json.loads(line) for line in kept.getvalue().splitlines()]
    request = next(line for line in told if line.get("id") == answer.headers["X-Request-Id"])
    assert set(request) == {"at", "level", "logger", "id", "method", "endpoint", "status", "ms", "user"}
    assert told[-1]["error"] == "ValueError"
    assert "test_operations.py" in told[-1]["where"][-1]
    assert "不该" not in kept.getvalue()
    assert "13800000000" not in kept.getvalue()


# --- stopping --------------------------------------------------------------------------------------------------------


@pytest.fixture
def slow() -> Iterator[tuple[Server, threading.Thread, threading.Event]]:
    """A site whose one page takes until the event, on a real server."""
    go_on, site = threading.Event(), Flask("slow")

    @site.get("/")
    def page() -> Response:
        go_on.wait(10)
        return Response("x" * 300_000)

    server = Server(site, "127.0.0.1", 0, threads=2)
    thread = threading.Thread(target=server.run)
    thread.start()
    yield server, thread, go_on
    go_on.set()
    server.stop()
    thread.join(timeout=20)


def test_a_stopped_server_ends_what_runs_and_takes_nothing_new(
    slow: tuple[Server, threading.Thread, threading.Event],
) -> None:
    server, thread, go_on = slow
    answers: list[Any] = []

    def ask() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=15)
        connection.request("GET", "/")
        answers.append(len(connection.getresponse().read()))
        connection.close()

    asking = threading.Thread(target=ask)
    asking.start()
    time.sleep(0.5)
    server.stop()
    time.sleep(0.7)
    late = http.client.HTTPConnection("127.0.0.1", server.port, timeout=2)
    with pytest.raises(OSError, match="refused"):
        late.request("GET", "/")
    late.close()
    assert thread.is_alive()
    go_on.set()
    asking.join(timeout=15)
    thread.join(timeout=20)
    assert answers == [300_000]
    assert not thread.is_alive()

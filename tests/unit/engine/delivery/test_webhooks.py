"""Webhooks out, against a real receiver on loopback: signed, cut to what their user sees, tried again, set aside."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from engine.commands import Create, Delete, Update
from engine.delivery import sending
from engine.delivery.desk import DeliveryDesk, WebhookWish
from engine.delivery.job import JobKind
from engine.delivery.outgoing import Allowed
from engine.delivery.webhooks import find_all
from engine.errors import BadInput, NotAllowed
from engine.people import users
from engine.people.signing import KEY_FILE, is_signed
from engine.runtime import Engine
from engine.testing import acting, actor, engine_for

SALES_CRM = Path(__file__).resolve().parents[4] / "apps" / "sales_crm.yaml"


@dataclass
class Receiver:
    """What came in, and what is answered."""

    port: int = 0
    status: int = 204
    came: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.came]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    told = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told.came.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(told.status)
            self.end_headers()

        def log_message(self, *_: Any) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Handler)
    told.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield told
    server.shutdown()
    server.server_close()


@pytest.fixture
def engine(database_url: str, tmp_path: Path) -> Iterator[Engine]:
    made = engine_for(SALES_CRM, tmp_path, database_url)
    made.allowed = Allowed.read("127.0.0.1")
    yield made
    made.close()


def _desk(engine: Engine) -> DeliveryDesk:
    context = acting(engine, "admin")
    object.__setattr__(context.actor, "is_admin", True)
    return DeliveryDesk(engine, context)


def _until(condition: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to pass in time"
        time.sleep(0.05)


def _start(engine: Engine) -> None:
    quick = JobKind(sending.KIND.name, sending.KIND.run, tries=2, first_delay=sending.KIND.first_delay / 100)
    engine.jobs.start(engine, {quick.name: quick})


def _customer(engine: Engine, login: str, **values: object) -> int:
    made = engine.execute(
        Create("customer", {"name": "华东阀门", "industry": "auto"} | values), acting(engine, login, "api")
    )
    assert made.verdict.allowed, made.verdict
    assert made.id is not None
    return made.id


def test_an_event_arrives_signed_and_with_one_id(engine: Engine, receiver: Receiver) -> None:
    hook, secret = _desk(engine).add(WebhookWish("ERP", receiver.url, "director", ("customer.*",)))
    _start(engine)
    record_id = _customer(engine, "sales")
    _until(lambda: len(receiver.came) == 1)
    headers, body = receiver.came[0]
    (event,) = receiver.events
    assert event["type"] == "customer.created"
    assert event["record"] == {"id": record_id, "title": "华东阀门"}
    assert {"field": "name", "before": None, "after": "华东阀门"} in event["changes"]
    assert headers["webhook-id"] == headers["idempotency-key"] == f"webhook-{hook.id}-event-{event['id']}"
    stamp = int(headers["webhook-timestamp"])
    assert is_signed(secret, headers["webhook-id"], stamp, body, headers["webhook-signature"], time.time())
    assert not is_signed(secret, headers["webhook-id"], stamp, body + b" ", headers["webhook-signature"], time.time())
    assert not is_signed(secret, headers["webhook-id"], stamp, body, headers["webhook-signature"], time.time() + 301)
    assert not is_signed("whsec_" + "A" * 44, headers["webhook-id"], stamp, body, headers["webhook-signature"], stamp)


def test_the_receiver_gets_what_its_user_may_see_and_nothing_else(engine: Engine, receiver: Receiver) -> None:
    _desk(engine).add(WebhookWish("South", receiver.url, "sales", ("*",)))
    _start(engine)
    other = _customer(engine, "sales2", name="北方泵业")
    own = _customer(engine, "sales")
    moved = engine.execute(Update("customer", own, None, {"name": "华东阀门二厂"}), acting(engine, "sales", "api"))
    assert moved.verdict.allowed, moved.verdict
    removed = engine.execute(Delete("customer", other, None), acting(engine, "director", "api"))
    assert removed.verdict.allowed, removed.verdict
    _until(lambda: len(engine.jobs.list("done")) >= 4)
    assert sorted(event["type"] for event in receiver.events) == ["customer.changed", "customer.created"]
    assert all(event["record"]["id"] == own for event in receiver.events)
    assert "北方泵业".encode() not in b"".join(body for _, body in receiver.came)


def test_events_that_nobody_asked_for_put_no_job(engine: Engine, receiver: Receiver) -> None:
    _desk(engine).add(WebhookWish("orders", receiver.url, "director", ("order.created",)))
    _customer(engine, "sales")
    refused = engine.execute(Create("customer", {"industry": "auto"}), acting(engine, "sales", "api"))
    assert not refused.verdict.allowed
    assert engine.jobs.list() == []


def test_a_receiver_that_fails_is_tried_again_then_a_dead_letter_that_can_be_replayed(
    engine: Engine, receiver: Receiver
) -> None:
    desk = _desk(engine)
    desk.add(WebhookWish("ERP", receiver.url, "director", ("customer.created",)))
    receiver.status = 503
    _start(engine)
    _customer(engine, "sales")
    _until(lambda: len(desk.jobs("dead")) == 1)
    assert len(receiver.came) == 2
    assert len({headers["webhook-id"] for headers, _ in receiver.came}) == 1
    (letter,) = desk.jobs("dead")
    assert letter.said.endswith("webhook ERP: the receiver answered 503")
    receiver.status = 200
    desk.replay(letter.id)
    _until(lambda: len(receiver.came) == 3)
    _until(lambda: desk.jobs("dead") == [])


def test_a_webhook_that_leads_inside_sends_nothing(engine: Engine, receiver: Receiver) -> None:
    engine.allowed = Allowed()
    desk = _desk(engine)
    desk.add(WebhookWish("inside", receiver.url, "director", ("*",)))
    _start(engine)
    _customer(engine, "sales")
    _until(lambda: len(desk.jobs("dead")) == 1)
    assert "inside" in desk.jobs("dead")[0].said
    assert receiver.came == []


def test_a_removed_or_resting_webhook_is_not_called(engine: Engine, receiver: Receiver) -> None:
    desk = _desk(engine)
    hook, _ = desk.add(WebhookWish("ERP", receiver.url, "director", ("*",)))
    _customer(engine, "sales")
    desk.remove(hook.id)
    resting, _ = desk.add(WebhookWish("rests", receiver.url, "director", ("*",), is_active=False))
    _customer(engine, "sales", name="二号")
    _start(engine)
    _until(lambda: len(engine.jobs.list("done")) == 1)
    assert receiver.came == []
    assert [each.id for each in desk.webhooks()] == [resting.id]


def test_what_is_wrong_with_a_webhook_is_said_at_its_field(engine: Engine) -> None:
    with pytest.raises(BadInput) as caught:
        _desk(engine).add(WebhookWish("", "ftp://x", "nobody", ("customer.exploded",)))
    assert {finding.field for finding in caught.value.findings} == {"name", "url", "acts_as", "events"}


def test_only_administrators_come_to_the_desk(engine: Engine) -> None:
    with pytest.raises(NotAllowed):
        DeliveryDesk(engine, acting(engine, "director"))


def test_no_secret_lies_in_the_database_and_a_renewed_one_differs(engine: Engine, receiver: Receiver) -> None:
    desk = _desk(engine)
    hook, secret = desk.add(WebhookWish("ERP", receiver.url, "director", ("*",)))
    assert desk.secret_of(hook) == secret
    with engine.database.read() as conn:
        assert secret.removeprefix("whsec_") not in str(find_all(conn))
    assert (engine.data_dir / KEY_FILE).stat().st_mode & 0o077 == 0
    renewed, other = desk.renew_secret(hook.id)
    assert other != secret
    assert renewed.secret_version == 2


def test_a_closed_account_ends_its_webhooks(engine: Engine, receiver: Receiver) -> None:
    desk = _desk(engine)
    desk.add(WebhookWish("ERP", receiver.url, "tech", ("customer.created",)))
    tech = actor(engine, "tech").id
    with engine.database.write() as conn:
        users.set_active(conn, tech, is_active=False)
    _customer(engine, "sales")
    _start(engine)
    _until(lambda: len(desk.jobs("dead")) == 1)
    assert "closed" in desk.jobs("dead")[0].said
    assert receiver.came == []

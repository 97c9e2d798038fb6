"""The administrators' page of webhooks and jobs: who hears of events, what did not arrive, and what to do about it."""

from __future__ import annotations

import time

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from engine.runtime import Engine
from engine.store.system_tables import user_account
from tests.web.test_pages_from_outside import signed_in


@pytest.fixture(scope="module")
def admin(site: Flask, engine: Engine) -> tuple[FlaskClient, str]:
    with engine.database.write() as conn:
        conn.execute(sa.update(user_account).where(user_account.c.login == "admin").values(is_admin=True))
    return signed_in(site, engine, "admin")


def test_others_do_not_come_here(site: Flask, engine: Engine) -> None:
    client, token = signed_in(site, engine, "director")
    assert client.get("/delivery").status_code == 403
    assert client.post("/delivery/webhooks", data={"csrf_token": token}).status_code == 403


def test_a_webhook_is_added_its_secret_shown_once_renewed_and_removed(
    admin: tuple[FlaskClient, str], engine: Engine
) -> None:
    client, token = admin
    form = {"csrf_token": token, "name": "ERP", "url": "https://hear.example.net/hook", "acts_as": "director"}
    made = client.post("/delivery/webhooks", data=form | {"events": "customer.*，opportunity.moved"})
    assert made.status_code == 200
    assert made.text.count("whsec_") == 1
    shown = client.get("/delivery").text
    assert "whsec_" not in shown
    assert "customer.*, opportunity.moved" in shown
    address = f"/delivery/webhooks/{shown.split('/delivery/webhooks/')[1].split('/')[0]}"
    renewed = client.post(f"{address}/secret", data={"csrf_token": token}).text
    assert "whsec_" in renewed
    assert client.post(f"{address}/remove", data={"csrf_token": token}).status_code == 303
    assert "hear.example.net" not in client.get("/delivery").text


def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(admin: tuple[FlaskClient, str]) -> None:
    client, token = admin
    form = {"csrf_token": token, "name": "ERP", "url": "ftp://x", "acts_as": "nobody", "events": "customer.melted"}
    refused = client.post("/delivery/webhooks", data=form)
    assert refused.status_code == 422
    assert refused.text.count('aria-invalid="true"') == 3
    assert 'value="ftp://x"' in refused.text


def test_a_dead_letter_is_listed_and_can_be_given_up(admin: tuple[FlaskClient, str], engine: Engine) -> None:
    client, token = admin
    engine.jobs.prepare()
    with engine.database.write() as conn:
        engine.jobs.put(conn, "unheard", {}, "letter-1")
    engine.jobs.start(engine)
    try:
        for _ in range(200):
            if engine.jobs.list("dead"):
                break
            time.sleep(0.1)
    finally:
        engine.jobs.stop(0)
    page = client.get("/delivery").text
    assert "letter-1" in page
    assert "no such kind of job: unheard" in page
    assert client.post("/delivery/jobs", data={"csrf_token": token, "cancel": "nobody"}).status_code == 404
    replayed = client.post("/delivery/jobs", data={"csrf_token": token, "replay": "letter-1"})
    assert replayed.status_code == 303
    assert [job.id for job in engine.jobs.list("waiting")] == ["letter-1"]
    assert client.post("/delivery/jobs", data={"csrf_token": token, "cancel": "letter-1"}).status_code == 303
    assert engine.jobs.list("waiting") == []

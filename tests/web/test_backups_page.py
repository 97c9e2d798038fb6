"""The administrators' page of backups: the wall around it, one made and seen through, the schedule, the way back."""

from __future__ import annotations

import io
import re
import time
import zipfile

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


def test_nobody_else_sees_makes_takes_or_removes_one(site: Flask, engine: Engine) -> None:
    client, token = signed_in(site, engine, "director")
    form = {"csrf_token": token, "is_on": "1", "at": "02:30", "keeps": "3"}
    for path in ("/backups", "/backups/list", "/backups/x.sluice.zip"):
        assert client.get(path).status_code == 403, path
    for path in ("/backups", "/backups/x.sluice.zip/remove", "/backups/schedule"):
        assert client.post(path, data=form).status_code == 403, path
    assert 'href="/backups"' not in client.get("/").text


def test_the_two_commands_that_restore_stand_in_lines_of_their_own(admin: tuple[FlaskClient, str]) -> None:
    client, _token = admin
    shown = client.get("/backups").text
    lines = shown[shown.index("<pre") : shown.index("</pre>")].splitlines()
    assert [re.findall(r"sluice \w+", line) for line in lines] == [["sluice restore"], ["sluice start"]]


def test_one_is_made_by_the_worker_and_taken_out(admin: tuple[FlaskClient, str], engine: Engine) -> None:
    client, token = admin
    assert "还没有备份" in client.get("/backups").text or "There is no backup yet" in client.get("/backups").text
    assert client.post("/backups", data={"csrf_token": token}).status_code == 303
    assert 'hx-trigger="load delay:1s"' in client.get("/backups/list").text, "it asks again while one is made"
    engine.jobs.start(engine)
    try:
        until = time.monotonic() + 120
        while 'hx-trigger="load delay:1s"' in (shown := client.get("/backups/list").text):
            assert time.monotonic() < until, shown
            time.sleep(0.1)
    finally:
        engine.jobs.stop()
    assert "badge ok" in shown
    name = shown.split('href="/backups/')[1].split('"')[0]
    taken = client.get(f"/backups/{name}")
    assert taken.mimetype == "application/zip"
    assert taken.headers["Cache-Control"] == "private, no-store"
    with zipfile.ZipFile(io.BytesIO(taken.data)) as members:
        assert "tables/user_account.ndjson" in members.namelist()
    taken.close()
    page = client.get("/backups").text
    assert f"sluice restore {engine.backups_dir}/{name} --data {engine.data_dir}-restored" in page
    assert ("--database postgresql" in page) == (engine.database.dialect == "postgresql")
    assert client.post(f"/backups/{name}/remove", data={"csrf_token": token}).status_code == 303
    assert client.get(f"/backups/{name}").status_code == 404
    log = client.get("/backups").text.split("backup-log")[1]
    assert log.count(name) == 3, "made, taken out and removed are kept"


def test_the_schedule_is_kept_and_what_is_wrong_stands_at_its_field(admin: tuple[FlaskClient, str]) -> None:
    client, token = admin
    form = {"csrf_token": token, "is_on": "1", "at": "03:15", "keeps": "x"}
    refused = client.post("/backups/schedule", data=form)
    assert refused.status_code == 422
    assert refused.text.count('aria-invalid="true"') == 1
    assert client.post("/backups/schedule", data=form | {"keeps": "7"}).status_code == 303
    shown = client.get("/backups").text
    assert 'value="03:15"' in shown
    assert 'value="7"' in shown
    assert client.get("/delivery").text.count("backup-") == 0, "tonight's backup is nothing to be sent"
    off = {"csrf_token": token, "at": "03:15", "keeps": "7"}
    assert client.post("/backups/schedule", data=off).status_code == 303
    assert 'name="is_on" value="1" checked' not in client.get("/backups").text

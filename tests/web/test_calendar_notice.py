"""An administrator reads on every page that the calendar of workdays ends soon; others are not troubled."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import sqlalchemy as sa

from dsl.formula.workdays import KNOWN_UNTIL
from engine.store.system_tables import user_account
from engine.testing import Colleague, actor, engine_for
from web.create_site import create_site

APP = """app: yard
label: 院子
roles: {admin: {label: 管理员}, sales: {label: 销售}}
entities:
  job:
    label: 工作
    access: {everyone: all}
    fields: {name: text required}
    stages:
      open: {label: 进行, limit: LIMIT}
      done: {label: 完成, end: won}
    moves: [open > done]
"""
PEOPLE = (Colleague("admin", "admin", "Company", leads=True), Colleague("sales", "sales"))


def _home_of(login: str, limit: str, data: Path) -> str:
    engine = engine_for(APP.replace("LIMIT", limit), data, people=PEOPLE)
    try:
        password = f"a long word for {login}"
        if login == "admin":
            with engine.database.write() as conn:
                conn.execute(sa.update(user_account).where(user_account.c.login == "admin").values(is_admin=True))
        engine.set_password(actor(engine, login).id, password)
        browser = create_site(engine).test_client()
        token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/login").text)
        assert token is not None
        browser.post("/login", data={"login": login, "password": password, "csrf_token": token[1]})
        page = browser.get("/", follow_redirects=True)
        assert page.status_code == 200
        return page.text
    finally:
        engine.close()


@pytest.mark.parametrize(
    ("login", "limit", "is_told"),
    [("admin", "3 workdays", True), ("admin", "3d", False), ("sales", "3 workdays", False)],
)
def test_the_end_of_the_calendar_is_told_to_whom_it_matters(
    login: str, limit: str, is_told: bool, tmp_path: Path
) -> None:
    assert (f"只知道到 {KNOWN_UNTIL}" in _home_of(login, limit, tmp_path)) is is_told

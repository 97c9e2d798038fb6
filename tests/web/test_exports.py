"""Exports through the doors: the button of a list, the API, the declared files of the shipped app, the command."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from werkzeug.test import TestResponse

from engine.store.system_tables import export_log
from engine.testing import engine_for
from tests.web.conftest import SALES_CRM, As
from web.cli import main


def content(answer: TestResponse) -> bytes:
    """The file that was sent."""
    assert answer.status_code == 200, answer.text
    data = answer.data
    answer.close()
    return data


def lines(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


def signed_in(site: Flask, acting: As, login: str) -> tuple[FlaskClient, str]:
    """A browser with a session, and its CSRF token."""
    acting(login)  # gives the person a password
    browser = site.test_client()
    page = browser.get("/login").text
    token = _token(page)
    browser.post("/login", data={"login": login, "password": f"a long word for {login}", "csrf_token": token})
    return browser, _token(browser.get("/e/customer").text)


def _token(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page) or re.search(r'csrf[^>]*content="([^"]+)"', page)
    assert found, page[:500]
    return found[1]


def customer(acting: As, name: str, **values: object) -> None:
    answer = acting("sales").post("/customer", {"name": name, "industry": "machine", **values})
    assert answer.status_code == 201, answer.text


def test_the_button_takes_out_the_list_as_it_stands(site: Flask, acting: As) -> None:
    customer(acting, "Listed Gears", grade="A")
    customer(acting, "Listed Bolts", grade="C")
    browser, token = signed_in(site, acting, "director")
    assert "导出" in browser.get("/e/customer").text or "Export" in browser.get("/e/customer").text
    data = {"csrf_token": token, "format": "csv"}
    answer = browser.post("/e/customer/export?q=Listed&f.grade=A&sort=name", data=data)
    heads, *rows = lines(content(answer))
    assert [row[heads.index("Name")] for row in rows] == ["Listed Gears"]
    assert "attachment" in answer.headers["Content-Disposition"]


def test_who_may_not_export_has_no_button_and_no_file(site: Flask, acting: As) -> None:
    browser, token = signed_in(site, acting, "sales")
    assert "export-menu" not in browser.get("/e/customer").text
    assert browser.post("/e/customer/export", data={"csrf_token": token, "format": "csv"}).status_code == 403
    assert browser.post("/e/customer/export", data={"csrf_token": token, "declared": "tax_list"}).status_code == 404


def test_the_customer_list_goes_out_in_the_tax_authoritys_format(acting: As) -> None:
    """S2-48: its columns in its order under its heads, those with a number only; one click for who may."""
    customer(acting, "Taxed Pumps", tax_no="91370200H92UDWAQR6", address="1 Quay")
    customer(acting, "Untaxed Pumps")
    answer = acting("cfo").call("POST", "/customer/export?declared=tax_list")
    heads, *rows = CalamineWorkbook.from_filelike(io.BytesIO(content(answer))).get_sheet_by_index(0).to_python()
    assert heads == [
        "纳税人识别号",
        "纳税人名称",
        "客户编码",
        "所属行业",
        "注册地址",
        "联系电话",
        "建档日期",
        "近两年开票金额",
    ]
    [taxed] = [row for row in rows if row[1] == "Taxed Pumps"]
    assert taxed[0] == "91370200H92UDWAQR6"
    assert taxed[4] == "1 Quay"
    assert "Untaxed Pumps" not in [row[1] for row in rows]
    assert acting("sales").call("POST", "/customer/export?declared=tax_list").status_code == 404


def test_a_bank_sees_how_steady_customers_are_and_how_they_pay(acting: As) -> None:
    """S2-45: stability and payments, of customers that have paid."""
    answer = acting("cfo").call("POST", "/customer/export?declared=bank_credit&format=csv")
    assert lines(content(answer))[0][-3:] == ["已付款笔数", "准时付款笔数", "付款准时率"]
    assert acting("tech").call("POST", "/customer/export?declared=bank_credit").status_code == 404


def test_the_api_answers_with_the_file_or_with_what_is_wrong(acting: As) -> None:
    customer(acting, "By program")
    asked = "/customer/export?format=csv&fields=name,grade&filter=name%20%3D%20%22By%20program%22"
    answer = acting("director").call("POST", asked)
    assert lines(content(answer))[1:] == [["By program", ""]]
    assert acting("director").call("POST", "/customer/export?format=pdf").status_code == 422
    assert acting("director").call("POST", "/customer/export?fields=nothing").status_code == 422
    assert acting("sales").call("POST", "/customer/export").status_code == 403


def test_the_command_takes_out_what_the_person_may(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    places = ("--app", str(SALES_CRM), "--data", str(tmp_path))
    monkeypatch.setattr("sys.stdin", io.StringIO("a long word for all\n" * 2))
    assert main(["user", "add", "boss", "--role", "director", *places]) == 0
    target = tmp_path / "out.csv"
    assert main(["export", "customer", "--to", str(target), "--as", "boss", "--fields", "name,grade", *places]) == 0
    assert len(lines(target.read_bytes())) == 1
    assert main(["export", "nothing", "--to", str(target), "--as", "boss", *places]) == 1
    assert main(["export", "customer", "--to", str(target), "--as", "nobody", *places]) == 1
    assert main(["export", "customer", *places]) == 2
    assert "nobody has the login" in capsys.readouterr().err


def test_the_command_works_on_either_database_beside_who_serves_it(
    tmp_path: Path, database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    engine = engine_for(SALES_CRM, tmp_path, database_url)  # it serves the data all the while
    try:
        database = database_url if engine.database.dialect == "postgresql" else f"sqlite:///{tmp_path / 'test.sqlite'}"
        places = ("--app", str(SALES_CRM), "--data", str(tmp_path), "--database", database)
        target = tmp_path / "tax.csv"
        assert main(["export", "tax_list", "--to", str(target), "--as", "cfo", *places]) == 0, capsys.readouterr().err
        assert lines(target.read_bytes())[0][0] == "纳税人识别号"
        with engine.database.read() as conn:
            logged = [name for (name,) in conn.rows(sa.select(export_log.c.name))]
        beside = tmp_path / "exports.ndjson"
        kept = [json.loads(line)["name"] for line in beside.read_text().splitlines()] if beside.exists() else []
        assert len(logged + kept) == 1, "it is kept who took it, whoever holds the file"
        assert ("税务" in (logged + kept)[0]) or ("tax" in (logged + kept)[0])
        assert bool(kept) == (engine.database.dialect == "sqlite")
    finally:
        engine.close()

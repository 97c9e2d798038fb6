"""The pages of an import, step by step, as a browser without scripts walks through them."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from engine.runtime import Engine
from tests.web.test_pages_from_outside import signed_in

CSV = """公司名称,所属行业,座机,联络人,联系电话
苏州恒达机械有限公司,机械,0512-11112222,张三,13900000001
苏州市恒达机械有限责任公司,工业设备,,李四,13900000002
南通永信机械,特种,,,
"""


@dataclass(frozen=True)
class Person:
    """Somebody at a browser. token: what forms carry."""

    client: FlaskClient
    token: str


At = Callable[[str], Person]


@pytest.fixture(scope="module")
def at(site: Flask, engine: Engine) -> At:
    people = {login: Person(*signed_in(site, engine, login)) for login in ("director", "sales")}
    return people.__getitem__


def ask(person: Person, path: str) -> str:
    answer = person.client.get(path)
    assert answer.status_code == 200, path
    return answer.text


def send(person: Person, path: str, **form: object) -> TestResponse:
    return person.client.post(path, data={**form, "csrf_token": person.token}, content_type="multipart/form-data")


def upload(person: Person, text: str = CSV, name: str = "客户.csv") -> str:
    """The address of the new run."""
    answer = send(person, "/imports/new/customers", files=(io.BytesIO(text.encode("gb18030")), name))
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def drive(person: Person, run: str) -> str:
    """The page of the run when it waits for a person again."""
    while "import-progress" in (text := ask(person, run)):
        assert send(person, f"{run}/advance").status_code == 303
    return text


def counts(text: str) -> dict[str, int]:
    return {label: int(count) for count, label in re.findall(r"<dd>(\d+)</dd><dt>([^<]+)</dt>", text)}


def test_files_come_in_page_by_page(at: At) -> None:
    director = at("director")
    assert "/imports/new/customers" in ask(director, "/e/customer")
    run = upload(director)
    page = ask(director, run)
    assert '<option value="行业" selected>' in page
    assert send(director, f"{run}/mapping", **chosen(page)).status_code == 303
    preview = drive(director, run)
    assert counts(preview) == {"New": 1, "The same as another row": 1, "Cannot be taken": 1}
    assert send(director, f"{run}/words", head="行业", word="特种", meant="machine").status_code == 303
    assert counts(drive(director, run)) == {"New": 2, "The same as another row": 1}
    assert "苏州恒达机械有限公司" not in ask(director, "/e/customer")
    send(director, f"{run}/start")
    assert counts(drive(director, run)) == {"New": 2, "The same as another row": 1}
    assert "苏州恒达机械有限公司" in ask(director, "/e/customer")


def chosen(page: str) -> dict[str, str]:
    """What the mapping page would send as it stands."""
    selects = re.findall(r'<select class="input" name="(map\.[^"]+)".*?</select>', page, re.DOTALL)
    texts = re.split(r'<select class="input" name="map', page)[1:]
    picked = [re.search(r'value="([^"]*)" selected', text.split("</select>")[0]) for text in texts]
    return {name: found[1] if found else "" for name, found in zip(selects, picked, strict=True)}


def test_a_file_that_is_no_table_is_refused_on_the_same_page(at: At) -> None:
    answer = send(at("director"), "/imports/new/customers", files=(io.BytesIO(b"\x00\x01" * 90), "a.xlsx"))
    assert answer.status_code == 422
    assert "a.xlsx" in answer.text
    assert send(at("director"), "/imports/new/customers").status_code == 422


def test_whoever_may_not_import_finds_no_way_in(at: At) -> None:
    seller = at("sales")
    assert "/imports/new/customers" not in ask(seller, "/e/customer")
    assert seller.client.get("/imports/new/customers").status_code == 403
    run = upload(at("director"))
    for path in (run, f"{run}/review", f"{run}/mapping", f"{run}/refused.xlsx"):
        assert seller.client.get(path).status_code == 404
    for path in ("start", "cancel", "advance", "mapping", "words", "review"):
        assert send(seller, f"{run}/{path}").status_code == 404


def test_the_refused_rows_are_offered_as_a_file(at: At) -> None:
    director = at("director")
    run = upload(director)
    send(director, f"{run}/mapping", **chosen(ask(director, run)))
    assert f"{run}/refused.xlsx" in drive(director, run)
    answer = director.client.get(f"{run}/refused.xlsx")
    assert answer.data.startswith(b"PK")
    send(director, f"{run}/cancel")
    assert "Cancelled" in ask(director, run)


def test_a_list_of_the_old_system_is_compared_page_by_page(at: At) -> None:
    """S2-26."""
    director = at("director")
    assert "/imports/compare/customers" in ask(director, "/imports")
    first = upload(director, "公司名称,所属行业,座机\n启东恒达机械有限公司,机械,\n启东永信机械有限公司,机械,\n")
    send(director, f"{first}/mapping", **chosen(ask(director, first)))
    drive(director, first)
    send(director, f"{first}/start")
    drive(director, first)
    old = "公司名称,所属行业,座机\n启东恒达机械有限公司,电子,\n启东没有机械,机械,\n".encode("gb18030")
    answer = send(director, "/imports/compare/customers", files=(io.BytesIO(old), "旧系统.csv"))
    assert answer.status_code == 303
    run = answer.headers["Location"]
    page = ask(director, run)
    assert "import-policies" not in page
    assert send(director, f"{run}/mapping", **chosen(page)).status_code == 303
    while "import-progress" in (shown := director.client.get(run, follow_redirects=True)).text:
        assert send(director, f"{run}/advance").status_code == 303
    assert shown.request.path == f"{run}/compared"
    assert re.search(r"启东恒达机械有限公司</a>.*Consumer electronics.*Machinery", shown.text, re.DOTALL)
    assert "启东没有机械" in ask(director, f"{run}/compared?part=missing")
    alone = ask(director, f"{run}/compared?part=only_here")
    assert re.search(r'href="/e/customer/\d+">启东永信机械有限公司', alone)
    assert director.client.get(f"{run}/comparison.xlsx").data.startswith(b"PK")
    for path in (f"{run}/compared", f"{run}/comparison.xlsx"):
        assert at("sales").client.get(path).status_code == 404
    assert at("sales").client.get("/imports/compare/customers").status_code == 403

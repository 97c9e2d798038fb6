"""The API over the sales CRM: what a developer relies on."""

from __future__ import annotations

import io
from itertools import count
from typing import Any

import pytest

from engine.runtime import Engine
from tests.web.conftest import As, Program

_names = count(1)


def customer(program: Program, **values: Any) -> dict[str, Any]:
    body = {"name": f"客户 {next(_names)}", "industry": "auto"} | values
    made = program.post("/customer", body)
    assert made.status_code == 201, made.json
    return dict(made.json)


def deal(program: Program, **values: Any) -> dict[str, Any]:
    body = {"name": "一单", "customer": customer(program)["id"]} | values
    made = program.post("/opportunity", body)
    assert made.status_code == 201, made.json
    return dict(made.json)


def states(answer: Any, key: str = "findings") -> dict[str, str]:
    return {finding["rule"]: finding["state"] for finding in answer.json[key]}


# --- shapes ----------------------------------------------------------------------------------------------------------


def test_a_record_is_one_flat_object_with_exact_values(acting: As) -> None:
    sales = acting("sales")
    made = deal(sales, amount="50万", close_on="2026-12-31", budget=None)
    assert made["amount"] == "500000.00"
    assert made["weighted"] == "25000.00"
    assert made["close_on"] == "2026-12-31"
    assert made["owner"]["title"] == "Sales"
    assert made["customer"]["title"].startswith("客户")
    assert made["stage"] == "lead"
    assert made["code"].startswith("P2026")
    found = sales.get(f"/opportunity/{made['id']}")
    assert found.headers["ETag"] == '"1"'
    assert {key: value for key, value in found.json.items() if key != "_title"} == {
        key: value for key, value in made.items() if key not in ("_dry", "_findings")
    }


def test_numbers_keep_every_digit(acting: As) -> None:
    sales = acting("sales")
    body = f'{{"name": "x", "industry": "auto", "margin": 0.0801, "phone": "12345{next(_names)}"}}'
    made = sales.client.post("/api/v1/customer", data=body, headers=sales.headers, content_type="application/json")
    assert made.status_code in (201, 422), "the salesperson may not write the margin"
    exact = deal(sales, amount=12345678901234.56)
    assert exact["amount"] == "12345678901234.56"


def test_rows_of_a_table_come_with_their_record(acting: As) -> None:
    sales = acting("sales")
    made = customer(sales, contacts=[{"name": "张工", "role": "user"}, {"name": "刘总", "role": "decider"}])
    assert made["roles_known"] == "2"
    rows = sales.get(f"/customer/{made['id']}/contacts").json["items"]
    assert {row["name"] for row in rows} == {"张工", "刘总"}
    boss = next(row for row in rows if row["name"] == "刘总")
    changed = sales.patch(
        f"/customer/{made['id']}",
        {
            "version": made["version"],
            "contacts": [{"id": boss["id"], "_delete": True}, {"name": "王工", "role": "user"}],
        },
    )
    assert changed.status_code == 200, changed.json
    assert changed.json["roles_known"] == "1"


def test_what_is_wrong_in_a_row_says_which_row(acting: As) -> None:
    answer = acting("sales").post(
        "/customer", {"name": "甲", "industry": "auto", "contacts": [{"name": "好"}, {"name": "坏", "email": "no"}]}
    )
    assert answer.status_code == 422
    assert [finding["field"] for finding in answer.json["findings"]] == ["contacts.1.email"]


# --- not yours and not there -----------------------------------------------------------------------------------------


def test_not_yours_and_not_there_answer_alike_byte_for_byte(acting: As) -> None:
    hers, other = acting("sales"), acting("sales2")
    made = deal(hers)
    mine, missing = f"/opportunity/{made['id']}", "/opportunity/987654321"
    for method, suffix, body in (
        ("GET", "", None),
        ("PATCH", "", {"name": "x", "version": 1}),
        ("DELETE", "?version=1", None),
        ("POST", "/move", {"to": "contacted"}),
        ("GET", "/timeline", None),
        ("GET", "/checklist", None),
        ("GET", "/why?field=weighted", None),
    ):
        first = other.call(method, mine + suffix, body)
        second = other.call(method, missing + suffix, body)
        assert first.status_code == second.status_code == 404, (method, suffix)
        assert first.data == second.data
    assert made["id"] not in [item["id"] for item in other.get("/opportunity").json["items"]]


def test_an_unknown_entity_is_not_there(acting: As) -> None:
    assert acting("sales").get("/wurst").status_code == 404
    assert acting("sales").post("/wurst", {}).status_code == 404


# --- gates -----------------------------------------------------------------------------------------------------------


def test_a_refused_move_names_everything_that_is_missing_with_its_line(acting: As) -> None:
    sales = acting("sales")
    answer = sales.post(f"/opportunity/{deal(sales)['id']}/move", {"to": "contacted"})
    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"
    unmet = [finding for finding in answer.json["findings"] if finding["state"] == "unmet"]
    assert {finding["needs"]["field"] for finding in unmet} >= {"next_step", "next_step_on"}
    assert all(finding["line"] > 1 and finding["said"] for finding in unmet)


def test_the_same_gate_with_the_same_findings_at_every_door(acting: As) -> None:
    sales = acting("sales")
    made = deal(sales)
    body = {"to": "contacted", "fill": {"next_step": "打电话"}}
    real = sales.post(f"/opportunity/{made['id']}/move", body)
    dry = sales.post(f"/opportunity/{made['id']}/move", body | {"dry": True})
    bulk = sales.post("/opportunity/bulk", {"commands": [{"op": "move", "id": made["id"]} | body]})
    assert real.status_code == dry.status_code == bulk.json["results"][0]["status"] == 422
    assert real.json == dry.json
    assert bulk.json["results"][0]["findings"] == real.json["findings"]
    bare = sales.post(f"/opportunity/{made['id']}/move", {"to": "contacted", "dry": True})
    (checked,) = [m for m in sales.get(f"/opportunity/{made['id']}/checklist").json["moves"] if m["to"] == "contacted"]
    assert checked["findings"] == bare.json["findings"]


def test_a_move_supplies_what_is_missing_and_happens(acting: As) -> None:
    sales = acting("sales")
    made = deal(sales, customer=customer(sales, contacts=[{"name": "张工"}])["id"])
    fill = {"next_step": "打电话", "next_step_on": "2026-12-01"}
    dry = sales.post(f"/opportunity/{made['id']}/move", {"to": "contacted", "fill": fill, "dry": True})
    assert dry.status_code == 200, dry.json
    assert dry.json["stage"] == "contacted"
    assert dry.json["_dry"] is True
    assert sales.get(f"/opportunity/{made['id']}").json["stage"] == "lead"
    moved = sales.post(f"/opportunity/{made['id']}/move", {"to": "contacted", "fill": fill})
    assert moved.json["stage"] == "contacted"
    assert moved.json["next_step"] == "打电话"
    last = sales.get(f"/opportunity/{made['id']}/timeline").json["items"][0]
    assert (last["kind"], last["from"], last["to"]) == ("moved", "lead", "contacted")


def test_a_manager_waives_with_a_reason_that_is_kept(acting: As) -> None:
    sales, manager = acting("sales"), acting("manager")
    made = deal(sales, customer=customer(sales, contacts=[{"name": "张工"}])["id"])
    path = f"/opportunity/{made['id']}/move"
    missing = [f for f in manager.post(path, {"to": "contacted"}).json["findings"] if f["state"] == "unmet"]
    assert all(finding["waivable"] for finding in missing)
    waive = {finding["rule"]: "老客户" for finding in missing}
    assert sales.post(path, {"to": "contacted", "waive": waive}).status_code in (403, 422)
    waived = manager.post(path, {"to": "contacted", "waive": waive})
    assert waived.status_code == 200, waived.json
    kept = manager.get(f"/opportunity/{made['id']}/timeline").json["items"][0]["waived"]
    assert {item["reason"] for item in kept} == {"老客户"}


def test_evidence_is_uploaded_and_given_with_the_move(acting: As) -> None:
    sales = acting("sales")
    upload = {"file": (io.BytesIO(b"%PDF-1.4\n1 0 obj\nendobj\ntrailer\n%%EOF\n"), "需求书 2026.pdf")}
    kept = sales.client.post("/api/v1/files", data=upload, headers=sales.headers)
    assert kept.status_code == 201, kept.json
    made = deal(sales, requirement=kept.json["id"])
    assert made["requirement"]["id"] == kept.json["id"]
    with sales.get(f"/files/{kept.json['id']}") as sent:
        assert sent.data.startswith(b"%PDF")
        assert sent.headers["Content-Disposition"].startswith("attachment")
        assert "sandbox" in sent.headers["Content-Security-Policy"]
    other = acting("sales2")
    assert other.get(f"/files/{kept.json['id']}").status_code == 404


def test_why_shows_the_formula_with_its_values(acting: As) -> None:
    sales = acting("sales")
    made = deal(sales, amount=100)
    told = sales.get(f"/opportunity/{made['id']}/why", field="weighted").json
    assert "amount" in told["text"]
    assert told["value"]
    assert sales.get(f"/opportunity/{made['id']}/why").status_code == 422


# --- versions and repeats --------------------------------------------------------------------------------------------


def test_a_change_wants_the_version_it_saw(acting: As) -> None:
    sales = acting("sales")
    made = deal(sales)
    path = f"/opportunity/{made['id']}"
    assert sales.patch(path, {"name": "二"}).status_code == 428
    assert sales.delete(path).status_code == 428
    assert sales.patch(path, {"name": "二", "version": 1}).json["version"] == 2
    assert sales.patch(path, {"name": "三"}, If_Match='"2"').json["version"] == 3
    assert sales.patch(f"{path}?version=3", {"name": "四"}).json["version"] == 4
    assert sales.patch(f"{path}?version=3", {"name": "五", "version": 4}).status_code == 400


def test_somebody_saved_in_between_shows_both_sides(acting: As) -> None:
    sales = acting("sales")
    made = deal(sales, amount=1)
    path = f"/opportunity/{made['id']}"
    assert sales.patch(path, {"amount": 2, "version": 1}).status_code == 200
    late = sales.patch(path, {"amount": 3, "version": 1})
    assert late.status_code == 409
    assert late.json["mine"] == {"amount": "3.00"}
    assert late.json["theirs"]["amount"] == "2.00"
    assert late.json["version"] == 2


def test_a_repeated_key_answers_as_the_first_time(acting: As) -> None:
    sales = acting("sales")
    body = {"name": "同一个", "industry": "auto"}
    first = sales.post("/customer", body, Idempotency_Key="k-1")
    again = sales.post("/customer", body, Idempotency_Key="k-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json["id"] == first.json["id"]
    assert again.headers["Idempotency-Replayed"] == "true"
    other = sales.post("/customer", body | {"name": "另一个"}, Idempotency_Key="k-1")
    assert other.status_code == 422
    assert other.json["findings"]


def test_a_dry_run_writes_nothing(acting: As) -> None:
    sales = acting("sales")
    dry = sales.post("/customer", {"name": "只是试试", "industry": "auto", "dry": True})
    assert dry.status_code == 200
    assert dry.json["_dry"] is True
    assert sales.get("/customer", filter='name = "只是试试"').json["items"] == []


# --- lists -----------------------------------------------------------------------------------------------------------


def test_pages_follow_each_other_and_miss_nothing(acting: As) -> None:
    sales = acting("sales")
    for number in range(7):
        deal(sales, amount=number % 3, name="翻页")
    seen, cursor = [], ""
    while True:
        more = {"cursor": cursor} if cursor else {}
        page = sales.get("/opportunity", limit=3, sort="-amount", filter='name = "翻页"', **more).json
        seen += [item["amount"] for item in page["items"]]
        if page["next"] is None:
            break
        cursor = page["next"]
    assert seen == ["2.00", "2.00", "1.00", "1.00", "0.00", "0.00", "0.00"]


def test_a_filter_is_a_formula_over_what_one_may_read(acting: As) -> None:
    sales = acting("sales")
    deal(sales, amount=5, name="筛选")
    deal(sales, amount=60_0000, name="筛选")
    asked = 'amount > 50万 and stage = "lead" and owner = me and name = "筛选"'
    found = sales.get("/opportunity", filter=asked, fields="amount")
    assert [item["amount"] for item in found.json["items"]] == ["600000.00"]
    assert set(found.json["items"][0]) <= {"id", "version", "_version", "_title", "amount"}


def test_totals_count_and_add_up_by_the_values_of_a_field(acting: As) -> None:
    manager, sales = acting("manager"), acting("sales")
    for amount in ("1000.10", "2000.20"):
        deal(sales, amount=amount, name="合计")
    mine = 'name = "合计"'
    found = manager.get("/opportunity/totals", by="stage", sums="amount", filter=mine)
    assert found.json == {"groups": [{"key": "lead", "count": 2, "sums": {"amount": "3000.30"}}]}
    by_owner = manager.get("/opportunity/totals", by="owner", filter=mine).json["groups"]
    assert [(group["key"]["title"], group["count"]) for group in by_owner] == [("Sales", 2)]


@pytest.mark.parametrize("query", [{}, {"by": "none"}, {"by": "stage,owner"}, {"by": "stage", "sums": "name"}])
def test_totals_of_what_cannot_be_added_up_are_refused(acting: As, query: dict[str, str]) -> None:
    answer = acting("sales").get("/opportunity/totals", **query)
    assert answer.status_code == 422
    assert answer.json["findings"][0]["said"]


@pytest.mark.parametrize(
    "query",
    [
        {"filter": "amout > 1"},
        {"filter": "amount >"},
        {"filter": "amount"},
        {"filter": "(" * 2000},
        {"filter": "a\0b"},
        {"sort": "wurst"},
        {"sort": "quotes"},
        {"fields": "wurst"},
        {"limit": "0"},
        {"limit": "201"},
        {"limit": "１０"},
        {"limit": "x"},
        {"cursor": "x"},
        {"cursor": "eyJhIjoxfQ"},
        {"page": "2"},
    ],
)
def test_a_list_that_cannot_be_read_is_refused_with_a_finding(acting: As, query: dict[str, str]) -> None:
    answer = acting("sales").get("/opportunity", **query)
    assert answer.status_code in (400, 422), answer.json
    assert answer.json["findings"][0]["said"]


# --- bad input -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "values",
    [
        {"wurst": 1},
        {"id": 7},
        {"code": "C1"},
        {"health": "100"},
        {"created_at": "2020-01-01T00:00:00Z"},
        {"industry": "wurst"},
        {"industry": ["auto"]},
        {"name": ["x"]},
        {"name": {"a": 1}},
        {"name": "x" * 50_000},
        {"name": "a\0b"},
        {"owner": "x"},
        {"owner": -1},
        {"owner": 10**30},
        {"owner": 987654},
        {"region": 987654},
        {"email": "nobody"},
        {"drawings_shared": "perhaps"},
        {"papers": [987654]},
        {"papers": 1.5},
        {"tags": ["wurst"]},
        {"contacts": {}},
        {"contacts": [1]},
        {"contacts": [{"wurst": 1}]},
        {"contacts": [{"id": 987654, "name": "x"}]},
        {"contacts": [{"id": "x"}]},
        {"contacts": [{"_delete": True}]},
        {"contacts": [{"name": "x"}] * 501},
        {"__proto__": {"x": 1}},
        {"dry": "yes"},
        {"version": "x"},
    ],
    ids=lambda values: str(values)[:40],
)
def test_a_value_that_does_not_fit_is_refused_with_a_finding(acting: As, values: dict[str, Any]) -> None:
    answer = acting("sales").post("/customer", {"name": "甲", "industry": "auto"} | values)
    assert 400 <= answer.status_code < 500, answer.json
    assert answer.json["findings"][0]["said"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"to": "nowhere"},
        {"to": ""},
        {"to": 1},
        {"to": "contacted", "fill": []},
        {"to": "contacted", "fill": {"wurst": 1}},
        {"to": "contacted", "waive": {"x": 1}},
        {"to": "contacted", "waive": []},
        {"to": "contacted", "answer": 1},
        {"to": "contacted", "wurst": 1},
        {"to": "paid"},
    ],
    ids=str,
)
def test_a_move_that_makes_no_sense_is_refused_with_a_finding(acting: As, body: dict[str, Any]) -> None:
    sales = acting("sales")
    answer = sales.post(f"/opportunity/{deal(sales)['id']}/move", body)
    assert 400 <= answer.status_code < 500, answer.json
    assert answer.json["findings"][0]["said"]


def test_what_a_role_may_not_read_or_write_is_unknown_to_it(acting: As) -> None:
    director, manager = acting("director"), acting("manager")
    made = customer(acting("sales"))
    path = f"/customer/{made['id']}"
    for key in set(director.get(path).json) - set(manager.get(path).json):
        assert manager.get("/customer", filter=f"{key} is not empty").status_code == 422
        assert manager.get("/customer", sort=key).status_code == 422
        assert manager.patch(path, {key: None, "version": 1}).status_code == 422


def test_bulk_judges_each_command_on_its_own(acting: As) -> None:
    sales = acting("sales")
    made = deal(sales)
    commands = [
        {"op": "create", "values": {"name": "一", "customer": made["customer"]["id"]}},
        {"op": "create", "values": {"name": "二", "customer": made["customer"]["id"], "amount": "many"}},
        {"op": "update", "id": made["id"], "version": 1, "values": {"amount": 7}},
        {"op": "update", "id": made["id"], "version": 1, "values": {"amount": 8}},
        {"op": "move", "id": made["id"], "to": "contacted"},
        {"op": "move", "id": 987654, "to": "contacted"},
    ]
    results = sales.post("/opportunity/bulk", {"commands": commands}).json["results"]
    assert [result["status"] for result in results] == [201, 422, 200, 409, 422, 404]
    assert results[2]["amount"] == "7.00"


@pytest.mark.parametrize(
    "command",
    [
        1,
        {},
        {"op": "wurst"},
        {"op": "create"},
        {"op": "update", "id": 1, "values": {}},
        {"op": "delete", "id": 1},
        {"op": "move", "id": "1", "to": "contacted"},
        {"op": "move", "id": 1},
        {"op": "delete", "id": 1, "version": 1, "wurst": 2},
    ],
    ids=str,
)
def test_what_is_no_command_refuses_the_whole_list(acting: As, command: object) -> None:
    answer = acting("sales").post("/opportunity/bulk", {"commands": [command]})
    assert answer.status_code in (400, 422)
    assert answer.json["findings"][0]["said"]


def test_the_schema_is_cut_to_the_person(acting: As, engine: Engine) -> None:
    schema = acting("sales").get("/schema").json
    assert schema["app"] == engine.app.key
    entity = next(e for e in schema["entities"] if e["key"] == "opportunity")
    assert [s["key"] for s in entity["pipelines"][0]["stages"]][:3] == ["lead", "contacted", "qualified"]
    fields = {field["key"]: field for field in entity["fields"]}
    assert fields["customer"]["written"] is True
    assert fields["weighted"]["computed"] is True


def test_a_new_password_ends_the_tokens(acting: As, engine: Engine) -> None:
    clerk = acting("cfo")
    engine.set_password(clerk.get("/me").json["id"], "another long word")
    assert clerk.get("/me").status_code == 401


@pytest.mark.parametrize("said", ["", "1", "0", "True", "yes"])
def test_yes_and_no_are_true_and_false_and_nothing_else(acting: As, said: str) -> None:
    director = acting("director")
    assert director.get("/customer", total=said).status_code == 400
    assert director.call("POST", f"/customer?dry={said}", {"name": "甲"}).status_code == 400
    assert director.get("/customer", total="false").status_code == 200

"""Imports through the API, as a program runs them: upload, mapping, preview, answers, run, report."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from engine.intake.sheets import read_sheets
from engine.runtime import Engine
from engine.testing import acting as acting_as
from tests.web.conftest import As, Program

HEADS = "公司名称,所属行业,座机,联络人,联系电话"
TWINS = f"""{HEADS}
绍兴永盛五金有限公司,机械,0575-11112222,张三,13900000001
宁波永盛五金有限公司,电子,0575-11112222,李四,13900000002
"""


@pytest.fixture(scope="module")
def director(acting: As) -> Program:
    return acting("director")


def send(program: Program, text: str, key: str = "customers", **headers: str) -> TestResponse:
    more = {name.replace("_", "-"): value for name, value in headers.items()}
    files = [(io.BytesIO(text.encode()), "客户.csv")]
    return program.client.post(f"/api/v1/imports/{key}", headers=program.headers | more, data={"files": files})


def driven(engine: Engine, program: Program, run_id: int) -> dict[str, Any]:
    """The run when it waits for somebody; the steps are those that a worker takes."""
    context = acting_as(engine, "director", "import")
    while engine.imports.step(context, run_id).is_working:
        pass
    return found(program.get(f"/import-runs/{run_id}"))


def found(answer: TestResponse, status: int = 200) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    body: dict[str, Any] = answer.get_json()
    return body


def previewed(engine: Engine, program: Program, text: str, **mapping: Any) -> dict[str, Any]:
    run = found(send(program, text), 201)
    found(program.call("PUT", f"/import-runs/{run['id']}/mapping", mapping))
    return driven(engine, program, run["id"])


def test_a_program_reads_the_proposed_mapping_corrects_it_previews_and_runs(engine: Engine, director: Program) -> None:
    """S0-15 for a program."""
    offered = {each["key"]: each for each in found(director.get("/imports"))["items"]}
    assert offered["customers"]["columns"][0]["head"] == "客户名称"
    assert offered["customers"]["columns"][0]["is_required"] is True
    answer = send(director, "X,类别\n常熟甲一机械,特种\n常熟乙二机械,机械\n")
    run = found(answer, 201)
    assert answer.headers["Location"] == f"/api/v1/import-runs/{run['id']}"
    (sheet,) = run["sheets"]
    assert [column["to"] for column in sheet["columns"]] == ["", "行业"]
    sheet["columns"][0]["to"] = "客户名称"
    wish = {"sheets": [{"id": sheet["id"], "columns": sheet["columns"]}]}
    found(director.call("PUT", f"/import-runs/{run['id']}/mapping", wish))
    preview = driven(engine, director, run["id"])
    assert (preview["state"], preview["preview"], preview["result"]) == ("ready", {"created": 1, "refused": 1}, {})
    problems = found(director.get(f"/import-runs/{run['id']}/problems"))
    assert (problems["words"][0]["word"], problems["problems"][0]["place"]) == ("特种", "客户.csv · 2")
    assert "machine" in [option["key"] for option in problems["words"][0]["options"]]
    found(director.call("PUT", f"/import-runs/{run['id']}/mapping", {"words": {"行业": {"特种": "machine"}}}))
    assert driven(engine, director, run["id"])["preview"] == {"created": 2}
    found(director.post(f"/import-runs/{run['id']}/start", {}))
    done = driven(engine, director, run["id"])
    assert (done["state"], done["result"]) == ("done", {"created": 2})
    rows = found(director.get(f"/import-runs/{run['id']}/rows", limit=1))
    assert (rows["next"], rows["items"][0]["state"]) == (1, "created")
    record = found(director.get(f"/customer/{rows['items'][0]['record_id']}"))
    assert (record["name"], record["industry"]) == ("常熟甲一机械", "machine")


def test_questions_are_answered_field_by_field(engine: Engine, director: Program) -> None:
    run = previewed(engine, director, TWINS)
    assert (run["preview"], run["questions"]) == ({"created": 1, "asked": 1}, 1)
    (question,) = found(director.get(f"/import-runs/{run['id']}/questions"))["questions"]
    fields = {line["field"]: line for line in question["fields"]}
    assert [value["text"] for value in fields["phone"]["values"]] == ["0575-11112222", "0575-11112222"]
    given = {
        "answers": [{"question": question["id"], "answer": "same"}],
        "choices": [{"row": question["row"], "field": "industry", "from": 2}],
    }
    found(director.post(f"/import-runs/{run['id']}/answers", given))
    assert driven(engine, director, run["id"])["preview"] == {"created": 1, "merged": 1}
    found(director.post(f"/import-runs/{run['id']}/start", {}))
    driven(engine, director, run["id"])
    (row,) = found(director.get(f"/import-runs/{run['id']}/rows", state="created"))["items"]
    record = found(director.get(f"/customer/{row['record_id']}"))
    assert (record["name"], record["industry"]) == ("绍兴永盛五金有限公司", "consumer")


def test_the_refused_rows_come_back_as_rows_and_as_a_file(engine: Engine, director: Program, tmp_path: Path) -> None:
    run = previewed(engine, director, f"{HEADS}\n江阴恒达机械,=1+1,,,\n")
    (row,) = found(director.get(f"/import-runs/{run['id']}/rows", state="refused"))["items"]
    assert (row["place"], row["record_id"]) == ("客户.csv · 2", None)
    assert row["said"]
    answer = director.get(f"/import-runs/{run['id']}/refused")
    assert answer.headers["Content-Disposition"].endswith('.xlsx"')
    kept = tmp_path / "refused.xlsx"
    kept.write_bytes(answer.data)
    (sheet,) = read_sheets(kept, "refused.xlsx")
    assert sheet.rows[1][1] == "=1+1"


def test_the_same_upload_under_one_key_is_one_run_and_another_under_it_is_refused(director: Program) -> None:
    text = f"{HEADS}\n丹阳恒达机械,机械,,,\n"
    first = found(send(director, text, Idempotency_Key="upload-1"), 201)
    assert found(send(director, text, Idempotency_Key="upload-1"), 201)["id"] == first["id"]
    assert send(director, text + "丹阳永信机械,机械,,,\n", Idempotency_Key="upload-1").status_code == 422


def test_a_cancelled_run_starts_no_more(engine: Engine, director: Program) -> None:
    run = previewed(engine, director, f"{HEADS}\n如皋恒达机械,机械,,,\n")
    assert found(director.post(f"/import-runs/{run['id']}/cancel", {}))["state"] == "cancelled"
    assert director.post(f"/import-runs/{run['id']}/start", {}).status_code == 422
    assert run["id"] in [each["id"] for each in found(director.get("/import-runs"))["items"]]


def test_a_program_compares_a_list_with_the_records_and_writes_nothing(engine: Engine, director: Program) -> None:
    """S2-26 for a program."""
    one = found(director.post("/customer", {"name": "太仓恒达机械有限公司", "industry": "machine"}), 201)
    director.post("/customer", {"name": "太仓永信五金有限公司", "industry": "machine"})
    text = f"{HEADS}\n太仓恒达机械有限公司,电子,,,\n张家港没有机械,机械,,,\n"
    files = {"files": [(io.BytesIO(text.encode()), "旧.csv")]}
    answer = director.client.post("/api/v1/imports/customers/compare", headers=director.headers, data=files)
    run = found(answer, 201)
    assert run["purpose"] == "compare"
    found(director.call("PUT", f"/import-runs/{run['id']}/mapping", {}))
    before = found(director.get("/customer", total="true"))["total"]
    assert driven(engine, director, run["id"])["state"] == "done"
    assert found(director.get("/customer", total="true"))["total"] == before
    told = found(director.get(f"/import-runs/{run['id']}/differences"))
    assert (told["counts"]["differs"], told["counts"]["missing"]) == (1, 1)
    (row,) = told["items"]
    assert (row["record_id"], row["place"]) == (one["id"], "旧.csv · 2")
    assert [(each["field"], each["file"], each["here"]) for each in row["fields"]] == [
        ("industry", "Consumer electronics", "Machinery")
    ]
    alone = found(director.get(f"/import-runs/{run['id']}/differences", part="only_here", limit=1000))["items"]
    assert "太仓永信五金有限公司" in [each["title"] for each in alone]
    assert director.get(f"/import-runs/{run['id']}/comparison").data.startswith(b"PK")
    assert director.post(f"/import-runs/{run['id']}/start", {}).status_code == 422
    imported = previewed(engine, director, f"{HEADS}\n高邮恒达机械,机械,,,\n")
    assert director.get(f"/import-runs/{imported['id']}/differences").status_code == 404


def test_a_run_is_nobody_elses_and_the_import_only_theirs_whom_the_app_names(
    engine: Engine, director: Program, acting: As
) -> None:
    seller = acting("sales")
    assert "customers" not in [each["key"] for each in found(seller.get("/imports"))["items"]]
    assert send(seller, TWINS).status_code == 403
    assert send(director, TWINS, key="nothing").status_code == 404
    run = previewed(engine, director, f"{HEADS}\n启东恒达机械,机械,,,\n")
    for path in ("", "/problems", "/rows", "/refused", "/questions", "/differences", "/comparison"):
        assert seller.get(f"/import-runs/{run['id']}{path}").status_code == 404
    for path in ("start", "cancel", "answers"):
        assert seller.post(f"/import-runs/{run['id']}/{path}", {}).status_code == 404
    assert seller.call("PUT", f"/import-runs/{run['id']}/mapping", {}).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {"found": "destroy"},
        {"sheets": [{"id": 1, "columns": [{"at": -1, "to": "客户名称"}]}]},
        {"sheets": [{"columns": []}]},
        {"sheets": "all"},
        {"sheets": [{"id": 1, "fixed": {"负责人": 3}}]},
        {"words": {"行业": "machine"}},
        {"words": {"行\0业": {}}},
        {"mapping": {}},
    ],
)
def test_what_is_no_mapping_is_refused_at_its_place(engine: Engine, director: Program, body: dict[str, Any]) -> None:
    run = previewed(engine, director, f"{HEADS}\n海门恒达机械,机械,,,\n")
    refusal = director.call("PUT", f"/import-runs/{run['id']}/mapping", body)
    assert refusal.status_code in (400, 422)
    assert refusal.get_json()["findings"][0]["rule"].startswith("request.body.")


def test_a_column_that_the_import_does_not_have_is_refused(engine: Engine, director: Program) -> None:
    run = previewed(engine, director, f"{HEADS}\n泰州恒达机械,机械,,,\n")
    sheet = run["sheets"][0]["id"]
    for part in ({"columns": [{"at": 0, "to": "没有"}]}, {"fixed": {"没有": "有"}}):
        wish = {"sheets": [{"id": sheet, **part}]}
        refusal = director.call("PUT", f"/import-runs/{run['id']}/mapping", wish)
        assert refusal.status_code == 422
        assert refusal.get_json()["findings"][0]["rule"] == "import.mapping"

"""The command line: the contract that scripts rely on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.people.users import NewUser, add_user
from engine.runtime import Engine
from engine.testing import Colleague, employ
from web.cli import COMMANDS, main

ROOT = Path(__file__).resolve().parents[2]
SALES = str(ROOT / "apps" / "sales_crm.yaml")


def answers(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(arguments)
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def formula(capsys: pytest.CaptureFixture[str], expression: str, *more: str) -> dict[str, object]:
    _, out, _ = answers(capsys, "formula", expression, "--app", SALES, "--entity", "quote", *more)
    found: dict[str, object] = json.loads(out)
    return found


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    text = Path(SALES).read_text(encoding="utf-8").replace("money = sum(lines.amount)", "money = sum(lines.amout)")
    path = tmp_path / "broken.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_command_of_the_contract_is_known() -> None:
    contract = "start test check explain formula schema plan apply worker import reconcile export backup restore user"
    assert {*contract.split(), "rename"} == set(COMMANDS)


def test_an_unknown_command_exits_2(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, said = answers(capsys, "chek")
    assert code == 2
    assert "chek" in said


# --- check and explain -----------------------------------------------------------------------------------------------


def test_the_shipped_apps_check_clean(capsys: pytest.CaptureFixture[str]) -> None:
    for app in sorted((ROOT / "apps").glob("*.yaml")):
        code, out, _ = answers(capsys, "check", str(app), "--format", "json")
        assert code == 0, out


def test_a_mistake_is_told_at_its_place(capsys: pytest.CaptureFixture[str], broken: Path) -> None:
    code, out, _ = answers(capsys, "check", str(broken), "--format", "json")
    assert code == 1
    (problem,) = json.loads(out)
    keys = {"code", "severity", "file", "line", "column", "end_line", "end_column", "message", "help"}
    assert set(problem) == keys
    line = broken.read_text(encoding="utf-8").splitlines()[problem["line"] - 1]
    assert line[problem["column"] - 1 :].startswith(("lines.amout", "amout"))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_check_speaks_both_languages(capsys: pytest.CaptureFixture[str], broken: Path, language: str) -> None:
    code, out, _ = answers(capsys, "check", str(broken), "--lang", language)
    assert code == 1
    assert ("错误" in out) == (language == "zh")
    assert "amout" in out
    assert "^" in out


def test_check_writes_sarif_for_editors(capsys: pytest.CaptureFixture[str], broken: Path) -> None:
    code, out, _ = answers(capsys, "check", str(broken), "--format", "sarif")
    assert code == 1
    log = json.loads(out)
    assert log["version"] == "2.1.0"
    assert len(log["runs"][0]["results"]) == 1


def test_a_file_that_is_not_there_is_a_problem_like_any_other(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, out, _ = answers(capsys, "check", str(tmp_path / "nowhere.yaml"), "--format", "json")
    assert code == 1
    assert json.loads(out)[0]["severity"] == "error"


def test_explain_gives_a_reason_and_two_examples(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = answers(capsys, "explain", "m03", "--lang", "en")
    assert code == 0
    assert out.startswith("M03: ")
    assert all(f"\n{head}:" in out for head in ("why", "bad", "good"))


def test_explain_offers_near_codes(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, said = answers(capsys, "explain", "M99")
    assert code == 1
    assert "M09" in said or "M19" in said


# --- formula ---------------------------------------------------------------------------------------------------------


def test_a_formula_answers_with_value_and_type(capsys: pytest.CaptureFixture[str]) -> None:
    lines = '{"discount": "5%", "lines": [{"qty": "2", "price": "10.5"}, {"qty": 1, "price": 3}]}'
    found = formula(capsys, "round(sum(lines.amount) * (1 - discount), 2)", "--record", lines)
    assert found == {"value": "22.80", "type": "money"}


@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
def test_the_databases_answer_as_python_does(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, postgresql_url: str, backend: str
) -> None:
    record = {
        "discount": "5%",
        "sent_on": "2026-01-31",
        "lines": [{"qty": "2", "price": "10.5"}, {"qty": 1, "price": 3}],
        "customer": {"id": 3, "name": "甲", "grade": "A"},
        "opportunity": {"owner": {"id": 3, "name": "李"}},
    }
    expressions = (
        "sum(lines.amount) * (1 - discount)",
        "valid_until + 1d",
        'customer.grade = "A" and opportunity.owner.name = "李"',
        "customer",
        "7 / 2",
        "round(-2.5)",
    )
    batch = tmp_path / "batch.jsonl"
    now = "2026-05-01T00:00:00Z"
    asked = [{"entity": "quote", "expr": expr, "record": record, "now": now} for expr in expressions]
    batch.write_text("\n".join(map(json.dumps, asked)), encoding="utf-8")
    common = ("formula", "--app", SALES, "--batch", str(batch))
    found = answers(capsys, *common, "--backend", backend, "--database", postgresql_url)
    assert found == answers(capsys, *common)


def test_what_a_record_does_not_give_is_empty_or_computed(capsys: pytest.CaptureFixture[str]) -> None:
    assert formula(capsys, "total")["value"] is None
    assert formula(capsys, "special_terms")["value"] is False


def test_a_reference_travels_as_the_nested_record(capsys: pytest.CaptureFixture[str]) -> None:
    record = '{"customer": {"id": 3, "name": "甲", "grade": "A"}}'
    assert formula(capsys, "customer.grade", "--record", record)["value"] == "A"
    assert formula(capsys, "customer", "--record", record)["value"] == {"id": 3, "name": "甲", "grade": "A"}


def test_the_clock_of_a_formula_can_be_set(capsys: pytest.CaptureFixture[str]) -> None:
    late = formula(capsys, "today()", "--now", "2026-01-31T23:30:00Z")
    assert late == {"value": "2026-02-01", "type": "date"}, "the app's zone is Asia/Shanghai"


def test_a_mistake_in_a_formula_is_an_answer(capsys: pytest.CaptureFixture[str]) -> None:
    found = formula(capsys, "1 + discont")
    assert found["column"] == 5
    assert str(found["code"]).startswith(("F", "M"))


@pytest.mark.parametrize("record", ["{", "[]", '{"nowhere": 1}', '{"discount": "many"}', '{"lines": 3}'])
def test_a_record_that_cannot_be_read_is_an_answer(capsys: pytest.CaptureFixture[str], record: str) -> None:
    assert formula(capsys, "1 + 1", "--record", record)["code"] == "record"


def test_a_batch_answers_line_by_line_in_order(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    batch = tmp_path / "batch.jsonl"
    asked = [
        {"entity": "quote", "expr": "1 + 1"},
        {"entity": "quote", "expr": "1 +"},
        {"entity": "quote", "expr": "today()", "now": "2026-03-04T00:00:00Z"},
    ]
    batch.write_text("\n".join(map(json.dumps, asked)), encoding="utf-8")
    code, out, _ = answers(capsys, "formula", "--app", SALES, "--batch", str(batch))
    assert code == 0
    first, second, third = map(json.loads, out.splitlines())
    assert first == {"value": "2", "type": "number"}
    assert "error" in second
    assert third["value"] == "2026-03-04"


# --- plan and apply --------------------------------------------------------------------------------------------------


def test_applying_twice_leaves_nothing_to_plan(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    places = ("--app", SALES, "--data", str(tmp_path))
    _, before, _ = answers(capsys, "plan", *places)
    assert "add table" in before
    assert answers(capsys, "apply", *places)[:2] == (0, "sales_crm is at revision 1\n")
    assert answers(capsys, "plan", *places)[:2] == (0, "nothing to change\n")


def test_a_plan_is_made_beside_the_server(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    changed = tmp_path / "sales_crm.yaml"
    changed.write_text(Path(SALES).read_text("utf-8").replace("material_avg * 1.35", "material_avg * 1.4"), "utf-8")
    engine = Engine.start(Path(SALES), "sqlite", tmp_path)
    try:
        code, told, _ = answers(capsys, "plan", "--app", str(changed), "--data", str(tmp_path))
    finally:
        engine.close()
    assert (code, told) == (0, "recompute quote.base_price\n1 changes\n")


# --- check --data ----------------------------------------------------------------------------------------------------


def test_the_data_check_runs_beside_the_server_and_names_what_is_wrong(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    places = ("--app", SALES, "--data", str(tmp_path), "--lang", "en")
    engine = Engine.start(Path(SALES), "sqlite", tmp_path)  # it serves the data all the while
    assert answers(capsys, "check", *places) == (0, "data check: everything agrees\n", "")
    with engine.database.write() as connection:
        add_user(connection, NewUser("wang", "王", "wizard", None), engine.clock.now())
    code, out, _ = answers(capsys, "check", *places)
    assert code == 1
    assert out.startswith("wang: an account's role is not in the app; expected sales")
    assert out.endswith("data check: 1 inconsistencies\n")
    code, out, _ = answers(capsys, "check", *places, "--format", "json")
    [told] = json.loads(out)
    assert (told["sort"], told["place"], told["found"]) == ("account", "wang", "wizard")
    assert answers(capsys, "check", *places, "--repair")[0] == 1, "what is served is not repaired"
    engine.close()


def test_data_that_is_not_there_is_said_so(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, _, said = answers(capsys, "check", "--app", SALES, "--data", str(tmp_path))
    assert code == 1
    assert "no data" in said or "没有数据" in said


# --- backup and restore ----------------------------------------------------------------------------------------------


def test_a_backup_beside_the_server_is_restored_elsewhere(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    engine = Engine.start(Path(SALES), "sqlite", here)  # it serves the data all the while
    with engine.database.write() as connection:
        add_user(connection, NewUser("wang", "王", "sales", None), engine.clock.now())
    code, out, _ = answers(capsys, "backup", "--app", SALES, "--data", str(here), "--keep", "2")
    engine.close()
    assert code == 0
    [backup] = (here / "backups").glob("*.zip")
    assert out.startswith(f"{backup}: ")
    code, out, _ = answers(capsys, "restore", str(backup), "--data", str(there))
    assert (code, out) == (0, f"{backup} is restored; everything agrees\n")
    code, out, _ = answers(capsys, "user", "list", "--app", SALES, "--data", str(there))
    assert "wang" in out
    assert answers(capsys, "restore", str(backup), "--data", str(there))[0] == 1, "what is there is not overwritten"
    bundle = tmp_path / "all.zip"
    assert answers(capsys, "export", "--bundle", str(bundle), "--app", SALES, "--data", str(there))[0] == 0
    assert bundle.stat().st_size


# --- files beside the records ----------------------------------------------------------------------------------------


def test_an_old_list_is_compared_and_only_what_differs_makes_it_fail(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """S2-26 on the command line."""
    data = tmp_path / "data"
    engine = Engine.start(Path(SALES), "", data)
    employ(engine, (Colleague("boss", "director", "Company"),))
    engine.close()
    places = ["--by", "boss", "--json", "--app", SALES, "--data", str(data)]
    old, excel = tmp_path / "old.csv", tmp_path / "found.xlsx"
    old.write_text("公司名称,所属行业\n苏州恒达机械有限公司,机械\n", encoding="utf-8")
    assert answers(capsys, "import", str(old), "--as", "customers", *places)[0] == 0
    code, out, _ = answers(capsys, "reconcile", str(old), "--import", "customers", *places)
    assert (code, json.loads(out)["counts"]["same"]) == (0, 1)
    old.write_text("公司名称,所属行业\n苏州恒达机械有限公司,电子\n南通永信机械,机械\n", encoding="utf-8")
    code, out, _ = answers(capsys, "reconcile", str(old), "--import", "customers", "--excel", str(excel), *places)
    counts = json.loads(out)["counts"]
    assert (code, counts["differs"], counts["missing"], counts["only_here"]) == (1, 1, 1, 0)
    assert excel.read_bytes().startswith(b"PK")
    assert answers(capsys, "reconcile", str(tmp_path / "no.csv"), "--import", "customers", *places)[0] != 0

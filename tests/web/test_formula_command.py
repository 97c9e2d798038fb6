"""`sluice formula`: every written case, asked as scripts ask it, has its value in Python and in both databases."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.formula_cases import ME
from web.cli import main

FOLDER = Path(__file__).resolve().parents[1] / "formulas"
APP = str(FOLDER / "app.yaml")
NOW = "2026-11-21T08:20:00Z"
FOR_PEOPLE = ("yuan(", "format(", "pinyin(", "display")
"""Functions for screens and papers, which a formula of the app may not use."""


def _cases() -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    for path in sorted(FOLDER.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            found += [line for line in csv.DictReader(file) if not any(f in line["expression"] for f in FOR_PEOPLE)]
    return found


def ask(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, asked: list[Any], *more: str, app: str = APP
) -> list[dict[str, Any]]:
    """The answers of one batch, each a line."""
    batch = tmp_path / "batch.jsonl"
    lines = [line if isinstance(line, str) else json.dumps(line) for line in asked]
    batch.write_text("\n".join(lines), encoding="utf-8")
    assert main(("formula", "--app", app, "--batch", str(batch), "--lang", "en", *more)) == 0
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(answers) == len(asked)
    return answers


def as_written(answer: Mapping[str, Any]) -> str:
    """An answer as the case files write values."""
    match answer:
        case {"value": None}:
            return "empty"
        case {"value": bool(value)}:
            return "yes" if value else "no"
        case {"value": str(value), "type": "text"}:
            return f'"{value}"'
        case {"value": {"id": key}}:
            return str(key)
        case {"value": value}:
            return str(value)
        case _:
            return str(answer)


@pytest.mark.parametrize("backend", ["python", "sqlite", "postgresql"])
def test_every_written_case_has_its_value_on_every_backend(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, request: pytest.FixtureRequest, backend: str
) -> None:
    where = ("--backend", backend)
    if backend == "postgresql":
        where = (*where, "--database", request.getfixturevalue("postgresql_url"))
    cases = _cases()
    asked = [
        {
            "entity": case["entity"] or "deal",
            "expr": case["expression"],
            "record": json.loads(case["row"] or "{}"),
            "now": NOW,
            "me": ME,
        }
        for case in cases
    ]
    found = ask(capsys, tmp_path, asked, *where)
    wrong = [
        (case["expression"], as_written(answer), case["value"])
        for case, answer in zip(cases, found, strict=True)
        if as_written(answer) != case["value"]
    ]
    assert wrong == []


BAD: list[tuple[Any, str]] = [
    ("not json", "entity"),
    ("[" * 100_000, "entity"),
    ("[1]", "entity"),
    ({"entity": "nothing", "expr": "1"}, "entity"),
    ({"entity": ["deal"], "expr": "1"}, "entity"),
    ({"entity": "deal"}, "F"),
    ({"entity": "deal", "expr": "qty +"}, "F"),
    ({"entity": "deal", "expr": "qty + \ud800"}, "F"),
    ({"entity": "deal", "expr": "qty", "record": [1]}, "record"),
    ({"entity": "deal", "expr": "qty", "record": {"quantity": 1}}, "record"),
    ({"entity": "deal", "expr": "qty", "record": {"qty": "many"}}, "record"),
    ({"entity": "deal", "expr": "qty", "record": {"qty": 1e999}}, "record"),
    ({"entity": "deal", "expr": "qty", "record": {"qty": True}}, "record"),
    ({"entity": "deal", "expr": "name", "record": {"name": "a\u0000"}}, "record"),
    ({"entity": "deal", "expr": "name", "record": {"name": "\ud800"}}, "record"),
    ({"entity": "deal", "expr": "owner", "record": {"owner": {"id": 2**70}}}, "record"),
    ({"entity": "deal", "expr": "owner", "record": {"owner": {"id": True}}}, "record"),
    ({"entity": "deal", "expr": "count(lines)", "record": {"lines": {"qty": 1}}}, "record"),
    ({"entity": "deal", "expr": "count(lines)", "record": {"lines": [7]}}, "record"),
    ({"entity": "deal", "expr": "due", "record": {"due": "2026-02-30"}}, "record"),
    ({"entity": "deal", "expr": "today()", "now": "yesterday"}, "record"),
    ({"entity": "deal", "expr": "today()", "now": "0001-01-01T00:00:00"}, "record"),
]


@pytest.mark.parametrize("backend", ["python", "sqlite"])
def test_a_line_that_makes_no_sense_is_one_answer_and_the_next_line_is_answered(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, backend: str
) -> None:
    good = {"entity": "deal", "expr": "qty * 2", "record": {"qty": 4}, "now": NOW}
    asked = [line for bad, _ in BAD for line in (bad, good)]
    found = ask(capsys, tmp_path, asked, "--backend", backend)
    codes = [str(answer.get("code", answer)) for answer in found[::2]]
    assert ["F" if code.startswith("F") else code for code in codes] == [code for _, code in BAD]
    assert all(set(answer) == {"error", "code", "column"} for answer in found[::2])
    assert all(answer == {"value": "8", "type": "number"} for answer in found[1::2])


SHOWN: list[tuple[str, Any, str]] = [
    ("due", "2026-12-01", "date"),
    ("called_at", "2026-11-20T01:00:00Z", "time"),
    ("dwell", 5400, "duration"),
    ("margin", "1.5000", "number.4"),
    ("amount", "1280000.00", "money"),
    ("name", " 甲　", "text"),
    ("tags", ["hot", "key"], "choices tags:deal"),
    ("photos", [4, 5], "files"),
    ("customer", {"id": 3, "name": "恒远", "margin": "0.0800"}, "ref customer"),
    (
        "owner",
        {
            "id": 8,
            "name": "王强",
            "role": "manager",
            "unit": None,
            "manager": {"id": None, "name": "总", "role": None, "unit": None, "manager": None},
        },
        "person",
    ),
    ("owner.manager.name", "总", "text"),
    ("if(urgent, owner, me) is empty", True, "yesno"),
    ("sum(lines.amount where qty > this.qty)", "3.00", "money"),
    ("sum(lines.amount where deal.qty = 1)", "8.00", "money"),
    ('join(lines.item, "/")', "甲/乙", "text"),
    ("days_in_stage", "4", "number"),
]


@pytest.mark.parametrize("backend", ["python", "sqlite", "postgresql"])
def test_every_kind_of_value_travels_as_the_contract_says(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, request: pytest.FixtureRequest, backend: str
) -> None:
    record = {
        "name": " 甲　",
        "qty": 1,
        "due": "2026-12-01",
        "called_at": "2026-11-20T09:00:00+08:00",
        "dwell": 5400,
        "margin": 1.5,
        "amount": "1280000",
        "tags": ["key", "hot"],
        "photos": [4, 5],
        "customer": {"id": 3, "name": "恒远", "margin": "8%"},
        "owner": {"id": 8, "name": "王强", "role": "manager", "manager": {"name": "总"}},
        "lines": [{"item": "甲", "qty": 1, "amount": "5.00"}, {"item": "乙", "qty": 2, "amount": 3}],
        "stage": "lead",
        "days_in_stage": 4,
    }
    where = ("--backend", backend)
    if backend == "postgresql":
        where = (*where, "--database", request.getfixturevalue("postgresql_url"))
    asked = [{"entity": "deal", "expr": expr, "record": record, "now": NOW} for expr, _, _ in SHOWN]
    found = ask(capsys, tmp_path, asked, *where)
    assert found == [{"value": value, "type": kind} for _, value, kind in SHOWN]


def test_a_reference_is_the_nested_record_wherever_it_comes_from(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    record = {"owner": {"id": 8, "name": "王强"}, "urgent": True}
    for backend in ("python", "sqlite"):
        (found,) = ask(
            capsys,
            tmp_path,
            [{"entity": "deal", "expr": "if(urgent, owner, me)", "record": record}],
            "--backend",
            backend,
        )
        assert (found["value"]["id"], found["value"]["name"], found["type"]) == (8, "王强", "person")


def test_no_file_to_read_is_said_in_one_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(("formula", "--app", APP, "--batch", str(tmp_path / "nowhere.jsonl"))) == 2
    assert "nowhere.jsonl" in capsys.readouterr().err

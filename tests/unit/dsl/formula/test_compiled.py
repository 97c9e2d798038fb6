"""Generated code: what it reads, how often it is made, and that it holds nothing but the formula."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from dsl.formula.check import compile_for
from dsl.formula.python_code import compile_formula, python_source
from dsl.formula.tree import Formula, Read
from dsl.formula.value_types import INTEGER, MONEY, PERCENT, NumberType
from tests.formula_app import APP
from tests.formula_cases import MOMENT, nested


def _formula(text: str, expects: NumberType | None = None) -> Formula:
    formula = compile_for(APP, "deal", text, expects).value
    assert formula is not None
    return formula


def test_a_formula_is_compiled_once() -> None:
    assert compile_formula(_formula("qty * 2"), APP) is compile_formula(_formula("qty * 2"), APP)
    assert compile_formula(_formula("qty * 2"), APP) is compile_formula(_formula("qty * 2"), replace(APP))


def test_another_version_of_the_app_compiles_again() -> None:
    changed = replace(APP, digest="another")
    assert compile_formula(_formula("size(amount, grade)"), APP) is not compile_formula(
        _formula("size(amount, grade)"), changed
    )


def test_a_text_in_a_formula_stays_a_text_in_the_code() -> None:
    text = "name = \"__import__('os')\""
    assert compile_formula(_formula(text), APP)(nested(APP, "deal", {"name": "__import__('os')"}), MOMENT) is True


def test_arithmetic_reads_a_field_once_and_tests_it_once() -> None:
    source = python_source(_formula("amount * (1 - margin)").root, APP)
    assert source.count("row['amount']") == 1
    assert source.count("is None") == 2


def test_a_record_or_person_is_its_number() -> None:
    row = nested(APP, "deal", {"owner": {"id": 8, "name": "王强"}, "customer": {"id": 5, "name": "恒远"}})
    assert compile_formula(_formula("owner"), APP)(row, MOMENT) == 8
    assert compile_formula(_formula("customer"), APP)(row, MOMENT) == 5
    assert compile_formula(_formula("submitter"), APP)(row, MOMENT) is None


def test_entered_asks_for_the_record_and_the_stage() -> None:
    asked: list[tuple[str, object, str]] = []

    def entered(entity: str, record: object, stage: str) -> datetime:
        asked.append((entity, record, stage))
        return datetime(2026, 11, 20, tzinfo=UTC)

    row = nested(APP, "deal", {"id": 17})
    found = compile_formula(_formula("now() - entered(quoting) > 1d"), APP)(row, replace(MOMENT, entered=entered))
    assert found is True
    assert asked == [("deal", 17, "quoting")]


@pytest.mark.parametrize(
    ("text", "expects", "stored"),
    [
        ("rate * rate", NumberType(2), 156),
        ("amount / 3", MONEY, 333),
        ("qty / 2", INTEGER, 4),
        ("qty", PERCENT, 70_000),
        ("5%", PERCENT, 500),
    ],
)
def test_a_stored_value_is_rounded_to_the_field(text: str, expects: NumberType, stored: int) -> None:
    formula = _formula(text, expects)
    row = nested(APP, "deal", {"rate": "1.25", "amount": "9.99", "qty": 7})
    assert formula.type == expects
    assert compile_formula(formula, APP)(row, MOMENT) == stored


def test_a_stored_value_that_no_field_holds_is_empty() -> None:
    formula = _formula("qty * qty", INTEGER)
    assert formula.nullable
    assert compile_formula(formula, APP)(nested(APP, "deal", {"qty": 10**9}), MOMENT) is None
    assert compile_formula(formula, APP)(nested(APP, "deal", {"qty": 10**8}), MOMENT) == 10**16


def test_the_fields_read_are_known_with_the_way_to_them() -> None:
    formula = _formula("sum(lines.amount where day > this.due and deal.urgent)")
    assert Read((), "deal", "lines") in formula.reads
    assert formula.reads == {
        Read((), "deal", "lines"),
        Read(("lines",), "line", "deal"),
        Read(("lines",), "line", "amount"),
        Read(("lines",), "line", "day"),
        Read((), "deal", "due"),
        Read(("lines", "deal"), "deal", "urgent"),
    }


def test_a_path_reads_the_references_it_follows() -> None:
    assert _formula("customer.owner.name").reads == {
        Read((), "deal", "customer"),
        Read(("customer",), "customer", "owner"),
        Read(("customer", "owner"), "person", "name"),
    }


def test_a_stage_fact_reads_the_stage_and_latest_reads_its_order() -> None:
    assert _formula("stage.chance").reads == {Read((), "deal", "stage")}
    assert Read(("lines",), "line", "day") in _formula("latest(lines.item)").reads


@pytest.mark.parametrize(
    ("text", "volatile"),
    [
        ("today() - due", {"today"}),
        ("days_since(due)", {"today"}),
        ("now() > called_at", {"now"}),
        ("owner = me", {"me"}),
        ('me.role = "sales"', {"me"}),
        ("submitter is empty", {"submitter"}),
        ("count(lines where day > today())", {"today"}),
        ("qty + 1", set()),
    ],
)
def test_what_a_formula_asks_of_the_moment_is_known(text: str, volatile: set[str]) -> None:
    assert _formula(text).volatile == volatile

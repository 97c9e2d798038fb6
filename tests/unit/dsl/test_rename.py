"""A name changed wherever it stands: what it names means the same, and what cannot be followed is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsl.edit import Refused
from dsl.load import load_text
from dsl.rename import rename_everywhere

APPS = Path(__file__).resolve().parents[3] / "apps"
SMALL = """app: t
roles: {boss: {label: 主管, sees: all}, sales: {label: 销售}}
choices: {grade: {a: 甲, b: 乙}}
entities:
  deal:
    label: 商机
    title: name
    fields:
      name: text required
      price: money          # what it costs
      grade: choice grade
      double: money = price * 2
    stages:
      open: {label: 进行中, leave: {fill: price, must: [{that: price > 5 or grade = "a", say: 太低}]}}
      won: {label: 赢单, end: won}
    moves: [open > won: {by: boss}]
    views:
      list: {columns: [name, price], sort: -price, where: stage = "open"}
    rules:
      one: {when: {change: price}, do: [{notify: {to: boss, text: 价格 <price>}}]}
    access:
      boss: all
      sales: {edit: [price], hide: [double]}
"""


@pytest.mark.parametrize(
    ("app", "path", "key"),
    [
        ("sales_crm", "entities.customer.fields.margin", "gross"),
        ("sales_crm", "entities.opportunity.stages.quoting", "offering"),
        ("sales_crm", "entities.quote", "offer"),
        ("sales_crm", "entities.customer.scores.health", "fitness"),
        ("sales_crm", "roles.clerk", "bookkeeper"),
        ("sales_crm", "choices.grade", "rank"),
        ("sales_crm", "choices.decision_role.user", "uses_it"),
        ("sales_crm", "tables.discount_right", "off_at_most"),
        ("store_sales", "entities.store.fields.last_score", "recent_score"),
    ],
)
def test_a_shipped_app_checks_clean_under_another_name(app: str, path: str, key: str) -> None:
    text = (APPS / f"{app}.yaml").read_text(encoding="utf-8")
    renamed = rename_everywhere(text, tuple(path.split(".")), key)
    assert load_text(renamed, "app.yaml").problems == ()
    assert rename_everywhere(renamed, (*path.split(".")[:-1], key), path.rsplit(".", maxsplit=1)[-1]) == text


def test_every_place_follows_and_every_other_line_stays() -> None:
    renamed = rename_everywhere(SMALL, ("entities", "deal", "fields", "price"), "cost")
    assert "price" not in renamed
    assert "cost: money          # what it costs" in renamed
    assert "text: 价格 <cost>" in renamed
    assert "sort: -cost" in renamed
    assert [
        a for a, b in zip(SMALL.splitlines(), renamed.splitlines(), strict=True) if a != b and "price" not in a
    ] == []


@pytest.mark.parametrize(
    ("path", "key", "why"),
    [
        (("entities", "deal", "fields", "price"), "double", "already"),
        (("entities", "deal", "fields", "price"), "stage", "cannot be followed"),
        (("entities", "deal", "fields", "nothing"), "cost", "there is no nothing"),
        (("entities", "deal", "fields", "price"), "no name", "cannot be followed"),
    ],
)
def test_what_cannot_be_followed_is_refused(path: tuple[str, ...], key: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        rename_everywhere(SMALL, path, key)


def test_a_field_that_names_records_by_its_name_alone_is_not_renamed_in_passing() -> None:
    text = SMALL.replace("    title: name\n", "").replace(
        "name: text required", "about: text\n      name: text required"
    )
    with pytest.raises(Refused, match="title: name"):
        rename_everywhere(text, ("entities", "deal", "fields", "name"), "called")


def test_a_text_with_errors_is_mended_first() -> None:
    with pytest.raises(Refused, match="mend them first"):
        rename_everywhere(SMALL.replace("price * 2", "prise * 2"), ("entities", "deal", "fields", "price"), "cost")

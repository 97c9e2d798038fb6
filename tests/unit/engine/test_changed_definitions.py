"""What an edited app does to the records that are there: nothing is lost, and nothing keeps a former meaning."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from dsl.load import load_text
from engine.answers import Entry
from engine.commands import Update
from engine.errors import NotReady
from engine.integrity.check import check_data
from engine.people.saved_views import ViewShape
from engine.store.renewal import find_stale
from engine.testing import acting, engine_for
from tests.unit.engine.conftest import WORKSHOP, Shop, made


class Edited:
    """The workshop over a file that a manager edits while people work."""

    def __init__(self, path: Path, shop: Shop) -> None:
        self.path, self.shop = path, shop

    def edit(self, *changes: tuple[str, str]) -> None:
        """Each pattern replaced everywhere, then the app is read again."""
        text = self.path.read_text("utf-8")
        for pattern, new in changes:
            text, count = re.subn(pattern, new, text, flags=re.MULTILINE)
            assert count, pattern
        self.path.write_text(text, "utf-8")
        checked = self.shop.engine.reload()
        assert checked.is_ok, [(problem.code, problem.span, dict(problem.values)) for problem in checked.errors]

    def deal(self, record_id: int) -> Mapping[str, Any]:
        return self.shop.sales.values("deal", record_id)

    def found(self, text: str) -> list[tuple[str, int]]:
        groups = self.shop.engine.search(acting(self.shop.engine, "sales"), text)
        return [(group.entity, hit.id) for group in groups for hit in group.found]

    def is_consistent(self) -> bool:
        assert check_data(self.shop.engine) == []
        return True


@pytest.fixture
def edited(database_url: str, tmp_path: Path) -> Iterator[Edited]:
    path = tmp_path / "workshop.yaml"
    path.write_text(WORKSHOP.read_text("utf-8"), "utf-8")
    engine = engine_for(path, tmp_path, database_url)
    yield Edited(path, Shop(engine))
    engine.close()


# --- formulas --------------------------------------------------------------------------------------------------------


def test_a_new_formula_is_computed_for_the_records_that_are_there(edited: Edited) -> None:
    deal = edited.shop.offered_deal()
    assert edited.deal(deal)["total"] == 2_500
    edited.edit((r"^( +)total: .*$", r"\g<0>\n\1twice: {label: 两倍 | Twice, type: money = total * 2}"))
    assert edited.deal(deal)["twice"] == 5_000
    assert edited.is_consistent()


def test_an_edited_formula_is_computed_anew_with_all_that_reads_it(edited: Edited) -> None:
    deal = edited.shop.offered_deal()
    edited.edit((r"^( +)total: .*$", r"\g<0>\n\1twice: {label: 两倍 | Twice, type: money = total * 2}"))
    edited.edit((r"= sum\(lines.amount\)", "= sum(lines.amount) + 10"))
    assert edited.deal(deal)["total"] == 3_500
    assert edited.deal(deal)["twice"] == 7_000
    assert edited.is_consistent()


def test_what_was_edited_elsewhere_leaves_the_records_alone(edited: Edited) -> None:
    deal = edited.shop.offered_deal()
    before = edited.deal(deal)
    edited.edit((r"合计 \| Total", "总计 | Grand total"), (r"sum\(lines.amount\)", "sum( lines.amount )"))
    with edited.shop.engine.database.read() as conn:
        assert not find_stale(conn, edited.shop.engine.app)
    assert edited.deal(deal) == before


def test_a_plan_names_what_would_be_computed_anew(edited: Edited) -> None:
    text = edited.path.read_text("utf-8").replace("= sum(lines.amount)", "= sum(lines.amount) + 1")
    changed = load_text(text, "workshop.yaml").value
    assert changed is not None
    with edited.shop.engine.database.read() as conn:
        assert list(find_stale(conn, changed)) == ["recompute deal.total"]


# --- search ----------------------------------------------------------------------------------------------------------


def test_what_becomes_text_is_found_in_the_records_that_are_there(edited: Edited) -> None:
    deal = edited.shop.offered_deal()
    assert edited.found("gears/9") == []
    edited.edit((r"^( +)total: .*$", r'\g<0>\n\1slip: {label: 单子 | Slip, type: text = name & "/9"}'))
    assert edited.found("gears/9") == [("deal", deal)]
    assert edited.is_consistent()


def test_another_title_is_found_by_its_sound(edited: Edited) -> None:
    customer = edited.shop.customer("Works")
    made(edited.shop.as_("admin").do(Update("customer", customer, None, {"secret": "华东轴承"})))
    admin = acting(edited.shop.engine, "admin")
    assert not edited.shop.engine.search(admin, "hdzc")
    edited.edit((r"(label: 客户 \| Customer\n +code: .*\n +title:) name", r"\1 secret"))
    [group] = edited.shop.engine.search(admin, "hdzc")
    assert [hit.id for hit in group.found] == [customer]


# --- names -----------------------------------------------------------------------------------------------------------


def told(entries: Sequence[Entry]) -> list[tuple[object, ...]]:
    """All of a timeline but the keys of fields and rules, which begin with that of the entity."""
    return [
        (
            (one.kind, one.at, one.text, one.title),
            [(change.before, change.after) for change in one.changes],
            [(proof.label, proof.file) for proof in one.proofs],
        )
        for one in entries
    ]


def test_a_renamed_entity_keeps_all_that_happened_to_its_records(edited: Edited) -> None:
    engine, sales = edited.shop.engine, edited.shop.sales
    deal = edited.shop.offered_deal()
    engine.comment(sales.context, "deal", deal, "call again", ())
    view = engine.saved_views.save(sales.context, "deal", "mine", ViewShape())
    before = told(engine.timeline(sales.context, "deal", deal))
    number = edited.deal(deal)["code"]

    edited.edit((r"^  deal:$", "  project:\n    was: deal"), (r"(table|ref|part_of:) deal\b", r"\1 project"))

    assert told(engine.timeline(sales.context, "project", deal)) == before
    assert sales.values("project", deal)["code"] == number
    assert len(engine.children(sales.context, "project", deal, "lines")) == 1
    assert edited.found("gears") == [("project", deal)]
    assert [one.key for one in engine.saved_views.of(sales.context, "project")] == [view.key]
    second = sales.create("project", name="Shafts", customer=sales.values("project", deal)["customer"])
    assert sales.values("project", second)["code"] == number[:-3] + "002"
    assert edited.is_consistent()


def test_an_entity_does_not_take_the_name_of_one_whose_history_is_kept(edited: Edited) -> None:
    deal = edited.shop.offered_deal()
    edited.shop.sales.create("visit", notes="seen", customer=edited.deal(deal)["customer"])
    edited.edit((r"^  visit:$", "  call:"), (r"(table|ref) visit\b", r"\1 call"), ("visit: 一小时", "call: 一小时"))
    with pytest.raises(NotReady, match="visit was once"):
        edited.edit((r"^  deal:$", "  visit:\n    was: deal"), (r"(table|ref|part_of:) deal\b", r"\1 visit"))


def test_a_renamed_field_keeps_its_history(edited: Edited) -> None:
    engine, sales = edited.shop.engine, edited.shop.sales
    deal = edited.shop.deal(amount=200_000)
    made(sales.update("deal", deal, amount=300_000))
    edited.edit(
        (r"amount: \{label: 金额 \| Amount, type: money\}", "worth: {label: 金额 | Worth, type: money, was: amount}"),
        (r"fill: \[amount", "fill: [worth"),
        (r"deals\.amount", "deals.worth"),
        ("that: amount", "that: worth"),
        ("or amount <", "or worth <"),
    )
    past = engine.field_history(sales.context, "deal", deal, "worth")
    assert [one.change.after for one in past] == [300_000, 200_000]
    assert any(
        change.field == "worth" for one in engine.timeline(sales.context, "deal", deal) for change in one.changes
    )
    assert edited.is_consistent()

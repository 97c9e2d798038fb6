"""A changed record: versions, rights field by field, locks, owners, and what is only told."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.commands import ChildRow, Delete, Update
from engine.errors import BadInput, NotAllowed, NotThere, VersionConflict
from engine.testing import acting, engine_for
from tests.unit.engine.conftest import Hand, Shop, finding, line, made, missing


@pytest.fixture
def shop(shop_on_both: Shop) -> Shop:
    """Every story here is told on both databases."""
    return shop_on_both


def test_a_change_raises_the_version_and_is_remembered(shop: Shop) -> None:
    customer = shop.customer()
    outcome = shop.sales.update("customer", customer, grade="A")
    assert outcome.version == 2
    [latest, _] = shop.engine.timeline(shop.sales.context, "customer", customer)
    assert [(each.field, each.before, each.after) for each in latest.changes] == [("grade", None, "A")]
    assert latest.actor is not None
    assert latest.actor.name == "Sales"


def test_two_people_saving_one_record_see_both_sides(shop: Shop) -> None:
    customer = shop.customer()
    made(shop.manager.do(Update("customer", customer, 1, {"grade": "A", "secret": "x"})))
    with pytest.raises(VersionConflict) as caught:
        shop.sales.do(Update("customer", customer, 1, {"grade": "B"}))
    assert caught.value.mine == {"grade": "B"}
    assert caught.value.theirs["grade"] == "A"
    assert caught.value.version == 2
    assert "secret" not in caught.value.theirs
    assert "phone" not in caught.value.theirs


def test_somebody_elses_record_is_not_there(shop: Shop) -> None:
    customer = shop.customer()
    with pytest.raises(NotThere):
        shop.as_("sales2").update("customer", customer, grade="A")


def test_who_sees_but_may_not_edit_is_refused(shop: Shop) -> None:
    customer = shop.customer()
    assert missing(shop.as_("tech").update("customer", customer, grade="A")) == ["customer.access"]


def test_a_right_to_some_fields_is_a_right_to_no_other(shop: Shop) -> None:
    customer = shop.customer()
    assert shop.as_("cfo").update("customer", customer, grade="B").verdict.allowed
    refused = shop.as_("cfo").update("customer", customer, grade="C", name="Other")
    assert missing(refused) == ["customer.fields.name.access"]
    assert shop.sales.values("customer", customer)["grade"] == "B"


def test_what_is_sent_back_unchanged_needs_no_right(shop: Shop) -> None:
    customer = shop.customer()
    assert shop.as_("cfo").update("customer", customer, name="Bearing Works", grade="B").verdict.allowed


def test_a_masked_field_cannot_be_written_and_shows_four_characters(shop: Shop) -> None:
    customer = shop.customer()
    made(shop.manager.update("customer", customer, phone="13800001234"))
    assert shop.sales.values("customer", customer)["phone"] == "•••• 1234"
    assert missing(shop.sales.update("customer", customer, phone="1")) == ["customer.fields.phone.access"]


def test_a_salesperson_cannot_give_a_customer_away(shop: Shop) -> None:
    customer = shop.customer()
    other = shop.as_("sales2").context.actor.id
    assert missing(shop.sales.update("customer", customer, owner=other)) == ["customer.access"]
    assert shop.sales.sees("customer", customer)


def test_a_director_hands_a_customer_over_and_its_parts_go_along(shop: Shop) -> None:
    customer = shop.customer()
    visit = shop.sales.create("visit", customer=customer, notes="first call")
    deal = shop.deal(customer)
    made(shop.as_("director").update("customer", customer, owner=shop.as_("sales2").context.actor.id))
    assert shop.as_("sales2").sees("visit", visit)
    assert not shop.sales.sees("visit", visit)
    assert shop.sales.sees("deal", deal), "a deal names its owner itself"


def test_the_backup_works_on_what_he_backs_up(shop: Shop) -> None:
    customer = shop.customer()
    made(shop.sales.update("customer", customer, backup=shop.as_("sales2").context.actor.id))
    assert shop.as_("sales2").update("customer", customer, grade="C").verdict.allowed


def test_a_locked_stage_takes_no_edits_of_the_record_or_its_rows(shop: Shop) -> None:
    deal = shop.offered_deal()
    assert missing(shop.sales.update("deal", deal, name="Other")) == ["deal.stages.offered.locked"]
    rows = {"lines": [line()]}
    assert missing(shop.sales.do(Update("deal", deal, None, {}, rows))) == ["deal.stages.offered.locked"]
    [row] = shop.engine.children(shop.sales.context, "deal", deal, "lines")
    assert missing(shop.sales.update("line", row.id, qty=300)) == ["deal.stages.offered.locked"]


def test_rows_are_added_changed_and_removed_with_their_record(shop: Shop) -> None:
    rows = {"lines": [line(), line(item="shaft")]}
    deal = shop.sales.create("deal", rows, name="Gears", customer=shop.customer())
    first, second = shop.engine.children(shop.sales.context, "deal", deal, "lines")
    change = [ChildRow({"qty": 400}, first.id), ChildRow({}, second.id, delete=True), line(item="belt", price=100)]
    made(shop.sales.do(Update("deal", deal, None, {}, {"lines": change})))
    shown = shop.engine.children(shop.sales.context, "deal", deal, "lines")
    assert [(row.values["item"], row.values["amount"]) for row in shown] == [("gear", 5_000), ("belt", 200)]
    assert shop.sales.values("deal", deal)["total"] == 5_200


def test_changed_rows_give_their_record_a_new_version(shop: Shop) -> None:
    deal = shop.deal()
    made(shop.sales.do(Update("deal", deal, 1, {}, {"lines": [line()]})))
    with pytest.raises(VersionConflict):
        shop.sales.do(Update("deal", deal, 1, {}, {"lines": [line(item="shaft")]}))


def test_a_row_of_another_record_is_not_there(shop: Shop) -> None:
    customer = shop.customer()
    mine = shop.sales.create("deal", {"lines": [line()]}, name="Gears", customer=customer)
    other = shop.deal(customer, name="Belts")
    [row] = shop.engine.children(shop.sales.context, "deal", mine, "lines")
    with pytest.raises(NotThere):
        shop.sales.do(Update("deal", other, None, {}, {"lines": [ChildRow({"qty": 1}, row.id)]}))


def test_a_part_stays_with_its_parent(shop: Shop) -> None:
    first, second = shop.customer("First"), shop.customer("Second")
    visit = shop.sales.create("visit", customer=first, notes="met")
    assert missing(shop.sales.update("visit", visit, customer=second)) == ["visit.fields.customer.access"]


def test_a_warning_is_told_and_lets_through(shop: Shop) -> None:
    deal = shop.deal()
    outcome = shop.sales.update("deal", deal, amount=150_000_000)
    assert outcome.verdict.allowed
    assert finding(outcome.verdict, "deal.validations.warm").state == "warned"


def test_a_required_field_that_depends_on_another_is_asked_when_it_is_shown(shop: Shop) -> None:
    deal = shop.deal()
    assert shop.sales.update("deal", deal, discount=500).verdict.allowed
    assert missing(shop.sales.update("deal", deal, discount=2_000)) == ["deal.fields.excuse.required"]
    assert shop.sales.update("deal", deal, discount=2_000, excuse="old friends").verdict.allowed


def test_a_field_that_was_missing_before_does_not_lock_the_record(shop: Shop) -> None:
    deal = shop.deal()
    with shop.engine.database.write() as conn:
        shop.engine.installed.records.update(conn, "deal", deal, None, {"name": ""})
    outcome = shop.sales.update("deal", deal, reason="checked")
    assert outcome.verdict.allowed
    assert finding(outcome.verdict, "deal.fields.name.required").state == "warned"


def test_a_file_can_only_be_attached_by_who_uploaded_it(shop: Shop) -> None:
    deal, theirs = shop.deal(), shop.as_("sales2").upload()
    with pytest.raises(BadInput) as caught:
        shop.sales.update("deal", deal, proof=theirs)
    assert [each.rule for each in caught.value.findings] == ["deal.fields.proof.input"]
    assert shop.sales.update("deal", deal, proof=shop.sales.upload()).verdict.allowed


def test_a_removed_record_takes_its_parts_along(shop: Shop) -> None:
    customer = shop.customer()
    visit = shop.sales.create("visit", customer=customer, notes="met")
    made(shop.as_("director").do(Delete("customer", customer, 1)))
    assert not shop.as_("director").sees("customer", customer)
    assert not shop.as_("director").sees("visit", visit)
    assert not shop.engine.search(shop.as_("director").context, "Bearing")


def test_who_may_not_delete_is_told_so(shop: Shop) -> None:
    with pytest.raises(NotAllowed):
        shop.sales.delete("customer", shop.customer())


RETIRED = """
app: shelf
label: 书架 | Shelf
version: 1
language: 1
languages: [zh, en]
roles:
  sales: {label: 销售 | Sales, sees: own}
choices:
  colour: {red: 红 | Red, blue: 蓝 | Blue, %s}
entities:
  book:
    label: 书 | Book
    title: name
    fields:
      name: {label: 书名 | Name, type: text required}
      owner: {label: 主人 | Owner, type: person required}
      cover: {label: 封面 | Cover, type: choice colour}
      inks: {label: 油墨 | Inks, type: choices colour}
    access:
      sales: {create: true, edit: true}
"""


def test_a_retired_option_stays_on_old_records_and_is_no_longer_chosen(tmp_path: Path) -> None:
    offered = tmp_path / "shelf.yaml"
    offered.write_text(RETIRED % "green: 绿 | Green", encoding="utf-8")
    engine = engine_for(offered, tmp_path)
    reader = Hand(engine, "sales")
    old = reader.create("book", name="Old", cover="green", inks=("green", "red"))
    young = reader.create("book", name="Young", cover="red")
    offered.write_text(RETIRED % "green: {label: 绿 | Green, retired: true}", encoding="utf-8")
    assert not engine.reload().errors

    assert reader.update("book", old, name="Older", cover="green", inks=("blue", "green")).verdict.allowed
    for written in ({"cover": "green"}, {"inks": ("blue", "green")}):
        with pytest.raises(BadInput) as refused:
            reader.update("book", young, **written)
        [fault] = refused.value.findings
        assert "Green" in fault.said
        assert "retired" in fault.said
    with pytest.raises(BadInput):
        reader.create("book", name="New", cover="green")
    engine.close()


def test_a_part_with_its_own_owner_follows_its_parents_new_backup(shop_on_both: Shop) -> None:
    customer = shop_on_both.customer()
    deal = shop_on_both.deal(customer)
    backup = acting(shop_on_both.engine, "sales2").actor.id
    made(shop_on_both.sales.update("customer", customer, backup=backup))
    assert shop_on_both.as_("sales2").sees("deal", deal)


ITEMS = """
app: items
label: 条目 | Items
version: 1
language: 1
languages: [zh, en]
roles: {sales: {label: 销售 | Sales, sees: all}}
entities:
  item:
    label: 条目 | Item
    title: name
    fields: {name: {label: 名称 | Name, type: text required}}
    access: {sales: {create: true, edit: true}}
  finding:
    label: 发现 | Finding
    title: name
    fields:
      item: {label: 条目 | Item, type: ref item required}
      name: {label: 名称 | Name, type: text = item.name}
    access: {sales: {create: true, edit: true}}
"""


def test_a_computed_name_is_found_by_what_it_has_become(tmp_path: Path, database_url: str) -> None:
    shop = Shop(engine_for(ITEMS, tmp_path, database_url))
    item = shop.sales.create("item", name="Signboard")
    finding = shop.sales.create("finding", item=item)
    made(shop.sales.update("item", item, name="Window"))
    groups = shop.engine.search(shop.sales.context, "Window")
    found = {group.entity: [each.id for each in group.found] for group in groups}
    assert found == {"item": [item], "finding": [finding]}
    assert shop.engine.search(shop.sales.context, "Signboard") == []
    shop.engine.close()

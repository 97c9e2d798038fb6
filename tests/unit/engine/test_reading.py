"""Reading: everything a person is shown is cut to what he or she may see."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path

import pytest

from engine.commands import ChildRow, Update
from engine.errors import BadInput, FileRefused, NotReady, NotThere
from engine.people.moment import env_of
from engine.people.sight import SYSTEM_SIGHT
from engine.store.lists import Query
from engine.testing import engine_for, virtual_clock
from tests.unit.engine.conftest import PDF, WORKSHOP, Shop, line, made


def test_a_list_holds_what_is_in_sight_in_the_order_asked_for(shop: Shop) -> None:
    for name in ("Axle", "Belt", "Cog"):
        shop.customer(name)
    shop.as_("sales2").create("customer", name="Drum")
    found = shop.engine.page(shop.sales.context, Query("customer", sort=("-name",), limit=2))
    assert [record.title for record in found.items] == ["Cog", "Belt"]
    rest = shop.engine.page(shop.sales.context, Query("customer", sort=("-name",), limit=2, cursor=found.next))
    assert [record.title for record in rest.items] == ["Axle"]
    assert len(shop.engine.page(shop.as_("director").context, Query("customer")).items) == 4


def test_hidden_fields_are_absent_and_masked_ones_covered_in_every_answer(shop: Shop) -> None:
    customer = shop.customer()
    made(shop.manager.update("customer", customer, secret="plan B", phone="13800001234"))
    context = shop.sales.context
    record = shop.engine.find(context, "customer", customer)
    assert record is not None
    assert "secret" not in record.values
    assert record.values["phone"] == "•••• 1234"
    assert record.masked == {"phone"}
    [listed] = shop.engine.page(context, Query("customer")).items
    assert listed.values["phone"] == "•••• 1234"
    [change, _] = shop.engine.timeline(context, "customer", customer)
    assert {each.field: each.after for each in change.changes} == {"phone": "•••• 1234"}
    assert not shop.engine.search(context, "plan B")
    assert not shop.engine.search(context, "13800001234")
    assert shop.engine.search(shop.manager.context, "plan B")
    assert not shop.engine.lookup(context, "customer", "13800001234")


@pytest.mark.parametrize("key", ["secret", "phone"])
def test_a_covered_field_is_no_name_for_filters_sorts_and_sums(shop: Shop, key: str) -> None:
    shop.customer()
    assert shop.engine.filter(shop.sales.context, "customer", f'{key} = "x"').value is None
    assert shop.engine.filter(shop.manager.context, "customer", f'{key} = "x"').value is not None
    with pytest.raises(BadInput):
        shop.engine.page(shop.sales.context, Query("customer", sort=(key,)))
    with pytest.raises(BadInput):
        shop.engine.totals(shop.sales.context, "customer", None, key)
    with pytest.raises(NotThere):
        shop.engine.why(shop.sales.context, "customer", 1, key)


def test_a_filter_made_by_another_is_refused_all_the_same(shop: Shop) -> None:
    managers = shop.engine.filter(shop.manager.context, "customer", 'secret = "x"').value
    with pytest.raises(BadInput):
        shop.engine.page(shop.sales.context, Query("customer", where=managers))


def test_a_reference_shows_its_title_and_a_picker_only_what_is_in_sight(shop: Shop) -> None:
    customer = shop.customer()
    deal = shop.deal(customer)
    record = shop.engine.find(shop.sales.context, "deal", deal)
    assert record is not None
    assert record.titles["customer"] == "Bearing Works"
    assert record.titles["owner"] == "Sales"
    assert [found.id for found in shop.engine.lookup(shop.sales.context, "customer", "bear")] == [customer]
    assert shop.engine.lookup(shop.as_("sales2").context, "customer", "bear") == []
    assert [found.title for found in shop.engine.lookup(shop.sales.context, "person", "man")] == ["Manager"]
    pair = ("customer", customer)
    assert shop.engine.titles(shop.as_("sales2").context, [pair]) == {}
    assert shop.engine.titles(shop.sales.context, [pair]) == {pair: "Bearing Works"}


def test_totals_count_and_sum_what_is_in_sight(shop: Shop) -> None:
    customer = shop.customer()
    shop.deal(customer, amount=100)
    shop.deal(customer, amount=250)
    [total] = shop.engine.totals(shop.sales.context, "deal", None, "stage", ("amount",))
    assert (total.key, total.count, total.sums) == ("lead", 2, {"amount": 350})
    assert shop.engine.totals(shop.as_("sales2").context, "deal", None, "stage") == []


def test_the_timeline_of_a_customer_tells_of_everything_beneath(shop: Shop) -> None:
    customer = shop.customer()
    deal = shop.deal(customer)
    shop.sales.create("visit", customer=customer, notes="met the buyer")
    shop.engine.comment(shop.sales.context, "deal", deal, "  call again  ")
    entries = shop.engine.timeline(shop.sales.context, "customer", customer)
    assert [(each.kind, each.entity) for each in entries] == [
        ("commented", "deal"),
        ("created", "visit"),
        ("created", "deal"),
        ("created", "customer"),
    ]
    assert entries[0].text == "call again"
    older = shop.engine.timeline(shop.sales.context, "customer", customer, before=entries[1].id)
    assert [each.entity for each in older] == ["deal", "customer"]
    assert shop.engine.timeline(shop.as_("sales2").context, "customer", customer) == []


def test_a_comment_needs_words_and_a_record_in_sight(shop: Shop) -> None:
    customer = shop.customer()
    with pytest.raises(BadInput):
        shop.engine.comment(shop.sales.context, "customer", customer, " ")
    with pytest.raises(NotThere):
        shop.engine.comment(shop.as_("sales2").context, "customer", customer, "hello")


def test_a_file_is_open_to_those_who_see_a_record_that_holds_it(shop: Shop) -> None:
    deal, upload = shop.deal(), shop.sales.upload()
    assert shop.engine.open_file(shop.as_("tech").context, upload) is None
    made(shop.sales.update("deal", deal, proof=upload))
    virtual_clock(shop.engine).wait(timedelta(hours=2))
    for login in ("sales", "manager", "tech"):
        opened = shop.engine.open_file(shop.as_(login).context, upload)
        assert opened is not None
        assert (opened[0].name, opened[1].read_bytes()) == ("report.pdf", PDF)
    assert shop.engine.open_file(shop.as_("sales2").context, upload) is None
    assert shop.engine.open_file(shop.sales.context, 999) is None


def test_an_upload_that_no_record_holds_is_its_senders_for_an_hour(shop: Shop) -> None:
    upload = shop.sales.upload()
    assert shop.engine.open_file(shop.sales.context, upload) is not None
    virtual_clock(shop.engine).wait(timedelta(minutes=61))
    assert shop.engine.open_file(shop.sales.context, upload) is None


def test_a_file_that_lies_is_refused(shop: Shop) -> None:
    with pytest.raises(FileRefused):
        shop.engine.put_file(shop.sales.context, io.BytesIO(b"MZ\x90\x00"), "report.pdf", "application/pdf")


def test_a_preview_computes_shows_and_demands_without_a_write(shop: Shop) -> None:
    customer = shop.customer()
    rows = {"lines": [line(), ChildRow({}, 99, delete=True), line(qty=100, price=333)]}
    seen = shop.engine.preview(shop.sales.context, "deal", {"customer": customer, "discount": 2_000}, rows)
    assert [row.get("amount") for row in seen.children["lines"]] == [2_500, None, 333]
    assert seen.values["total"] == 2_833
    assert (seen.shown["excuse"], seen.required["excuse"]) == (True, True)
    calm = shop.engine.preview(shop.sales.context, "deal", {"customer": customer, "discount": 500}, {})
    assert (calm.shown["excuse"], calm.required["excuse"]) == (True, False)
    assert shop.engine.preview(shop.sales.context, "deal", {}, {}).shown["excuse"] is False
    assert shop.engine.page(shop.sales.context, Query("deal")).items == ()


def test_a_preview_of_a_record_starts_from_what_is_saved(shop: Shop) -> None:
    deal = shop.sales.create("deal", {"lines": [line(), line()]}, name="Gears", customer=shop.customer())
    [first, _] = shop.engine.children(shop.sales.context, "deal", deal, "lines")
    rows = {"lines": [ChildRow({"qty": 400}, first.id)]}
    assert shop.engine.preview(shop.sales.context, "deal", {}, rows, deal).values["total"] == 7_500
    with pytest.raises(NotThere):
        shop.engine.preview(shop.as_("sales2").context, "deal", {}, {}, deal)


def test_a_preview_tells_nothing_of_records_out_of_sight(shop: Shop) -> None:
    customer = shop.customer()
    seen = shop.engine.preview(shop.as_("sales2").context, "visit", {"customer": customer}, {})
    unknown = shop.engine.preview(shop.as_("sales2").context, "visit", {"customer": 999}, {})
    assert seen == unknown


def test_a_preview_equals_what_is_saved(shop: Shop) -> None:
    values = {"name": "Gears", "customer": shop.customer(), "amount": 90_000, "discount": 500}
    rows = {"lines": [line(), line(qty=333, price=7_777)]}
    seen = shop.engine.preview(shop.sales.context, "deal", values, rows)
    saved = shop.sales.values("deal", shop.sales.create("deal", rows, **values))
    assert {key: saved[key] for key in seen.values} == dict(seen.values)


def test_what_may_be_done_with_a_record_depends_on_it(shop: Shop) -> None:
    deal = shop.deal()

    def may(login: str) -> tuple[bool, bool, tuple[str, ...], frozenset[str]]:
        record = shop.engine.find(shop.as_(login).context, "deal", deal)
        assert record is not None
        rights = shop.engine.may(shop.as_(login).context, "deal", record)
        return rights.edit, rights.delete, rights.moves, rights.children

    assert may("sales") == (True, False, ("proving", "lost"), {"line"})
    assert may("manager") == (True, True, ("proving", "lost"), {"line"})
    assert may("tech") == (True, False, (), frozenset())
    offered = shop.offered_deal(shop.customer("Other Works"))
    record = shop.engine.find(shop.sales.context, "deal", offered)
    assert record is not None
    rights = shop.engine.may(shop.sales.context, "deal", record)
    assert (rights.edit, rights.moves, rights.children) == (False, ("won", "lost"), frozenset())


def test_search_finds_words_and_initials_in_the_order_of_the_menu(shop: Shop) -> None:
    customer = shop.customer("华东轴承")
    shop.deal(customer, name="华东轴承二期")
    groups = shop.engine.search(shop.sales.context, "轴承")
    assert [(group.entity, [found.title for found in group.found]) for group in groups] == [
        ("customer", ["华东轴承"]),
        ("deal", ["华东轴承二期"]),
    ]
    assert [group.entity for group in shop.engine.search(shop.sales.context, "hdzc")] == ["customer", "deal"]
    made(shop.sales.update("customer", customer, name="华南轴承"))
    assert [group.entity for group in shop.engine.search(shop.sales.context, "华东")] == ["deal"]


def test_the_best_matches_come_first_and_say_where_the_words_stand(shop: Shop) -> None:
    within, first = shop.customer("新华东轴承"), shop.customer("华东轴承")
    [group] = shop.engine.search(shop.sales.context, "huadong")
    assert [(found.id, found.hit and found.hit.marked) for found in group.found] == [(first, (0, 1)), (within, (1, 2))]
    [group] = shop.engine.search(shop.sales.context, "华轴")
    assert {found.id for found in group.found} == {within, first}


def test_an_empty_deal_saved_in_another_revision_still_reads(shop: Shop) -> None:
    deal = shop.deal()
    made(shop.sales.do(Update("deal", deal, None, {"reason": "x"})))
    assert shop.engine.reload().is_ok
    assert shop.sales.values("deal", deal)["reason"] == "x"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("customer.id = {first}", 2),
        ("customer.id in ({first}, {second})", 3),
        ("customer.id != {first} and owner.id = {owner}", 1),
        ("id = {deal}", 1),
        ("count(customer.deals where id = {deal}) = 1", 2),
        ("customer.owner.id = {owner} and customer.id > {second}", 0),
        ("customer.backup.id is empty", 3),
    ],
)
def test_a_filter_names_records_by_their_ids(shop_on_both: Shop, text: str, count: int) -> None:
    shop = shop_on_both
    first, second = shop.customer("Axle"), shop.customer("Belt")
    deals = [shop.deal(first), shop.deal(first), shop.deal(second)]
    context, installed = shop.sales.context, shop.engine.installed
    asked = text.format(first=first, second=second, deal=deals[0], owner=context.actor.id)
    checked = shop.engine.filter(context, "deal", asked)
    assert checked.value is not None, checked.problems
    found = {record.id for record in shop.engine.page(context, Query("deal", where=checked.value)).items}
    assert len(found) == count
    with shop.engine.database.read() as conn:
        env = env_of(conn, context, shop.engine.app)
        for deal in deals:  # Python judges as the database does
            row = installed.records.find(conn, SYSTEM_SIGHT, "deal", deal, env)
            assert row is not None
            nested = installed.related.nested(conn, "deal", row, checked.value.reads, env)
            assert installed.formulas.value(checked.value, nested, env) is (deal in found)


def test_an_app_knows_no_ids() -> None:
    with pytest.raises(NotReady, match="F15"):
        engine_for(WORKSHOP.read_text(encoding="utf-8").replace("that: total > 0", "that: customer.id > 0"), Path())

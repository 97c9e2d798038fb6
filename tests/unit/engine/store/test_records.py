"""Records: every kind of value comes back as it was, versions guard writes, sight decides what is found."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from engine.people.sight import NO_SIGHT, SYSTEM_SIGHT, Sight
from engine.store.driver import DuplicateValue
from engine.store.indexes import Taken, taken_by
from engine.store.seal import Unsealed
from tests.unit.engine.store.apps import QUOTE
from tests.unit.engine.store.conftest import NOW, Store

FULL = {
    "name": "华东轴承",
    "code": "C2026-0001",
    "grade": "a",
    "owner": 7,
    "backup": 8,
    "amount": 128_000_000,
    "margin": 3_550,
    "key_account": True,
    "since": date(2024, 2, 29),
    "seen_at": datetime(2026, 11, 20, 23, 59, 59, tzinfo=UTC),
    "took": 5_400,
    "order": -3,
    "place": {"lat": 31.2, "lng": 121.5, "name": "上海"},
    "photo": 12,
    "papers": (3, 14),
    "tags": ("a", "c"),
}


def test_every_kind_of_value_comes_back_as_it_was(store: Store) -> None:
    record_id = store.insert("customer", **FULL)
    with store.database.read() as conn:
        found = store.records.find(conn, SYSTEM_SIGHT, "customer", record_id)
    assert found is not None
    assert {key: found[key] for key in FULL} == FULL
    assert (found["id"], found["row_version"], found["owner_id"], found["unit_id"]) == (record_id, 1, 1, 1)
    assert (found["created_at"], found["created_by"], found["deleted_at"]) == (NOW, 1, None)


def test_what_is_not_given_is_empty(store: Store) -> None:
    record_id = store.insert("customer")
    with store.database.read() as conn:
        found = store.records.find(conn, SYSTEM_SIGHT, "customer", record_id)
    assert found is not None
    empty = {"name": "", "grade": None, "amount": None, "key_account": False, "tags": (), "papers": (), "place": None}
    assert {key: found[key] for key in empty} == empty


def test_an_update_sets_what_it_names_and_raises_the_version(store: Store) -> None:
    record_id = store.insert("customer", **FULL)
    with store.database.write() as conn:
        new = {"name": "新名", "tags": ("b",), "amount": None}
        assert store.records.update(conn, "customer", record_id, 1, new) == 2
        found = store.records.find(conn, SYSTEM_SIGHT, "customer", record_id)
    assert found is not None
    assert (found["name"], found["tags"], found["amount"], found["grade"]) == ("新名", ("b",), None, "a")


def test_an_update_on_an_old_version_writes_nothing(store: Store) -> None:
    record_id = store.insert("customer", name="a", tags=("a",))
    with store.database.write() as conn:
        assert store.records.update(conn, "customer", record_id, 1, {"name": "b"}) == 2
        assert store.records.update(conn, "customer", record_id, 1, {"name": "c", "tags": ("b",)}) is None
        found = store.records.find(conn, SYSTEM_SIGHT, "customer", record_id)
    assert found is not None
    assert (found["name"], found["tags"], found["row_version"]) == ("b", ("a",), 2)


def test_a_removed_record_is_found_no_more_and_frees_its_name(store: Store) -> None:
    record_id = store.insert("customer", name="一厂")
    with store.database.write() as conn:
        assert store.records.remove(conn, "customer", record_id, 1, at=NOW, by=1) == 2
        assert store.records.find(conn, SYSTEM_SIGHT, "customer", record_id) is None
        assert store.records.update(conn, "customer", record_id, None, {"name": "x"}) is None
    store.insert("customer", name="一厂")


@pytest.mark.parametrize(
    ("sight", "seen"),
    [
        (SYSTEM_SIGHT, "mine backed theirs far"),
        (NO_SIGHT, ""),
        (Sight(own_of=1), "mine backed"),
        (Sight(unit_ids=(2, 3)), "backed theirs"),
        (Sight(own_of=1, unit_ids=(3,)), "mine backed theirs"),
        (Sight(record_ids=(4,)), "far"),
    ],
)
def test_sight_decides_what_is_found(store: Store, sight: Sight, seen: str) -> None:
    store.insert("customer", name="mine", owner_id=1, unit_id=1)
    store.insert("customer", name="backed", owner_id=2, backup_id=1, unit_id=2)
    store.insert("customer", name="theirs", owner_id=2, unit_id=3)
    store.insert("customer", name="far", owner_id=9, unit_id=9)
    with store.database.read() as conn:
        records = [store.records.find(conn, sight, "customer", record_id) for record_id in (1, 2, 3, 4)]
    assert " ".join(record["name"] for record in records if record) == seen


def test_children_come_oldest_first_and_in_sight_only(store: Store) -> None:
    customer = store.insert("customer", name="a")
    other = store.insert("customer", name="b")
    first = store.insert("quote", name="q1", customer=customer, stage="accepted")
    second = store.insert("quote", name="q2", customer=customer, owner_id=5)
    store.insert("quote", name="q3", customer=other)
    with store.database.read() as conn:
        assert [r["id"] for r in store.records.children(conn, SYSTEM_SIGHT, "quote", customer)] == [first, second]
        assert [r["id"] for r in store.records.children(conn, Sight(own_of=5), "quote", customer)] == [second]


def test_a_doubled_unique_value_names_its_field(store: Store) -> None:
    store.insert("customer", name="一厂")
    with pytest.raises(DuplicateValue) as refusal:
        store.insert("customer", name="一厂")
    assert taken_by(store.tables, refusal.value) == Taken("customer", "name")


def test_any_number_of_records_may_leave_a_unique_field_empty(store: Store) -> None:
    assert store.insert("customer") != store.insert("customer")


def test_a_second_open_quote_of_one_customer_names_its_rule(store: Store) -> None:
    customer = store.insert("customer", name="a")
    store.insert("quote", customer=customer, stage="sent")
    store.insert("quote", customer=customer, stage="accepted")
    with pytest.raises(DuplicateValue) as refusal:
        store.insert("quote", customer=customer, stage="draft")
    assert taken_by(store.tables, refusal.value) == Taken("quote", "customer", QUOTE.one_open[0])


def test_nothing_reads_an_entity_table_around_the_gate(store: Store) -> None:
    table = store.tables.entity("customer").table
    link = store.tables.entity("customer").link("tags")
    gated = store.gate.readable("customer", NO_SIGHT)
    bypasses = [
        sa.select(table),
        sa.select(table.c.name),
        sa.select(table.alias().c.name),
        sa.select(gated.c.id).join(table, table.c.id == gated.c.id),
        sa.select(gated.c.id).where(sa.exists().where(table.c.id == gated.c.id)),
        sa.select(gated.c.id).order_by(sa.select(sa.func.max(table.c.amount)).scalar_subquery()),
        sa.select(gated.c.id).union(sa.select(table.c.id)),
        sa.select(sa.select(table.c.id).cte()),
        sa.select(link.c.value),
        sa.select(sa.literal_column("(select max(amount) from x_customer)")),
        sa.update(table).values(name="x"),
        sa.delete(link),
    ]
    with store.database.read() as conn:
        for bypass in bypasses:
            with pytest.raises(Unsealed):
                conn.rows(bypass)

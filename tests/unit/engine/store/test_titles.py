"""Titles of records, and the records beneath one."""

from __future__ import annotations

import sqlalchemy as sa

from engine.people.sight import NO_SIGHT, SYSTEM_SIGHT, Sight
from engine.store.system_tables import user_account
from tests.unit.engine.store.conftest import NOW, Store


def test_a_title_is_the_title_field_else_the_code_else_the_number(store: Store) -> None:
    named = store.insert("customer", name="华东轴承")
    coded = store.insert("customer", code="C-7")
    bare = store.insert("quote", customer=named)
    pairs = [("customer", named), ("customer", coded), ("quote", bare), ("quote", 999)]
    with store.database.read() as conn:
        titles = store.records.titles(conn, pairs)
    assert titles == {
        ("customer", named): "华东轴承",
        ("customer", coded): "C-7",
        ("quote", bare): f"#{bare}",
    }


def test_people_have_their_name_as_title(store: Store) -> None:
    with store.database.write() as conn:
        person = conn.value(sa.insert(user_account).values(login="lin", name="林晓").returning(user_account.c.id))
        assert store.records.titles(conn, [("person", person)]) == {("person", person): "林晓"}


def test_a_removed_record_keeps_its_title(store: Store) -> None:
    record_id = store.insert("customer", name="一厂")
    with store.database.write() as conn:
        store.records.remove(conn, "customer", record_id, 1, at=NOW, by=1)
        assert store.records.titles(conn, [("customer", record_id)]) == {("customer", record_id): "一厂"}


def test_beneath_a_record_lies_what_each_sight_lets_through(store: Store) -> None:
    customer = store.insert("customer", name="a")
    mine = store.insert("quote", customer=customer, stage="accepted")
    other = store.insert("quote", customer=customer, owner_id=5)
    line = store.insert("quote_line", quote=mine)
    hidden = store.insert("quote_line", quote=other, owner_id=5)
    with store.database.read() as conn:
        everything = store.records.beneath(conn, lambda _: SYSTEM_SIGHT, "customer", customer)
        own = store.records.beneath(conn, lambda _: Sight(own_of=1), "customer", customer)
        nothing = store.records.beneath(conn, lambda _: NO_SIGHT, "customer", customer)
    assert everything == {"customer": [customer], "quote": [mine, other], "quote_line": [line, hidden]}
    assert own == {"customer": [customer], "quote": [mine], "quote_line": [line]}
    assert nothing == {"customer": [customer], "quote": []}

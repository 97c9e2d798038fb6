"""The query gate with conditions: on the record itself, and on the record it is a part of."""

from __future__ import annotations

from itertools import product

import pytest
import sqlalchemy as sa

from dsl.formula.check import compile_for
from dsl.formula.tree import Formula
from dsl.formula.value_types import YESNO
from engine.people.sight import SYSTEM_SIGHT, Sight
from engine.store.gate import Gate
from engine.store.live import SqlFormulas
from engine.store.records import Records
from engine.store.tables import has_backup
from tests.unit.engine.store.conftest import Store


def _condition(store: Store, entity: str, text: str) -> Formula:
    checked = compile_for(store.app, entity, text, YESNO)
    assert checked.value is not None, checked.problems
    return checked.value


def _records(store: Store) -> Records:
    formulas = SqlFormulas(store.app, store.tables, store.database.dialect)
    return Records(store.app, store.tables, Gate(store.app, store.tables, formula_sql=formulas.where))


def test_a_condition_lets_through_the_records_it_holds_for(store: Store) -> None:
    large = store.insert("customer", name="large", amount=100_000)
    small = store.insert("customer", name="small", amount=100)
    sight = Sight(conditions=(_condition(store, "customer", "amount > 500"),))
    records = _records(store)
    with store.database.read() as conn:
        assert records.find(conn, sight, "customer", large) is not None
        assert records.find(conn, sight, "customer", small) is None
        own_too = Sight(own_of=1, conditions=sight.conditions)
        assert records.find(conn, own_too, "customer", small) is not None


def test_a_condition_on_a_record_counts_for_its_parts_at_any_depth(store: Store) -> None:
    lines = []
    for name, amount in (("large", 100_000), ("small", 100)):
        customer = store.insert("customer", name=name, amount=amount)
        quote = store.insert("quote", customer=customer)
        lines.append(store.insert("quote_line", quote=quote))
    sight = Sight(conditions=(_condition(store, "customer", "amount > 500"),))
    records = _records(store)
    with store.database.read() as conn:
        seen = [line for line in lines if records.find(conn, sight, "quote_line", line) is not None]
    assert seen == lines[:1]


@pytest.mark.parametrize("entity", ["customer", "quote"])
def test_a_sight_says_of_a_record_that_was_read_what_the_gate_says(store: Store, entity: str) -> None:
    ids = []
    for owner, backup, unit in product((None, 1, 2), (None, 1), (None, 7, 8)):
        of = {"customer": store.insert("customer", name=f"above {len(ids)}")} if entity == "quote" else {}
        named = {"name": f"own {len(ids)}"} if entity == "customer" else {}
        ids.append(store.insert(entity, owner_id=owner, backup_id=backup, unit_id=unit, **of, **named))
    sights = [
        Sight(own_of=own, unit_ids=units, record_ids=chosen, all=everything)
        for own, units, chosen, everything in product((None, 1), ((), (7,), (7, 9)), ((), (ids[0],)), (False, True))
    ]
    records = _records(store)
    knows_backup = has_backup(store.app, store.app.entity(entity))
    with store.database.read() as conn:
        rows = [records.find(conn, SYSTEM_SIGHT, entity, each) for each in ids]
        for sight in sights:
            seen = records.visible(conn, sight, entity, ids)
            said = {row["id"] for row in rows if row is not None and sight.covers(row, has_backup=knows_backup)}
            assert said == seen, sight


def test_a_sight_with_conditions_leaves_what_it_cannot_tell_to_the_gate(store: Store) -> None:
    large = store.insert("customer", name="large", amount=100_000)
    sight = Sight(own_of=5, conditions=(_condition(store, "customer", "amount > 500"),))
    with store.database.read() as conn:
        row = _records(store).find(conn, SYSTEM_SIGHT, "customer", large)
    assert row is not None
    assert sight.covers(row, has_backup=False) is None
    assert sight.covers({**row, "owner_id": 5}, has_backup=False) is True


def test_a_condition_of_a_stranger_is_a_mistake_not_a_hole(store: Store) -> None:
    sight = Sight(conditions=(_condition(store, "quote", "total > 0"),))
    with pytest.raises(ValueError, match="says nothing about customer"):
        _records(store).gate.readable("customer", sight)


def test_a_sealed_subquery_joins_with_another(store: Store) -> None:
    customer = store.insert("customer", name="a")
    store.insert("quote", customer=customer)
    customers = store.gate.readable("customer", Sight(own_of=1), name="customers")
    quotes = store.gate.readable("quote", Sight(own_of=1), name="quotes")
    joined = sa.select(customers.c.name).join(quotes, quotes.c.customer == customers.c.id)
    with store.database.read() as conn:
        assert conn.rows(joined, store.gate.params(Sight(own_of=1))) == [("a",)]

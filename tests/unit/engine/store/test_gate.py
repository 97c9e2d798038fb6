"""The query gate with conditions: on the record itself, and on the record it is a part of."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from dsl.formula.check import compile_for
from dsl.formula.tree import Formula
from dsl.formula.value_types import YESNO
from engine.people.sight import Sight
from engine.store.gate import Gate
from engine.store.live import SqlFormulas
from engine.store.records import Records
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

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dsl.app import App
from engine.store.dependencies import Graph
from engine.store.derived import Derived
from engine.store.live import SqlFormulas
from engine.store.seal import Reason, as_system
from tests.same.computed import COMPUTED, computed_app
from tests.same.rig import ENV, Store
from tests.same.rig import store as open_store
from tests.same.rows import EDGES


@pytest.fixture(scope="module")
def app() -> App:
    return computed_app()


@pytest.fixture
def store(app: App, database_url: str, tmp_path: Path) -> Iterator[Store]:
    with open_store(app, database_url, tmp_path) as opened:
        opened.fill(EDGES)
        yield opened


@pytest.fixture
def derived(store: Store) -> Derived:
    made = Derived(store.app, store.tables, SqlFormulas(store.app, store.tables, store.database.dialect))
    with store.database.write() as conn:
        made.rebuild_all(conn, ENV)
    return made


def stored(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """All stored computed values, by entity."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    with store.database.read() as conn:
        for entity in store.app.entities.values():
            keys = [f.key for f in entity.fields.values() if f.is_computed and not f.is_live]
            table = store.tables.entity(entity.key).table
            select = sa.select(table.c.id, *(table.c[key] for key in keys)).order_by(table.c.id)
            found[entity.key] = conn.rows(as_system(select, Reason.JUDGE))
    return found


def alter(store: Store, derived: Derived, entity: str, record_id: int, values: dict[str, Any]) -> Any:
    """Writes values and recomputes; what was touched."""
    table = store.tables.entity(entity).table
    with store.database.write() as conn:
        old = conn.one(as_system(sa.select(table).where(table.c.id == record_id), Reason.JUDGE))
        changed: dict[str, set[int]] = {entity: {record_id}}
        if entity == "visit" and old is not None and "customer" in values:
            changed["customer"] = {old[list(table.c.keys()).index("customer")]}
        conn.execute(as_system(sa.update(table).where(table.c.id == record_id).values(values), Reason.WRITE))
        return derived.recompute(conn, changed, ENV)


def test_the_graph_computes_a_field_after_those_it_reads(app: App) -> None:
    order = [(level.entity, field) for level in Graph(app).levels for field in level.fields]
    assert order.index(("visit", "worth")) < order.index(("customer", "worth")) < order.index(("customer", "is_big"))
    assert order.index(("customer", "last_visit")) < order.index(("visit", "is_late"))
    assert len(order) == sum(1 for entity, key, _kind, _text in COMPUTED if not app.entity(entity).fields[key].is_live)


def test_a_change_reaches_what_reads_it_through_rows_and_on(store: Store, derived: Derived) -> None:
    touched = alter(store, derived, "visit", 10, {"amount": 10**9, "rate": 10_000})
    assert touched == {"visit": {10}, "customer": {1}}
    before = stored(store)
    with store.database.write() as conn:
        assert derived.rebuild_all(conn, ENV) == 0
    assert stored(store) == before


def test_a_change_reaches_children_through_their_reference(store: Store, derived: Derived) -> None:
    assert alter(store, derived, "customer", 3, {"name": "改名"}) == {"customer": {3}, "visit": {30, 31, 32}}


def test_a_region_reaches_the_visits_of_its_customers(store: Store, derived: Derived) -> None:
    touched = alter(store, derived, "region", 1, {"name": "华南"})
    assert touched["customer"] == {1, 4, 7}
    assert touched["visit"] == {10, 11, 12, 40, 41, 42, 70, 71, 72}


def test_a_row_that_moves_changes_both_its_parents(store: Store, derived: Derived) -> None:
    touched = alter(store, derived, "visit", 10, {"customer": 6})
    assert {1, 6} <= touched["customer"]
    before = stored(store)
    with store.database.write() as conn:
        assert derived.rebuild_all(conn, ENV) == 0
    assert stored(store) == before


def test_a_change_that_alters_no_value_touches_nothing(store: Store, derived: Derived) -> None:
    assert alter(store, derived, "visit", 10, {"note": "another note"}) == {}


VALUES = st.fixed_dictionaries(
    {},
    optional={
        "name": st.sampled_from(["", "甲", "乙"]),
        "amount": st.sampled_from([None, 0, 5, 10**6, -(10**17)]),
        "rate": st.sampled_from([None, 0, 1_234, 10_000]),
        "ok": st.booleans(),
        "day": st.sampled_from([None, *(row["day"] for row in EDGES["visit"] if row.get("day"))]),
        "who": st.sampled_from([None, 1, 2]),
        "deleted_at": st.sampled_from([None, ENV.now]),
    },
)
CHANGES = st.lists(
    st.one_of(
        st.tuples(st.just("visit"), st.sampled_from([r["id"] for r in EDGES["visit"]]), VALUES),
        st.tuples(
            st.just("visit"),
            st.sampled_from([r["id"] for r in EDGES["visit"]]),
            st.fixed_dictionaries({"customer": st.integers(1, 8)}),
        ),
        st.tuples(st.just("customer"), st.integers(1, 8), VALUES),
        st.tuples(
            st.just("customer"), st.integers(1, 8), st.fixed_dictionaries({"region": st.sampled_from([None, 1, 2])})
        ),
        st.tuples(
            st.just("region"), st.integers(1, 2), st.fixed_dictionaries({"name": st.sampled_from(["", "x", "y"])})
        ),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=CHANGES)
def test_recomputing_what_changed_is_the_same_as_recomputing_all(
    store: Store, derived: Derived, changes: list[tuple[str, int, dict[str, Any]]]
) -> None:
    for entity, record_id, values in changes:
        if values:
            alter(store, derived, entity, record_id, values)
    before = stored(store)
    with store.database.write() as conn:
        derived.rebuild_all(conn, ENV)
    assert stored(store) == before

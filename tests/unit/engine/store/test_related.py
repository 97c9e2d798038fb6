from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from dsl.app import App
from dsl.formula.check import compile_for
from dsl.formula.python_code import compile_formula
from dsl.formula.tree import Formula
from engine.people.sight import SYSTEM_SIGHT
from engine.store.connection import Connection
from engine.store.derived import Derived
from engine.store.gate import Gate
from engine.store.live import SqlFormulas
from engine.store.records import Records
from engine.store.related import Related, all_reads
from engine.store.seal import Reason, as_system
from engine.store.sql_formula import moment
from tests.same.computed import COMPUTED, computed_app
from tests.same.rig import ENV, Store, fresh_url
from tests.same.rig import store as open_store
from tests.same.rows import EDGES


@pytest.fixture(scope="module")
def app() -> App:
    return computed_app()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def store(app: App, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    home = tmp_path_factory.mktemp("store")
    with fresh_url(request, home) as url, open_store(app, url, home) as opened:
        opened.fill(EDGES)
        formulas = SqlFormulas(app, opened.tables, opened.database.dialect)
        with opened.database.write() as conn:
            Derived(app, opened.tables, formulas).rebuild_all(conn, ENV)
        yield opened


@pytest.fixture
def related(store: Store) -> Related:
    return Related(store.app, store.tables, SqlFormulas(store.app, store.tables, store.database.dialect))


@pytest.fixture
def records(store: Store) -> Records:
    formulas = SqlFormulas(store.app, store.tables, store.database.dialect)
    gate = Gate(store.app, store.tables, formula_sql=formulas.where, live=formulas.add_live, moment=moment)
    return Records(store.app, store.tables, gate)


def formula(app: App, text: str, entity: str = "customer") -> Formula:
    found = compile_for(app, entity, text)
    assert found.value is not None, (text, found.problems)
    return found.value


TEXTS = (
    "region.lead.name", "who.manager.name", "who.unit.name", "sum(visits.worth where who = this.who)",
    "count(visits where customer.region.level > 2)", 'join(visits.shown, "|")', "idle", "band", "region.lead.unit.name",
    "exists(visits where who.name = this.region.lead.name)", '"price" in concerns', "region is empty", "who = me",
    "latest(visits.worth)", "stage.chance", "days_in_stage", "papers is empty", "avg(visits.qty)",
)  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_python_over_a_nested_row_gives_what_sql_gives(
    store: Store, related: Related, records: Records, text: str
) -> None:
    found = formula(store.app, text)
    compute = compile_formula(found, store.app)
    with store.database.read() as conn:
        for row, expected in zip(EDGES["customer"], store.values(found.root, "customer"), strict=True):
            record = records.find(conn, SYSTEM_SIGHT, "customer", row["id"], ENV)
            assert record is not None
            assert compute(related.nested(conn, "customer", record, found.reads, ENV), ENV) == expected


def test_live_and_stored_fields_are_what_python_computes(store: Store, related: Related, records: Records) -> None:
    with store.database.read() as conn:
        for row in EDGES["customer"]:
            record = records.find(conn, SYSTEM_SIGHT, "customer", row["id"], ENV)
            assert record is not None
            for entity, key, _kind, _text in COMPUTED:
                rule = store.app.entity(entity).fields[key].formula
                if entity == "customer" and rule is not None:
                    nested = related.nested(conn, "customer", record, rule.reads, ENV)
                    assert compile_formula(rule, store.app)(nested, ENV) == record[key], (row["id"], key)


def test_many_records_are_nested_with_as_many_queries_as_one(store: Store, related: Related) -> None:
    asked: list[object] = []
    reads = formula(
        store.app,
        'region.lead.name & join(visits.name) & sum(visits.worth where region_of = "")'.replace(
            "region_of", "of_region"
        ),
    ).reads
    with store.database.read() as conn:
        table = store.tables.entity("customer").table
        rows = conn.rows(as_system(sa.select(table), Reason.JUDGE))
        found = [dict(zip(table.c.keys(), row, strict=True)) for row in rows]
        counted = Counting(conn, asked)
        nested = related.nested_many(counted, "customer", found, reads, ENV)  # type: ignore[arg-type]
    assert len(nested) == 8
    assert len(asked) == 3


class Counting:
    """A connection that counts what it is asked."""

    def __init__(self, conn: Connection, asked: list[object]) -> None:
        self.conn, self.asked = conn, asked

    def rows(self, statement: object, params: object = None) -> list[tuple[object, ...]]:
        self.asked.append(statement)
        return self.conn.rows(statement, params)  # type: ignore[arg-type]


def test_unsaved_rows_stand_for_the_saved_ones(store: Store, related: Related) -> None:
    total = formula(store.app, 'sum(visits.amount where who.name = "李娜")')
    unsaved = [
        {"id": None, "amount": 500, "who": 2},
        {"id": None, "amount": 70, "who": 1},
        {"id": 10, "amount": 3, "who": 2},
    ]
    with store.database.read() as conn:
        nested = related.nested(conn, "customer", {"id": 1}, total.reads, ENV, {"visits": unsaved})
    assert compile_formula(total, store.app)(nested, ENV) == 503


def test_removed_rows_and_empty_references_are_not_there(store: Store, related: Related) -> None:
    table = store.tables.entity("visit").table
    found = formula(store.app, "join(visits.name) & region.name")
    with store.database.write() as conn:
        conn.rollback_only()
        conn.execute(as_system(sa.update(table).where(table.c.id == 10).values(deleted_at=ENV.now), Reason.WRITE))
        nested = related.nested(conn, "customer", {"id": 1, "region": None}, found.reads, ENV)
    assert [row["id"] for row in nested["visits"]] == [11, 12]
    assert nested["region"] is None


def test_reads_of_a_form_include_those_of_the_live_fields_it_shows(app: App) -> None:
    found = all_reads(app, [formula(app, 'band = "high"')])
    assert {(read.via, read.field) for read in found} >= {
        ((), "points"),
        ((), "idle"),
        ((), "last_visit"),
        (("visits",), "day"),
    }

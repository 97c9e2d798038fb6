"""Applying an app: expand only, names for life, nothing lost, twice is nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy.schema import DropTable

from dsl.app import App, Entity, Field
from dsl.formula.value_types import DATE, INTEGER, MONEY, TEXT, ChoiceType, SetType, ValueType
from engine.clock import VirtualClock
from engine.errors import NotReady
from engine.people.sight import SYSTEM_SIGHT
from engine.store import revisions
from engine.store.apply import apply_app, plan_changes, read_tables
from engine.store.database import Database
from engine.store.ddl import SqlText
from engine.store.gate import Gate
from engine.store.records import Records, SystemValues
from engine.store.system_tables import evidence
from tests.unit.engine.store.apps import SMALL, app, entity, field
from tests.unit.engine.store.conftest import NOW

CLOCK = VirtualClock(NOW)


class Site:
    """A database to which one app after another is applied."""

    def __init__(self, url: str, directory: Path) -> None:
        self.database = Database.open(url, data_dir=directory)

    def apply(self, *entities: Entity, acknowledged: Collection[str] = (), digest: str = "") -> list[str]:
        """Applies an app of these entities; what was done."""
        self.app = app(*entities, digest=digest or sha256(repr(entities).encode()).hexdigest())
        planned = [str(op) for op in plan_changes(self.database, self.app)]
        self.revision = apply_app(self.database, self.app, CLOCK, acknowledged=acknowledged)
        assert plan_changes(self.database, self.app) == []
        assert apply_app(self.database, self.app, CLOCK) == self.revision
        return planned

    @property
    def records(self) -> Records:
        tables = read_tables(self.database, self.app)
        return Records(self.app, tables, Gate(self.app, tables))

    def insert(self, **values: object) -> int:
        with self.database.write() as conn:
            return self.records.insert(conn, "thing", values, SystemValues(at=NOW, by=1))

    def get(self, record_id: int = 1, entity: str = "thing") -> dict[str, object]:
        with self.database.read() as conn:
            found = self.records.find(conn, SYSTEM_SIGHT, entity, record_id)
        assert found is not None
        return found


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> Iterator[Site]:
    opened = Site(database_url, tmp_path)
    yield opened
    opened.database.close()


def thing(*fields: Field, key: str = "thing", was: str = "") -> Entity:
    return entity(key, *fields, was=was)


def test_a_fresh_app_is_tables_and_twice_is_nothing(site: Site) -> None:
    done = site.apply(*SMALL.entities.values())
    assert "add table customer" in done
    assert "add column customer.amount" in done
    assert "add link customer.tags" in done


def test_a_new_revision_is_numbered_and_keeps_its_text(site: Site) -> None:
    site.apply(thing(field("a", "text")), digest="1")
    first = site.revision
    site.apply(thing(field("a", "text", help=SMALL.label)), digest="2")
    assert site.revision > first
    with site.database.read() as conn:
        latest, old = revisions.latest(conn), revisions.find(conn, first)
    assert latest is not None
    assert old is not None
    assert (latest.id, latest.digest, latest.source, latest.plan) == (site.revision, "2", "app: test_app\n", ())
    assert "add table thing" in old.plan


def test_a_new_field_is_a_new_column_and_old_records_are_empty_there(site: Site) -> None:
    site.apply(thing(field("a", "text")))
    site.insert(a="x")
    assert site.apply(thing(field("a", "text"), field("b", "yesno"), field("c", "tags", "t"), field("d", "text"))) == [
        "add column thing.b",
        "add link thing.c",
        "add column thing.d",
    ]
    found = site.get()
    assert (found["a"], found["b"], found["c"], found["d"]) == ("x", False, (), "")


def test_a_renamed_field_keeps_its_data_and_its_column(site: Site) -> None:
    site.apply(thing(field("a", "text"), field("t", "tags", "t")))
    site.insert(a="x", t=("b",))
    renamed = thing(field("b", "text", was="a"), field("u", "tags", "t", was="t"))
    assert site.apply(renamed) == ["rename column thing.a to column thing.b", "rename link thing.t to link thing.u"]
    assert (site.get()["b"], site.get()["u"]) == ("x", ("b",))
    assert read_tables(site.database, site.app).entity("thing").column("b").name == "a"


def test_a_renamed_entity_keeps_its_records(site: Site) -> None:
    site.apply(thing(field("a", "text")))
    site.insert(a="x")
    site.apply(thing(field("a", "text"), key="object", was="thing"))
    assert site.get(entity="object")["a"] == "x"


def test_two_fields_that_swap_names_keep_their_own_data(site: Site) -> None:
    site.apply(thing(field("a", "text"), field("b", "text")))
    site.insert(a="from a", b="from b")
    site.apply(thing(field("c", "text", was="a"), field("a", "text", was="b")))
    found = site.get()
    assert (found["c"], found["a"]) == ("from a", "from b")


def test_a_dropped_field_is_retired_and_comes_back_with_its_data(site: Site) -> None:
    site.apply(thing(field("a", "text"), field("t", "tags", "t"), field("n", "text", unique=True)))
    site.insert(a="x", t=("a",), n="1")
    dropped = site.apply(thing(field("n", "text")))
    assert dropped == ["retire column thing.a", "retire link thing.t"]
    site.insert(n="1")
    back = site.apply(thing(field("n", "text"), field("a", "text"), field("t", "tags", "t")))
    assert back == ["revive column thing.a", "revive link thing.t"]
    assert (site.get()["a"], site.get()["t"]) == ("x", ("a",))


def test_the_same_name_with_another_type_later_is_another_column(site: Site) -> None:
    site.apply(thing(field("n", "text"), field("a", "text")))
    site.insert(n="1", a="x")
    site.apply(thing(field("n", "text")))
    site.apply(thing(field("n", "text"), field("a", "money")))
    assert (site.get()["n"], site.get()["a"]) == ("1", None)


def _typed(value_type: ValueType) -> Entity:
    plain = field("a", "text")
    return thing(replace(plain, value_type=value_type))


@pytest.mark.parametrize(
    ("old", "new", "before", "after"),
    [
        (TEXT, MONEY, "1,280.5", 128_050),
        (INTEGER, MONEY, 7, 700),
        (INTEGER, TEXT, 7, "7"),
        (MONEY, TEXT, -5, "-0.05"),
        (MONEY, INTEGER, 150, 2),
        (TEXT, DATE, "2026-02-28", date(2026, 2, 28)),
        (DATE, TEXT, date(2026, 2, 28), "2026-02-28"),
        (TEXT, ChoiceType("g", ("a", "b")), "b", "b"),
        (ChoiceType("g", ("a", "b")), TEXT, "b", "b"),
        (ChoiceType("g", ("a", "b")), SetType("g", ("a", "b")), "b", ("b",)),
        (SetType("g", ("a", "b")), ChoiceType("g", ("a", "b")), ("b",), "b"),
    ],
)
def test_a_field_of_a_new_type_keeps_what_converts(
    site: Site, old: ValueType, new: ValueType, before: object, after: object
) -> None:
    site.apply(_typed(old))
    site.insert(a=before)
    assert site.apply(_typed(new))[0].startswith("retype")
    assert site.get()["a"] == after


def test_a_type_that_loses_values_must_be_acknowledged_by_name(site: Site) -> None:
    site.apply(_typed(TEXT))
    site.insert(a="many")
    site.insert(a="3")
    with pytest.raises(NotReady, match=r"1 values of thing\.a do not convert"):
        site.apply(_typed(INTEGER))
    site.app = app(_typed(TEXT))
    assert site.get()["a"] == "many"
    site.apply(_typed(INTEGER), acknowledged=["thing.a"])
    assert (site.get(1)["a"], site.get(2)["a"]) == (None, 3)
    site.apply(_typed(TEXT))
    assert (site.get(1)["a"], site.get(2)["a"]) == ("", "3")


def test_doubled_values_keep_a_field_from_becoming_unique(site: Site) -> None:
    site.apply(thing(field("a", "text")))
    site.insert(a="x")
    site.insert(a="x")
    with pytest.raises(NotReady, match=r"thing\.a holds doubled values"):
        site.apply(thing(field("a", "text", unique=True)))
    site.app = app(thing(field("a", "text")))
    site.insert(a="x")


def test_data_of_another_app_is_refused(site: Site) -> None:
    site.apply(thing(field("a", "text")))
    with pytest.raises(NotReady, match="belongs to the app test_app"):
        apply_app(site.database, app(thing(), key="other"), CLOCK)


def test_reserved_and_long_names_get_columns_that_need_no_quotes(site: Site) -> None:
    long = "a" * 80
    site.apply(entity(long, field(long, "text"), field("order", "integer"), field("order_", "integer")))
    columns = read_tables(site.database, site.app).entity(long)
    assert len(columns.table.name) <= 63
    assert columns.column("order").name != columns.column("order_").name
    assert columns.column(long).name != long


def test_a_plan_can_be_made_before_anything_was_applied(site: Site) -> None:
    made: App = app(thing(field("a", "text")))
    assert [str(op) for op in plan_changes(site.database, made)] == ["add table thing", "add column thing.a"]


def test_a_newer_engine_adds_what_its_own_tables_lack(site: Site) -> None:
    site.apply(thing(field("a", "text")))
    with site.database.write() as conn:
        conn.define(DropTable(evidence))
        conn.define(SqlText("ALTER TABLE user_account DROP COLUMN theme"))
    site.apply(thing(field("a", "text"), field("b", "text")))
    with site.database.read() as conn:
        present = conn.columns_by_table()
    assert "theme" in present["user_account"]
    assert "evidence" in present


def test_processes_that_start_at_once_apply_one_after_the_other(postgresql_url: str, tmp_path: Path) -> None:
    databases = [Database.open(postgresql_url, data_dir=tmp_path) for _ in range(4)]
    try:
        with ThreadPoolExecutor(4) as pool:
            revisions = list(pool.map(lambda each: apply_app(each, SMALL, CLOCK), databases))
    finally:
        for database in databases:
            database.close()
    assert revisions == [revisions[0]] * 4

"""Runs one formula through Python, SQLite and PostgreSQL over the same rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.schema import CreateTable

from dsl.app import App
from dsl.formula.env import Env
from dsl.formula.tree import Node
from dsl.formula.value_types import SetType
from engine.store.columns import is_linked
from engine.store.database import Database
from engine.store.seal import Reason, as_system
from engine.store.sql_formula import moment, to_sql, to_where
from engine.store.sql_scope import SqlScope
from engine.store.system_tables import SYSTEM
from engine.store.tables import Tables
from tests.same.small_app import NOW, TODAY

PEOPLE: tuple[Mapping[str, Any], ...] = (
    {"id": 1, "login": "boss", "name": "王总", "role": "manager", "unit_id": 1, "manager_id": None},
    {"id": 2, "login": "li", "name": "李娜", "role": "sales", "unit_id": 2, "manager_id": 1},
    {"id": 3, "login": "new", "name": "", "role": "", "unit_id": None, "manager_id": 2},
)
UNITS = ({"id": 1, "name": "总部", "path": "/1/"}, {"id": 2, "name": "华东", "path": "/1/2/", "parent_id": 1})

Rows = Mapping[str, Sequence[Mapping[str, Any]]]
"""Entity → rows in stored form, each with its id and, for a child, its parent's id."""


def person(key: int | None) -> dict[str, Any] | None:
    """A person as formulas in Python see him or her."""
    found = next((p for p in PEOPLE if p["id"] == key), None)
    if found is None:
        return None
    unit = next((u for u in UNITS if u["id"] == found["unit_id"]), None)
    return {
        "id": found["id"],
        "name": found["name"],
        "role": found["role"] or None,
        "unit": {"id": unit["id"], "name": unit["name"]} if unit else None,
        "manager": person(found["manager_id"]),
    }


ENV = Env(today=TODAY, now=NOW, me=person(2), submitter=None)


class Store:
    """One database with the tables of an app and some rows."""

    def __init__(self, app: App, database: Database) -> None:
        self.app, self.database = app, database
        self.tables = Tables(app)
        self.scope = SqlScope(app, self.tables, "sqlite" if database.dialect == "sqlite" else "postgresql")
        with database.write() as connection:
            for table in (*SYSTEM.sorted_tables, *self.tables.metadata.sorted_tables):
                connection.define(CreateTable(table))
            for name, rows in (("org_unit", UNITS), ("user_account", PEOPLE)):
                for row in rows:
                    connection.execute(sa.insert(SYSTEM.tables[name]).values(**row))

    def fill(self, rows: Rows) -> None:
        """Adds rows."""
        with self.database.write() as connection:
            for key, each in rows.items():
                table = self.tables.entity(key)
                for row in each:
                    linked = {name for name, f in table.entity.fields.items() if is_linked(f.value_type)}
                    values = {name: row[name] for name in row if name not in linked and name in table.table.c}
                    stamped = {**values, "created_at": values.get("created_at") or NOW, "changed_at": NOW}
                    connection.execute(as_system(sa.insert(table.table).values(stamped), Reason.WRITE))
                    for name in linked & set(row):
                        for value in row[name]:
                            link = sa.insert(table.link(name)).values(record_id=row["id"], value=value)
                            connection.execute(as_system(link, Reason.WRITE))

    def refill(self, rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
        """These rows and no others; "person" holds the people."""
        with self.database.write() as connection:
            people, units = SYSTEM.tables["user_account"], SYSTEM.tables["org_unit"]
            for table in (*reversed(self.tables.metadata.sorted_tables), people, units):
                connection.execute(as_system(sa.delete(table), Reason.WRITE))
            for row in rows.get("department", ()):
                connection.execute(sa.insert(units).values(row))
            for row in rows["person"]:
                connection.execute(sa.insert(people).values({"manager_id": None, "unit_id": None, **row}))
        self.fill({key: each for key, each in rows.items() if key not in ("person", "department")})

    def value_of(self, node: Node, entity: str, key: int, env: Env = ENV) -> Any:
        """The formula over one record."""
        table = self.tables.entity(entity).table
        select = sa.select(to_sql(node, self.scope.over(entity, table))).select_from(table).where(table.c.id == key)
        with self.database.read() as connection:
            return connection.value(as_system(select, Reason.JUDGE), moment(env))

    def values(self, node: Node, entity: str, env: Env = ENV) -> list[Any]:
        """The formula over every row of the entity, by id."""
        table = self.tables.entity(entity).table
        select = sa.select(to_sql(node, self.scope.over(entity, table))).select_from(table).order_by(table.c.id)
        with self.database.read() as connection:
            return [row[0] for row in connection.rows(as_system(select, Reason.JUDGE), moment(env))]

    def chosen(self, node: Node, entity: str, env: Env = ENV) -> list[int]:
        """Ids of the rows for which a condition holds, by its WHERE form."""
        table = self.tables.entity(entity).table
        select = sa.select(table.c.id).where(to_where(node, self.scope.over(entity, table))).order_by(table.c.id)
        with self.database.read() as connection:
            return [row[0] for row in connection.rows(as_system(select, Reason.JUDGE), moment(env))]


@contextmanager
def fresh_url(request: pytest.FixtureRequest, home: Path) -> Iterator[str]:
    """The address of an empty database on `request.param`, for fixtures that outlive a test."""
    if request.param == "sqlite":
        yield f"sqlite:///{home / 'fresh.sqlite'}"
        return
    server = request.getfixturevalue("postgres_server")
    url: str = server.new_database()
    yield url
    server.give_back(url)


@contextmanager
def store(app: App, url: str, tmp: Path) -> Iterator[Store]:
    database = Database.open(url, data_dir=tmp)
    try:
        yield Store(app, database)
    finally:
        database.close()


def nested(app: App, rows: Rows, entity: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as Python formulas see it: references and people as mappings, table fields as lists of rows."""
    found: dict[str, Any] = {"id": row["id"], "created_at": NOW, "changed_at": NOW}
    if (since := row.get("stage_since")) is not None:
        found["days_in_stage"] = (ENV.today - since.astimezone(ENV.timezone).date()).days
    for key, field in app.entity(entity).fields.items():
        if field.kind == "person":
            found[key] = person(row.get(key))
        elif field.kind == "ref":
            target = next((r for r in rows[field.target] if r["id"] == row.get(key)), None)
            found[key] = None if target is None else flat(app, rows, field.target, target)
        elif field.kind == "table":
            found[key] = [flat(app, rows, field.target, r) for r in rows[field.target] if r[entity] == row["id"]]
        elif key not in found:
            empty: Any = () if is_linked(field.value_type) else None
            found[key] = row.get(key, empty)
            if isinstance(field.value_type, SetType):
                found[key] = tuple(sorted(found[key]))
    return found


def flat(app: App, rows: Rows, entity: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """A related row: its own fields and people, no further references."""
    found: dict[str, Any] = {"created_at": NOW, "changed_at": NOW, **row}
    for key, field in app.entity(entity).fields.items():
        if field.kind == "person":
            found[key] = person(row.get(key))
        elif key not in found:
            found[key] = None
    return found


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)

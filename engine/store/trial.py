"""A scratch database to try formulas in: the tables of an app, one nested row at a time, nothing kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.schema import CreateTable

from dsl.app import App, Entity, Field
from dsl.formula.env import Env
from dsl.formula.tree import Formula
from dsl.formula.value_types import PersonType, RefType, RowsType
from engine.store.columns import is_linked
from engine.store.connection import Connection
from engine.store.database import Database
from engine.store.seal import Reason, as_system
from engine.store.sql_formula import moment, to_sql
from engine.store.sql_scope import SqlScope
from engine.store.system_tables import SYSTEM, org_unit, user_account
from engine.store.tables import EntityTable, Tables

NestedRow = Mapping[str, object]


class Trial:
    """Formulas in SQL over rows that live only as long as one question. Wants an empty database."""

    def __init__(self, app: App, database: Database) -> None:
        self._app, self._database = app, database
        self._tables = Tables(app)
        self._scope = SqlScope(app, self._tables, "sqlite" if database.dialect == "sqlite" else "postgresql")
        with database.write() as connection:
            for table in (*SYSTEM.sorted_tables, *self._tables.metadata.sorted_tables):
                connection.define(CreateTable(table))

    def value(self, formula: Formula, entity: str, row: NestedRow, env: Env) -> object:
        """The formula's value over the row, in stored form. References give their id."""
        table = self._tables.entity(entity).table
        with self._database.write() as connection:
            connection.rollback_only()
            planting = _Planting(self._app, self._tables, connection, env)
            record_id = planting.plant(self._app.entity(entity), row)
            planting.plant_people()
            asked = sa.select(to_sql(formula.root, self._scope.over(entity, table))).where(table.c.id == record_id)
            found = connection.one(as_system(asked, Reason.JUDGE), moment(env))
        return found[0] if found else None


class _Planting:
    """Writes a nested row: what it points to first, then itself, then its child rows. Each (entity, id) once."""

    def __init__(self, app: App, tables: Tables, connection: Connection, env: Env) -> None:
        self._app, self._tables, self._connection, self._env = app, tables, connection, env
        self._planted: set[tuple[str, int]] = set()
        self._next_id = 1_000_000

    def plant(self, entity: Entity, row: NestedRow, parent: Mapping[str, object] | None = None) -> int:
        record_id = self._id_of(row)
        if (entity.key, record_id) in self._planted:
            return record_id
        self._planted.add((entity.key, record_id))
        table = self._tables.entity(entity.key)
        values: dict[str, object] = {"id": record_id}
        for key, field in entity.fields.items():
            if not is_linked(field.value_type) and table.has_column(key):
                values[table.aliases.get(key, key)] = self._stored(field, row[key])
        self._insert(table.table, values | dict(parent or {}))
        for key, field in entity.fields.items():
            if key in table.links:
                self._link(table, key, record_id, row[key])
            elif isinstance(field.value_type, RowsType):
                self._plant_rows(entity, record_id, self._app.entity(field.value_type.entity), row[key])
        return record_id

    def plant_people(self) -> None:
        """The people of the moment, unless the record told of them."""
        for person in (self._env.me, self._env.submitter):
            if person:
                self._person(person)

    def _plant_rows(self, entity: Entity, record_id: int, child: Entity, rows: object) -> None:
        if isinstance(rows, Sequence):
            for row in rows:
                self.plant(child, row, {entity.key: record_id})

    def _stored(self, field: Field, value: object) -> object:
        """The value of a column: an id where the row holds a nested record."""
        if not isinstance(value, Mapping):
            return value
        match field.value_type:
            case RefType(entity=target) if target in self._app.entities:
                return self.plant(self._app.entity(target), value)
            case RefType():
                return self._unit(value)
            case PersonType():
                return self._person(value)
            case _:
                return value

    def _person(self, person: NestedRow) -> int:
        person_id = self._id_of(person)
        if ("person", person_id) not in self._planted:
            self._planted.add(("person", person_id))
            unit, manager = person.get("unit"), person.get("manager")
            values = {
                "id": person_id,
                "login": f"p{person_id}",
                "name": person.get("name") or "",
                "role": person.get("role") or "",
                "unit_id": self._unit(unit) if isinstance(unit, Mapping) else None,
                "manager_id": self._person(manager) if isinstance(manager, Mapping) else None,
                "created_at": self._env.now,
            }
            self._insert(user_account, values)
        return person_id

    def _unit(self, unit: NestedRow) -> int:
        unit_id = self._id_of(unit)
        if ("department", unit_id) not in self._planted:
            self._planted.add(("department", unit_id))
            self._insert(org_unit, {"id": unit_id, "name": unit.get("name") or "", "path": f"/{unit_id}/"})
        return unit_id

    def _link(self, table: EntityTable, key: str, record_id: int, values: object) -> None:
        for value in values if isinstance(values, tuple) else ():
            self._insert(table.link(key), {"record_id": record_id, "value": value})

    def _insert(self, table: sa.Table, values: Mapping[str, object]) -> None:
        known = {key: value for key, value in values.items() if value is not None}
        self._connection.execute(as_system(sa.insert(table).values(known), Reason.WRITE))

    def _id_of(self, row: NestedRow) -> int:
        given = row.get("id")
        if isinstance(given, int) and given > 0:
            return given
        self._next_id += 1
        return self._next_id

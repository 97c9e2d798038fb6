"""Records: rows of entity tables as mappings from field key to stored-form value.

Reading goes through the query gate. Writing is the engine's (`engine.execute` has judged before): an update names the
version it was made on and touches nothing if somebody saved in between.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from dsl.app import App
from dsl.formula.env import Env
from engine.people.sight import Sight
from engine.store.columns import POSTGRESQL, is_one_of
from engine.store.connection import Connection
from engine.store.gate import Gate
from engine.store.links import add_links, write_links
from engine.store.many import insert_rows, insertion, next_ids
from engine.store.plans import Plans
from engine.store.seal import Reason, SystemStatement, as_system
from engine.store.tables import EntityTable, Tables
from engine.store.titles import find_titles

Record = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemValues:
    """What the engine itself writes on a new record. at: the instant of creation; by: the acting person."""

    at: datetime
    by: int | None
    owner_id: int | None = None
    backup_id: int | None = None
    unit_id: int | None = None
    pipeline: str = ""
    stage: str | None = None
    stage_since: datetime | None = None

    def as_columns(self) -> dict[str, object]:
        return {
            "owner_id": self.owner_id,
            "backup_id": self.backup_id,
            "unit_id": self.unit_id,
            "pipeline": self.pipeline,
            "stage": self.stage,
            "stage_since": self.stage_since,
            "created_at": self.at,
            "created_by": self.by,
            "changed_at": self.at,
            "changed_by": self.by,
        }


NewRecord = tuple[Mapping[str, object], SystemValues]
"""(values by field, what the engine writes beside them)."""


class Records:
    """Reads and writes the records of one app. Column names in values are field keys or system columns."""

    def __init__(self, app: App, tables: Tables, gate: Gate, plans: Plans | None = None) -> None:
        self.app = app
        self.tables = tables
        self.gate = gate
        self.plans = plans or gate.plans

    # --- reading -----------------------------------------------------------------------------------------------------

    def find(
        self,
        conn: Connection,
        sight: Sight,
        entity: str,
        record_id: int,
        env: Env | None = None,
        *,
        fields: Collection[str] | None = None,
    ) -> Record | None:
        """The record, or None if there is none in this sight.

        fields: the live fields wanted (None: all); stored fields always come.
        """
        found = self._select(conn, sight, entity, env, "id", record_id, fields)
        return found[0] if found else None

    def find_many(
        self, conn: Connection, sight: Sight, entity: str, ids: Collection[int], env: Env | None = None
    ) -> list[Record]:
        """Those of the records that are in this sight, as `find` gives each, in the order of their ids."""
        return self._select(conn, sight, entity, env, "id", sorted(ids), None)

    def children(
        self,
        conn: Connection,
        sight: Sight,
        child_entity: str,
        parent_id: int,
        env: Env | None = None,
        *,
        fields: Collection[str] | None = None,
    ) -> list[Record]:
        """The records of `child_entity` whose parent is this one, oldest first."""
        parent = self.app.entity(child_entity).parent
        return self._select(conn, sight, child_entity, env, parent, parent_id, fields)

    def _select(
        self,
        conn: Connection,
        sight: Sight,
        entity: str,
        env: Env | None,
        column: str,
        value: int | list[int],
        fields: Collection[str] | None,
    ) -> list[Record]:
        """value: what the column holds, or a list of what it may hold."""
        live = self.gate.live_fields(entity)
        wanted = live if fields is None else tuple(key for key in live if key in fields)

        def holds(wanted: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
            return is_one_of(wanted, "value") if isinstance(value, list) else wanted == sa.bindparam("value")

        def select() -> sa.Select[Any]:
            """PostgreSQL folds live fields into one another and plans each for every use of it, unless they are fenced;
            then which records are meant must be settled below the fence. SQLite is faster without.
            """
            if conn.dialect != POSTGRESQL:
                rows = self.gate.readable(entity, sight, live=wanted)
                return sa.select(*rows.c).where(holds(rows.c[column])).order_by(rows.c.id)
            chosen = self.gate.readable(entity, sight, stored=(column,), name="chosen")
            ids = sa.select(chosen.c.id).where(holds(chosen.c[column])).subquery("few")
            rows = self.gate.readable(entity, sight, live=wanted, among=ids, is_fenced=True)
            return sa.select(*rows.c).order_by(rows.c.id)

        key = ("records", entity, column, isinstance(value, list), sight.shape, wanted)
        plan = self.plans.get(key, select)
        params = {**self.gate.params(sight, env), "value": value}
        return [self._record(entity, wanted, row) for row in conn.rows(plan, params)]

    def _record(self, entity: str, live: tuple[str, ...], row: tuple[Any, ...]) -> Record:
        found = self.tables.entity(entity)
        record = dict(zip((*found.table.c.keys(), *found.links, *live), row, strict=True))
        for key, column in found.aliases.items():
            record[key] = record[column]
        return record

    def lock(self, conn: Connection, entity: str, ids: Iterable[int]) -> None:
        """Holds these rows until the transaction ends, in the order of their ids. On SQLite the writer holds all."""
        if conn.is_only_writer:
            return
        table = self.tables.entity(entity).table

        def lock() -> SystemStatement:
            one = sa.select(table.c.id).where(table.c.id == sa.bindparam("id")).with_for_update()
            return as_system(one, Reason.WRITE)

        plan = self.plans.get(("lock", entity), lock)
        for record_id in sorted(set(ids)):
            conn.rows(plan, {"id": record_id})

    def lock_seen(self, conn: Connection, sight: Sight, entity: str, record_id: int) -> bool:
        """Holds the record until the transaction ends if it is in this sight, which must have no conditions.

        Whether it is: one statement looks and locks, and looks again at what whoever held it has left behind.
        """
        if sight.is_nothing:
            return False

        def lock() -> sa.Select[Any]:
            rows = self.gate.readable(entity, sight, stored=())
            return sa.select(rows.c.id).where(rows.c.id == sa.bindparam("id")).with_for_update()

        plan = self.plans.get(("lock seen", entity, sight.shape), lock)
        return conn.one(plan, {**self.gate.params(sight), "id": record_id}) is not None

    def visible(
        self, conn: Connection, sight: Sight, entity: str, ids: Collection[int], env: Env | None = None
    ) -> set[int]:
        """Those of the ids whose records are there in this sight."""
        if sight.is_nothing or not ids:
            return set()

        def select() -> sa.Select[Any]:
            rows = self.gate.readable(entity, sight, stored=())
            return sa.select(rows.c.id).where(is_one_of(rows.c.id, "ids"))

        plan = self.plans.get(("visible", entity, sight.shape), select)
        return {row[0] for row in conn.rows(plan, {**self.gate.params(sight, env), "ids": sorted(ids)})}

    def titles(self, conn: Connection, pairs: Iterable[tuple[str, int]]) -> dict[tuple[str, int], str]:
        """(entity, id) → what people call the record, whoever asks; "person" and "department" are entities here."""
        return find_titles(conn, self.tables, self.plans, pairs)

    def beneath(
        self, conn: Connection, sight_of: Callable[[str], Sight], entity: str, record_id: int, env: Env | None = None
    ) -> dict[str, list[int]]:
        """The record and everything below it along `part_of`, as far as each entity's sight goes: entity → ids."""
        found = {entity: [record_id]}
        for child in self.app.children_of(entity):
            for key, ids in self._beneath(conn, sight_of, child.key, [record_id], env).items():
                found.setdefault(key, []).extend(ids)
        return found

    def _beneath(
        self, conn: Connection, sight_of: Callable[[str], Sight], entity: str, parents: list[int], env: Env | None
    ) -> dict[str, list[int]]:
        sight = sight_of(entity)

        def select() -> sa.Select[Any]:
            rows = self.gate.readable(entity, sight)
            return sa.select(rows.c.id).where(is_one_of(rows.c[self.app.entity(entity).parent], "parents"))

        plan = self.plans.get(("beneath", entity, sight.shape), select)
        ids = [row[0] for row in conn.rows(plan, {**self.gate.params(sight, env), "parents": parents})]
        found = {entity: ids}
        for child in self.app.children_of(entity) if ids else ():
            for key, below in self._beneath(conn, sight_of, child.key, ids, env).items():
                found.setdefault(key, []).extend(below)
        return found

    # --- writing -----------------------------------------------------------------------------------------------------

    def insert(self, conn: Connection, entity: str, values: Mapping[str, object], system: SystemValues) -> int:
        """A new record; its id. DuplicateValue if a unique index refuses it (see `Tables.taken_by`)."""
        found = self.tables.entity(entity)

        def insert() -> SystemStatement:
            columns: dict[str, Any] = {key: sa.bindparam(key) for key in found.blank}
            return as_system(sa.insert(found.table).values(columns).returning(found.table.c.id), Reason.WRITE)

        row = new_row(found, {**values, **system.as_columns()})
        record_id: int = conn.value(self.plans.get(("insert", entity), insert), row)
        for field in found.links:
            if chosen := values.get(field):
                add_links(conn, self.plans, found, field, ((record_id, value) for value in _many(chosen)))
        return record_id

    def insert_many(self, conn: Connection, entity: str, new: Sequence[NewRecord]) -> list[int]:
        """New records in their order, in as few statements as the database needs; their ids, rising.

        DuplicateValue as for a single one; which of them it was is not told.
        """
        found, is_one = self.tables.entity(entity), conn.dialect != POSTGRESQL
        keys = ("id", *found.blank)
        ids = next_ids(conn, found.table, len(new))
        numbered = list(zip(ids, new, strict=True))
        rows = [
            {**new_row(found, {**values, **system.as_columns()}), "id": record_id}
            for record_id, (values, system) in numbered
        ]
        plan = self.plans.get(
            ("insert many", entity), lambda: as_system(insertion(found.table, keys, is_one=is_one), Reason.WRITE)
        )
        insert_rows(conn, plan, keys, rows, is_one=is_one)
        for field in found.links:
            chosen = ((record_id, value) for record_id, (values, _) in numbered for value in _many(values.get(field)))
            add_links(conn, self.plans, found, field, chosen)
        return ids

    def update(
        self, conn: Connection, entity: str, record_id: int, version: int | None, values: Mapping[str, object]
    ) -> int | None:
        """Sets these fields and raises the version; the new version.

        None if the record is gone or, with a `version` given, is no longer at it: then nothing was written.
        """
        found = self.tables.entity(entity)
        columns = {found.aliases.get(key, key): value for key, value in values.items() if key not in found.links}
        shape = ("update", entity, tuple(sorted(columns)), version is None)
        plan = self.plans.get(shape, lambda: self._update(found, sorted(columns), is_versioned=version is not None))
        params = {f"new_{key}": found.blank.get(key) if value is None else value for key, value in columns.items()}
        new_version: int | None = conn.value(plan, {**params, "id": record_id, "version": version})
        if new_version is None:
            return None
        for field in found.links:
            if field in values:
                write_links(conn, self.plans, found, field, record_id, _many(values[field]))
        return new_version

    def remove(
        self, conn: Connection, entity: str, record_id: int, version: int | None, *, at: datetime, by: int | None
    ) -> int | None:
        """Marks the record as removed; it is in nobody's sight any more. Answers as `update` does."""
        return self.update(conn, entity, record_id, version, {"deleted_at": at, "changed_at": at, "changed_by": by})

    def _update(self, found: EntityTable, keys: Sequence[str], *, is_versioned: bool) -> SystemStatement:
        table = found.table
        update = sa.update(table).where(table.c.id == sa.bindparam("id"), table.c.deleted_at.is_(None))
        if is_versioned:
            update = update.where(table.c.row_version == sa.bindparam("version"))
        new: dict[Any, Any] = {table.c[key]: sa.bindparam(f"new_{key}", type_=table.c[key].type) for key in keys}
        new[table.c.row_version] = table.c.row_version + 1
        return as_system(update.values(new).returning(table.c.row_version), Reason.WRITE)


def new_row(found: EntityTable, values: Mapping[str, object]) -> dict[str, object]:
    """A value for every column of a new record: the given one, or empty."""
    row = dict(found.blank)
    for key, value in values.items():
        column = found.aliases.get(key, key)
        if value is not None and column in row:
            row[column] = value
    return row


def _many(values: object) -> Iterable[object]:
    if values is None:
        return ()
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise TypeError(f"a set field takes a tuple, not {values!r}")
    return values

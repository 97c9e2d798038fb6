"""Entity tables from an App: one real, typed table per entity, a link table per set field, and their indexes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from dsl.app import App, Entity, Field
from dsl.formula.value_types import FileType, RefType, ValueType
from engine.store.columns import Instant, JsonText, empty_value, id_type, is_linked, new_column, text_type
from engine.store.ledger import Ledger, stored_fields, system_column
from engine.store.seal import PROTECTED


@dataclass(frozen=True, slots=True)
class EntityTable:
    """The table of one entity. Columns are keyed by field key, whatever their physical names.

    links: link tables (record_id, value) of its tags, choices and files fields, by field key.
    aliases: given fields kept in a system column of another name (owner → owner_id). blank: what each column that a new
    record is written with holds where nothing was given.
    """

    entity: Entity
    table: sa.Table
    links: Mapping[str, sa.Table]
    aliases: Mapping[str, str]
    blank: Mapping[str, object]

    def column(self, key: str) -> sa.Column[Any]:
        """The column of a stored field or a system column. KeyError for a live, linked or unknown field."""
        return self.table.c[self.aliases.get(key, key)]

    def has_column(self, key: str) -> bool:
        return self.aliases.get(key, key) in self.table.c

    def link(self, key: str) -> sa.Table:
        return self.links[key]


_NOT_GIVEN = frozenset({"id", "row_version", "deleted_at", "gaps"})
"""Columns that a new record leaves to the database."""


def _blank(entity: Entity, column: str) -> object:
    field = entity.fields.get(column)
    if field is not None:
        return empty_value(field.value_type)
    return "" if column == "pipeline" else None


def has_backup(app: App, entity: Entity) -> bool:
    """Whether anybody can be a backup for its records: a field of its own says who, or one of a record above it."""
    field = entity.fields.get(entity.backup_field)
    if field is not None and not field.given:
        return True
    return bool(entity.parent) and has_backup(app, app.entity(entity.parent))


class Tables:
    """All entity tables of one App, in the physical names of the ledger."""

    def __init__(self, app: App, ledger: Ledger | None = None) -> None:
        self.app = app
        self.ledger = ledger or Ledger()
        self.metadata = sa.MetaData()
        self._entities = {key: self._table_of(entity) for key, entity in app.entities.items()}

    def entity(self, key: str) -> EntityTable:
        return self._entities[key]

    def __iter__(self) -> Iterator[EntityTable]:
        return iter(self._entities.values())

    def _table_of(self, entity: Entity) -> EntityTable:
        columns = list(system_columns())
        links: dict[str, sa.Table] = {}
        name = self.ledger.table_name(entity.key)
        fields = {field.key: field for field in stored_fields(entity)}
        for field in fields.values():
            if is_linked(field.value_type):
                links[field.key] = self._link_of(entity, field, name)
            else:
                columns.append(self._column_of(entity, field.key, field.value_type))
        if entity.parent and entity.parent not in fields:
            columns.append(self._column_of(entity, entity.parent, RefType(entity.parent)))
        table = sa.Table(name, self.metadata, *columns, info={PROTECTED: entity.key})
        aliases = {f.key: column for f in entity.fields.values() if (column := system_column(f)) and column != f.key}
        blank = {column.key: _blank(entity, column.key) for column in table.c if column.key not in _NOT_GIVEN}
        return EntityTable(entity, table, links, aliases, blank)

    def _column_of(self, entity: Entity, key: str, value_type: ValueType) -> sa.Column[Any]:
        return new_column(self.ledger.column_name(entity.key, key), value_type, key)

    def _link_of(self, entity: Entity, field: Field, record_table: str) -> sa.Table:
        value = sa.BigInteger() if isinstance(field.value_type, FileType) else text_type()
        return sa.Table(
            self.ledger.link_name(entity.key, field.key),
            self.metadata,
            sa.Column("record_id", sa.BigInteger, sa.ForeignKey(f"{record_table}.id"), primary_key=True),
            sa.Column("value", value, primary_key=True),
            info={PROTECTED: entity.key},
            sqlite_with_rowid=False,
        )


def system_columns() -> Iterator[sa.Column[Any]]:
    yield sa.Column("id", id_type(), primary_key=True)
    yield sa.Column("row_version", sa.BigInteger, nullable=False, server_default="1")
    for name in ("owner_id", "backup_id", "unit_id"):
        yield sa.Column(name, sa.BigInteger)
    yield sa.Column("pipeline", text_type(), nullable=False, server_default="")
    yield sa.Column("stage", text_type())
    yield sa.Column("stage_since", Instant)
    yield sa.Column("created_at", Instant, nullable=False)
    yield sa.Column("created_by", sa.BigInteger)
    yield sa.Column("changed_at", Instant, nullable=False)
    yield sa.Column("changed_by", sa.BigInteger)
    yield sa.Column("deleted_at", Instant)
    yield sa.Column("gaps", JsonText)

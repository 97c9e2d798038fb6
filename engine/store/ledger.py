"""The column ledger: every physical table and column ever made, and the name it keeps for life."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

from dsl.app import Entity, Field

LONGEST_NAME = 60
"""Bytes; PostgreSQL cuts identifiers at 63."""

SYSTEM_COLUMNS = (
    "id",
    "row_version",
    "owner_id",
    "backup_id",
    "unit_id",
    "pipeline",
    "stage",
    "stage_since",
    "created_at",
    "created_by",
    "changed_at",
    "changed_by",
    "deleted_at",
    "gaps",
)

_RESERVED_WORDS = """
abort action add after all alter analyse analyze and any array as asc attach autoincrement before begin between both
by cascade case cast check collate column commit concurrently conflict constraint create cross current
current_catalog current_date current_role current_schema current_time current_timestamp current_user database
default deferrable deferred delete desc detach distinct do drop each else end escape except exclude exclusive
exists explain fail fetch filter first following for foreign freeze from full generated glob grant group groups
having if ignore ilike immediate in index indexed initially inner insert instead intersect into is isnull join key
last lateral leading left like limit localtime localtimestamp match materialized natural no not nothing notnull null
nulls of offset on only or order others outer over overlaps partition placing plan pragma preceding primary query
raise range recursive references regexp reindex release rename replace restrict returning right rollback row rowid
rows savepoint select session_user set similar some symmetric system_user table tablesample temp temporary then ties
to trailing transaction trigger unbounded union unique update user using vacuum values variadic verbose view virtual
when where window with without
"""

RESERVED = frozenset(_RESERVED_WORDS.split())
"""Words of SQLite and PostgreSQL that a column may not bear unquoted; people read these tables with other tools."""

Kind = Literal["table", "column", "link", "index"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing in the database. For a link: `table_name` is the link table. For an index: its name is column_name."""

    kind: Kind
    entity: str
    field: str
    table_name: str
    column_name: str
    storage: str

    @property
    def said(self) -> str:
        return f"{self.kind} {self.entity}.{self.field}" if self.field else f"{self.kind} {self.entity}"


class Ledger:
    """The live entries, found by what the app calls them, and the retired ones, whose names stay taken."""

    def __init__(self, live: Iterable[Entry] = (), retired: Iterable[Entry] = ()) -> None:
        self.live = tuple(live)
        self.retired = tuple(retired)
        self._found = {(entry.kind, entry.entity, entry.field): entry for entry in self.live}

    def find(self, kind: Kind, entity: str, field: str = "") -> Entry | None:
        return self._found.get((kind, entity, field))

    def table_name(self, entity: str) -> str:
        entry = self.find("table", entity)
        return entry.table_name if entry else first_table_name(entity)

    def column_name(self, entity: str, field: str) -> str:
        entry = self.find("column", entity, field)
        return entry.column_name if entry else first_column_name(field)

    def link_name(self, entity: str, field: str) -> str:
        entry = self.find("link", entity, field)
        return entry.table_name if entry else first_link_name(entity, field)

    def free_table(self, name: str) -> str:
        """`name`, or with `__2`, `__3` … : the first that no table ever bore."""
        return _first_free(name, {entry.table_name for entry in (*self.live, *self.retired)})

    def free_column(self, table_name: str, name: str) -> str:
        """The same for a column of one table."""
        entries = (*self.live, *self.retired)
        return _first_free(name, {entry.column_name for entry in entries if entry.table_name == table_name})


def _first_free(name: str, used: set[str]) -> str:
    number, candidate = 1, name
    while candidate in used:
        number += 1
        candidate = short(f"{name}__{number}")
    return candidate


def first_table_name(entity: str) -> str:
    return short(f"x_{entity}")


def first_link_name(entity: str, field: str) -> str:
    return short(f"l_{entity}__{field}")


def first_column_name(field: str) -> str:
    is_taken = field in RESERVED or field in SYSTEM_COLUMNS
    return short(f"{field}_" if is_taken else field)


def short(name: str, room: int = 0) -> str:
    """The name itself, or its beginning and a hash where it (with `room` bytes more) is longer than allowed."""
    longest = LONGEST_NAME - room
    if len(name.encode()) <= longest:
        return name
    start = name.encode()[: longest - 9].decode(errors="ignore")
    return f"{start}_{sha256(name.encode()).hexdigest()[:8]}"


GIVEN_COLUMNS = {"owner": "owner_id", "backup": "backup_id", "unit": "unit_id"}
"""Given fields that are read from a system column under another name."""


def system_column(field: Field) -> str | None:
    """The system column that keeps a given field, if one does."""
    if not field.given:
        return None
    if field.key in SYSTEM_COLUMNS:
        return field.key
    return GIVEN_COLUMNS.get(field.key)


def is_stored(field: Field) -> bool:
    """Has a column or a link table of its own."""
    return not (field.is_live or field.kind == "table" or system_column(field))


def stored_fields(entity: Entity) -> tuple[Field, ...]:
    """The fields of an entity that have a column or link table of their own, in order."""
    return tuple(field for field in entity.fields.values() if is_stored(field))

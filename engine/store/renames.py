"""A renamed entity: all that happened to its records, and what people keep about them, goes with its new name."""

from __future__ import annotations

import sqlalchemy as sa

from engine.errors import NotReady
from engine.store import import_tables  # noqa: F401 — its tables are among the system tables
from engine.store.connection import Connection
from engine.store.system_tables import SYSTEM, column_ledger, document_number, evidence, waiver

_NAMING_AN_ENTITY = [
    document_number.c.series,
    *(
        column
        for table in SYSTEM.sorted_tables
        if table is not column_ledger
        for column in table.c
        if column.name in ("entity", "related_entity")
    ),
]
"""Columns of the engine's own tables that hold the key of an entity; the ledger keeps its own names."""


def carry_over(conn: Connection, old: str, new: str) -> None:
    """In the transaction that renames it in the ledger.

    Raises NotReady where the new name was once that of another entity: its history is kept, and the two would mix.
    """
    for column in _NAMING_AN_ENTITY:
        if conn.one(sa.select(column).where(column == new).limit(1)) is not None:
            raise NotReady(
                f"{new} 曾是另一个对象的键,它的历史还在;请换一个键 | "
                f"{new} was once the key of another entity, whose history is kept; choose another key"
            )
    for column in _NAMING_AN_ENTITY:
        conn.execute(sa.update(column.table).where(column == old).values({column: new}))
    for rule in (evidence.c.rule, waiver.c.rule):  # the place of a requirement begins with the entity
        carried = sa.literal(new) + sa.func.substr(rule, len(old) + 1)
        conn.execute(sa.update(rule.table).where(rule.startswith(f"{old}.", autoescape=True)).values({rule: carried}))

"""The database itself: whole, at the app's revision, with every table, column and index; people and units."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from engine.integrity.inconsistency import Inconsistency
from engine.integrity.look import Look
from engine.store import revisions
from engine.store.indexes import indexes_of
from engine.store.system_tables import SYSTEM, org_unit, user_account

Found = Iterator[Inconsistency]


def check_structure(look: Look) -> Found:
    for said in look.conn.damage():
        yield Inconsistency("database", said)
    current = revisions.latest(look.conn)
    if current is None or current.digest != look.app.digest:
        yield Inconsistency("revision", look.app.key, look.app.digest[:12], current.digest[:12] if current else "")
    yield from _columns(look)
    for index in missing_indexes(look):
        yield Inconsistency("index", str(index.name))


def _columns(look: Look) -> Found:
    present = look.conn.columns_by_table()
    links = [link for found in look.tables for link in found.links.values()]
    for table in (*SYSTEM.sorted_tables, *(found.table for found in look.tables), *links):
        if table.name not in present:
            yield Inconsistency("table", table.name)
            continue
        for column in table.c:
            if column.name not in present[table.name]:
                yield Inconsistency("column", f"{table.name}.{column.name}")


def missing_indexes(look: Look) -> list[sa.Index]:
    """Indexes that should be there and are not; a missing unique one lets doubled values in."""
    present = look.conn.index_names()
    own = [index for found in look.tables for index in indexes_of(look.tables, found, look.conn.dialect)]
    system = [index for table in SYSTEM.sorted_tables for index in table.indexes]
    return [index for index in (*system, *own) if index.name not in present]


def check_people(look: Look) -> Found:
    """Accounts with a role that the app knows; units whose path leads through their parent."""
    c = user_account.c
    for login, role in look.conn.rows(sa.select(c.login, c.role).where(c.is_active).order_by(c.id)):
        if role not in look.app.roles:
            yield Inconsistency("account", login, ", ".join(look.app.roles), role)
    u, above = org_unit.c, org_unit.alias("above")
    units = sa.select(u.id, u.name, u.path, above.c.path).outerjoin_from(org_unit, above, above.c.id == u.parent_id)
    for unit_id, name, path, parent_path in look.conn.rows(units.order_by(u.id)):
        expected = f"{parent_path or '/'}{unit_id}/"
        if path != expected:
            yield Inconsistency("unit", f"{unit_id} {name}", expected, path)

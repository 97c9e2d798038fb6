"""Titles: what people call a record, wherever it is referred to.

A reference shows its title to whoever sees the record that refers, so this reads past sight, and nothing but titles.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import partial

import sqlalchemy as sa

from dsl.formula.value_types import PersonType, RefType, TextType
from engine.store.columns import is_one_of
from engine.store.connection import Connection
from engine.store.plans import Plans
from engine.store.seal import Reason, SystemStatement, as_system
from engine.store.system_tables import org_unit, user_account
from engine.store.tables import EntityTable, Tables

PEOPLE = {"person": user_account, "department": org_unit}
MOST_HOPS = 3

Pair = tuple[str, int]


def find_titles(conn: Connection, tables: Tables, plans: Plans, pairs: Iterable[Pair]) -> dict[Pair, str]:
    """The title of each record that exists or existed; "#17" where it has none."""
    return _find(conn, tables, plans, set(pairs), MOST_HOPS)


def _find(conn: Connection, tables: Tables, plans: Plans, pairs: set[Pair], hops: int) -> dict[Pair, str]:
    by_entity: dict[str, list[int]] = defaultdict(list)
    for entity, record_id in sorted(pairs):
        by_entity[entity].append(record_id)
    titles: dict[Pair, str] = {}
    borrowed: dict[Pair, Pair] = {}
    for entity, ids in by_entity.items():
        plan = plans.get(("titles", entity), partial(_select, tables, entity))
        target = None if entity in PEOPLE else _target(tables.entity(entity))
        for record_id, title, code in conn.rows(plan, {"ids": ids}):
            if target and title is not None:
                borrowed[entity, record_id] = (target, title)
            titles[entity, record_id] = code or f"#{record_id}" if target or title in ("", None) else str(title)
    if borrowed and hops:
        lent = _find(conn, tables, plans, set(borrowed.values()), hops - 1)
        titles.update({pair: lent[source] for pair, source in borrowed.items() if source in lent})
    return titles


def title_in(found: EntityTable, row: Mapping[str, object]) -> str | None:
    """The title of a record that was read already, as `find_titles` gives it; None where only that can tell."""
    field = found.entity.fields.get(found.entity.title)
    if field is None or field.key not in row or not isinstance(field.value_type, TextType):
        return None
    if row[field.key]:
        return str(row[field.key])
    return None if found.has_column("code") and "code" not in row else str(row.get("code") or f"#{row['id']}")


def _select(tables: Tables, entity: str) -> sa.Executable | SystemStatement:
    """Id, title and code of the records in the array `ids`."""
    people = PEOPLE.get(entity)
    if people is not None:
        return sa.select(people.c.id, people.c.name, sa.literal("")).where(is_one_of(people.c.id, "ids"))
    found = tables.entity(entity)
    nothing = sa.literal("")
    title = found.column(found.entity.title) if found.has_column(found.entity.title) else nothing
    code = found.column("code") if found.has_column("code") else nothing
    return as_system(sa.select(found.table.c.id, title, code).where(is_one_of(found.table.c.id, "ids")), Reason.TITLES)


def _target(found: EntityTable) -> str | None:
    """The entity whose title stands in, where the title field is a reference."""
    field = found.entity.fields.get(found.entity.title)
    match field.value_type if field else None:
        case RefType(entity=entity):
            return entity
        case PersonType():
            return "person"
        case _:
            return None

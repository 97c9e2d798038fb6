"""The indexes of an entity table, and what it means when a unique one refuses a row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import visitors

from dsl.app import App, ListView, OneOpen
from dsl.formula.tree import Aggregate, Between, Compare, Node, Path
from dsl.formula.value_types import ChoiceType, FileType, RefType, TextType, YesNoType
from dsl.formula.walk import all_nodes
from engine.store.columns import POSTGRESQL
from engine.store.driver import DuplicateValue
from engine.store.given import formula_of
from engine.store.ledger import short
from engine.store.tables import EntityTable, Tables, has_backup

MOST_FILTERS = 2
"""So many of a view's filters, the first it names, share an index with its sort. Each index costs every write."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A value that another record holds. one_open: the rule broken, or None where `field` is simply unique."""

    entity: str
    field: str
    one_open: OneOpen | None = None


@dataclass(frozen=True, slots=True)
class UniqueRule:
    """What a unique index is for, and how it is made."""

    taken: Taken
    name: str
    column: sa.Column[Any]
    where: sa.ColumnElement[bool]


def indexes_of(tables: Tables, found: EntityTable, dialect: str) -> list[sa.Index]:
    """All indexes of the table and of its link tables. A name says what is indexed: a changed index has a new name."""
    unique = [
        sa.Index(rule.name, rule.column, unique=True, sqlite_where=rule.where, postgresql_where=rule.where)
        for rule in _unique_rules(found)
    ]
    return [*unique, *_plain(tables.app, found, _asked_of(tables.app, found), dialect), *_links(found)]


def taken_by(tables: Tables, duplicate: DuplicateValue) -> Taken | None:
    """What a refused row would have doubled; None if the index is not of an entity table."""
    for found in tables:
        for rule in _unique_rules(found):
            is_same_place = (found.table.name, (rule.column.name,)) == (duplicate.table, duplicate.columns)
            if rule.name == duplicate.index or is_same_place:
                return rule.taken
    return None


def _unique_rules(found: EntityTable) -> Iterator[UniqueRule]:
    for field in found.entity.fields.values():
        if field.unique and found.has_column(field.key):
            yield _unique_value(found, field.key)
    for rule in found.entity.one_open:
        yield _one_open(found, rule)


def _unique_value(found: EntityTable, key: str) -> UniqueRule:
    """One living record per value; any number may be empty."""
    column = found.column(key)
    where: sa.ColumnElement[bool] = found.table.c.deleted_at.is_(None)
    if isinstance(found.entity.fields[key].value_type, TextType):
        where = sa.and_(where, column != sa.literal("", sa.Text()))
    return UniqueRule(Taken(found.entity.key, key), _name("ux", found.table, [column]), column, where)


def _one_open(found: EntityTable, rule: OneOpen) -> UniqueRule:
    """One living record per value while its stage is one of the rule's."""
    column = found.column(rule.field)
    stages = [sa.literal(stage, sa.Text()) for stage in rule.stages]
    where = sa.and_(found.table.c.deleted_at.is_(None), found.table.c.stage.in_(stages))
    name = _name("uo", found.table, [column], salt=",".join(rule.stages))
    return UniqueRule(Taken(found.entity.key, rule.field, rule), name, column, where)


def _asked_of(app: App, found: EntityTable) -> Mapping[str, str]:
    """Reference to a parent → the field that the parent's formulas compare among its rows, as in `orders.day >= …`."""
    asked: dict[str, str] = {}
    formulas = (formula_of(entity, field) for entity in app.entities.values() for field in entity.fields.values())
    for node in (node for formula in formulas if formula for node in all_nodes(formula.root)):
        if isinstance(node, Aggregate) and node.entity == found.entity.key and node.where is not None:
            for key in _ranges(node.where):
                if found.has_column(key) and key != node.link:
                    asked.setdefault(node.link, key)
    return asked


def _ranges(where: Node) -> Iterator[str]:
    """The fields of the row itself that a condition holds against a range."""
    for node in all_nodes(where):
        match node:
            case Between(arg=Path(start="row", hops=(), field=key)):
                yield key
            case Compare(left=Path(start="row", hops=(), field=key), op="<" | "<=" | ">" | ">="):
                yield key


def _plain(app: App, found: EntityTable, asked: Mapping[str, str], dialect: str) -> Iterator[sa.Index]:
    columns = found.table.c
    yield _index(found.table, [columns.owner_id, columns.created_at])
    if has_backup(app, found.entity):
        yield _index(found.table, [columns.backup_id, columns.created_at])
    yield _index(found.table, [columns.unit_id, columns.created_at])
    if found.entity.has_stages:
        yield _index(found.table, [columns.stage, columns.unit_id])
    references = {f.key for f in found.entity.fields.values() if isinstance(f.value_type, RefType | FileType)}
    for key in sorted(references | ({found.entity.parent} - {""})):
        if found.has_column(key):
            yield _index(found.table, [found.column(each) for each in (key, asked.get(key)) if each])
    for view in found.entity.lists:
        if sort := _sort_columns(found, view, dialect):
            said = (*view.sort, "id")
            yield _index(found.table, sort, salt=",".join(said))
            if filtered := _filter_columns(found, view):
                yield _index(found.table, [*filtered, *sort], salt=",".join((*view.filters[:MOST_FILTERS], *said)))


def _filter_columns(found: EntityTable, view: ListView) -> list[sa.ColumnElement[Any]]:
    """The columns of the first filters that a view names, as far as people ask them for one value."""
    fields = found.entity.fields
    asked = [key for key in view.filters[:MOST_FILTERS] if isinstance(fields[key].value_type, ChoiceType | YesNoType)]
    return [found.column(key) for key in asked if found.has_column(key)]


def _sort_columns(found: EntityTable, view: ListView, dialect: str) -> list[sa.ColumnElement[Any]]:
    """The sort of a list view, up to its first field that has no column; the id, which decides, goes the same way."""
    sort: list[sa.ColumnElement[Any]] = []
    for said in (*view.sort, "-id" if view.sort and view.sort[-1].startswith("-") else "id"):
        key = said.removeprefix("-")
        if not found.has_column(key):
            break
        column: sa.ColumnElement[Any] = found.column(key)
        if said.startswith("-"):
            column = column.desc()
            column = column.nulls_last() if dialect == POSTGRESQL else column  # SQLite has empty last here anyway
        sort.append(column)
    return sort


def _links(found: EntityTable) -> Iterator[sa.Index]:
    for link in found.links.values():
        yield _index(link, [link.c.value, link.c.record_id])


def _index(table: sa.Table, columns: Sequence[sa.ColumnElement[Any]], *, salt: str = "") -> sa.Index:
    return sa.Index(_name("ix", table, columns, salt=salt), *columns)


def _name(start: str, table: sa.Table, columns: Sequence[sa.ColumnElement[Any]], *, salt: str = "") -> str:
    """salt: what else tells this index from another of the same columns."""
    names = [part.name for column in columns for part in visitors.iterate(column) if isinstance(part, sa.Column)]
    digest = f"_{sha256(salt.encode()).hexdigest()[:6]}" if salt else ""
    return short(f"{start}_{table.name}_{'_'.join(names)}", room=len(digest)) + digest

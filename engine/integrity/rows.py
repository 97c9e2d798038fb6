"""Rows against the app and against one another: values of their type, options, stages, references, owners."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import sqlalchemy as sa

from dsl.app import Entity, Field
from dsl.formula.value_types import (
    ChoiceType,
    DateType,
    FileType,
    PersonType,
    PlaceType,
    RefType,
    SetType,
    TextType,
    ValueType,
)
from engine.integrity.inconsistency import Inconsistency
from engine.integrity.look import Look
from engine.store.ledger import stored_fields
from engine.store.seal import Reason, as_system
from engine.store.system_tables import file, org_unit, user_account
from engine.store.tables import EntityTable
from engine.writing.rows import written_field

Found = Iterator[Inconsistency]
_PEOPLE = ("owner_id", "backup_id", "created_by", "changed_by")


def check_rows(look: Look) -> Found:
    """Everything about the rows of entities that one statement for each field can tell."""
    for found in look.tables:
        wrong = list(_values(look, found))
        yield from wrong
        if wrong:
            look.unreadable.add(found.entity.key)
            continue
        yield from _options(look, found)
        yield from _references(look, found)
        yield from _parts(look, found)
        if found.entity.has_stages:
            yield from _stages(look, found)
        yield from _owners(look, found)


def _rows(look: Look, select: sa.Select[Any]) -> Iterator[tuple[Any, ...]]:
    return look.conn.stream(as_system(select, Reason.CHECK))


# --- values ----------------------------------------------------------------------------------------------------------


def _values(look: Look, found: EntityTable) -> Found:
    """Values that are not of their column's type. PostgreSQL refuses such by itself; SQLite takes them."""
    if look.conn.dialect != "sqlite":
        return
    table = found.table
    columns = {key: _class_of(known.value_type) for key, known in _columns(found)}
    columns |= dict.fromkeys(("row_version", "stage_since", "created_at", "changed_at", "deleted_at"), "integer")
    for key, wanted in columns.items():
        column = sa.type_coerce(table.c[key], sa.Text())
        wrong = sa.select(table.c.id, column).where(column.is_not(None), sa.not_(_is_of(column, wanted)))
        for record_id, stored in _rows(look, wrong):
            yield Inconsistency("value", f"{found.entity.key} {record_id} {key}", wanted, repr(stored))


def _columns(found: EntityTable) -> Iterator[tuple[str, Field]]:
    """The fields with a column of their own, by key."""
    return ((known.key, known) for known in stored_fields(found.entity) if known.key not in found.links)


def _is_of(column: sa.ColumnElement[Any], wanted: str) -> sa.ColumnElement[bool]:
    kind = sa.func.typeof(column)
    match wanted:
        case "date":
            return sa.and_(kind == "text", sa.func.coalesce(sa.func.date(column), "") == column)
        case "json":
            return sa.and_(kind == "text", sa.func.json_valid(column) == 1)
        case _:
            return kind == wanted


def _class_of(value_type: ValueType) -> str:
    """What SQLite's `typeof` says of a right value, or how its text must look."""
    match value_type:
        case TextType() | ChoiceType() | SetType():
            return "text"
        case DateType():
            return "date"
        case PlaceType():
            return "json"
        case _:
            return "integer"


# --- options and stages ----------------------------------------------------------------------------------------------


def _options(look: Look, found: EntityTable) -> Found:
    for known in stored_fields(found.entity):
        match known.value_type:
            case ChoiceType(keys=keys):
                column = found.column(known.key)
                strange = sa.select(found.table.c.id, column).where(column.is_not(None), column.not_in(keys))
            case SetType(keys=keys):
                link = found.link(known.key)
                strange = sa.select(link.c.record_id, link.c.value).where(link.c.value.not_in(keys))
            case _:
                continue
        for record_id, value in _rows(look, strange):
            yield Inconsistency("option", f"{found.entity.key} {record_id} {known.key}", "", value)


def _stages(look: Look, found: EntityTable) -> Found:
    """Living records whose stage is none of their pipeline's."""
    c = found.table.c
    known = [
        sa.and_(c.pipeline == pipeline.key, c.stage.in_([stage.key for stage in pipeline.stages]))
        for pipeline in found.entity.pipelines
    ]
    strange = sa.select(c.id, c.pipeline, c.stage).where(c.stage.is_not(None), c.deleted_at.is_(None), ~sa.or_(*known))
    for record_id, pipeline, stage in _rows(look, strange):
        yield Inconsistency("stage", f"{found.entity.key} {record_id}", "", f"{pipeline} {stage}".strip())


# --- references ------------------------------------------------------------------------------------------------------


def _references(look: Look, found: EntityTable) -> Found:
    for key, column, target in _pointers(look, found):
        yield from _dangling(look, found.entity.key, key, found.table.c.id, column, target)
    for key, link in found.links.items():
        yield from _dangling(look, found.entity.key, f"{key} (record)", link.c.record_id, link.c.record_id, found.table)
        if isinstance(found.entity.fields[key].value_type, FileType):
            yield from _dangling(look, found.entity.key, key, link.c.record_id, link.c.value, file)


def _pointers(look: Look, found: EntityTable) -> Iterator[tuple[str, sa.Column[Any], sa.Table]]:
    """Every column that names another row: (field, column, table of that row)."""
    for key in _PEOPLE:
        yield key, found.table.c[key], user_account
    yield "unit_id", found.table.c.unit_id, org_unit
    for key, known in _columns(found):
        match known.value_type:
            case RefType(entity=target) if target in look.app.entities:
                yield key, found.column(key), look.tables.entity(target).table
            case RefType():
                yield key, found.column(key), org_unit
            case PersonType():
                yield key, found.column(key), user_account
            case FileType():
                yield key, found.column(key), file
            case _:
                pass


def _dangling(
    look: Look, entity: str, key: str, record_id: sa.Column[Any], column: sa.Column[Any], target: sa.Table
) -> Found:
    there = target.alias("there")
    lost = sa.select(record_id, column).outerjoin_from(column.table, there, there.c.id == column)
    for owner, value in _rows(look, lost.where(column.is_not(None), there.c.id.is_(None))):
        yield Inconsistency("reference", f"{entity} {owner} {key}", f"{target.name} {value}", "")


def _parts(look: Look, found: EntityTable) -> Found:
    """Living parts of a record that was removed, or of none."""
    entity = found.entity
    if not entity.parent:
        return
    above = look.tables.entity(entity.parent).table.alias("above")
    link = found.column(entity.parent)
    alone = sa.select(found.table.c.id, link).outerjoin_from(found.table, above, above.c.id == link)
    alone = alone.where(found.table.c.deleted_at.is_(None), sa.or_(link.is_(None), above.c.deleted_at.is_not(None)))
    for record_id, parent_id in _rows(look, alone):
        yield Inconsistency("part", f"{entity.key} {record_id}", entity.parent, str(parent_id or ""))


# --- owners ----------------------------------------------------------------------------------------------------------


class Strayed(NamedTuple):
    """A record whose owner, backup or unit (in this order) is not what it should be."""

    record_id: int
    kept: tuple[int | None, ...]
    wanted: tuple[int | None, ...]


def _owners(look: Look, found: EntityTable) -> Found:
    for strayed in strayed_owners(look, found):
        place = f"{found.entity.key} {strayed.record_id}"
        yield Inconsistency("owner", place, _stamps(strayed.wanted), _stamps(strayed.kept))


def strayed_owners(look: Look, found: EntityTable) -> Iterator[Strayed]:
    """Living records whose owner, backup or unit is not what the record itself or its parent says."""
    entity, c = found.entity, found.table.c
    above = look.tables.entity(entity.parent).table.alias("above") if entity.parent else None
    select = sa.select(c.id, c.owner_id, c.backup_id, c.unit_id)
    if above is not None:
        select = select.outerjoin_from(found.table, above, above.c.id == found.column(entity.parent))
    wanted = {"owner_id": _owner(entity, found, above), "backup_id": _backup(entity, found, above)}
    account, owner = user_account.alias("account"), wanted["owner_id"]
    whose = account.c.id == (c.owner_id if owner is None else owner)
    home = sa.select(account.c.unit_id).where(whose).scalar_subquery()
    wrong = [c[key].is_distinct_from(value) for key, value in wanted.items() if value is not None]
    strayed = c.unit_id.is_distinct_from(home)
    wrong.append(strayed if above is None else sa.and_(strayed, c.unit_id.is_distinct_from(above.c.unit_id)))
    shown = [value if value is not None else c[key] for key, value in wanted.items()]
    select = select.add_columns(*(value.label(f"wanted_{place}") for place, value in enumerate([*shown, home])))
    for record_id, *values in _rows(look, select.where(c.deleted_at.is_(None), sa.or_(*wrong))):
        yield Strayed(record_id, tuple(values[:3]), tuple(values[3:]))


def _owner(entity: Entity, found: EntityTable, above: sa.FromClause | None) -> sa.ColumnElement[Any] | None:
    """What the owner must be; None where it is whoever made the record."""
    own = written_field(entity, entity.owner_field)
    if above is None:
        return found.column(own) if own else None
    return sa.func.coalesce(found.column(own), above.c.owner_id) if own else above.c.owner_id


def _backup(entity: Entity, found: EntityTable, above: sa.FromClause | None) -> sa.ColumnElement[Any] | None:
    own = written_field(entity, entity.backup_field)
    if own:
        return found.column(own)
    return above.c.backup_id if above is not None else None


def _stamps(values: tuple[int | None, ...]) -> str:
    return " ".join(f"{name} {value}" for name, value in zip(("owner", "backup", "unit"), values, strict=True))

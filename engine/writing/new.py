"""A new record: its input read, its defaults added, its row written."""

from __future__ import annotations

from collections.abc import Mapping

from dsl.app import Entity
from dsl.formula.tree import Formula
from engine.flow.case import Row
from engine.people import permissions
from engine.people.permissions import EditScope
from engine.values import is_empty
from engine.writing import governance, rows
from engine.writing.input import read_values
from engine.writing.rows import NewRow
from engine.writing.work import Deed, Image, Record, Work


def insert_new(
    work: Work, entity: Entity, given: Mapping[str, object], parent: Record | None, *, stage: str = "", where: str = ""
) -> int | None:
    """The new record's id; None if the input cannot be read. where: place of a row in its parent's form ("lines.0")."""
    new = plan_new(work, entity, given, parent, stage)
    if new is None:
        return None
    record_id = rows.insert(work, new)
    tell(work, new, record_id, where)
    return record_id


def plan_new(
    work: Work, entity: Entity, given: Mapping[str, object], parent: Record | None, stage: str = ""
) -> NewRow | None:
    """The new record as it is to be written; None if the input cannot be read.

    Whoever may create a record fills in all of it that he can see.
    """
    faults = len(work.faults)
    values = read_values(work, entity, given, EditScope(all=True), None)
    if len(work.faults) > faults:
        return None
    if parent is not None and permissions.governing(work.app, entity) is not entity:
        governance.judge_lock(work, work.app.entity(entity.parent), parent)
    return rows.new_row(work, entity, _with_defaults(work, entity, values, given), parent, stage)


def tell(work: Work, new: NewRow, record_id: int, where: str = "") -> None:
    """The record is written: it will be judged, and remembered."""
    changes = {key: (None, value) for key, value in new.values.items() if value is not False and not is_empty(value)}
    work.deeds.append(Deed("created", new.entity.key, record_id, changes))
    work.images.append(Image(new.entity, record_id, where=where))


def judge_creation(work: Work, entity: Entity, record_id: int) -> None:
    """May this person make this very record? Parts of a record made in the same breath need no further right."""
    if work.installed.rights.creates_freely(work.actor, entity):
        return
    record = work.get(entity, record_id)
    if entity.parent and (entity.parent, record.get(entity.parent)) in work.created:
        return
    case = work.governing_case(entity, record)
    if not permissions.may_create(work.app, work.actor, entity, case):
        said = work.say("access.create", entity=entity.label.say(work.language))
        work.refuse(f"{entity.key}.access", said, entity)


def _with_defaults(
    work: Work, entity: Entity, values: Mapping[str, object], given: Mapping[str, object]
) -> dict[str, object]:
    """Fields that were not given take their default; an owner whom nobody named is the actor."""
    filled = dict(values)
    for field in entity.fields.values():
        if field.key not in given and field.default is not None and not field.is_computed:
            filled[field.key] = default_value(work, entity, field.default, filled)
    owner = rows.written_field(entity, entity.owner_field)
    if owner and owner not in given and filled.get(owner) is None:
        filled[owner] = rows.person_id(work)
    return filled


def default_value(work: Work, entity: Entity, default: object, values: Mapping[str, object]) -> object:
    """A field's default in stored form; a formula sees the values that are there already."""
    if not isinstance(default, Formula):
        return default
    row: Row = {"id": 0}
    if default.reads:  # `= me` reads none
        row = work.case(entity, {**{key: values.get(key) for key in entity.fields}, **row}, [default]).row
    value = work.installed.formulas.value(default, row, work.env)
    return value.get("id") if isinstance(value, Mapping) else value

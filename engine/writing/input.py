"""What a person wants to write, field by field: known, readable, and his to change."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import date, datetime

from dsl.app import Entity, Field
from dsl.formula.value_types import FileType, PersonType, RefType
from engine.people import organisation, users
from engine.people.permissions import EditScope
from engine.store.columns import empty_value
from engine.values import complaint, is_written
from engine.writing import holding
from engine.writing.work import Work

_POINTERS = (PersonType, RefType, FileType)
_AS_IS = frozenset({int, bool, date, datetime})
"""Values that have only one form."""


def read_values(
    work: Work, entity: Entity, values: Mapping[str, object], scope: EditScope, before: Mapping[str, object] | None
) -> dict[str, object]:
    """The values that change something, fit to be stored. before: the record now, None for a new one.

    Everything wrong is noted on the work: unreadable input as a fault, a field that is not the actor's as a finding.
    A value equal to the present one is no change and needs no right: a form may send back all it showed.
    """
    rights, fields = work.installed.rights.of(work.actor, entity), entity.fields
    free = work.installed.rights.fillable(work.actor, entity) if scope.all and before is None else {}
    changed: dict[str, object] = {}
    for key, given in values.items():
        field = fields.get(key)
        if field is None or key in rights.hidden:
            work.fault(f"{entity.key}.fields.{key}.input", work.say("input.unknown", field=key), key)
            continue
        value = given if type(given) in _AS_IS else _normal(field, given)
        if before is not None and value == before.get(key):
            continue
        if key in free:
            said = _objection(work, field, value, before)
        elif not is_written(entity, field):
            said = work.say("input.computed", label=field.label.say(work.language))
        elif (before is not None and key == entity.parent) or key in rights.masked or not scope.allows(key):
            said = work.say("access.field", label=field.label.say(work.language))
            work.refuse(f"{entity.key}.fields.{key}.access", said, entity, key)
            continue
        else:
            said = _objection(work, field, value, before)
        if said:
            work.fault(f"{entity.key}.fields.{key}.input", said, key)
        else:
            changed[key] = value
    return changed


def _objection(work: Work, field: Field, value: object, before: Mapping[str, object] | None) -> str:
    """Why the value cannot be taken into the field, whoever writes it; "" if it can."""
    if said := complaint(field, value, work.language):
        return said
    if field.choices and (retired := _newly_retired(work, field, value, before)):
        return work.say("input.retired", label=field.label.say(work.language), value=retired)
    if isinstance(field.value_type, _POINTERS) and not _leads_somewhere(work, field, value, before):
        return work.say("input.gone", label=field.label.say(work.language))
    return ""


def _normal(field: Field, value: object) -> object:
    """The one stored form of a value: NFC text, sorted sets, the type's own empty value."""
    if value is None:
        return empty_value(field.value_type)
    if isinstance(value, str):
        if value.isascii():
            return value or empty_value(field.value_type)
        return unicodedata.normalize("NFC", value)
    if isinstance(value, list | tuple | set | frozenset):
        return tuple(sorted(set(value), key=str)) if not isinstance(field.value_type, FileType) else tuple(value)
    return value


def _newly_retired(work: Work, field: Field, value: object, before: Mapping[str, object] | None) -> str:
    """The label of a retired option that the record does not have yet; "" if there is none, or if it was brought in."""
    listed = work.app.choices.get(field.choices) if not work.is_brought_in else None
    if listed is None:
        return ""
    held = _keys(before.get(field.key)) if before else frozenset()
    new = _keys(value) - held
    return next((o.label.say(work.language) for o in listed.options if o.retired and o.key in new), "")


def _keys(value: object) -> frozenset[object]:
    return frozenset(value) if isinstance(value, tuple) else frozenset((value,))


def _leads_somewhere(work: Work, field: Field, value: object, before: Mapping[str, object] | None) -> bool:
    """Whether what the value points to is there for the actor: a record in sight, an open account, a file of his."""
    match field.value_type:
        case PersonType() if isinstance(value, int):
            return work.glances.at(work.conn, ("active", value), lambda: users.is_active(work.conn, value))
        case RefType(entity="department") if isinstance(value, int):
            return work.glances.at(
                work.conn, ("unit", value), lambda: organisation.find_unit(work.conn, value) is not None
            )
        case RefType(entity=entity) if isinstance(value, int):
            return work.glances.at(
                work.conn, ("sees", entity, value), lambda: work.sees(work.app.entity(entity), value)
            )
        case FileType():
            held = _file_ids(before.get(field.key)) if before else frozenset()
            return holding.may_attach(work.conn, work.actor, _file_ids(value) - held)
        case _:
            return True


def _file_ids(value: object) -> frozenset[int]:
    ids = value if isinstance(value, tuple) else (value,)
    return frozenset(file_id for file_id in ids if isinstance(file_id, int))

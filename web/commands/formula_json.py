"""Records and values of `sluice formula` as JSON: numbers as decimal text, dates and instants as ISO, refs nested."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import assert_never

from dsl import kinds
from dsl.app import App, Entity, Field
from dsl.formula.env import Env
from dsl.formula.python_code import compile_formula
from dsl.formula.tree import Node, Path
from dsl.formula.value_types import (
    ChoiceType,
    DateType,
    DurationType,
    FileType,
    NumberType,
    PersonType,
    PlaceType,
    RefType,
    RowsType,
    SetType,
    TextType,
    TimeType,
    ValueType,
    YesNoType,
)

STAMPS = frozenset({"created_at", "changed_at"})
"""Fields that no record lacks."""


class Unreadable(Exception):
    """A record that the formula cannot be evaluated over; the message says which field and why."""


class Row(dict[str, object]):
    """A nested row. A computed field that the record does not give is computed when a formula reads it."""

    def __init__(self, app: App, entity: Entity, env: Env) -> None:
        super().__init__()
        self._app, self._entity, self._env = app, entity, env

    def __missing__(self, key: str) -> object:
        field = self._entity.fields[key]
        if field.formula is not None:
            value = compile_formula(field.formula, self._app)(self, self._env)
        elif key in STAMPS:
            value = self._env.now
        else:
            value = _empty(field.value_type)
        self[key] = value
        return value


def row_of(app: App, entity: Entity, record: object, env: Env) -> Row:
    """The nested row of a JSON object. Raises Unreadable."""
    if not isinstance(record, Mapping):
        raise Unreadable(f"a record of {entity.key} must be a JSON object")
    row = Row(app, entity, env)
    row["id"] = record.get("id")
    for key, raw in record.items():
        field = entity.fields.get(key)
        if field is not None:
            row[key] = _stored(app, field, raw, env)
        elif key != "id":
            raise Unreadable(f"{entity.key} has no field {key}")
    return row


def _stored(app: App, field: Field, raw: object, env: Env) -> object:
    if raw is None:
        return _empty(field.value_type)
    match field.value_type:
        case RefType(entity=target) if target in app.entities:
            return row_of(app, app.entities[target], raw if isinstance(raw, Mapping) else {"id": raw}, env)
        case RefType() | PersonType():
            return _person(raw)
        case RowsType(entity=child):
            if not isinstance(raw, list):
                raise Unreadable(f"{field.key} must be a list of objects")
            return [row_of(app, app.entities[child], part, env) for part in raw]
        case _:
            value = kinds.read_value(app, field, raw, "en")
            if isinstance(value, kinds.Complaint):
                raise Unreadable(f"{field.key}: {value.said.say('en')}")
            return value


def is_pointer(value_type: ValueType) -> bool:
    return isinstance(value_type, RefType | PersonType)


def pointed_at(root: Node, row: Row) -> object:
    """The nested record that a path of references leads to; formulas themselves know only its id."""
    if not isinstance(root, Path) or root.start not in ("row", "this"):
        return None
    at: object = row
    for step in (*(hop.field for hop in root.hops), root.field):
        at = at[step] if isinstance(at, dict) else None
    return at


def _person(raw: object) -> object:
    if not isinstance(raw, Mapping):
        raw = {"id": raw}
    nobody: dict[str, object] = {"id": None, "name": "", "role": None, "unit": None, "manager": None}
    return nobody | dict(raw)


def _empty(value_type: ValueType) -> object:
    match value_type:
        case TextType():
            return ""
        case YesNoType():
            return False
        case SetType() | FileType(many=True):
            return ()
        case RowsType():
            return []
        case _:
            return None


def value_json(app: App, value_type: ValueType, value: object) -> object:
    """A value in stored form as JSON."""
    if value is None:
        return None
    match value_type:
        case NumberType(scale=scale) if isinstance(value, int):
            return decimal_text(value, scale)
        case TimeType() if isinstance(value, datetime):
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case DateType() if isinstance(value, date):
            return value.isoformat()
        case SetType() if isinstance(value, tuple):
            return list(value)
        case RefType(entity=target) if isinstance(value, Mapping) and target in app.entities:
            return _record_json(app, app.entities[target], value)
        case _:
            return value


def _record_json(app: App, entity: Entity, row: Mapping[str, object]) -> dict[str, object]:
    fields = {key: entity.fields[key] for key in row if key in entity.fields}
    return {"id": row.get("id")} | {key: value_json(app, f.value_type, row[key]) for key, f in fields.items()}


def decimal_text(value: int, scale: int) -> str:
    """A scaled int with all decimals of its scale."""
    if not scale:
        return str(value)
    digits = str(abs(value)).rjust(scale + 1, "0")
    return f"{'-' if value < 0 else ''}{digits[:-scale]}.{digits[-scale:]}"


def type_name(value_type: ValueType) -> str:
    """`money`, `number.2`, `ref customer` …: as one writes it in a field."""
    match value_type:
        case NumberType(scale=scale, unit=unit):
            return (unit or "number") + (f".{scale}" if scale and not (unit and scale == 2) else "")
        case TextType():
            return "text"
        case YesNoType():
            return "yesno"
        case DateType():
            return "date"
        case TimeType():
            return "time"
        case DurationType():
            return "duration"
        case ChoiceType(name=name):
            return f"choice {name}"
        case SetType(name=name):
            return f"choices {name}"
        case RefType(entity=entity):
            return f"ref {entity}"
        case PersonType():
            return "person"
        case FileType(many=many):
            return "files" if many else "file"
        case PlaceType():
            return "place"
        case RowsType(entity=entity):
            return f"table {entity}"
        case _:
            assert_never(value_type)

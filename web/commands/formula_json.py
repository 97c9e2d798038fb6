"""Records and values of `sluice formula` as JSON: numbers as decimal text, dates and instants as ISO, refs nested."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import assert_never, cast

from dsl import kinds
from dsl.app import App, Entity, Field
from dsl.formula.env import Env
from dsl.formula.python_code import compile_formula
from dsl.formula.scope import DEPARTMENT_ENTITY, PERSON_ENTITY, TEXT_LENGTH
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
from engine.store.given import formula_of

STAMPS = frozenset({"created_at", "changed_at"})
"""Fields that no record lacks."""
INVENTED = 2**62
"""Ids from here on belong to records that give none."""
_new_ids = count(INVENTED)
_UNKEPT = re.compile("[\x00\ud800-\udfff]")
"""Characters that no database keeps."""
FACTOR_DECIMALS = 4
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class Unreadable(Exception):
    """A record that the formula cannot be evaluated over; the message says which field and why."""


class Row(dict[str, object]):
    """A nested row. A computed field that the record does not give is computed when a formula reads it.

    parent: the record whose table field holds the row, which its reference of that name leads to.
    """

    def __init__(self, app: App, entity: Entity, env: Env, parent: Row | None = None) -> None:
        super().__init__()
        self.entity = entity.key
        self._app, self._entity, self._env, self._parent = app, entity, env, parent
        self._computed: dict[str, object] = {}

    def __missing__(self, key: str) -> object:
        if key in self._computed:
            return self._computed[key]
        field = self._entity.fields[key]
        if self._parent is not None and key == self._entity.parent == self._parent.entity:
            return self._parent
        if (formula := formula_of(self._entity, field)) is not None:
            value = compile_formula(formula, self._app)(self, self._env)
        elif key == "stage_since":
            value = self._stage_since()
        elif key in STAMPS:
            value = self._env.now
        else:
            value = _empty(field.value_type)
        self._computed[key] = value
        return value

    def number(self) -> int:
        """The record's id."""
        return cast("int", self["id"])

    def _stage_since(self) -> datetime | None:
        """Noon of the day that is `days_in_stage` ago, if the record tells those."""
        days, env = self.get("days_in_stage"), self._env
        if not isinstance(days, int) or not 0 <= days < env.today.toordinal():
            return None
        return datetime.combine(env.today - timedelta(days=days), time(12), env.timezone).astimezone(UTC)


def row_of(app: App, entity: Entity, record: object, env: Env, parent: Row | None = None) -> Row:
    """The nested row of a JSON object. Raises Unreadable."""
    if not isinstance(record, Mapping):
        raise Unreadable(f"a record of {entity.key} must be a JSON object")
    row = Row(app, entity, env, parent)
    row["id"] = _id(record)
    for key, raw in record.items():
        field = entity.fields.get(key)
        if field is not None:
            row[key] = _stored(app, field, raw, env, row)
        elif key != "id":
            raise Unreadable(f"{entity.key} has no field {key}")
    return row


def _stored(app: App, field: Field, raw: object, env: Env, row: Row) -> object:
    if raw is None:
        return _empty(field.value_type)
    match field.value_type:
        case RefType(entity=target) if target in app.entities:
            return row_of(app, app.entities[target], raw if isinstance(raw, Mapping) else {"id": raw}, env)
        case RefType():
            return _unit_of(raw)
        case PersonType():
            return person_of(raw)
        case RowsType(entity=child):
            if not isinstance(raw, list):
                raise Unreadable(f"{field.key} must be a list of objects")
            return sorted((row_of(app, app.entities[child], part, env, row) for part in raw), key=Row.number)
        case TextType() if isinstance(raw, str):
            return _text(field.key, raw)
        case DateType() if isinstance(raw, str) and (day := _iso_day(raw)):
            return day
        case _:
            value = kinds.read_value(app, field, _factor(raw) if field.kind == "percent" else raw, "en")
            if isinstance(value, kinds.Complaint):
                raise Unreadable(f"{field.key}: {value.said.say('en')}")
            return value


def is_pointer(value_type: ValueType) -> bool:
    return isinstance(value_type, RefType | PersonType)


def pointed_at(value_type: ValueType, key: object, row: Row, people: Sequence[object]) -> object:
    """The nested record with that id, among those of the row and the people of the moment; formulas know only ids."""
    entity = value_type.entity if isinstance(value_type, RefType) else PERSON_ENTITY
    if key is None:
        return None
    return next(
        (found for kind, found in _nested((row, *people)) if kind == entity and found["id"] == key), {"id": key}
    )


def _nested(values: Iterable[object]) -> Iterator[tuple[str, Mapping[str, object]]]:
    """(entity, record) for every record in the values, however deep."""
    for value in values:
        match value:
            case Row():
                yield value.entity, value
                yield from _nested(value.values())
            case dict():
                yield PERSON_ENTITY if "role" in value else DEPARTMENT_ENTITY, value
                yield from _nested(value.values())
            case list():
                yield from _nested(value)
            case _:
                pass


def _id(record: Mapping[str, object]) -> int:
    """The record's id. One that gives none is a new record with an id of its own."""
    key = record.get("id")
    if key is None:
        return next(_new_ids)
    if isinstance(key, bool) or not isinstance(key, int) or not 0 < key < INVENTED:
        raise Unreadable("an id must be a whole number above 0")
    return key


def _text(name: str, raw: str) -> str:
    """A text as it is: blanks around it are part of a record that is tried."""
    text = unicodedata.normalize("NFC", raw)
    if _UNKEPT.search(text) or len(text) > TEXT_LENGTH:
        raise Unreadable(f"{name}: at most {TEXT_LENGTH} characters, without NUL and lone surrogates")
    return text


def _iso_day(raw: str) -> date | None:
    """Any day of the calendar, where a form takes only days that people mean."""
    try:
        return date.fromisoformat(raw) if _ISO_DAY.fullmatch(raw) else None
    except ValueError:
        return None


def _factor(raw: object) -> object:
    """A percentage in a record is a factor: 1.5 is 150%. Four decimals say so to the kind."""
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        return raw
    whole, dot, decimals = str(raw).strip().partition(".")
    is_factor = whole.lstrip("-").isdecimal() and len(decimals) <= FACTOR_DECIMALS and (decimals or "0").isdecimal()
    return f"{whole}.{decimals.ljust(FACTOR_DECIMALS, '0')}" if is_factor and not (dot and not decimals) else raw


def person_of(raw: object) -> dict[str, object]:
    """A person as formulas see one, from an id or an object. Raises Unreadable."""
    given = dict(raw) if isinstance(raw, Mapping) else {"id": raw}
    person: dict[str, object] = {"id": _id(given), "name": "", "role": None, "unit": None, "manager": None}
    unit, manager = given.get("unit"), given.get("manager")
    if isinstance(given.get("name"), str):
        person["name"] = _text("name", str(given["name"]))
    if isinstance(given.get("role"), str):
        person["role"] = given["role"] or None
    if unit is not None:
        person["unit"] = _unit_of(unit)
    if manager is not None:
        person["manager"] = person_of(manager)
    return person


def _unit_of(raw: object) -> dict[str, object]:
    given = dict(raw) if isinstance(raw, Mapping) else {"id": raw}
    return {"id": _id(given), "name": _text("name", str(given.get("name") or ""))}


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
        case RowsType(entity=target) if isinstance(value, list):
            return [_record_json(app, app.entities[target], row) for row in value]
        case RefType() | PersonType() if isinstance(value, Mapping):
            return _person_json(value)
        case _:
            return value


def _record_json(app: App, entity: Entity, row: Mapping[str, object]) -> dict[str, object]:
    fields = {key: entity.fields[key] for key in row if key in entity.fields}
    return {"id": _own_id(row)} | {key: value_json(app, f.value_type, row[key]) for key, f in fields.items()}


def _person_json(person: Mapping[str, object]) -> dict[str, object]:
    shown = {key: _person_json(value) if isinstance(value, Mapping) else value for key, value in person.items()}
    return shown | {"id": _own_id(person)}


def _own_id(record: Mapping[str, object]) -> object:
    key = record.get("id")
    return None if isinstance(key, int) and key >= INVENTED else key


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

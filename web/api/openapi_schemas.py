"""JSON Schemas (2020-12) of what the API takes and gives, made from the App: one pair for each kind of field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from dsl.app import App, Entity, Field
from engine.values import is_written
from web.url_parts import MOST_ID

Schema: TypeAlias = dict[str, Any]

DECIMAL = r"^-?[0-9]+(\.[0-9]+)?$"


def ref_to(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


# --- what comes out --------------------------------------------------------------------------------------------------


def shown(app: App, field: Field) -> Schema:
    """The schema of a field in an answer. Masked fields are text whatever their kind: the mask."""
    return _described(app, field, _SHOWN[field.kind](app, field))


def _text(_app: App, _field: Field) -> Schema:
    return {"type": "string"}


def _decimal(_app: App, _field: Field) -> Schema:
    return {"type": ["string", "null"]}


def _yes_no(_app: App, _field: Field) -> Schema:
    return {"type": ["boolean", "string"]}


def _date(_app: App, _field: Field) -> Schema:
    return {"type": ["string", "null"]}


def _seconds(_app: App, _field: Field) -> Schema:
    return {"type": ["integer", "string", "null"]}


def _key(app: App, field: Field) -> Schema:
    return (
        {"type": ["string", "null"], "enum": [*_keys(app, field), None]} if _keys(app, field) else _decimal(app, field)
    )


def _key_set(app: App, field: Field) -> Schema:
    keys = _keys(app, field)
    return {"type": "array", "items": {"type": "string", "enum": keys} if keys else {"type": "string"}}


def _pointer(_app: App, _field: Field) -> Schema:
    """Expanded, a reference is the whole record, with its id and title among the rest."""
    return {"oneOf": [ref_to("Reference"), {"type": "null"}]}


def _file(_app: App, _field: Field) -> Schema:
    return {"oneOf": [ref_to("File"), {"type": "null"}]}


def _files(_app: App, _field: Field) -> Schema:
    return {"type": "array", "items": ref_to("File")}


def _place(_app: App, _field: Field) -> Schema:
    return {"type": ["object", "null"]}


def _rows(_app: App, field: Field) -> Schema:
    return {"type": "array", "items": ref_to(field.target)}


Maker: TypeAlias = Callable[[App, Field], Schema]
_SHOWN: Mapping[str, Maker] = {
    **dict.fromkeys(("text", "long", "email", "url", "phone", "rich", "code"), _text),
    **dict.fromkeys(("number", "integer", "percent", "money"), _decimal),
    **dict.fromkeys(("date", "time"), _date),
    **dict.fromkeys(("file", "image"), _file),
    **dict.fromkeys(("ref", "person", "department"), _pointer),
    **dict.fromkeys(("choices", "tags"), _key_set),
    "yesno": _yes_no,
    "duration": _seconds,
    "choice": _key,
    "files": _files,
    "place": _place,
    "table": _rows,
}

# --- what goes in ----------------------------------------------------------------------------------------------------


def taken(app: App, field: Field) -> Schema:
    """The schema of a field in a body. Numbers may be JSON numbers or decimal text; null empties a field."""
    return _described(app, field, _TAKEN[field.kind](app, field))


def _text_in(_app: App, field: Field) -> Schema:
    schema: Schema = {"type": ["string", "number", "null"]}
    return schema | {"maxLength": field.max_length} if field.max_length else schema


def _decimal_in(_app: App, _field: Field) -> Schema:
    return {"type": ["string", "number", "null"], "pattern": DECIMAL}


def _yes_no_in(_app: App, _field: Field) -> Schema:
    return {"type": ["boolean", "null"]}


def _date_in(_app: App, _field: Field) -> Schema:
    return {"type": ["string", "null"], "format": "date"}


def _time_in(_app: App, _field: Field) -> Schema:
    return {"type": ["string", "null"], "format": "date-time"}


def _seconds_in(_app: App, _field: Field) -> Schema:
    return {"type": ["integer", "string", "null"]}


def _key_set_in(app: App, field: Field) -> Schema:
    return {"oneOf": [_key_set(app, field), {"type": "null"}]}


def _id_in(_app: App, _field: Field) -> Schema:
    return {"oneOf": [_ID, {"type": "null"}, {"type": "object", "properties": {"id": _ID}, "required": ["id"]}]}


def _ids_in(_app: App, _field: Field) -> Schema:
    return {"type": ["array", "null"], "items": _ID}


def _place_in(_app: App, _field: Field) -> Schema:
    number = {"type": "number"}
    place = {"lat": number, "lng": number, "name": {"type": "string"}}
    return {"type": ["object", "null"], "properties": place, "required": ["lat", "lng"]}


def _rows_in(_app: App, field: Field) -> Schema:
    return {"type": "array", "items": ref_to(f"{field.target}_row"), "maxItems": 500}


_ID: Schema = {"type": "integer", "minimum": 1, "maximum": MOST_ID}
_TAKEN: Mapping[str, Maker] = {
    **dict.fromkeys(("text", "long", "email", "url", "phone", "rich", "code"), _text_in),
    **dict.fromkeys(("number", "integer", "percent", "money"), _decimal_in),
    **dict.fromkeys(("file", "image", "ref", "person", "department"), _id_in),
    **dict.fromkeys(("choices", "tags"), _key_set_in),
    "date": _date_in,
    "time": _time_in,
    "yesno": _yes_no_in,
    "duration": _seconds_in,
    "choice": _key,
    "files": _ids_in,
    "place": _place_in,
    "table": _rows_in,
}
KINDS_KNOWN = frozenset(_SHOWN) & frozenset(_TAKEN)
"""A test asserts that these are all the kinds of the language."""


# --- entities --------------------------------------------------------------------------------------------------------


def entity_schemas(app: App, entity: Entity) -> dict[str, Schema]:
    """The components of one entity: the record, the body that creates one, the body that changes one, a child row."""
    record: Schema = {
        "type": "object",
        "description": entity.label.say("en"),
        "properties": _HEAD | {f.key: shown(app, f) for f in entity.fields.values() if f.kind != "table"},
        "required": ["id"],
    }
    inputs: Schema = {f.key: taken(app, f) for f in entity.fields.values() if is_taken(entity, f)}
    flat = {key: schema for key, schema in inputs.items() if entity.fields[key].kind != "table"}
    row = flat | {"id": _ID, "_delete": {"type": "boolean"}}
    return {
        entity.key: record,
        f"{entity.key}_create": _closed(_DRY | inputs, _required(entity)),
        f"{entity.key}_change": _closed(_DRY | _VERSION | inputs, ()),
        f"{entity.key}_row": _closed(row, ()),
    }


_HEAD: Schema = {
    "id": {"type": ["integer", "null"]},
    "version": {},
    "_version": {"type": ["integer", "null"]},
    "_title": {"type": "string"},
    "_dry": {"type": "boolean"},
    "_findings": {"type": "array", "items": ref_to("Finding")},
}
_DRY: Schema = {"dry": {"type": "boolean", "description": "judge only, write nothing"}}
_VERSION: Schema = {"version": {**_ID, "description": "the version you saw"}}


def _closed(properties: Mapping[str, object], required: tuple[str, ...]) -> Schema:
    schema: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return schema | {"required": list(required)} if required else schema


def is_taken(entity: Entity, field: Field) -> bool:
    """Whether a body may hold the field: people fill it in, or it is a table whose rows they fill in."""
    return field.kind == "table" or is_written(entity, field)


def _required(entity: Entity) -> tuple[str, ...]:
    return tuple(
        f.key for f in entity.fields.values() if f.required is True and f.default is None and is_taken(entity, f)
    )


def _keys(app: App, field: Field) -> list[str]:
    value_type = field.value_type
    keys = getattr(value_type, "keys", ())
    choices = app.choices.get(field.choices)
    return list(keys) or [option.key for option in (choices.options if choices else ()) if not option.is_group]


def _described(app: App, field: Field, schema: Schema) -> Schema:
    label = field.label.say("en" if "en" in app.languages else app.languages[0])
    return schema | ({"description": label} if label else {})

"""The JSON Schema of the language, made from the parts that the reader itself reads: for completion in editors.

It says which keys there are and what they are for; whether names and formulas are right, only `sluice check` says.
No `anyOf`: a value that may be short or long is one schema of two types, so that an editor's messages stay plain.
"""

from __future__ import annotations

from dsl.part_rows import Key, Part
from dsl.parts import PARTS

Schema = dict[str, object]

_SCALAR = ["string", "number", "boolean"]
_SIMPLE: dict[str, Schema] = {
    "text": {"type": _SCALAR},
    "name": {"type": _SCALAR},
    "label": {"type": _SCALAR},
    "field": {"type": "string"},
    "formula": {"type": _SCALAR},
    "whole": {"type": "integer"},
    "yesno": {"type": "boolean"},
    "names": {"type": [*_SCALAR, "array"], "items": {"type": _SCALAR}},
    "any": {},
}
_SHORT_FORM = {
    "field": ["string"], "stage": ["string"], "band": ["string"], "access": ["string"], "gate": [],
    "import_column": ["string"],
}  # fmt: skip
"""Parts that may be written as one text instead of a block."""


def json_schema() -> Schema:
    """JSON Schema 2020-12 of a whole app."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Sluice app",
        "$ref": "#/$defs/app",
        "$defs": {name: _part(name, part) for name, part in PARTS.items()},
    }


def _part(name: str, part: Part) -> Schema:
    types = ["object", *_SHORT_FORM.get(name, [])]
    schema: Schema = {
        "type": types if len(types) > 1 else "object",
        "properties": {key.name: _key(key) for key in part.values()},
        "additionalProperties": False,
    }
    required = [key.name for key in part.values() if key.is_required]
    return {**schema, "required": required} if required else schema


def _key(key: Key) -> Schema:
    note = f"{key.help} (read, does not act yet)" if key.is_later else key.help
    return {**_shape(key.shape), "description": note}


def _shape(shape: str) -> Schema:
    if shape in _SIMPLE:
        return dict(_SIMPLE[shape])
    if shape.startswith("@"):
        return {"$ref": f"#/$defs/{shape[1:]}"}
    if shape.startswith("{"):
        return {"type": "object", "additionalProperties": _shape(shape[1:])}
    if shape.startswith("["):
        return {"type": "array", "items": _shape(shape[1:])}
    return {"enum": shape.split("|")}

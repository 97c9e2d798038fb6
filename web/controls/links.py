"""ref, person, department, choice, choices, tags, files, place, table: what is chosen rather than typed."""

from __future__ import annotations

from collections.abc import Mapping

from web.controls.control import (
    Asked,
    Control,
    Form,
    Raw,
    as_list,
    as_typed,
    many_texts,
    one_text,
    plain_text,
    texts_of,
)

PLACE_PARTS = ("name", "lat", "lng")


def _place_typed(form: Form, name: str) -> Raw:
    return {part: form.get(f"{name}.{part}", "") or "" for part in PLACE_PARTS}


def _place_written(_asked: Asked, value: object) -> Raw:
    if not isinstance(value, Mapping):
        return dict.fromkeys(PLACE_PARTS, "")
    return {part: str(value.get(part, "")) for part in PLACE_PARTS}


def _place_value(_asked: Asked, raw: Raw) -> object:
    """A point with its name; the name alone may itself be a point: `31.23,121.47 名称`."""
    if not isinstance(raw, Mapping) or not any(raw.values()):
        return None
    try:
        return {"lat": float(raw["lat"]), "lng": float(raw["lng"]), "name": raw["name"]}
    except ValueError:
        return raw["name"]


def _nothing(_asked: Asked, _value: object) -> Raw:
    return ""


def _one(kind: str, macro: str) -> Control:
    return Control(kind, macro, one_text, plain_text, as_typed)


CONTROLS = (
    _one("ref", "lookup"),
    _one("person", "lookup"),
    _one("department", "lookup"),
    _one("choice", "choice"),
    Control("choices", "picks", many_texts, texts_of, as_list, is_wide=True),
    Control("tags", "picks", many_texts, texts_of, as_list, is_wide=True),
    _one("file", "upload"),
    _one("image", "upload"),
    Control("files", "upload", many_texts, texts_of, as_list, is_wide=True),
    Control("place", "place", _place_typed, _place_written, _place_value, is_wide=True),
    Control("table", "lines", one_text, _nothing, as_typed, is_wide=True),
)

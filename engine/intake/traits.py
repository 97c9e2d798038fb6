"""What a row or a record is known again by, as the import says it (`same_when`)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping

from dsl.app import App, Entity, Field
from dsl.outlets import Import, ImportColumn
from engine.intake.company_names import company_name
from engine.intake.duplicates import Item
from engine.intake.plain_text import folded

_CONTACT = frozenset({"phone", "email", "url"})
"""Kinds of fields whose values two different things may share: they hint, and do not decide."""
_MOBILE = re.compile(r"1[3-9]\d{9}")
_NUMBERS = re.compile(r"[,，;；、/|]| {2,}")
_LANDLINE = 8
_SHORTEST_NUMBER = 7


def key_fields(app: App, wanted: Import) -> tuple[str, ...]:
    """The fields of the entity by which records are compared: those that rows are, and of which records hold some."""
    entity = app.entity(wanted.entity)
    contact = [
        column.fills
        for column in wanted.columns.values()
        if not column.rows and entity.fields[column.fills].kind in _CONTACT
    ]
    return tuple(dict.fromkeys([*(key for keys in wanted.same_when for key in keys), *contact]))


def item_of(app: App, wanted: Import, at: int, values: Mapping[str, object]) -> Item:
    """The item of a row (`values` by path, those of its table rows too) or of a record (by field)."""
    entity = app.entity(wanted.entity)
    columns = {column.path: column for column in wanted.columns.values()}
    keys: dict[int, str] = {}
    unique: dict[int, str] = {}
    name = None
    for entry, fields in enumerate(wanted.same_when):
        field = entity.fields[fields[0]]
        alike = columns[fields[0]].alike if fields[0] in columns else "text"
        if len(fields) > 1:
            said = [compared(entity.fields[key], columns.get(key), values.get(key)) for key in fields]
            if all(said):
                keys[entry] = "\n".join(said)
        elif alike == "company" and field.kind == "text":
            name = company_name(str(values[field.key])) if values.get(field.key) else None
        elif field.kind not in _CONTACT and (text := compared(field, columns.get(field.key), values.get(field.key))):
            keys[entry] = text
            if field.unique:
                unique[entry] = text
    return Item(at, keys, unique, name, frozenset(_hints(app, entity, wanted, values)))


def compared(field: Field, column: ImportColumn | None, value: object) -> str:
    """A value as text that is the same for the same thing; "" for none. A day is the same as its JSON form."""
    if value is None or value in ("", ()):
        return ""
    text = str(value)
    if column is not None and column.alike == "exact":
        return text
    if field.kind == "email":
        return unicodedata.normalize("NFKC", text).strip().lower()
    return folded(text) or text


def _hints(app: App, entity: Entity, wanted: Import, values: Mapping[str, object]) -> Iterator[str]:
    for column in wanted.columns.values():
        owner = app.entity(entity.fields[column.rows].target) if column.rows else entity
        kind, value = owner.fields[column.fills].kind, values.get(column.path)
        if not isinstance(value, str) or not value:
            continue
        if kind == "phone":
            yield from (f"phone:{number}" for number in phone_numbers(value))
        elif kind == "email":
            yield f"email:{unicodedata.normalize('NFKC', value).strip().lower()}"
        elif kind == "url":
            yield f"url:{_site(value)}"


def phone_numbers(text: str) -> Iterator[str]:
    """The numbers in a text: a mobile whole, of a landline its last digits, for the area code is often left out."""
    for part in _NUMBERS.split(unicodedata.normalize("NFKC", text)):
        digits = "".join(filter(str.isdigit, part))
        if mobile := _MOBILE.search(digits.removeprefix("86")):
            yield mobile.group()
        elif len(digits) >= _SHORTEST_NUMBER:
            yield digits[-_LANDLINE:]


def _site(url: str) -> str:
    """The host without www: `https://www.a.cn/x` → a.cn."""
    return url.lower().partition("://")[2].partition("/")[0].removeprefix("www.") or url.lower()

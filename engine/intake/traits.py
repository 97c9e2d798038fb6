"""What a row or a record is known again by, as the import says it (`same_when`)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping

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


class Traits:
    """Tells what rows and records of one import are known again by. What is looked at is worked out once."""

    def __init__(self, app: App, wanted: Import) -> None:
        entity = app.entity(wanted.entity)
        columns = {column.path: column for column in wanted.columns.values()}
        self._name = ""
        self._keys: list[tuple[int, str, Callable[[object], str], bool]] = []
        """(entry of same_when, field, as it is compared, whether no two things share it)."""
        self._pairs: list[tuple[int, list[tuple[str, Callable[[object], str]]]]] = []
        for entry, fields in enumerate(wanted.same_when):
            parts = [(key, comparer(entity.fields[key], columns.get(key))) for key in fields]
            field = entity.fields[fields[0]]
            if len(fields) > 1:
                self._pairs.append((entry, parts))
            elif field.kind == "text" and field.key in columns and columns[field.key].alike == "company":
                self._name = field.key
            elif field.kind not in _CONTACT:
                self._keys.append((entry, *parts[0], field.unique))
        self._hints = [
            (column.path, hints)
            for column in wanted.columns.values()
            if (hints := _HINTS.get(_owner(app, entity, column).fields[column.fills].kind)) is not None
        ]

    def item(self, at: int, values: Mapping[str, object]) -> Item:
        """The item of a row (`values` by path, those of its table rows too) or of a record (by field)."""
        keys: dict[int, str] = {}
        unique: dict[int, str] = {}
        for entry, key, compare, is_unique in self._keys:
            if text := compare(values.get(key)):
                keys[entry] = text
                if is_unique:
                    unique[entry] = text
        for entry, parts in self._pairs:
            said = [compare(values.get(key)) for key, compare in parts]
            if all(said):
                keys[entry] = "\n".join(said)
        told = values.get(self._name) if self._name else None
        found = [
            hint
            for path, hints in self._hints
            if isinstance(value := values.get(path), str) and value
            for hint in hints(value)
        ]
        return Item(at, keys, unique, company_name(str(told)) if told else None, frozenset(found))


def _owner(app: App, entity: Entity, column: ImportColumn) -> Entity:
    return app.entity(entity.fields[column.rows].target) if column.rows else entity


def comparer(field: Field, column: ImportColumn | None) -> Callable[[object], str]:
    """Says a value as text that is the same for the same thing; "" for none. A day is the same as its JSON form."""
    said: Callable[[str], str] = str
    if column is None or column.alike != "exact":
        said = _mail if field.kind == "email" else _folded
    return lambda value: "" if value is None or value in ("", ()) else said(str(value))


def compared(field: Field, column: ImportColumn | None, value: object) -> str:
    """One value, as `comparer` says it."""
    return comparer(field, column)(value)


def _folded(text: str) -> str:
    return folded(text) or text


def _mail(text: str) -> str:
    return (text if text.isascii() else unicodedata.normalize("NFKC", text)).strip().lower()


def phone_numbers(text: str) -> Iterator[str]:
    """The numbers in a text: a mobile whole, of a landline its last digits, for the area code is often left out."""
    if _MOBILE.fullmatch(text) and text.isascii():
        yield text
        return
    for part in _NUMBERS.split(unicodedata.normalize("NFKC", text)):
        digits = "".join(filter(str.isdigit, part))
        if mobile := _MOBILE.search(digits.removeprefix("86")):
            yield mobile.group()
        elif len(digits) >= _SHORTEST_NUMBER:
            yield digits[-_LANDLINE:]


def _site(url: str) -> str:
    """The host without www: `https://www.a.cn/x` → a.cn."""
    return url.lower().partition("://")[2].partition("/")[0].removeprefix("www.") or url.lower()


_HINTS: Mapping[str, Callable[[str], Iterable[str]]] = {
    "phone": lambda text: [f"phone:{number}" for number in phone_numbers(text)],
    "email": lambda text: [f"email:{_mail(text)}"],
    "url": lambda text: [f"url:{_site(text)}"],
}

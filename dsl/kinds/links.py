"""person, department, ref, file, image, files and table: ids of things that are kept elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from dsl.app import App, Field
from dsl.formula.scope import DEPARTMENT_ENTITY
from dsl.formula.value_types import PERSON, FileType, RefType, RowsType, ValueType
from dsl.kinds.kind import Complaint, Spec, complain, plain

_GREATEST_ID = 2**63 - 1
_MOST_FILES = 50


def _id(raw: object) -> int | Complaint | None:
    """An id as a number, a text of digits, or a nested record with an id."""
    if isinstance(raw, dict):
        raw = raw.get("id")
    text = plain(raw)
    if text is None or isinstance(text, Complaint):
        return text
    if not (text.isascii() and text.isdigit() and len(text) < 20 and 0 < int(text) <= _GREATEST_ID):
        return complain(f"“{text}”不是记录编号", f"“{text}” is not the id of a record")
    return int(text)


@dataclass(frozen=True, slots=True)
class LinkKind:
    """One id or None."""

    key: str
    subject: str = ""
    has_scale: bool = False

    def value_type(self, spec: Spec) -> ValueType:
        types: dict[str, ValueType] = {
            "person": PERSON,
            "department": RefType(DEPARTMENT_ENTITY),
            "ref": RefType(spec.name),
            "file": FileType(),
            "image": FileType(),
        }
        return types[self.key]

    def read(self, app: App, field: Field, raw: object) -> int | Complaint | None:
        return _id(raw)

    def to_json(self, app: App, field: Field, value: object) -> object:
        return value if isinstance(value, int) else None

    def to_text(self, app: App, field: Field, value: object, language: str) -> str:
        return str(value) if isinstance(value, int) else ""

    def is_empty(self, value: object) -> bool:
        return value is None


@dataclass(frozen=True, slots=True)
class FilesKind:
    """Ids of several files, in the order they were added."""

    key: str = "files"
    subject: str = ""
    has_scale: bool = False

    def value_type(self, spec: Spec) -> FileType:
        return FileType(many=True)

    def read(self, app: App, field: Field, raw: object) -> tuple[int, ...] | Complaint:
        if isinstance(raw, list | tuple):
            words = list(raw)
        else:
            text = plain(raw, 2_000)
            if text is None or isinstance(text, Complaint):
                return () if text is None else text
            words = [word for word in text.replace(",", " ").split() if word]
        if len(words) > _MOST_FILES:
            return complain(f"最多 {_MOST_FILES} 个文件", f"At most {_MOST_FILES} files")
        ids: list[int] = []
        for word in words:
            found = _id(word)
            if isinstance(found, Complaint):
                return found
            if found is not None and found not in ids:
                ids.append(found)
        return tuple(ids)

    def to_json(self, app: App, field: Field, value: object) -> object:
        return list(value) if isinstance(value, tuple | list) else []

    def to_text(self, app: App, field: Field, value: object, language: str) -> str:
        return ", ".join(str(one) for one in value) if isinstance(value, tuple | list) else ""

    def is_empty(self, value: object) -> bool:
        return not value


@dataclass(frozen=True, slots=True)
class TableKind:
    """Child rows: they are records of their own and never a value of their parent."""

    key: str = "table"
    subject: str = "entity"
    has_scale: bool = False

    def value_type(self, spec: Spec) -> RowsType:
        return RowsType(spec.name)

    def read(self, app: App, field: Field, raw: object) -> Complaint:
        return complain("明细行要作为子记录填写", "Rows of a table are written as child records")

    def to_json(self, app: App, field: Field, value: object) -> object:
        return value

    def to_text(self, app: App, field: Field, value: object, language: str) -> str:
        return str(len(value)) if isinstance(value, tuple | list) else ""

    def is_empty(self, value: object) -> bool:
        return not value


KINDS = (
    LinkKind("person"),
    LinkKind("department"),
    LinkKind("ref", subject="entity"),
    LinkKind("file"),
    LinkKind("image"),
    FilesKind(),
    TableKind(),
)

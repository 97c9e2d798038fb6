"""What a person has put into a form: raw texts as typed, the values they mean, and the complaints about them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, cast

from werkzeug.datastructures import FileStorage, MultiDict

from dsl.app import App, Entity, Field
from dsl.formula.tree import Formula
from dsl.formula.value_types import RowsType
from engine.answers import FileNote, Record
from engine.commands import Children, ChildRow
from engine.errors import FileRefused
from web.controls import Raw
from web.pages.inputs import complaint_of, is_input, typed, value_of, written
from web.responses import said_by
from web.session import current_context, current_engine
from web.uploads import name_of
from web.url_parts import id_in
from web.words import say

TITLE_SUFFIX = "__text"
FILE_SUFFIX = "__file"
LONGEST_TABLE = 200
INLINE_FIELDS = 9
_TOO_LARGE_FOR_A_ROW = frozenset({"table", "files", "long", "rich"})


@dataclass(slots=True)
class EntryLine:
    """One child row as typed."""

    index: str
    id: int | None
    raws: dict[str, Raw]
    values: dict[str, object]
    errors: dict[str, str] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    is_gone: bool = False
    computed: Mapping[str, object] = field(default_factory=dict)

    @property
    def is_blank(self) -> bool:
        return self.id is None and not any(self.raws.values())

    @property
    def is_sent(self) -> bool:
        """Whether the row is part of the command: not blank, and not a new one that was taken back."""
        return not self.is_blank and not (self.is_gone and self.id is None)


@dataclass(slots=True)
class Entry:
    """A form on its way: raws by field, values that could be read, errors by field, child rows by table field."""

    entity: Entity
    raws: dict[str, Raw] = field(default_factory=dict)
    values: dict[str, object] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    files: dict[int, FileNote] = field(default_factory=dict)
    lines: dict[str, list[EntryLine]] = field(default_factory=dict)

    @property
    def is_readable(self) -> bool:
        return not self.errors and not any(line.errors for lines in self.lines.values() for line in lines)

    def children(self) -> Children:
        """The child rows as commands want them."""
        return {
            table: tuple(ChildRow(line.values, line.id, line.is_gone) for line in lines if line.is_sent)
            for table, lines in self.lines.items()
        }


def form_fields(entity: Entity) -> tuple[tuple[str, ...], ...]:
    """Field keys by section, in order: the parent first; required fields that no section names come last."""
    named = {key for section in entity.form for key in section.fields}
    rest = [f.key for f in entity.fields.values() if f.key not in named and is_input(entity, f) and f.kind != "table"]
    missing = tuple(key for key in rest if not entity.form or _cannot_be_left_out(entity, key))
    sections = [section.fields for section in entity.form]
    if not sections:
        return (missing,)
    sections[0] = (*(k for k in missing if k == entity.parent), *sections[0])
    rest = [k for k in missing if k != entity.parent]
    return (*sections, tuple(rest)) if rest else tuple(sections)


def _cannot_be_left_out(entity: Entity, key: str) -> bool:
    """A form that leaves out the parent or a required field could never be saved."""
    return key == entity.parent or entity.fields[key].required is not False


def quick_fields(entity: Entity, wanted: Iterable[str]) -> tuple[str, ...]:
    """What a new record is asked for first: its parent, what it cannot do without, and what `quick:` names.

    What is required but has a default of its own can wait. wanted: keys that must be there as well: given by the
    address, or wrong.
    """
    keys = [key for section in form_fields(entity) for key in section]
    wanted = set(wanted)
    musts = [key for key in keys if key not in entity.quick and (key in wanted or _has_to_be_asked(entity, key))]
    return tuple(dict.fromkeys((*(k for k in musts if k == entity.parent), *musts, *entity.quick)))


def _has_to_be_asked(entity: Entity, key: str) -> bool:
    field = entity.fields[key]
    has_default = field.default is not None and not (isinstance(field.default, Formula) and field.default.reads)
    return key == entity.parent or (field.required is True and not has_default and is_input(entity, field))


def inline_child(app: App, entity: Entity, table: Field) -> Entity | None:
    """The child entity, if its rows are small enough to be edited inside the parent's form."""
    child = app.entities.get(table.value_type.entity) if isinstance(table.value_type, RowsType) else None
    if child is None or child.has_stages:
        return None
    inputs = [f for f in line_fields(child, entity) if not f.is_computed]
    return child if len(inputs) <= INLINE_FIELDS else None


def line_fields(child: Entity, parent: Entity) -> list[Field]:
    """The columns of a child row: what is typed and what is computed from it, without the way back to the parent."""
    kept = (f for f in child.fields.values() if f.key != parent.key and f.kind not in _TOO_LARGE_FOR_A_ROW)
    return [f for f in kept if is_input(child, f) or (f.is_computed and not f.given and f.key not in child.scores)]


def tables_of(app: App, entity: Entity) -> dict[str, Entity]:
    """Table fields of the form that are edited in place → their child entity."""
    found = {}
    for keys in form_fields(entity):
        for key in keys:
            table = entity.fields.get(key)
            child = inline_child(app, entity, table) if table else None
            if child is not None:
                found[key] = child
    return found


# --- from a stored record, from the address, from a posted form -------------------------------------------------------


def of_record(app: App, entity: Entity, record: Record, editable: Iterable[str]) -> Entry:
    """The form of a record as it is stored."""
    entry = Entry(entity, files=dict(record.files), titles=dict(record.titles))
    for key in editable:
        one = entity.fields[key]
        if is_input(entity, one) and one.kind != "table" and key not in record.masked:
            entry.values[key] = record.values.get(key)
            entry.raws[key] = written(one, record.values.get(key))
    for key, child in tables_of(app, entity).items():
        rows = current_engine().children(current_context(), entity.key, record.id, key)
        entry.lines[key] = [_line_of(child, entity, row, at) for at, row in enumerate(rows)]
        for row in rows:
            entry.files |= row.files
    return entry


def _line_of(child: Entity, parent: Entity, row: Record, at: int) -> EntryLine:
    fields = line_fields(child, parent)
    values = {f.key: row.values.get(f.key) for f in fields if not f.is_computed}
    raws = {f.key: written(f, row.values.get(f.key)) for f in fields if not f.is_computed}
    computed = {f.key: row.values.get(f.key) for f in fields if f.is_computed}
    return EntryLine(str(at), row.id, raws, values, titles=dict(row.titles), computed=computed)


def of_values(entity: Entity, values: Mapping[str, object], titles: Mapping[str, str]) -> Entry:
    """A new form with some values already in it: defaults, and what the address brings."""
    raws = {k: written(entity.fields[k], v) for k, v in values.items() if k in entity.fields}
    return Entry(entity, raws=raws, values=dict(values), titles=dict(titles))


def of_form(app: App, entity: Entity, form: MultiDict[str, str], allowed: Iterable[str]) -> Entry:
    """Read a posted form. Only fields that the form showed and the actor may write are taken."""
    entry = Entry(entity)
    shown = set(form.getlist("__fields"))
    for key in allowed:
        one = entity.fields.get(key)
        if one is None or one.kind == "table" or key not in shown or not is_input(entity, one):
            continue
        _take(entry.raws, entry.values, entry.errors, entry.titles, one, form, key)
    for key, child in tables_of(app, entity).items():
        if key in shown:
            entry.lines[key] = list(_lines_of_form(child, entity, form, key))
    entry.files = files_in(entry)
    return entry


def base_of(entry: Entry) -> str:
    """What the form was opened with, to go along with it: so that only what she changed is written."""
    return json.dumps(entry.raws, ensure_ascii=False, separators=(",", ":"))


def read_base(text: str) -> dict[str, Raw]:
    """The raws that `base_of` wrote; nothing for a text that says something else."""
    try:
        known = json.loads(text) if text else {}
    except (ValueError, RecursionError):
        return {}
    pairs = known.items() if isinstance(known, dict) else ()
    return {key: tuple(raw) if isinstance(raw, list) else raw for key, raw in pairs}


def drop_unchanged(entry: Entry, base: Mapping[str, Raw]) -> None:
    """Leave out of the values what still reads as when the form was opened; the raws stay."""
    for key, raw in entry.raws.items():
        if key in base and base[key] == raw:
            entry.values.pop(key, None)
            entry.errors.pop(key, None)


def _take(
    raws: dict[str, Raw],
    values: dict[str, object],
    errors: dict[str, str],
    titles: dict[str, str],
    one: Field,
    form: MultiDict[str, str],
    name: str,
) -> None:
    """Read one field into the parts of an entry; `name` is what the form calls it."""
    raw = typed(form, one, name)
    text = form.get(name + TITLE_SUFFIX, "").strip()
    if text:
        titles[one.key] = text
    raws[one.key] = raw
    if text and not raw:
        raw = raws[one.key] = _found_by_title(one, text)
        if not raw:
            errors[one.key] = say("没有找到「{text}」，请从列表里选", text=text)
            return
    value = value_of(one, raw)
    complaint = complaint_of(value)
    if complaint:
        errors[one.key] = complaint
    else:
        values[one.key] = value


def _found_by_title(one: Field, text: str) -> str:
    """The id of the only record with that very title: what a page without scripts sends."""
    target = one.target if one.kind == "ref" else one.kind
    found = [f for f in current_engine().lookup(current_context(), target, text, 5) if f.title == text]
    return str(found[0].id) if len(found) == 1 else ""


def _lines_of_form(child: Entity, parent: Entity, form: MultiDict[str, str], table: str) -> Iterable[EntryLine]:
    indexes = dict.fromkeys(
        name.split(".")[1] for name in form if name.startswith(f"{table}.") and name.count(".") >= 2
    )
    for index in list(indexes)[:LONGEST_TABLE]:
        if id_in(index) is None:
            continue
        prefix = f"{table}.{index}."
        known = form.get(prefix + "id", "")
        line_id = id_in(known)
        line = EntryLine(index, line_id, {}, {}, is_gone=bool(form.get(prefix + "delete")))
        for one in line_fields(child, parent):
            if not one.is_computed:
                _take(line.raws, line.values, line.errors, line.titles, one, form, prefix + one.key)
        if line.is_blank or line.is_gone:
            line.errors.clear()
        yield line


def take_uploads(entry: Entry, uploads: MultiDict[str, FileStorage]) -> None:
    """Files that came with the form itself, from a page without scripts: keep them and put their ids in place."""
    engine, context = current_engine(), current_context()
    for key in list(entry.raws):
        one = entry.entity.fields[key]
        if one.kind not in ("file", "image", "files"):
            continue
        for upload in uploads.getlist(key + FILE_SUFFIX):
            if not upload.filename:
                continue
            try:
                note = engine.put_file(context, cast("BinaryIO", upload.stream), name_of(upload), upload.mimetype)
            except FileRefused as refused:
                entry.errors[key] = said_by(refused)
                continue
            entry.files[note.id] = note
            held = entry.raws[key]
            entry.raws[key] = (*held, str(note.id)) if isinstance(held, tuple) else str(note.id)
            entry.values[key] = value_of(one, entry.raws[key])


def files_in(entry: Entry) -> dict[int, FileNote]:
    """The files that a form names, so that they are shown again when it is refused."""
    found = {}
    for key, raw in entry.raws.items():
        if entry.entity.fields[key].kind not in ("file", "image", "files"):
            continue
        for one in raw if isinstance(raw, tuple) else (str(raw),):
            file_id = id_in(one)
            opened = current_engine().open_file(current_context(), file_id) if file_id else None
            if opened is not None:
                found[opened[0].id] = opened[0]
    return found

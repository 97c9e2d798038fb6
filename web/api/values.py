"""Between JSON and stored form: bodies become values of commands, records become flat JSON objects.

A record is one flat object: `id`, `version`, its fields. What is not a field starts with an underscore (a field's key
never does), so that an entity may have a field called `version` or `findings`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dsl import kinds
from dsl.app import App, Entity, Field
from engine.answers import FileNote, Record, Rights
from engine.commands import ChildRow
from engine.errors import BadInput, NotThere
from engine.verdict import Finding, Needs
from web.api.sentences import say
from web.session import current_context, current_engine, current_language
from web.url_parts import MOST_ID

ROWS_LIMIT = 500
POINTERS = frozenset({"ref", "person"})
Writer = Callable[[Any], object]
NOT_PLAIN = POINTERS | {"file", "image", "files", "table"}


def entity_named(key: str) -> Entity:
    """The entity under this key if the person may see any of it; else NotThere, as for a key that does not exist."""
    engine = current_engine()
    entity = engine.app.entities.get(key)
    if entity is None or not engine.rights(current_context(), key).see:
        raise NotThere(say("not_there", current_language()))
    return entity


# --- JSON → values ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a body asks for: values by field key, and child rows by table field."""

    values: Mapping[str, object]
    children: Mapping[str, tuple[ChildRow, ...]]


def wanted(entity: Entity, body: Mapping[str, object]) -> Wanted:
    """Read every member of the body as a field. Raises BadInput with one finding for each that cannot be read."""
    findings: list[Finding] = []
    values, children = _read(entity, body, findings)
    if findings:
        raise BadInput(tuple(findings))
    return Wanted(values, children)


def _read(
    entity: Entity, body: Mapping[str, object], findings: list[Finding], where: str = ""
) -> tuple[dict[str, object], dict[str, tuple[ChildRow, ...]]]:
    engine = current_engine()
    app, hidden = engine.app, engine.rights(current_context(), entity.key).hidden
    values: dict[str, object] = {}
    children: dict[str, tuple[ChildRow, ...]] = {}
    for key, raw in body.items():
        field = entity.fields.get(key)
        if field is None or key in hidden:
            findings.append(_complaint(entity.key, key, where, say("unknown_field", current_language(), key=key)))
        elif field.kind == "table" and not where:
            children[key] = _rows(entity, field, raw, findings)
        elif field.kind == "table":
            findings.append(_complaint(entity.key, key, where, say("nested_rows", current_language(), key=key)))
        else:
            value = kinds.KINDS[field.kind].read(app, field, raw)
            if isinstance(value, kinds.Complaint):
                findings.append(_complaint(entity.key, key, where, value.said.say(current_language())))
            else:
                values[key] = value
    return values, children


def _rows(entity: Entity, field: Field, raw: object, findings: list[Finding]) -> tuple[ChildRow, ...]:
    child = current_engine().app.entities[field.target]
    if not isinstance(raw, list) or len(raw) > ROWS_LIMIT or not all(isinstance(row, dict) for row in raw):
        said = say("rows_wanted", current_language(), most=ROWS_LIMIT)
        findings.append(_complaint(entity.key, field.key, "", said))
        return ()
    return tuple(_row(child, dict(row), findings, f"{field.key}.{place}.") for place, row in enumerate(raw))


def _row(child: Entity, body: dict[str, object], findings: list[Finding], where: str) -> ChildRow:
    row_id, remove = body.pop("id", None), body.pop("_delete", False)
    if not (row_id is None or (isinstance(row_id, int) and not isinstance(row_id, bool) and 0 < row_id <= MOST_ID)):
        findings.append(_complaint(child.key, "id", where, say("id_wanted", current_language())))
        row_id = None
    if not isinstance(remove, bool) or (remove and row_id is None):
        findings.append(_complaint(child.key, "_delete", where, say("delete_wanted", current_language())))
        remove = False
    values, _ = _read(child, body, findings, where)
    return ChildRow(values, row_id, remove)


def _complaint(entity: str, key: str, where: str, said: str) -> Finding:
    """where: the row of a table that the value stands in, `lines.0.`; "" in the record itself."""
    rule = f"{entity}.fields.{key}.input"
    return Finding(rule, "unmet", said, Needs(kind="field", field=key), field=f"{where}{key}")


# --- values → JSON ---------------------------------------------------------------------------------------------------


def expandable(entity: Entity) -> list[str]:
    """Fields that `expand` may name: references to records."""
    return [field.key for field in entity.fields.values() if field.kind == "ref"]


def expand(entity: Entity, items: Sequence[dict[str, object]], names: Sequence[str]) -> None:
    """Put the record itself where the items refer to it; one that is out of sight stays {id, title}."""
    for name in names:
        target = entity.fields[name].target
        pointers = [item[name] for item in items if isinstance(item.get(name), dict)]
        ids = {int(str(each["id"])) for each in pointers if isinstance(each, dict)}
        found = current_engine().find_many(current_context(), target, ids)
        for item in items:
            pointer = item.get(name)
            if isinstance(pointer, dict) and pointer["id"] in found:
                item[name] = record_json(found[pointer["id"]]) | pointer


def record_json(record: Record) -> dict[str, object]:
    """The flat object of a record as the engine answers it: cut to what the person may read."""
    return records_json(record.entity, [record])[0]


def records_json(entity_key: str, records: Iterable[Record]) -> list[dict[str, object]]:
    """The same for many records of one entity."""
    app = current_engine().app
    entity = app.entities[entity_key]
    plain = _plain_writers(app, entity)
    return [_body_of(entity, record, plain) for record in records]


def _body_of(entity: Entity, record: Record, plain: Mapping[str, Writer | None]) -> dict[str, object]:
    """plain: see `_plain_writers`."""
    body = _head(entity, record.id, record.version)
    body["_title"] = record.title
    for key, value in record.values.items():
        if key in record.masked:
            body[key] = str(value)
        elif key in plain:
            write = plain[key]
            body[key] = value if value is None or write is None else write(value)
        elif (field := entity.fields.get(key)) is not None and field.kind != "table":
            body[key] = field_json(field, value, record.titles.get(key, ""), record.files)
    return body


def values_json(
    entity: Entity, record_id: int | None, version: int | None, values: Mapping[str, object]
) -> dict[str, object]:
    """The flat object of a command's outcome: the same shape, from bare values."""
    engine, context = current_engine(), current_context()
    shown = readable(entity, values, engine.rights(context, entity.key))
    titles = engine.titles(context, _pairs(entity, shown))
    body = _head(entity, record_id, version)
    plain = _plain_writers(engine.app, entity)
    for key, value in shown.items():
        if key in plain:
            write = plain[key]
            body[key] = value if value is None or write is None else write(value)
            continue
        field = entity.fields[key]
        title = titles.get((target_of(field), value), "") if isinstance(value, int) else ""
        body[key] = field_json(field, value, title, {})
    return body


def _plain_writers(app: App, entity: Entity) -> dict[str, Writer | None]:
    """How each field is written that neither points to anything nor holds files or rows: see `kinds.json_writer`."""
    return {key: kinds.json_writer(app, field) for key, field in entity.fields.items() if field.kind not in NOT_PLAIN}


def readable(entity: Entity, values: Mapping[str, object], rights: Rights) -> dict[str, object]:
    """Those of the values that are fields, in the entity's order, without what the person may not read."""
    closed = rights.hidden | rights.masked
    return {
        key: values[key]
        for key, field in entity.fields.items()
        if key in values and key not in closed and field.kind != "table"
    }


def field_json(field: Field, value: object, title: str, files: Mapping[int, FileNote]) -> object:
    """One value: numbers as decimal text, dates as ISO, a reference as {id, title}, a file as {id, name, …}."""
    if value is None:
        return None
    if field.kind in POINTERS:
        return {"id": value, "title": title}
    if field.kind in ("file", "image"):
        return _file(value, files)
    if field.kind == "files" and isinstance(value, tuple):
        return [_file(part, files) for part in value]
    return kinds.json_value(current_engine().app, field, value)


def _file(file_id: object, files: Mapping[int, FileNote]) -> dict[str, object]:
    note = files.get(file_id) if isinstance(file_id, int) else None
    return file_json(note) if note else {"id": file_id}


def file_json(note: FileNote) -> dict[str, object]:
    return {"id": note.id, "name": note.name, "size": note.size, "mime": note.mime, "sha256": note.sha256}


def _head(entity: Entity, record_id: int | None, version: int | None) -> dict[str, object]:
    head: dict[str, object] = {"id": record_id, "_version": version}
    return head if "version" in entity.fields else head | {"version": version}


def target_of(field: Field) -> str:
    """The entity that a reference or a person's field points to."""
    return "person" if field.kind == "person" else field.target


def _pairs(entity: Entity, values: Mapping[str, object]) -> Iterable[tuple[str, int]]:
    for key, value in values.items():
        field = entity.fields[key]
        if field.kind in POINTERS and isinstance(value, int):
            yield target_of(field), value

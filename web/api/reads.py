"""The API's readings: lists by filter and cursor, one record, its timeline, its checklist, and why."""

from __future__ import annotations

import re
from collections.abc import Mapping

from flask import Response, request

from dsl.app import Entity, Field
from dsl.formula.tree import Formula
from dsl.problems import Problem
from dsl.render import message
from engine.answers import Change, Entry, Proof
from engine.errors import BadInput, NotThere
from engine.intake.exports import Wish, declared, exports_of
from engine.store.lists import Query
from engine.verdict import Finding
from web.api.blueprint import api
from web.api.body import unreadable, yes_no
from web.api.sentences import say
from web.api.values import (
    POINTERS,
    entity_named,
    expand,
    expandable,
    field_json,
    file_json,
    record_json,
    records_json,
    target_of,
)
from web.file_out import export_answer
from web.responses import explanation_json, finding_json, json_answer
from web.session import current_context, current_engine, current_language

PAGE, MOST = 50, 200
LONGEST_SEARCH = 200
TOTALS_PARAMETERS = frozenset({"by", "sums", "filter"})
EXPORT_PARAMETERS = frozenset({"filter", "sort", "fields", "q", "format", "declared"})
LIST_PARAMETERS = frozenset({"filter", "sort", "limit", "cursor", "fields", "q", "total", "expand"})


@api.get("/<entity:entity>")
def list_records(entity: str) -> Response:
    """A page: {items, next}. `next` is the cursor of the following page, null at the end; `total` only on request."""
    shape = entity_named(entity)
    _known_parameters(LIST_PARAMETERS)
    names, expanded = _names(shape, "fields"), _expanded(shape)
    where, is_counted = _filter(shape, request.args.get("filter", "")), _wants_total()
    query = Query(
        entity=shape.key,
        where=where,
        sort=_sort(shape),
        limit=_limit(),
        cursor=request.args.get("cursor") or None,
        fields=names,
        search=_search(),
    )
    page = current_engine().page(current_context(), query)
    items = records_json(shape.key, page.items)
    if names:
        kept = {"id", "version", "_version", "_title", *names}
        items = [{key: value for key, value in item.items() if key in kept} for item in items]
    expand(shape, items, expanded)
    body: dict[str, object] = {"items": items, "next": page.next}
    if is_counted:
        body["total"] = current_engine().count(current_context(), shape.key, where)
    return json_answer(body)


@api.post("/<entity:entity>/export")
def take_out(entity: str) -> Response:
    """The list that `filter`, `sort`, `fields` and `q` ask for as a file, or the file that the app declares."""
    shape, language = entity_named(entity), current_language()
    _known_parameters(EXPORT_PARAMETERS)
    form = request.args.get("format", "xlsx")
    if form not in ("xlsx", "csv"):
        raise unreadable("request.query.format", say("format_wanted", language), 422)
    key = request.args.get("declared", "")
    if key:
        offered = exports_of(current_engine().installed, current_context(), shape)
        found = next((each for each in offered if each.key == key), None)
        if found is None:
            raise NotThere(say("not_there", language))
        return export_answer(declared(found, language), "csv" if form == "csv" else "xlsx")
    names = _names(shape, "fields") or tuple(each.key for each in shape.fields.values() if each.kind != "table")
    where = _filter(shape, request.args.get("filter", ""))
    query = Query(shape.key, where=where, sort=_sort(shape), fields=names, search=_search())
    return export_answer(Wish(shape.label.say(language), query), "csv" if form == "csv" else "xlsx")


@api.get("/<entity:entity>/totals")
def totals(entity: str) -> Response:
    """Records in sight counted by the values of a field, with exact sums of others: {groups: [{key, count, sums}]}."""
    shape = entity_named(entity)
    _known_parameters(TOTALS_PARAMETERS)
    by, sums = _names(shape, "by"), _names(shape, "sums")
    if len(by) != 1:
        raise unreadable("request.query.by", say("by_wanted", current_language()), 422)
    where = _filter(shape, request.args.get("filter", ""))
    found = current_engine().totals(current_context(), shape.key, where, by[0], sums)
    groups = [
        {
            "key": _group_key(shape.fields[by[0]], each.key),
            "count": each.count,
            "sums": {key: field_json(shape.fields[key], value, "", {}) for key, value in each.sums.items()},
        }
        for each in found
    ]
    return json_answer({"groups": groups})


def _group_key(field: Field, key: object) -> object:
    pair = (target_of(field), key) if field.kind in POINTERS and isinstance(key, int) else None
    titles = current_engine().titles(current_context(), [pair]) if pair else {}
    return field_json(field, key, titles.get(pair, "") if pair else "", {})


@api.get("/<entity:entity>/<int:record_id>")
def get_record(entity: str, record_id: int) -> Response:
    shape = entity_named(entity)
    _known_parameters(frozenset({"expand"}))
    expanded = _expanded(shape)
    record = current_engine().find(current_context(), shape.key, record_id)
    if record is None:
        raise NotThere(say("not_there", current_language()))
    body = record_json(record)
    expand(shape, [body], expanded)
    return json_answer(body, headers={"ETag": f'"{record.version}"'})


@api.get("/<entity:entity>/<int:record_id>/<rows:table_field>")
def rows(entity: str, record_id: int, table_field: str) -> Response:
    """The child rows of a table field, oldest first: {items}."""
    shape = entity_named(entity)
    _known_parameters(frozenset())
    field = shape.fields.get(table_field)
    hidden = current_engine().rights(current_context(), shape.key).hidden
    if field is None or field.kind != "table" or table_field in hidden:
        raise NotThere(say("not_there", current_language()))
    _seen(shape, record_id)
    children = current_engine().children(current_context(), shape.key, record_id, table_field)
    return json_answer({"items": [record_json(child) for child in children]})


@api.get("/<entity:entity>/<int:record_id>/timeline")
def timeline(entity: str, record_id: int) -> Response:
    shape = entity_named(entity)
    _known_parameters(frozenset({"limit", "before"}))
    _seen(shape, record_id)
    entries = current_engine().timeline(current_context(), shape.key, record_id, _limit(), _before())
    return json_answer({"items": [_entry(entry) for entry in entries]})


@api.get("/<entity:entity>/<int:record_id>/checklist")
def checklist(entity: str, record_id: int) -> Response:
    """Every move from here, each judged as the record stands: what is met, what is missing and how to supply it."""
    shape = entity_named(entity)
    _seen(shape, record_id)
    language = current_language()
    moves = [
        {
            "to": move.target,
            "from": move.source,
            "ask": move.ask.say(language) if move.ask else None,
            "allowed": verdict.allowed,
            "findings": [finding_json(finding) for finding in verdict.findings],
        }
        for move, verdict in current_engine().checklist(current_context(), shape.key, record_id)
    ]
    return json_answer({"moves": moves})


@api.get("/<entity:entity>/<int:record_id>/why")
def why(entity: str, record_id: int) -> Response:
    """`?rule=…` of a finding or `?field=…`: the condition or formula as a tree with the values of its operands."""
    shape = entity_named(entity)
    _known_parameters(frozenset({"rule", "field"}))
    asked = request.args.get("rule") or request.args.get("field") or ""
    if not asked:
        raise unreadable("request.query.rule", say("rule_wanted", current_language()), 422)
    return json_answer(explanation_json(current_engine().why(current_context(), shape.key, record_id, asked)))


def _seen(shape: Entity, record_id: int) -> None:
    if current_engine().find(current_context(), shape.key, record_id) is None:
        raise NotThere(say("not_there", current_language()))


# --- the query string ------------------------------------------------------------------------------------------------


def _known_parameters(known: frozenset[str]) -> None:
    for key in request.args:
        if key not in known:
            raise unreadable(f"request.query.{key}", say("unknown_parameter", current_language(), key=key))
        if len(request.args.getlist(key)) > 1:
            raise unreadable(f"request.query.{key}", say("double_parameter", current_language(), key=key))


def _limit() -> int:
    text = request.args.get("limit", str(PAGE))
    if not re.fullmatch(r"[0-9]{1,4}", text) or not 1 <= int(text) <= MOST:
        raise unreadable("request.query.limit", say("limit_wanted", current_language(), most=MOST))
    return int(text)


def _search() -> str:
    text = request.args.get("q", "")
    if len(text) > LONGEST_SEARCH:
        raise unreadable("request.query.q", say("search_long", current_language(), most=LONGEST_SEARCH))
    return text


def _before() -> int | None:
    text = request.args.get("before", "")
    if not text:
        return None
    if not re.fullmatch(r"[1-9][0-9]{0,14}", text):
        raise unreadable("request.query.before", say("id_wanted", current_language()))
    return int(text)


def _names(shape: Entity, parameter: str) -> tuple[str, ...]:
    text = request.args.get(parameter, "")
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    hidden = current_engine().rights(current_context(), shape.key).hidden
    unknown = [name for name in names if name not in shape.fields or name in hidden]
    if unknown:
        said = say("unknown_field", current_language(), key=unknown[0])
        raise unreadable(f"request.query.{parameter}", said, 422)
    return names


def _expanded(shape: Entity) -> tuple[str, ...]:
    names = _names(shape, "expand")
    for name in names:
        if name not in expandable(shape):
            said = say("not_expandable", current_language(), key=name)
            raise unreadable("request.query.expand", said, 422)
    return names


def _wants_total() -> bool:
    is_wanted = yes_no(request.args.get("total"), "request.query.total")
    if is_wanted and request.args.get("q"):
        raise unreadable("request.query.total", say("total_alone", current_language()), 422)
    return is_wanted


def _sort(shape: Entity) -> tuple[str, ...]:
    """Field keys, "-" before a descending one. Masked and hidden fields order nothing."""
    rights = current_engine().rights(current_context(), shape.key)
    closed = rights.hidden | rights.masked
    keys = tuple(key.strip() for key in request.args.get("sort", "").split(",") if key.strip())
    for key in keys:
        name = key.removeprefix("-")
        if name != "id" and (name not in shape.fields or name in closed):
            raise unreadable("request.query.sort", say("unknown_field", current_language(), key=name), 422)
    return keys


def _filter(shape: Entity, text: str) -> Formula | None:
    if not text.strip():
        return None
    checked = current_engine().filter(current_context(), shape.key, text)
    if checked.errors or checked.value is None:
        raise BadInput(tuple(_problem_finding(problem, text) for problem in checked.errors))
    return checked.value


def _problem_finding(problem: Problem, text: str) -> Finding:
    """What is wrong with a filter, with the place where it starts."""
    start = problem.span.column
    said = f"{message(problem, current_language())} ({start}: {text[start - 1 : start + 19]})"
    return Finding("request.query.filter", "unmet", said, span=problem.span)


# --- entries of the timeline -----------------------------------------------------------------------------------------


def _entry(entry: Entry) -> dict[str, object]:
    fields = current_engine().app.entities[entry.entity].fields
    return {
        "id": entry.id,
        "at": entry.at.isoformat().replace("+00:00", "Z"),
        "kind": entry.kind,
        "actor": {"id": entry.actor.id, "title": entry.actor.name} if entry.actor else None,
        "entity": entry.entity,
        "record": {"id": entry.record_id, "title": entry.title},
        "changes": [_change(fields, change) for change in entry.changes],
        "from": entry.source or None,
        "to": entry.target or None,
        "text": entry.text,
        "proofs": [_proof(proof) for proof in entry.proofs],
        "waived": [{"rule": w.rule, "said": w.said, "reason": w.reason} for w in entry.waived],
        "files": [file_json(note) for note in entry.files],
    }


def _proof(proof: Proof) -> dict[str, object]:
    file = file_json(proof.file) if proof.file else None
    return {"rule": proof.rule, "label": proof.label, "file": file, "entity": proof.entity, "id": proof.id}


def _change(fields: Mapping[str, Field], change: Change) -> dict[str, object]:
    field = fields.get(change.field)
    if field is None:  # a field of an older revision
        return {"field": change.field, "before": None, "after": None}
    return {
        "field": change.field,
        "before": field_json(field, change.before, change.before_title, {}),
        "after": field_json(field, change.after, change.after_title, {}),
    }

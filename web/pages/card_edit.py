"""Editing in place on the phone: what a list shows of one record becomes a short form over its card.

The fields are those whose cells may be edited in the table, and what comes next. One save is one Update; the card comes
back as the list shows it now.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from flask import Blueprint, Response, request, url_for

from dsl.app import Entity, Field
from engine.answers import Record
from engine.commands import Update
from engine.errors import BadInput, NotAllowed, VersionConflict
from engine.verdict import Finding
from web.contexts import Input
from web.pages.entry import TITLE_SUFFIX
from web.pages.frame import page, rights_of
from web.pages.inputs import build_input, complaint_of, typed, value_of, written
from web.pages.list_rows import NEXT_STEP_FIELDS, rows_of
from web.pages.list_state import ListState, state_in
from web.pages.lists import may_change_many, may_edit_in_place
from web.pages.records import find_or_404
from web.pages.undoing import undo_note
from web.responses import said_by
from web.session import current_context, current_engine
from web.url_parts import id_in
from web.words import say

blueprint = Blueprint("card_edit", __name__)
WHOLE = ""
"""The complaint that belongs to no field stands under this key."""


@blueprint.get("/e/<entity>/<int:record_id>/card")
def open(entity: str, record_id: int) -> Response:  # noqa: A001 — the page's verb
    """The form of the card; for a record that may not be edited, the reason. query: the list's own address."""
    kind, record = find_or_404(entity, record_id)
    state = state_in(kind, request.args.get("query", ""))
    fields = fields_of(state, record)
    complaints = {} if fields else {WHOLE: say("您只能查看这条记录")}
    return _form(state, record, fields, complaints)


@blueprint.post("/e/<entity>/<int:record_id>/card")
def save(entity: str, record_id: int) -> Response:
    """All fields at once with the `version` that was seen; only what differs is written."""
    kind, record = find_or_404(entity, record_id)
    state = state_in(kind, request.form.get("query", ""))
    fields = fields_of(state, record)
    values, complaints = _read(fields)
    changed = {key: value for key, value in values.items() if value != record.values.get(key)}
    if complaints:
        return _form(state, record, fields, complaints)
    if not changed:
        return _card(state, record_id, {})
    try:
        command = Update(entity, record_id, id_in(request.form.get("version", "")), changed)
        outcome = current_engine().execute(command, current_context())
    except BadInput as refused:
        return _form(state, record, fields, _by_field(refused.findings))
    except NotAllowed as refused:
        return _form(state, record, fields, {WHOLE: said_by(refused)})
    except VersionConflict:
        said = say("有人刚刚改过这条记录，这里已是最新的值，请再改一次")
        return _form(state, record, fields, {WHOLE: said}, is_stale=True)
    if not outcome.verdict.allowed:
        return _form(state, record, fields, _by_field(outcome.verdict.missing))
    return _card(state, record_id, {"sluice:toast": undo_note(say("已修改"), outcome.event_ids)})


def fields_of(state: ListState, record: Record) -> tuple[Field, ...]:
    """The columns that open for editing and what comes next, as far as this record allows."""
    entity, rights = state.entity, rights_of(state.entity.key)
    keys = dict.fromkeys((*state.columns, *(key for key in NEXT_STEP_FIELDS if key in entity.fields)))
    may = current_engine().may(current_context(), entity.key, record).edit_fields
    open_keys = (key for key in keys if key in may and key not in rights.hidden and may_edit_in_place(entity, key))
    return tuple(entity.fields[key] for key in open_keys)


def _read(fields: tuple[Field, ...]) -> tuple[dict[str, object], dict[str, str]]:
    """What was typed as values, and the complaints by field."""
    values: dict[str, object] = {}
    complaints: dict[str, str] = {}
    for field in fields:
        raw, text = typed(request.form, field, field.key), request.form.get(field.key + TITLE_SUFFIX, "")
        value = value_of(field, raw)
        if text and not raw:
            complaints[field.key] = say("没有找到「{text}」，请从列表里选", text=text)
        elif said := complaint_of(value):
            complaints[field.key] = said
        else:
            values[field.key] = value
    return values, complaints


def _by_field(findings: tuple[Finding, ...]) -> dict[str, str]:
    return {finding.field or finding.needs.field or WHOLE: finding.said for finding in findings}


def _form(
    state: ListState,
    record: Record,
    fields: tuple[Field, ...],
    complaints: Mapping[str, str],
    *,
    is_stale: bool = False,
) -> Response:
    is_kept = request.method == "POST" and not is_stale
    inputs = tuple(_input(state.entity, record, field, complaints, is_kept=is_kept) for field in fields)
    shown = {field.key for field in fields}
    return page(
        "card_edit.html",
        422 if complaints else 200,
        entity=state.entity,
        record=record,
        inputs=inputs,
        faults=tuple(said for key, said in complaints.items() if key not in shown),
        version=request.form.get("version", "") if is_kept else str(record.version),
        query=request.values.get("query", ""),
        action=url_for("card_edit.save", entity=state.entity.key, record_id=record.id),
    )


def _input(entity: Entity, record: Record, field: Field, complaints: Mapping[str, str], *, is_kept: bool) -> Input:
    """The control of one field, with what was typed or what is stored."""
    form, key = request.form, field.key
    raw = typed(form, field, key) if is_kept else written(field, record.values.get(key))
    title = form.get(key + TITLE_SUFFIX, "") if is_kept else record.titles.get(key, "")
    error = complaints.get(key, "")
    return build_input(entity, field, raw, title=title, error=error, prefix="card", files=record.files)


def _card(state: ListState, record_id: int, events: Mapping[str, object]) -> Response:
    """The card as the list shows it now, in the place of the one that was there."""
    record = current_engine().find(current_context(), state.entity.key, record_id)
    rows = rows_of(state.entity, (record,) if record is not None else (), state.columns)
    response = page("parts/list_cards.html", rows=rows, bulk=may_change_many(state.entity))
    response.headers["HX-Retarget"], response.headers["HX-Reswap"] = f"#k{record_id}", "outerHTML"
    response.headers["HX-Trigger"] = json.dumps({"sluice:close": {}, **events})
    return response

"""Editing in place: one cell of a list becomes its field's own control, and is saved through the engine as any edit."""

from __future__ import annotations

import json

from flask import Blueprint, Response, request, url_for

from dsl.app import Entity, Field
from engine.answers import Record
from engine.commands import Update
from engine.errors import BadInput, NotAllowed, VersionConflict
from web.contexts import Input
from web.pages.entry import TITLE_SUFFIX
from web.pages.frame import page, rights_of
from web.pages.inputs import build_input, complaint_of, is_input, typed, value_of, written
from web.pages.list_rows import rows_of
from web.pages.list_state import state_in
from web.pages.lists import editable, heads_of, may_change_many
from web.pages.records import find_or_404
from web.pages.undoing import undo_note
from web.responses import said_by
from web.session import current_context, current_engine
from web.url_parts import id_in
from web.words import say

blueprint = Blueprint("cells", __name__)


@blueprint.get("/e/<entity>/<int:record_id>/cell/<field>")
def open(entity: str, record_id: int, field: str) -> Response:  # noqa: A001 — the page's verb
    """The control of one field with its value; for a field that may not be edited, the reason."""
    kind, record = find_or_404(entity, record_id)
    found = kind.fields.get(field)
    if found is None or not _may_edit(kind, record, found):
        return page("cell.html", 422, entity=kind, record=record, input=None, errors=(say("这一格不能修改"),), query="")
    return _editor(kind, record, found, ())


@blueprint.post("/e/<entity>/<int:record_id>/cell/<field>")
def save(entity: str, record_id: int, field: str) -> Response:
    """The field's value with the `version` that was seen; `query` is the list, whose row comes back."""
    kind, record = find_or_404(entity, record_id)
    found, form = kind.fields.get(field), request.form
    if found is None or not _may_edit(kind, record, found):
        return page("cell.html", 422, entity=kind, record=record, input=None, errors=(say("这一格不能修改"),), query="")
    raw = typed(form, found, field)
    value = value_of(found, raw)
    if complaint := complaint_of(value):
        return _editor(kind, record, found, (complaint,))
    if form.get(field + TITLE_SUFFIX) and not raw:
        return _editor(kind, record, found, (say("没有找到「{text}」，请从列表里选", text=form[field + TITLE_SUFFIX]),))
    if value == record.values.get(field):
        return _row(kind, record_id, {})
    try:
        command = Update(entity, record_id, id_in(form.get("version", "")), {field: value})
        outcome = current_engine().execute(command, current_context())
    except BadInput as refused:
        return _editor(kind, record, found, tuple(finding.said for finding in refused.findings))
    except NotAllowed as refused:
        return _editor(kind, record, found, (said_by(refused),))
    except VersionConflict:
        return _editor(kind, record, found, (say("有人刚刚改过这条记录，这里已是最新的值，请再改一次"),), is_stale=True)
    if not outcome.verdict.allowed:
        return _editor(kind, record, found, tuple(finding.said for finding in outcome.verdict.missing))
    return _row(kind, record_id, {"sluice:toast": undo_note(say("已修改"), outcome.event_ids)})


def _may_edit(entity: Entity, record: Record, field: Field) -> bool:
    if not is_input(entity, field) or field.key in rights_of(entity.key).hidden | rights_of(entity.key).masked:
        return False
    return field.key in current_engine().may(current_context(), entity.key, record).edit_fields


def _editor(
    entity: Entity, record: Record, field: Field, errors: tuple[str, ...], *, is_stale: bool = False
) -> Response:
    """The control, with what was typed unless that is stale. Errors stand beneath it."""
    form, key = request.form, field.key
    is_kept = request.method == "POST" and not is_stale
    raw = typed(form, field, key) if is_kept else written(field, record.values.get(key))
    title = form.get(key + TITLE_SUFFIX, "") if is_kept else record.titles.get(key, "")
    made: Input = build_input(
        entity, field, raw, title=title, error="; ".join(errors), prefix="cell", files=record.files
    )
    version = form.get("version", "") if is_kept else str(record.version)
    return page(
        "cell.html", 422 if errors else 200, entity=entity, record=record, input=made, errors=errors, version=version,
        query=request.values.get("query", ""),
        action=url_for("cells.save", entity=entity.key, record_id=record.id, field=key),
    )  # fmt: skip


def _row(entity: Entity, record_id: int, events: dict[str, object]) -> Response:
    """The record's row as the list shows it now: other columns may have followed."""
    record = current_engine().find(current_context(), entity.key, record_id)
    state = state_in(entity, request.form.get("query", ""))
    rows = rows_of(entity, (record,), state.columns, editable(state)) if record is not None else ()
    response = page("parts/list_rows.html", rows=rows, heads=heads_of(state), bulk=may_change_many(entity))
    response.headers["HX-Retarget"], response.headers["HX-Reswap"] = f"#r{record_id}", "outerHTML"
    response.headers["HX-Trigger"] = json.dumps({"sluice:cell-saved": {}, **events})
    return response

"""Many records at once: the same command for each, judged one by one, in steps of about a second.

The records are those ticked (`id`) or all that the list finds (`whole`, in the order of their ids, which no change can
alter). Every step answers with the next one as a form that sends itself, so a change of ten thousand records shows its
progress, can be stopped, and holds no request open.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from flask import Blueprint, Response, request, url_for
from werkzeug.datastructures import MultiDict

from dsl.app import Entity, Field
from engine.answers import Rights
from engine.commands import Command, Delete, Move, Update
from engine.store.lists import Query
from engine.verdict import Outcome
from web.contexts import Fault, Input, Pick
from web.pages.filters import both
from web.pages.frame import entity_or_404, page, rights_of
from web.pages.inputs import build_input, complaint_of, is_input, typed, value_of
from web.pages.list_state import ListState, state_in
from web.pages.reasons import reason_of
from web.pages.undoing import MOST_EVENTS, joined_events
from web.session import current_context, current_engine, current_language
from web.url_parts import id_in
from web.words import say

blueprint = Blueprint("bulk", __name__)
STEP_SECONDS = 0.8
READ_AT_ONCE = 50
STAGE, DELETE = "stage", ":delete"
_EASY = frozenset({"text", "choice", "person", "ref", "date", "yesno", "money", "number", "integer", "percent", "tags"})


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a change has come: the last record's id, how many were changed and refused, the events of it."""

    after: int = 0
    changed: int = 0
    refused: int = 0
    events: str = ""
    faults: tuple[Fault, ...] = ()
    is_over: bool = False

    @property
    def done(self) -> int:
        return self.changed + self.refused


def may_change_many(entity: Entity, rights: Rights) -> bool:
    """Whether there is anything that the actor may do with many records at once."""
    return rights.delete or (rights.edit != "none" and bool(entity.pipelines or _settable(entity, rights)))


def _settable(entity: Entity, rights: Rights) -> list[Field]:
    """The fields that may be set on many records, the owner first."""
    fields = [f for f in entity.fields.values() if is_input(entity, f) and f.kind in _EASY and not f.unique]
    allowed = [f for f in fields if rights.edit == "all" or f.key in rights.edit_fields]
    return sorted(allowed, key=lambda field: field.key != entity.owner_field)


def fields_of(entity: Entity, rights: Rights) -> tuple[Input, ...]:
    """Those fields as they are filled in."""
    fields = _settable(entity, rights)
    return tuple(build_input(entity, f, () if f.kind == "tags" else "", prefix="bulk") for f in fields)


def stages_of(entity: Entity) -> tuple[Pick, ...]:
    language = current_language()
    stages = {s.key: s for p in entity.pipelines for s in p.stages}
    return tuple(Pick(key, stage.label.say(language), stage.color) for key, stage in stages.items())


# --- the screens -----------------------------------------------------------------------------------------------------


@blueprint.post("/e/<entity>/bulk/count")
def count(entity: str) -> Response:
    """How many the list finds in all: counted only because somebody wants all of them."""
    kind = entity_or_404(entity)
    return page("bulk_count.html", count=_count(state_in(kind, request.form.get("query", ""))))


@blueprint.post("/e/<entity>/bulk")
def ask(entity: str) -> Response:
    """The dialog: what to change on the records chosen."""
    return _dialog(entity_or_404(entity), request.form)


@blueprint.post("/e/<entity>/bulk/run")
def run(entity: str) -> Response:
    """The first and every further step. `what` a field, "stage" or ":delete"; `after`, `changed` … from the last."""
    kind, form = entity_or_404(entity), request.form
    state = state_in(kind, form.get("query", ""))
    error = _wrong_with(kind, form)
    if error:
        return _dialog(kind, form, error)
    total = id_in(form.get("total", "")) or _total(state, form)
    progress = _step(state, form, _progress_in(form))
    return page(
        "bulk_progress.html", state=state, entity=kind, progress=progress, total=max(total, progress.done),
        kept=[(k, v) for k, v in form.items(multi=True) if k not in ("after", "changed", "refused", "events", "total")],
        may_undo=bool(progress.events) and progress.changed <= MOST_EVENTS,
        back=state.href(), is_first="after" not in form,
    )  # fmt: skip


def _dialog(entity: Entity, form: MultiDict[str, str], error: str = "") -> Response:
    rights, state = rights_of(entity.key), state_in(entity, form.get("query", ""))
    may_edit = rights.edit != "none"
    fields = fields_of(entity, rights) if may_edit else ()
    stages = stages_of(entity) if may_edit else ()
    what = form.get("what") or (STAGE if stages else fields[0].key if fields else DELETE)
    return page(
        "bulk.html", 422 if error else 200, state=state, entity=entity, fields=fields, stages=stages, what=what,
        input=next((field for field in fields if field.key == what), None), error=error, delete=DELETE,
        may_delete=rights.delete, total=_total(state, form), is_whole="whole" in form,
        ids=[one for one in form.getlist("id") if id_in(one) is not None],
    )  # fmt: skip


# --- one step --------------------------------------------------------------------------------------------------------


def _progress_in(form: MultiDict[str, str]) -> Progress:
    after, changed, refused = (id_in(form.get(name, "")) or 0 for name in ("after", "changed", "refused"))
    return Progress(after, changed, refused, form.get("events", ""))


def _step(state: ListState, form: MultiDict[str, str], progress: Progress) -> Progress:
    """Commands until the time is up or all is done."""
    ends = time.monotonic() + STEP_SECONDS
    while time.monotonic() < ends:
        ids = _next_ids(state, form, progress.after)
        if not ids:
            return replace(progress, is_over=True)
        for record_id in ids:
            progress = _one(state.entity, form, record_id, progress)
            if time.monotonic() >= ends:
                break
    return replace(progress, is_over=not _next_ids(state, form, progress.after))


def _one(entity: Entity, form: MultiDict[str, str], record_id: int, progress: Progress) -> Progress:
    [outcome] = current_engine().execute_many([_command(entity, form, record_id)], current_context())
    reason = reason_of(outcome)
    if reason:
        pair = (entity.key, record_id)
        title = current_engine().titles(current_context(), [pair]).get(pair, f"#{record_id}")
        href = url_for("records.show", entity=entity.key, record_id=record_id)
        faults = (*progress.faults, Fault(reason, href, title))
        return replace(progress, after=record_id, refused=progress.refused + 1, faults=faults)
    events = joined_events(progress.events, outcome.event_ids if isinstance(outcome, Outcome) else ())
    return replace(progress, after=record_id, changed=progress.changed + 1, events=events)


def _next_ids(state: ListState, form: MultiDict[str, str], after: int) -> list[int]:
    """The next records, by id: those ticked, or those that the list finds."""
    if "whole" not in form:
        ticked = sorted({one for one in map(id_in, form.getlist("id")) if one is not None})
        return [one for one in ticked if one > after][:READ_AT_ONCE]
    engine, context, key = current_engine(), current_context(), state.entity.key
    beyond = engine.filter(context, key, f"id > {after}").value
    where = both(state.entity, (state.condition, beyond))
    query = Query(key, where, ("id",), READ_AT_ONCE, None, ("created_at",), search=state.search)
    return [record.id for record in engine.page(context, query).items]


def _command(entity: Entity, form: MultiDict[str, str], record_id: int) -> Command:
    what = form["what"]
    if what == DELETE:
        return Delete(entity.key, record_id, None)
    if what == STAGE:
        return Move(entity.key, record_id, form.get("to", ""))
    field = entity.fields[what]
    return Update(entity.key, record_id, None, {what: value_of(field, typed(form, field, what))})


def _wrong_with(entity: Entity, form: MultiDict[str, str]) -> str:
    """What is wrong with the change wanted, before any record is touched."""
    what = form.get("what", "")
    if "whole" not in form and not form.getlist("id"):
        return say("请先勾选记录")
    if what == DELETE:
        return ""
    if what == STAGE:
        return "" if entity.stage(form.get("to", "")) is not None else say("请选择要改成的阶段")
    field = entity.fields.get(what)
    if field is None or not is_input(entity, field):
        return say("请选择要修改的字段")
    return complaint_of(value_of(field, typed(form, field, what)))


def _total(state: ListState, form: MultiDict[str, str]) -> int:
    return _count(state) if "whole" in form else len(set(form.getlist("id")))


def _count(state: ListState) -> int:
    found = current_engine().totals(current_context(), state.entity.key, state.whole_condition, "")
    return found[0].count if found else 0

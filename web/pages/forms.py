"""The form of a record: new, edit, preview of computed fields; a refusal keeps what was typed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as WsgiResponse

from dsl.app import Entity, Field
from dsl.formula.python_code import compile_formula
from dsl.formula.tree import Formula
from engine.answers import Preview, Record
from engine.commands import Command, Create, Update
from engine.errors import BadInput, KeyReused, NotAllowed, NotThere, VersionConflict
from engine.store.lists import Query
from engine.values import is_empty
from engine.verdict import Finding
from web.contexts import Link
from web.controls import Raw
from web.pages import conflicts
from web.pages.entry import Entry, base_of, drop_unchanged, of_form, of_record, of_values, read_base, take_uploads
from web.pages.form_keys import KEY, new_key
from web.pages.form_view import UNTOUCHED, FormView, computed_partials, following, form_view, mark_of, mark_sent
from web.pages.frame import entity_or_404, is_fragment, page, rights_of
from web.pages.inputs import complaint_of, is_input, value_of, written
from web.pages.login import safe_next
from web.pages.records import find_or_404
from web.pages.undoing import joined_events
from web.responses import refusal
from web.session import current_context, current_engine
from web.url_parts import id_in
from web.words import say

blueprint = Blueprint("forms", __name__)
MORE = "more"
"""The button of a dialog that asks for the first things only: what is typed comes back with the whole form."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a form is about: a new record, or one that exists with the fields that may be changed."""

    entity: Entity
    allowed: frozenset[str]
    record: Record | None = None

    @property
    def id(self) -> int | None:
        return self.record.id if self.record else None


# --- new -------------------------------------------------------------------------------------------------------------


@blueprint.get("/e/<entity>/new")
def new(entity: str) -> WsgiResponse:
    target = _new_target(entity)
    return _show(target, _first_entry(target))


@blueprint.post("/e/<entity>/new")
def create(entity: str) -> WsgiResponse:
    target = _new_target(entity)
    entry = _posted(target)
    if MORE in request.form:
        entry.errors.clear()
        return _show(target, entry)
    if not entry.is_readable:
        return _show(target, entry, status=422)
    return _save(target, entry, Create(target.entity.key, entry.values, entry.children()))


def _new_target(key: str) -> Target:
    entity = entity_or_404(key)
    if not rights_of(key).create and not entity.parent:
        raise NotAllowed(say("您不能新建{label}", label=entity.label.say(current_context().actor.language)))
    return Target(entity, frozenset(f.key for f in entity.fields.values() if is_input(entity, f)))


def _first_entry(target: Target) -> Entry:
    """Defaults, what the last record was given, and what the address brings: ?customer=3."""
    entity, remembered = target.entity, _remembered(target)
    values: dict[str, object] = {}
    titles: dict[str, str] = {}
    for key in target.allowed:
        one = entity.fields[key]
        if key in request.args:
            value = value_of(one, request.args[key])
            if not complaint_of(value):
                values[key] = value
        elif key in remembered:
            values[key] = remembered[key]
        elif one.default is not None and not isinstance(one.default, Formula):
            values[key] = one.default
    for key, value in values.items():
        if _is_link(entity.fields[key]):
            titles[key] = _title_of(entity.fields[key], value)
    entry = of_values(entity, values, titles)
    _fill_defaults(target, entry)
    return entry


def _remembered(target: Target) -> Mapping[str, object]:
    """What the person's last record of this kind holds in the fields that remember."""
    entity, engine, context = target.entity, current_engine(), current_context()
    keys = [key for key in target.allowed if entity.fields[key].remembers]
    if not keys:
        return {}
    mine = engine.filter(context, entity.key, "created_by = me").value
    query = Query(entity.key, where=mine, sort=("-id",), limit=1, fields=tuple(keys))
    last = next(iter(engine.page(context, query).items), None)
    found = {key: last.values.get(key) for key in keys if key not in last.masked} if last else {}
    return {key: value for key, value in found.items() if not is_empty(value)}


def _fill_defaults(target: Target, entry: Entry) -> None:
    """Defaults that are formulas of the moment (today(), me); one that reads the record is the engine's at saving."""
    engine, env = current_engine(), current_engine().env(current_context())
    missing: dict[str, object] = {}
    for key in target.allowed:
        default = target.entity.fields[key].default
        if isinstance(default, Formula) and not default.reads and key not in entry.values:
            value = compile_formula(default, engine.app)({}, env)
            missing[key] = value["id"] if isinstance(value, Mapping) else value
    more = of_values(target.entity, missing, {})
    entry.values |= more.values
    entry.raws |= more.raws
    for key, value in missing.items():
        if _is_link(target.entity.fields[key]):
            entry.titles[key] = _title_of(target.entity.fields[key], value)


def _is_link(field: Field) -> bool:
    """Whether the field names another record, a person or a department."""
    return field.kind in ("ref", "person", "department")


def _title_of(field: Field, value: object) -> str:
    """What the chosen record is called; "" for none, or one that the actor does not see."""
    if not isinstance(value, int):
        return ""
    pair = (field.target if field.kind == "ref" else field.kind, value)
    return current_engine().titles(current_context(), [pair]).get(pair, "")


# --- edit ------------------------------------------------------------------------------------------------------------


@blueprint.get("/e/<entity>/<int:record_id>/edit")
def edit(entity: str, record_id: int) -> WsgiResponse:
    target = _edit_target(entity, record_id)
    return _show(target, of_record(current_engine().app, target.entity, _record_of(target), target.allowed))


@blueprint.post("/e/<entity>/<int:record_id>/edit")
def update(entity: str, record_id: int) -> WsgiResponse:
    target = _edit_target(entity, record_id)
    entry = _posted(target)
    drop_unchanged(entry, _base())
    if not entry.is_readable:
        return _show(target, entry, status=422)
    sent = request.form.get("version", "")
    version = id_in(sent)
    if version is None:  # without it nobody could tell whether somebody else saved meanwhile
        return refusal(400, say("不知道您看到的是哪个版本，请刷新页面后再保存"))
    return _save(target, entry, Update(target.entity.key, record_id, version, entry.values, entry.children()))


def _record_of(target: Target) -> Record:
    if target.record is None:
        raise NotThere(say("没有这条记录"))
    return target.record


def _edit_target(key: str, record_id: int) -> Target:
    entity = entity_or_404(key)
    _kind, record = find_or_404(key, record_id)
    rights = current_engine().may(current_context(), key, record)
    if not rights.edit:
        raise NotAllowed(say("您只能查看这条记录"))
    return Target(entity, rights.edit_fields, record)


# --- saving ----------------------------------------------------------------------------------------------------------


def _posted(target: Target) -> Entry:
    allowed = conflicts.without_theirs(target.allowed, request.form)
    entry = of_form(current_engine().app, target.entity, request.form, allowed)
    take_uploads(entry, request.files)
    _leave_to_defaults(target, entry)
    return entry


def _leave_to_defaults(target: Target, entry: Entry) -> None:
    """A field that a new record's form leaves empty takes its default, which may depend on what was picked: a required
    one always, another as long as nobody emptied it."""
    untouched = following(target.entity) & frozenset(request.form.getlist(UNTOUCHED))
    for key in list(entry.values) if target.record is None else ():
        field = target.entity.fields[key]
        may_stay_empty = field.required is False and key not in untouched
        if isinstance(field.default, Formula) and not may_stay_empty and is_empty(entry.values[key]):
            del entry.values[key]


def _save(target: Target, entry: Entry, command: Command) -> WsgiResponse:
    try:
        outcome = current_engine().execute(command, current_context(), key=request.form.get(KEY) or None)
    except BadInput as refused:
        return _show(target, entry, refused.findings, 422)
    except KeyReused:
        return _show(target, entry, (_saved_before(target),), 422, form_key=new_key())
    except VersionConflict as conflict:
        return page(
            "conflict.html", 409, **conflicts.page_values(target.entity, target.id or 0, entry, conflict, _base())
        )
    if not outcome.verdict.allowed:
        return _show(target, entry, outcome.verdict.missing, 422)
    return _after(target, outcome.id or target.id or 0, outcome.event_ids)


def _saved_before(target: Target) -> Finding:
    said = say("这张表单上一次已经保存成功。要修改那条记录，请从列表打开它；要再建一条，请再按一次保存。")
    return Finding(f"{target.entity.key}.form", "unmet", said)


def _base() -> Mapping[str, Raw]:
    return read_base(request.form.get("__base", ""))


def _after(target: Target, record_id: int, events: tuple[int, ...]) -> WsgiResponse:
    """Where one goes after saving: back where one came from, else to the record. A change can be taken back there."""
    said = "saved" if target.record else "created"
    if is_fragment():
        key = target.entity.key
        title = current_engine().titles(current_context(), [(key, record_id)]).get((key, record_id), "")
        event = {"sluice:added-record": {"id": str(record_id), "title": title}, "sluice:toast": {"text": say("已保存")}}
        headers = {"HX-Trigger": json.dumps(event)} if request.args.get("dialog") else {}
        return Response("", 200, headers)
    back = request.form.get("back", "")
    there = safe_next(back) if back else url_for("records.show", entity=target.entity.key, record_id=record_id)
    undo = f"undo={joined_events('', events)}&" if target.record and events else ""
    return redirect(f"{there}{'&' if '?' in there else '?'}{undo}said={said}", 303)


def _show(
    target: Target, entry: Entry, findings: tuple[Finding, ...] = (), status: int = 200, form_key: str = ""
) -> WsgiResponse:
    is_quick = target.record is None and is_fragment() and MORE not in request.form and "whole" not in request.form
    view: FormView = form_view(target.entity, target.allowed, entry, target.record, findings, is_quick=is_quick)
    template = "form_dialog.html" if is_fragment() else "form.html"
    back = request.values.get("back", "")
    base = request.form.get("__base", "") if request.method == "POST" else base_of(entry) if target.record else ""
    values = {"form": view, "entity": target.entity, "record": target.record, "back": back, "base": base}
    values["mark"] = mark_of(target.entity)
    values["form_key"] = "" if target.record else form_key or request.form.get(KEY) or new_key()
    return page(template, status, **values, is_refused=request.method == "POST")


# --- preview ---------------------------------------------------------------------------------------------------------


@blueprint.post("/e/<entity>/preview")
@blueprint.post("/e/<entity>/<int:record_id>/preview")
def preview(entity: str, record_id: int | None = None) -> Response:
    """Computed fields as partials; shown, required and filled-in fields as an event; nothing is written."""
    target = _edit_target(entity, record_id) if record_id else _new_target(entity)
    entry = of_form(current_engine().app, target.entity, request.form, target.allowed)
    untouched = frozenset(request.form.getlist(UNTOUCHED)) if record_id is None else frozenset()
    result = current_engine().preview(
        current_context(), entity, entry.values, entry.children(), record_id, untouched & following(target.entity)
    )
    mark = mark_sent(target.entity)
    partials = computed_partials(target.entity, entry, result, mark)
    like = _alike(target, entry) if record_id is None else ()
    response = page("form_preview.html", partials=partials, mark=mark, asks_like=record_id is None, like=like)
    states = {"shown": dict(result.shown), "required": dict(result.required), "filled": _filled(target.entity, result)}
    response.headers["HX-Trigger"] = json.dumps({"sluice:states": states})
    return response


def _alike(target: Target, entry: Entry) -> tuple[Link, ...]:
    """What may be there already, while somebody types the name of a new one."""
    key = target.entity.key
    found = current_engine().similar(current_context(), key, entry.values)
    return tuple(Link(one.title, url_for("records.show", entity=key, record_id=one.id), one.subtitle) for one in found)


def _filled(entity: Entity, result: Preview) -> dict[str, object]:
    """What the fields that follow their default should hold now, as the form writes it: a text, several, or {id, title}
    of a record that the actor sees."""
    filled: dict[str, object] = {}
    for key, value in result.defaults.items():
        field = entity.fields[key]
        raw = written(field, value)
        if _is_link(field):
            title = _title_of(field, value)
            filled[key] = {"id": raw if title else "", "title": title}
        else:
            filled[key] = raw
    return filled

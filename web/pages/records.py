"""The page of one record: where it stands, what it needs next, what it says, what hangs on it, what happened."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as WsgiResponse

from dsl.app import App, Entity, Field
from dsl.formula.value_types import RowsType
from engine.answers import Record, RecordRights
from engine.commands import Delete
from engine.errors import NotThere
from engine.flow.requirements import line_of
from engine.store.lists import Query
from web.contexts import Badge, ChildList, FactPart, Head, Shown, Step
from web.pages.address import address
from web.pages.checks import next_check
from web.pages.filters import is_parent
from web.pages.form_keys import new_key
from web.pages.frame import entity_or_404, is_called, page, rights_of
from web.pages.list_rows import NEXT_STEP_FIELDS, rows_of, wanted
from web.pages.list_state import view_of
from web.pages.showing import days_over, is_number, label_of, late_text, shown
from web.pages.timeline import KINDS, happenings
from web.pages.undoing import joined_events
from web.session import current_context, current_engine, current_language
from web.url_parts import id_in
from web.words import say

blueprint = Blueprint("records", __name__)
CHILDREN_SHOWN = 8
TIMELINE_SHOWN = 30


@blueprint.get("/e/<entity>/<int:record_id>")
def show(entity: str, record_id: int) -> Response:
    kind, engine, context = entity_or_404(entity), current_engine(), current_context()
    before, only = request.args.get("before", ""), request.args.get("show", "")
    kinds = KINDS.get(only, ())
    found = engine.open_record(context, entity, record_id, TIMELINE_SHOWN, id_in(before), kinds)
    if found is None:
        raise NotThere(say("没有这条记录"))
    record, rights, entries = found.record, found.rights, found.entries
    if is_called():
        engine.note_read(context, entity, record_id)
    return page(
        "record.html",
        entity=kind,
        label=kind.label.say(current_language()),
        record=record,
        rights=rights,
        parent=_parent_of(kind, record),
        head=head_facts(kind, record),
        steps=steps(kind, record, rights),
        over=late_text(kind, record.values, current_language()),
        check=next_check(kind, record, rights, found.next_step),
        sop=_sop(kind, record),
        parts=tuple(parts_of(kind, record)),
        children=tuple(child_lists(engine.app, kind, record, rights)),
        happenings=happenings(record, entries),
        comment_key=new_key(),
        older=entries[-1].id if len(entries) == TIMELINE_SHOWN else None,
        only=only,
        marks=_marks(record),
    )


@blueprint.post("/e/<entity>/<int:record_id>/delete")
def delete(entity: str, record_id: int) -> WsgiResponse:
    sent = request.form.get("version", "")
    command = Delete(entity, record_id, id_in(sent))
    outcome = current_engine().execute(command, current_context())
    if not outcome.verdict.allowed:
        return page("refused.html", 422, faults=[finding.said for finding in outcome.verdict.missing])
    events = joined_events("", outcome.event_ids)
    return redirect(address("lists.show", entity=entity, said="deleted", undo=events), 303)


@blueprint.get("/e/<entity>/<int:record_id>/why/<path:rule>")
def why(entity: str, record_id: int, rule: str) -> Response:
    """The explanation tree of a computed value, a score or a requirement, with its line of the YAML."""
    kind, record = find_or_404(entity, record_id)
    explanation = current_engine().why(current_context(), entity, record_id, rule)
    line = line_of(kind, rule)
    source = current_engine().app.source.splitlines()
    return page(
        "why.html",
        title=label_of(kind, rule, current_language()) if rule in kind.fields else request.args.get("said", ""),
        record=record,
        explanation=explanation,
        line=line,
        source=source[line - 1].strip() if 0 < line <= len(source) else "",
    )


def find_or_404(entity: str, record_id: int) -> tuple[Entity, Record]:
    """The record, if it is there and the actor may see it. Raises NotThere."""
    kind = entity_or_404(entity)
    record = current_engine().find(current_context(), entity, record_id)
    if record is None:
        raise NotThere(say("没有这条记录"))
    return kind, record


# --- the head --------------------------------------------------------------------------------------------------------


def _parent_of(entity: Entity, record: Record) -> Shown | None:
    if not entity.parent or entity.parent not in record.values:
        return None
    return shown(current_engine().app, record, entity.parent, current_language())


def head_facts(entity: Entity, record: Record) -> tuple[Shown, ...]:
    """Code, scores, owner, the first money field and what comes next: what one wants to know before anything else."""
    keys = ["code"] if entity.title != "code" else []
    keys += [*entity.scores, entity.owner_field or "owner"]
    keys += [f.key for f in entity.fields.values() if f.kind == "money" and not f.is_computed][:1]
    keys += [key for key in NEXT_STEP_FIELDS if key in entity.fields]
    language = current_language()
    found = (shown(current_engine().app, record, key, language) for key in keys if key in record.values)
    return tuple(fact for fact in found if fact.look != "empty")


def _marks(record: Record) -> tuple[Badge, ...]:
    """Tags, as badges beside the title."""
    if not record.values.get("tags"):
        return ()
    return shown(current_engine().app, record, "tags", current_language()).badges


def steps(entity: Entity, record: Record, rights: RecordRights) -> tuple[Step, ...]:
    """The stage path; ends that are not the record's own are left out unless a good one."""
    if not entity.has_stages:
        return ()
    pipeline = entity.pipeline_of(str(record.values.get("pipeline") or ""))
    language, over = current_language(), days_over(entity, record.values)
    keys = [stage.key for stage in pipeline.stages]
    now = keys.index(record.stage) if record.stage in keys else -1
    path = []
    for at, stage in enumerate(pipeline.stages):
        is_bad_end = stage.end in ("lost", "cancelled")
        if is_bad_end and at != now:
            continue
        has_ended_badly = now >= 0 and pipeline.stages[now].end in ("lost", "cancelled")
        state = "now" if at == now else "past" if at < now and not has_ended_badly else "later"
        is_late, can_go = at == now and over > 0, stage.key in rights.moves
        path.append(Step(stage.key, stage.label.say(language), state, stage.end, is_late, can_go))
    return tuple(path)


def _sop(entity: Entity, record: Record) -> tuple[str, ...]:
    stage = entity.stage(record.stage)
    return tuple(text.say(current_language()) for text in stage.sop) if stage else ()


# --- what it says ----------------------------------------------------------------------------------------------------


def parts_of(entity: Entity, record: Record) -> Iterable[FactPart]:
    app, language = current_engine().app, current_language()
    sections = [(s.label.say(language), s.fields) for s in entity.form]
    named = {key for _label, keys in sections for key in keys}
    rest = tuple(k for k, f in entity.fields.items() if k not in named and (not f.given or k.endswith("_at")))
    for label, keys in (*sections, (say("其他") if sections else entity.label.say(language), rest)):
        facts = tuple(
            shown(app, record, key, language)
            for key in keys
            if key in record.values and entity.fields[key].kind != "table" and key not in ("tags", entity.parent)
        )
        if keys is rest:
            facts = tuple(fact for fact in facts if fact.look != "empty")
        if any(fact.look != "empty" for fact in facts):
            yield FactPart(label, facts)


def child_lists(
    app: App, entity: Entity, record: Record, rights: RecordRights, most: int = CHILDREN_SHOWN
) -> Iterable[ChildList]:
    """The rows that hang on the record: its table fields, and children that no table field names; `most` of each."""
    tables = {f.value_type.entity: f for f in entity.fields.values() if isinstance(f.value_type, RowsType)}
    for child_key in dict.fromkeys([*tables, *(c.key for c in app.children_of(entity.key))]):
        child = app.entities.get(child_key)
        if child is None or not rights_of(child_key).see:
            continue
        table = tables.get(child_key)
        if table is not None and table.key not in record.values and table.key in rights_of(entity.key).hidden:
            continue
        yield _child_list(entity, record, child, table, rights, most)


def _child_list(
    entity: Entity, record: Record, child: Entity, table: Field | None, rights: RecordRights, most: int
) -> ChildList:
    engine, context, language = current_engine(), current_context(), current_language()
    view = view_of(child, "")
    hidden = rights_of(child.key).hidden | {entity.key}
    columns = tuple(k for k in view.columns if k in child.fields and k not in hidden)[:6]
    link = entity.key if entity.key in child.fields else ""
    rows: tuple[Record, ...] = ()
    if link:
        query = Query(
            entity=child.key, where=is_parent(child, link, record.id), sort=("-id",), limit=most + 1,
            cursor=None, fields=wanted(child, columns, hidden),
        )  # fmt: skip
        rows = engine.page(context, query).items
    elif table is not None:
        rows = tuple(engine.children(context, entity.key, record.id, table.key))
    back = address("records.show", entity=entity.key, record_id=record.id)
    label = label_of(entity, table.key, language) if table else child.label.say(language)
    may_add = child.key in rights.children
    count = f"{most}+" if len(rows) > most else str(len(rows))
    return ChildList(
        key=child.key,
        label=label,
        icon=child.icon,
        heads=tuple(Head(label_of(child, key, language), is_number(child.fields[key])) for key in columns),
        rows=rows_of(child, rows[:most], columns),
        add_href=address("forms.new", entity=child.key, **{entity.key: record.id, "back": back}) if may_add else "",
        quick_href=address("forms.new", entity=child.key, **{entity.key: record.id, "dialog": 1}) if may_add else "",
        all_href=address("lists.show", entity=child.key, **{f"f.{entity.key}": record.id}) if link else "",
        count=count,
    )

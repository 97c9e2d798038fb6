"""The button 导出: the list as it stands on the screen, or a file that the app declares, for who may take it out."""

from __future__ import annotations

from typing import NamedTuple

from flask import Blueprint, Response, request

from dsl.app import Entity
from engine.errors import BadInput, NotThere
from engine.intake.exports import Wish, declared, exports_of, may_export
from engine.store.lists import Query
from engine.verdict import Finding
from web.file_out import export_answer
from web.pages.filters import where
from web.pages.frame import entity_or_404, rights_of
from web.pages.lists import sort_of, typed_filter, view_of
from web.session import current_context, current_engine, current_language
from web.words import say

blueprint = Blueprint("exports", __name__)


class Offer(NamedTuple):
    """One line of the menu: what the form sends, and what it is called."""

    field: str
    value: str
    text: str


@blueprint.post("/e/<entity>/export")
def take(entity: str) -> Response:
    """The address carries the list's own query; the form says in which format, or which declared file."""
    kind, context, engine = entity_or_404(entity), current_context(), current_engine()
    key = request.form.get("declared", "")
    if not key:
        form = request.form.get("format", "xlsx")
        query = _query(kind)
        return export_answer(Wish(_name(kind, query.view), query), "csv" if form == "csv" else "xlsx")
    found = next((each for each in exports_of(engine.installed, context, kind) if each.key == key), None)
    if found is None:
        raise NotThere(say("没有这个页面"))
    return export_answer(declared(found, current_language()), "xlsx")


@blueprint.app_template_global()
def exports_for(entity: Entity) -> tuple[Offer, ...]:
    """The list in two formats and the declared files of the entity; nothing for who may not take them out."""
    context, installed = current_context(), current_engine().installed
    plain = (Offer("format", "xlsx", "Excel"), Offer("format", "csv", "CSV"))
    files = (Offer("declared", e.key, e.label.say(current_language())) for e in exports_of(installed, context, entity))
    return (*(plain if may_export(installed, context, entity) else ()), *files)


def _query(entity: Entity) -> Query:
    """The list that the address asks for, with the columns of its view."""
    view, hidden = view_of(entity, request.args.get("view", "")), rights_of(entity.key).hidden
    typed, complaint = typed_filter(entity)
    if complaint:
        raise BadInput((Finding(f"{entity.key}.filter", "unmet", complaint),))
    return Query(
        entity=entity.key,
        where=where(entity, view.filters, request.args, (view.condition, typed), current_context().actor.id),
        sort=sort_of(entity, view, hidden),
        fields=tuple(key for key in view.columns if key in entity.fields),
        search=request.args.get("q", "").strip(),
        view=view.key,
    )


def _name(entity: Entity, view: str) -> str:
    """The list's name on the screen."""
    label, language = entity.label.say(current_language()), current_language()
    views = {each.key: each.label.say(language) for each in entity.lists}
    named = views.get(view, "")
    return label if named in ("", view, label) else f"{label} {named}"

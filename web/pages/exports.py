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
from web.made import made_for_roles
from web.pages.frame import entity_or_404
from web.pages.list_state import ListState, state_of
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
        state = state_of(kind, request.args)
        return export_answer(Wish(_name(state), _query(state)), "csv" if form == "csv" else "xlsx")
    found = next((each for each in exports_of(engine.installed, context, kind) if each.key == key), None)
    if found is None:
        raise NotThere(say("没有这个页面"))
    return export_answer(declared(found, current_language()), "xlsx")


@blueprint.app_template_global()
def exports_for(entity: Entity) -> tuple[Offer, ...]:
    """The list in two formats and the declared files of the entity; nothing for who may not take them out."""
    return made_for_roles(("exports", entity.key), lambda: _offered(entity))


def _offered(entity: Entity) -> tuple[Offer, ...]:
    context, installed = current_context(), current_engine().installed
    plain = (Offer("format", "xlsx", "Excel"), Offer("format", "csv", "CSV"))
    files = (Offer("declared", e.key, e.label.say(current_language())) for e in exports_of(installed, context, entity))
    return (*(plain if may_export(installed, context, entity) else ()), *files)


def _query(state: ListState) -> Query:
    """The list that the address asks for, whole, with the columns that it shows."""
    if state.is_unreadable:
        said = say("这个条件读不懂：{text}", text=state.filter)
        raise BadInput((Finding(f"{state.entity.key}.filter", "unmet", said),))
    return Query(
        entity=state.entity.key,
        where=state.condition,
        sort=state.sort,
        fields=state.columns,
        search=state.search,
        view=state.view.key,
    )


def _name(state: ListState) -> str:
    """The list's name on the screen."""
    label, language = state.entity.label.say(current_language()), current_language()
    named = state.saved.name if state.saved else state.view.label.say(language)
    return label if named in ("", state.view.key, label) else f"{label} {named}"

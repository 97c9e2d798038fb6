"""The views that people keep of a list: saved under a name, shared with the unit, chosen to open with; its columns."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as WsgiResponse

from dsl.app import Entity
from engine.errors import BadInput
from engine.people.saved_views import SavedViews, ViewShape
from web.contexts import Pick
from web.pages.conditions import text_of
from web.pages.filter_fields import filter_fields
from web.pages.filters import quick_conditions
from web.pages.frame import entity_or_404, is_fragment, page
from web.pages.list_state import ListState, readable_columns, state_in
from web.pages.showing import label_of
from web.session import current_context, current_engine, current_language

blueprint = Blueprint("view_pages", __name__)


def _views() -> SavedViews:
    return current_engine().saved_views


@blueprint.get("/e/<entity>/columns")
def columns(entity: str) -> Response:
    """Which columns, in which order: those shown first, then the others."""
    kind = entity_or_404(entity)
    state = state_in(kind, request.args.get("query", ""))
    others = [key for key in readable_columns(kind) if key not in state.columns]
    picks = tuple(
        Pick(key, label_of(kind, key, current_language()), is_chosen=key in state.columns)
        for key in (*state.columns, *others)
    )
    return page("columns.html", state=state, entity=kind, picks=picks)


@blueprint.get("/e/<entity>/view")
def edit(entity: str) -> Response:
    """The dialog for a new view of what the list shows now (`new`), or for the view it shows."""
    kind = entity_or_404(entity)
    return _dialog(kind, state_in(kind, request.args.get("query", "")), is_new="new" in request.args)


@blueprint.post("/e/<entity>/view")
def save(entity: str) -> WsgiResponse:
    """`key` empty makes a new view of the list; else that view takes the name and audience given."""
    kind, form = entity_or_404(entity), request.form
    state = state_in(kind, form.get("query", ""))
    key, name, is_shared = form.get("key", ""), form.get("name", ""), "shared" in form
    try:
        if key:
            _views().change(current_context(), entity, key, name=name, is_shared=is_shared)
        else:
            key = _views().save(current_context(), entity, name, shape_of(state), is_shared=is_shared).key
    except BadInput as refused:
        said = refused.findings[0].said
        return _dialog(kind, state, is_new=not key, name=name, is_shared=is_shared, error=said)
    if "first" in form:
        _views().choose(current_context(), entity, key)
    return _go(entity, key, "view_saved")


@blueprint.post("/e/<entity>/view/update")
def update(entity: str) -> WsgiResponse:
    """One's own view shows from now on what the list shows now."""
    kind = entity_or_404(entity)
    state = state_in(kind, request.form.get("query", ""))
    _views().change(current_context(), entity, state.view.key, shape=shape_of(state))
    return _go(entity, state.view.key, "view_saved")


@blueprint.post("/e/<entity>/view/delete")
def delete(entity: str) -> WsgiResponse:
    entity_or_404(entity)
    _views().remove(current_context(), entity, request.form.get("key", ""))
    return _go(entity, "", "view_deleted")


@blueprint.post("/e/<entity>/view/choose")
def choose(entity: str) -> WsgiResponse:
    """The list opens with this view from now on."""
    kind = entity_or_404(entity)
    state = state_in(kind, request.form.get("query", ""))
    _views().choose(current_context(), entity, state.view.key)
    return _go(entity, state.view.key, "view_chosen")


def shape_of(state: ListState) -> ViewShape:
    """What the list shows, as a view keeps it: the quick filters become part of its filter."""
    fields = filter_fields(state.entity)
    quick = text_of(quick_conditions(state.entity, state.quick, state.args, fields), fields)
    own = state.view.condition.text if state.view.condition is not None else ""
    parts = [text for text in (own, quick, state.filter) if text]
    joined = parts[0] if len(parts) == 1 else " and ".join(f"({text})" if " or " in text else text for text in parts)
    return ViewShape(state.columns, joined, state.sort, state.group, state.has_totals)


def _dialog(
    entity: Entity, state: ListState, *, is_new: bool, name: str = "", is_shared: bool = False, error: str = ""
) -> Response:
    saved = None if is_new else state.saved
    return page(
        "view.html",
        422 if error else 200,
        entity=entity,
        state=state,
        saved=saved,
        name=name or (saved.name if saved else ""),
        is_shared=is_shared or bool(saved and saved.is_shared),
        is_first=bool(saved) and _views().chosen(current_context(), entity.key) == state.view.key,
        unit=current_context().actor.unit_name,
        error=error,
    )


def _go(entity: str, key: str, said: str) -> WsgiResponse:
    address = url_for("lists.show", entity=entity, said=said, view=key or None)
    if is_fragment():
        return Response("", headers={"HX-Redirect": address})
    return redirect(address, 303)

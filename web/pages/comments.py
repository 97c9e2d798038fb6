"""Comments on a record: writing one, and whom it can call."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response as WsgiResponse

from engine.errors import BadInput
from web.contexts import Called
from web.pages.form_keys import KEY
from web.pages.frame import entity_or_404, mentions
from web.pages.timeline import when_text
from web.session import current_context, current_engine, current_language
from web.url_parts import id_in
from web.words import say

blueprint = Blueprint("comments", __name__)


def calls() -> tuple[Called, ...]:
    """The comments that call the reader and that she has not seen."""
    app, language = current_engine().app, current_language()
    return tuple(
        Called(
            title=one.title or f"#{one.record_id}",
            href=url_for("records.show", entity=one.entity, record_id=one.record_id) + "#timeline",
            who=one.actor.name if one.actor else say("系统"),
            when=when_text(one.at),
            text=one.text,
            label=app.entity(one.entity).label.say(language),
        )
        for one in mentions()
    )


@blueprint.post("/e/<entity>/<int:record_id>/comment")
def add(entity: str, record_id: int) -> WsgiResponse:
    """`text`, `meant` for each person picked from the list, and the form's own `__key`."""
    entity_or_404(entity)
    meant = [person for text in request.form.getlist("meant") if (person := id_in(text))]
    there = url_for("records.show", entity=entity, record_id=record_id)
    try:
        text, key = request.form.get("text", ""), request.form.get(KEY, "")
        current_engine().comment(current_context(), entity, record_id, text, meant, key)
    except BadInput:
        return redirect(there, 303)
    return redirect(f"{there}?said=saved#timeline", 303)


@blueprint.get("/e/<entity>/<int:record_id>/audience")
def audience(entity: str, record_id: int) -> Response:
    """?q= → {items: [{id, title, subtitle}]}: people who may see the record."""
    entity_or_404(entity)
    text = request.args.get("q", "").strip()[:40]
    found = current_engine().audience(current_context(), entity, record_id, text)
    return jsonify(items=[{"id": str(one.id), "title": one.name, "subtitle": one.unit} for one in found])

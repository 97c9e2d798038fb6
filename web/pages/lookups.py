"""Answers for the pickers of references and people, as she types."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from web.pages.address import address
from web.pages.frame import entity_or_404, rights_of
from web.session import current_context, current_engine, current_language
from web.words import say

blueprint = Blueprint("lookups", __name__)
MOST = 12


@blueprint.get("/lookup/<entity>")
def find(entity: str) -> Response:
    """?q= → {items: [{id, title, subtitle}], create: {label, href, parent}}, the last where she may add one."""
    engine, context = current_engine(), current_context()
    text = request.args.get("q", "").strip()[:100]
    if entity not in ("person", "department"):
        entity_or_404(entity)
    found = engine.lookup(context, entity, text, MOST)
    items = [{"id": str(one.id), "title": one.title, "subtitle": one.subtitle} for one in found]
    if entity == "person" and not text:
        mine = {"id": str(context.actor.id), "title": context.actor.name, "subtitle": say("我")}
        items = [mine, *(item for item in items if item["id"] != mine["id"])]
    return jsonify(items=items, create=_create(entity, text))


def _create(key: str, text: str) -> dict[str, str] | None:
    """The quick form for what was not found, with what was typed as its title. parent: what it is a part of."""
    entity = current_engine().app.entities.get(key)
    if entity is None or not rights_of(key).create:
        return None
    title = entity.fields.get(entity.title)
    known = {entity.title: text} if text and title is not None and title.kind == "text" else {}
    label = say("新建{label}", label=entity.label.say(current_language()))
    return {"label": label, "href": address("forms.new", entity=key, dialog=1, **known), "parent": entity.parent}

"""Answers for the pickers of references and people, as she types."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from web.pages.frame import entity_or_404
from web.session import current_context, current_engine
from web.words import say

blueprint = Blueprint("lookups", __name__)
MOST = 12


@blueprint.get("/lookup/<entity>")
def find(entity: str) -> Response:
    """?q= → {items: [{id, title, subtitle}]}"""
    engine, context = current_engine(), current_context()
    text = request.args.get("q", "").strip()[:100]
    if entity not in ("person", "department"):
        entity_or_404(entity)
    found = engine.lookup(context, entity, text, MOST)
    items = [{"id": str(one.id), "title": one.title, "subtitle": one.subtitle} for one in found]
    if entity == "person" and not text:
        mine = {"id": str(context.actor.id), "title": context.actor.name, "subtitle": say("我")}
        items = [mine, *(item for item in items if item["id"] != mine["id"])]
    return jsonify(items=items)

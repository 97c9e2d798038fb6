"""A record on paper: all that it says and every row that hangs on it, without the tools around it."""

from __future__ import annotations

from flask import Blueprint, Response

from web.pages.frame import page
from web.pages.records import child_lists, find_or_404, head_facts, parts_of
from web.pages.showing import shown
from web.pages.timeline import when_text
from web.session import current_context, current_engine, current_language

blueprint = Blueprint("prints", __name__)
ROWS_PRINTED = 200


@blueprint.get("/e/<entity>/<int:record_id>/print")
def show(entity: str, record_id: int) -> Response:
    kind, record = find_or_404(entity, record_id)
    engine, context, language = current_engine(), current_context(), current_language()
    rights = engine.may(context, entity, record)
    head = head_facts(kind, record)
    if kind.has_stages:
        head = (shown(engine.app, record, "stage", language), *head)
    return page(
        "print.html",
        record=record,
        label=kind.label.say(language),
        entity=kind,
        head=head,
        parts=tuple(parts_of(kind, record)),
        children=tuple(c for c in child_lists(engine.app, kind, record, rights, ROWS_PRINTED) if c.rows),
        printed=when_text(context.at, is_whole=True),
    )

"""Search over everything in sight."""

from __future__ import annotations

from flask import Blueprint, Response, request, url_for

from web.contexts import Link
from web.pages.frame import page
from web.session import current_context, current_engine, current_language

blueprint = Blueprint("searching", __name__)
MOST = 30


@blueprint.get("/search")
def show() -> Response:
    text = request.args.get("q", "").strip()[:100]
    app, language = current_engine().app, current_language()
    groups = []
    for group in current_engine().search(current_context(), text, MOST) if text else ():
        entity = app.entities.get(group.entity)
        if entity is None:
            continue
        links = [
            Link(one.title or f"#{one.id}", url_for("records.show", entity=one.entity, record_id=one.id), one.subtitle)
            for one in group.found
        ]
        groups.append((entity.label.say(language), entity.icon, links))
    return page("search.html", text=text, groups=groups)

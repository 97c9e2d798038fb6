"""The app's definition, read-only, with its problems, for administrators."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, url_for
from werkzeug.wrappers import Response as WsgiResponse

from dsl.load import load_text
from dsl.problems import Problem
from dsl.render import as_json
from engine.errors import NotAllowed
from web.pages.frame import page
from web.session import current_actor, current_engine, current_language
from web.words import say

blueprint = Blueprint("studio", __name__)


@blueprint.get("/studio")
def show() -> Response:
    _only_admins()
    app = current_engine().app
    checked = load_text(app.source, app.span.file or f"{app.key}.yaml")
    return _page(checked.problems, app.source)


@blueprint.post("/studio/reload")
def reload() -> WsgiResponse:
    """Read the file again. With errors nothing changes, and the problems are shown over the running text."""
    _only_admins()
    engine = current_engine()
    checked = engine.reload()
    if checked.errors or checked.value is None:
        return _page(checked.problems, engine.app.source, 422)
    return redirect(url_for("studio.show", said="reloaded"), 303)


def _page(problems: tuple[Problem, ...], source: str, status: int = 200) -> Response:
    app, language = current_engine().app, current_language()
    told = as_json(problems, language)
    hits = {int(str(one["line"])) for one in told}
    return page(
        "studio.html",
        status,
        problems=told,
        lines=source.splitlines(),
        hits=hits,
        entities=[(e, e.label.say(language)) for e in app.entities.values()],
        revision=current_engine().revision,
        is_refused=status == 422,
    )


def _only_admins() -> None:
    actor = current_actor()
    if actor is None or not actor.is_admin:
        raise NotAllowed(say("只有管理员可以查看应用定义"))

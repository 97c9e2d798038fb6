"""Language, theme, density: the person's language is kept with the person, the look with the browser."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as WsgiResponse

from web.pages.frame import LOOK_COOKIE, Look, look, page
from web.pages.login import safe_next
from web.session import current_actor, current_engine, current_settings
from web.words import say

blueprint = Blueprint("preferences", __name__)
NAMES = {"zh": "中文", "en": "English"}


@blueprint.get("/settings")
def show() -> Response:
    themes = (("auto", say("跟随系统")), ("light", say("浅色")), ("dark", say("深色")))
    densities = (("cosy", say("舒适")), ("compact", say("紧凑")))
    languages = [(key, NAMES.get(key, key)) for key in current_engine().app.languages]
    return page("settings.html", themes=themes, densities=densities, languages=languages)


@blueprint.post("/settings")
def save() -> WsgiResponse:
    """`language`, `theme`, `density`: what is given is changed. next: the page to go back to."""
    actor, language, now = current_actor(), request.form.get("language", ""), look()
    if actor is not None and language in current_engine().app.languages:
        current_engine().set_language(actor, language)
    chosen = Look.of_cookie(f"{request.form.get('theme', now.theme)}.{request.form.get('density', now.density)}")
    back = request.form.get("next", "")
    response = redirect(safe_next(back) if back else url_for("preferences.show", said="settings"), 303)
    response.set_cookie(
        LOOK_COOKIE, str(chosen), max_age=365 * 86_400, samesite="Lax", secure=current_settings().https, httponly=True
    )
    return response

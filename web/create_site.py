"""The site: an Engine behind Flask. Closed by default: an endpoint that is not public needs a session or a token."""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, redirect, request, url_for
from werkzeug.exceptions import HTTPException, TooManyRequests
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response as WsgiResponse

from engine.errors import BadInput, EngineError, Refused
from web import compression, csrf, request_log, session, signatures, templating
from web.api import API_BLUEPRINTS, API_PUBLIC
from web.api.sentences import say as say_api
from web.operations import OPERATIONS_PUBLIC, operations
from web.pages import BLUEPRINTS, PUBLIC
from web.responses import is_program_asking, refusal, said_by, status_of
from web.security_headers import SecurityHeaders, csp_nonce
from web.settings import Settings
from web.url_parts import EntityKey, RecordId, TableField

if TYPE_CHECKING:
    from engine.runtime import Engine

log = logging.getLogger("sluice.web")

PUBLIC_ENDPOINTS = frozenset({"static"}) | API_PUBLIC | PUBLIC | OPERATIONS_PUBLIC
"""Every endpoint that a stranger may call; a test writes this list out."""

TOKEN_FREE_ENDPOINTS = frozenset({"api.tokens"})
"""Writes that take no cookie into account, so they need no CSRF token."""


class Site(Flask):
    """Flask without coroutines: there are none here, and it would look for one in every function of every request."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func


def create_site(engine: Engine, settings: Settings | None = None) -> Flask:
    """The WSGI application for one engine."""
    settings = settings or Settings()
    site = Site("web", static_folder=None)
    site.config.update(
        MAX_CONTENT_LENGTH=settings.upload_limit,
        MAX_FORM_MEMORY_SIZE=settings.body_limit,
        MAX_FORM_PARTS=2_000,
        TRUSTED_HOSTS=list(settings.trusted_hosts) or None,
        PROPAGATE_EXCEPTIONS=False,
    )
    site.url_map.converters |= {"int": RecordId, "entity": EntityKey, "rows": TableField}
    session.attach(site, engine, settings)
    templating.attach(site)
    if settings.proxies:
        site.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            site.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=settings.proxies
        )
    site.wsgi_app = SecurityHeaders(site.wsgi_app, https=settings.https)  # type: ignore[method-assign]
    _set_up_requests(site)
    _set_up_errors(site)
    site.jinja_env.globals.update(csrf_token=csrf.csrf_token, csp_nonce=csp_nonce)
    site.add_url_rule("/static/<path:filename>", "static", compression.show_file)
    for blueprint in (operations, *API_BLUEPRINTS, *BLUEPRINTS):
        site.register_blueprint(blueprint)
    return site


def _set_up_requests(site: Flask) -> None:
    site.before_request(_begin)
    site.before_request(session.identify)
    site.before_request(_guard_text)
    site.before_request(_guard_rate)
    site.before_request(_guard_door)
    site.before_request(_guard_writes)
    site.before_request(_guard_signature)
    site.after_request(request_log.write_line)
    site.after_request(compression.pack)
    site.after_request(csrf.write_visitor_cookie)
    site.after_request(session.write_cookie)


def _begin() -> None:
    g.request_id = secrets.token_hex(8)
    request_log.start()
    if request.mimetype != "multipart/form-data":
        request.max_content_length = session.current_settings().body_limit


def _guard_text() -> Response | None:
    """A NUL is in nothing that people type, and PostgreSQL takes none. The API tells its place where it reads it."""
    if session.is_api_request():
        return None
    holds_nul = "\0" in request.path or b"%00" in request.query_string
    if not holds_nul and request.method not in csrf.SAFE_METHODS:
        holds_nul = any("\0" in text for texts in request.form.listvalues() for text in texts)
    return refusal(400) if holds_nul else None


def _guard_rate() -> None:
    """A program that asks too often waits; people at their screens are not counted."""
    if session.is_api_request() and (wait := session.seconds_to_wait()):
        raise TooManyRequests(retry_after=wait)


def _guard_signature() -> Response | None:
    """A write with a token that asks for signatures carries a fresh and right one."""
    token = session.current_token()
    if token is None or not token.is_signed or request.method in csrf.SAFE_METHODS:
        return None
    if not signatures.is_request_signed(session.current_engine().tokens.secret_of(token.id)):
        return refusal(401, say_api("signature", session.current_language()))
    return None


def _guard_door() -> WsgiResponse | None:
    """Nobody gets past without a name, except to the public endpoints. An unknown address is a 404 for all."""
    if request.endpoint is None or request.endpoint in PUBLIC_ENDPOINTS or session.current_actor() is not None:
        return None
    is_program = is_program_asking() or session.bearer_token() is not None
    if is_program or session.SIGN_IN_PAGE not in current_app.view_functions:
        response = refusal(401)
        response.headers["WWW-Authenticate"] = "Bearer"
        return response
    address = url_for(session.SIGN_IN_PAGE, next=_page_asking())
    if request.endpoint == "forms.preview":  # nobody asked for it: whoever is typing is not thrown off the page
        return Response(status=401, headers={"HX-Trigger": json.dumps({"sluice:signed-out": {"href": address}})})
    if "HX-Request" in request.headers:
        return Response(status=401, headers={"HX-Redirect": address})
    return redirect(address, 303)


def _page_asking() -> str:
    """The page to come back to after signing in: this one, or the one of ours whose form or script asks."""
    if request.method == "GET" and "HX-Request" not in request.headers:
        return request.full_path.rstrip("?")
    asking = urlsplit(request.referrer or "")
    return f"{asking.path}?{asking.query}".rstrip("?") if asking.netloc == request.host else "/"


def _guard_writes() -> Response | None:
    """A write from another site, or with a cookie but without the token, stops here."""
    if request.method in csrf.SAFE_METHODS or request.endpoint is None:
        return None
    if csrf.is_from_elsewhere():
        return refusal(403)
    if session.bearer_token() is not None or request.endpoint in TOKEN_FREE_ENDPOINTS:
        return None
    return None if csrf.is_token_right() else refusal(403)


# --- errors ----------------------------------------------------------------------------------------------------------


def _set_up_errors(site: Flask) -> None:
    site.register_error_handler(EngineError, _world_error)
    site.register_error_handler(HTTPException, _http_error)
    site.register_error_handler(Exception, _bug)


def _world_error(error: EngineError) -> Response:
    status = status_of(error)
    if isinstance(error, BadInput):
        return refusal(status, findings=error.findings)
    if isinstance(error, Refused):
        return refusal(status, findings=error.verdict.findings)
    said = "" if status in (404, 409) else said_by(error)
    response = refusal(status, said)
    if status == 503:
        response.headers["Retry-After"] = "2"
    return response


def _http_error(error: HTTPException) -> WsgiResponse:
    if error.response is not None:  # abort(response): the answer is made already
        return cast("Response", error.response)
    status = error.code or 500
    response = refusal(status)
    for name, value in error.get_headers():
        if name not in ("Content-Type", "Content-Length"):
            response.headers[name] = value
    return response


def _bug(error: Exception) -> Response:
    """The HTTP border: a fault of ours becomes a number that the log knows and the reader can quote."""
    error_id = secrets.token_hex(4).upper()
    log.error("bug %s in request %s", error_id, session.request_id(), exc_info=error)
    return refusal(500, error_id=error_id)

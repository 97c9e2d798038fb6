"""Who is asking: the engine of this site, the session cookie, and the actor and context of the current request."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from flask import Flask, Response, current_app, g, request
from werkzeug.exceptions import TooManyRequests

from engine.context import Actor, Context
from engine.people.tokens import TokenNote
from web.limits import FailureWindow, RateLimit, network_of
from web.metrics import RequestMetrics
from web.settings import Settings

if TYPE_CHECKING:
    from engine.runtime import Engine

API_PREFIX = "/api/"
ADDRESS_SHARE = 4
"""An address may ask so many times as often as one token: several programs may stand behind it."""
SIGN_IN_PAGE = "login.show"
_ENGINE, _SETTINGS, _FAILURES = "sluice_engine", "sluice_settings", "sluice_failures"
_METRICS, _RATES = "sluice_metrics", "sluice_rates"


def attach(site: Flask, engine: Engine, settings: Settings) -> None:
    """Give the site its engine and settings."""
    site.extensions[_ENGINE] = engine
    site.extensions[_SETTINGS] = settings
    site.extensions[_FAILURES] = FailureWindow(settings.failed_sign_ins)
    site.extensions[_METRICS] = RequestMetrics()
    site.extensions[_RATES] = RateLimit(settings.requests_per_minute)


def current_engine() -> Engine:
    return cast("Engine", current_app.extensions[_ENGINE])


def current_settings() -> Settings:
    return cast("Settings", current_app.extensions[_SETTINGS])


def current_metrics() -> RequestMetrics:
    return cast("RequestMetrics", current_app.extensions[_METRICS])


def is_api_request() -> bool:
    return request.path.startswith(API_PREFIX) or request.path == "/openapi.json"


# --- who -------------------------------------------------------------------------------------------------------------


def bearer_token() -> str | None:
    """The token of `Authorization: Bearer …`; None without that header, "" when it is malformed."""
    header = request.headers.get("Authorization")
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def session_token() -> str:
    """The secret of the session cookie, or "" without one."""
    return request.cookies.get(cookie_name(), "")


def identify() -> None:
    """Find out once per request who asks. A bearer header wins over the cookie, also when it is wrong."""
    token = bearer_token()
    if token is not None:
        found = current_engine().token_holder(token) if token and is_api_request() else None
        g.token_note, g.actor = found if found is not None else (None, None)
        g.by_cookie = False
        return
    secret = session_token()
    g.actor = current_engine().session_actor(secret) if secret else None
    g.by_cookie = g.actor is not None


def current_token() -> TokenNote | None:
    """The token that says who asks, if one does."""
    return cast("TokenNote | None", g.get("token_note"))


def current_actor() -> Actor | None:
    return cast("Actor | None", g.get("actor"))


def is_by_cookie() -> bool:
    """Whether the browser's cookie says who asks; then a write needs the CSRF token."""
    return bool(g.get("by_cookie"))


def current_context() -> Context:
    """Context of the signed-in person for this request. Only behind the door: raises LookupError for a stranger."""
    known = g.get("context")
    if known is None:
        actor = current_actor()
        if actor is None:
            raise LookupError("nobody is signed in; this endpoint must not be public")
        known = g.context = current_engine().context(actor, "api" if is_api_request() else "web", request_id())
    return cast("Context", known)


def current_language() -> str:
    """Language key for this request: the person's own, else what the browser prefers among the app's."""
    actor = g.get("actor")
    known = g.get("spoken")
    if known is None or known[0] is not actor:
        known = g.spoken = actor, _language_for(actor)
    return str(known[1])


def _language_for(actor: Actor | None) -> str:
    languages = current_engine().app.languages or ("zh",)
    if actor is not None and actor.language in languages:
        return actor.language
    return request.accept_languages.best_match(languages) or languages[0]


def request_id() -> str:
    return str(g.get("request_id", ""))


def authenticate(login: str, password: str) -> Actor | None:
    """The person, if the password is right. Raises TooManyRequests when this address has failed too often."""
    guard_guessing()
    actor = current_engine().authenticate(login, password)
    if actor is None:
        record_failure()
    return actor


def guard_guessing() -> None:
    wait = _failures().wait(request.remote_addr or "")
    if wait:
        raise TooManyRequests(retry_after=wait)


def record_failure() -> None:
    _failures().record_failure(request.remote_addr or "")


def _failures() -> FailureWindow:
    return cast("FailureWindow", current_app.extensions[_FAILURES])


def seconds_to_wait() -> int:
    """Of a program that asks too often, by its token and by its address; 0 when it may go on."""
    rates = cast("RateLimit", current_app.extensions[_RATES])
    token = current_token()
    by_token = rates.wait(f"token {token.id}") if token is not None else 0
    return by_token or rates.wait(f"address {network_of(request.remote_addr or '')}", share=ADDRESS_SHARE)


# --- the cookie ------------------------------------------------------------------------------------------------------


def cookie_name() -> str:
    """`__Host-` binds the cookie to this host and https; browsers refuse it on plain http."""
    return "__Host-sluice" if current_settings().https else "sluice"


def sign_in(actor: Actor) -> None:
    """Open a new session for the person and set its cookie. An older session in this browser is closed first."""
    close_current_session()
    token = current_engine().open_session(actor.id, request.user_agent.string[:200])
    g.new_session, g.actor, g.by_cookie = token, actor, True
    g.pop("context", None)


def sign_out() -> None:
    """Close the session and take the cookie away."""
    close_current_session()
    g.new_session, g.actor, g.by_cookie = "", None, False
    g.pop("context", None)


def close_current_session() -> None:
    secret = session_token()
    if secret:
        current_engine().close_session(secret)


def write_cookie(response: Response) -> Response:
    """After the request: set or remove the session cookie if `sign_in` or `sign_out` ran."""
    token = g.get("new_session")
    if token is None:
        return response
    secure = current_settings().https
    if token:
        response.set_cookie(
            cookie_name(), token, max_age=7 * 86400, path="/", secure=secure, httponly=True, samesite="Lax"
        )
    else:
        response.delete_cookie(cookie_name(), path="/", secure=secure, httponly=True, samesite="Lax")
    return response

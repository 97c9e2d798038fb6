"""A write that comes with a cookie must come from our own page: a token bound to the session, and the browser's word.

The token is an HMAC of the session's secret (or, before sign-in, of a random visitor cookie), so nothing is stored.
Pages send it in the form field `csrf_token` or the header `X-CSRF-Token`; templates call `csrf_token()`.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from urllib.parse import urlsplit

from flask import Response, g, request

from web.session import current_settings, is_by_cookie, session_token

HEADER, FIELD, VISITOR = "X-CSRF-Token", "csrf_token", "sluice_visitor"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def csrf_token() -> str:
    """The token that this browser must send back. Makes the visitor cookie when nobody is signed in."""
    return _token_of(_secret(make=True))


def is_from_elsewhere() -> bool:
    """Whether the browser itself says that another site started this request."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in ("same-origin", "none"):
        return True
    origin = request.headers.get("Origin")
    if origin is None:
        return False
    return urlsplit(origin).netloc.lower() != request.host.lower()


def is_token_right() -> bool:
    sent = request.headers.get(HEADER) or request.form.get(FIELD, "")
    secret = _secret(make=False)
    return bool(secret) and hmac.compare_digest(sent.encode(), _token_of(secret).encode())


def write_visitor_cookie(response: Response) -> Response:
    visitor = g.get("new_visitor")
    if visitor:
        response.set_cookie(VISITOR, visitor, path="/", secure=current_settings().https, httponly=True, samesite="Lax")
    return response


def _secret(*, make: bool) -> str:
    if g.get("new_session"):
        return str(g.new_session)
    if is_by_cookie():
        return session_token()
    visitor = request.cookies.get(VISITOR, "") or str(g.get("new_visitor", ""))
    if not visitor and make:
        visitor = g.new_visitor = secrets.token_urlsafe(32)
    return visitor


def _token_of(secret: str) -> str:
    return hmac.new(secret.encode(), b"sluice csrf", hashlib.sha256).hexdigest()

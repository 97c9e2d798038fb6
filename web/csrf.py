"""A write that comes with a cookie must come from our own page: a token bound to the session, and the browser's word.

The token is an HMAC of the session's secret (or, before sign-in, of a random visitor cookie), so nothing is stored.
In a page it stands under a random mask, another one in each answer.
Pages send it in the form field `csrf_token` or the header `X-CSRF-Token`; templates call `csrf_token()`.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from urllib.parse import urlsplit

from flask import Response, g, request

from web.session import current_settings, is_by_cookie, session_token

HEADER, FIELD, VISITOR = "X-CSRF-Token", "csrf_token", "sluice_visitor"
_LENGTH = hashlib.sha256().digest_size
"""Of the token and of its mask, in bytes."""
_HEX = re.compile("[0-9a-f]+")
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def csrf_token() -> str:
    """The token that this browser must send back. Makes the visitor cookie when nobody is signed in.

    It stands under a mask that is new in each answer: packed or not, no two answers hold the same secret.
    """
    session = g.get("new_session"), is_by_cookie()  # a sign-in within the request changes the secret
    known = g.get("csrf_token")
    if known is None or known[0] != session:
        known = g.csrf_token = session, _masked(_token_of(_secret(make=True)))
    return str(known[1])


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
    sent = _unmasked(request.headers.get(HEADER) or request.form.get(FIELD, ""))
    secret = _secret(make=False)
    return bool(secret) and hmac.compare_digest(sent, _token_of(secret))


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


def _token_of(secret: str) -> bytes:
    return hmac.digest(secret.encode(), b"sluice csrf", "sha256")


def _masked(token: bytes) -> str:
    """A random mask, then the token under it."""
    mask = secrets.token_bytes(len(token))
    return (mask + _under(mask, token)).hex()


def _unmasked(sent: str) -> bytes:
    """The token; b"" for what is none."""
    if len(sent) != 4 * _LENGTH or not _HEX.fullmatch(sent):
        return b""
    both = bytes.fromhex(sent)
    return _under(both[:_LENGTH], both[_LENGTH:])


def _under(mask: bytes, token: bytes) -> bytes:
    return bytes(one ^ other for one, other in zip(mask, token, strict=True))

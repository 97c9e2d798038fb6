"""Headers that every answer carries. A script runs only with this answer's nonce or from our own files."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from flask import request

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=(self), payment=(), usb=()",
    "Cache-Control": "no-store",
}
_STRICT = ("Strict-Transport-Security", "max-age=31536000")
_NONCE = "sluice.csp_nonce"
"""Where the nonce stands in the environment of a request."""


def csp_nonce() -> str:
    """The nonce of this answer, for <script nonce> and <style nonce>."""
    return str(request.environ.get(_NONCE, ""))


class SecurityHeaders:
    """Around the whole site, so that no answer leaves without them; one that a page has set itself stays as it is."""

    def __init__(self, inner: WSGIApplication, *, https: bool) -> None:
        self._inner = inner
        self._always = [*_ALWAYS.items(), *([_STRICT] if https else [])]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        nonce = environ[_NONCE] = secrets.token_urlsafe(16)

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            given = {name.lower() for name, _ in headers}
            wanted = (*self._always, ("Content-Security-Policy", _policy(nonce)))
            headers += [each for each in wanted if each[0].lower() not in given]
            return start_response(status, headers, exc_info)

        return self._inner(environ, start)


def _policy(nonce: str) -> str:
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' 'nonce-{nonce}'",
            f"style-src 'self' 'nonce-{nonce}'",
            "img-src 'self' data: blob:",
            "media-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )

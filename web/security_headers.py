"""Headers that every answer carries. A script runs only with this answer's nonce or from our own files."""

from __future__ import annotations

import secrets

from flask import Response, g, request

from web.assets.manifest import ADDRESS as BUILT
from web.session import current_settings

FOREVER = "public, max-age=31536000, immutable"
"""For built files: the name holds a hash of the content."""

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=(self), payment=(), usb=()",
}


def csp_nonce() -> str:
    """The nonce of this answer, for <script nonce> and <style nonce>."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def write_headers(response: Response) -> Response:
    wanted = {**_ALWAYS, "Content-Security-Policy": _policy(), "Cache-Control": "no-store"}
    if request.path.startswith(BUILT) and response.status_code in (200, 304):
        response.headers["Cache-Control"] = FOREVER
    if current_settings().https:
        wanted["Strict-Transport-Security"] = "max-age=31536000"
    given = {name.lower() for name, _ in response.headers}
    response.headers.extend((name, value) for name, value in wanted.items() if name.lower() not in given)
    return response


def _policy() -> str:
    nonce = csp_nonce()
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

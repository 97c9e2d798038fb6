"""Answers in fewer bytes: pages packed as they go out, the built files packed when they were built.

A packed page tells by its length how much of it repeats, so somebody who makes a reader's browser ask with his own
words in the address could learn what else stands on the page (BREACH). Three things stand against it: what another site
asks for goes out unpacked, no secret stands in a page as itself (the CSRF token comes under a new mask in each answer),
and a random number of bytes stands before the packed text. See docs/decisions/0032-packed-answers.md.
"""

from __future__ import annotations

import mimetypes
import secrets
import zlib
from pathlib import Path

from flask import Response, request, send_from_directory
from werkzeug.security import safe_join

from web.assets.manifest import ADDRESS as BUILT

STATIC = Path(__file__).parent / "static"
SMALLEST = 1_024
"""Bytes; less gains nothing."""
FOREVER = "public, max-age=31536000, immutable"
"""For built files: the name holds a hash of the content."""
LEVEL = 5
MOST_PADDING = 100
_PAGES = frozenset({"text/html"})
_PACKED = (("br", ".br"), ("gzip", ".gz"))
"""What the build lays beside each file, the smaller one first."""
_HEAD = b"\x1f\x8b\x08\x08" + bytes(4) + b"\x00\xff"
"""gzip's, with the flag for a file's name; of no time and no system."""


def pack(response: Response) -> Response:
    """A page goes out packed to whoever takes gzip and asked by himself."""
    if response.mimetype not in _PAGES or response.direct_passthrough or response.is_streamed:
        return response
    response.vary.add("Accept-Encoding")
    if not _takes("gzip") or _is_asked_by_another_site() or "Content-Encoding" in response.headers:
        return response
    body = response.get_data()
    if len(body) >= SMALLEST:
        response.set_data(packed(body))
        response.headers["Content-Encoding"] = "gzip"
    return response


def packed(body: bytes) -> bytes:
    """gzip, with a name of random length in its head: nobody reads it, and no two lengths can be compared."""
    name = secrets.token_hex(MOST_PADDING // 2)[: secrets.randbelow(MOST_PADDING + 1)].encode() + b"\0"
    squeeze = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    tail = zlib.crc32(body).to_bytes(4, "little") + (len(body) & 0xFFFFFFFF).to_bytes(4, "little")
    return _HEAD + name + squeeze.compress(body) + squeeze.flush() + tail


def show_file(filename: str) -> Response:
    """A file of ours, packed as the browser takes it where the build has packed it."""
    for coding, ending in _PACKED:
        path = safe_join(str(STATIC), filename + ending)
        if path is not None and _takes(coding) and Path(path).is_file():
            kind = mimetypes.guess_type(filename)[0] or "application/octet-stream"
            response = send_from_directory(STATIC, filename + ending, mimetype=kind)
            response.headers["Content-Encoding"] = coding
            break
    else:
        response = send_from_directory(STATIC, filename)
    response.vary.add("Accept-Encoding")
    if request.path.startswith(BUILT):
        response.headers["Cache-Control"] = FOREVER
    return response


def _takes(coding: str) -> bool:
    return request.accept_encodings.quality(coding) > 0 and coding in request.headers.get("Accept-Encoding", "")


def _is_asked_by_another_site() -> bool:
    return request.headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none")

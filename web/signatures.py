"""Signed requests: a write that only the holder of a token's secret can have made, and only once.

The signature is that of our webhooks, over `METHOD path` and the body, so a request cannot be turned against another
address. Its id becomes the idempotency key: sent again, it answers as the first time.
"""

from __future__ import annotations

import re
import time

from flask import g, request

from engine.people.signing import is_signed

_ID = re.compile(r"[\x21-\x7e]{1,255}\Z")
_STAMP = re.compile(r"[0-9]{1,12}\Z")


def is_request_signed(secret: str) -> bool:
    """Whether headers and body fit, now. Notes the message's id for this request."""
    message_id = request.headers.get("webhook-id", "")
    stamp = request.headers.get("webhook-timestamp", "")
    if not _ID.match(message_id) or not _STAMP.match(stamp):
        return False
    signed = f"{request.method} {request.full_path.rstrip('?')}\n".encode() + request.get_data()
    given = request.headers.get("webhook-signature", "")
    if not is_signed(secret, message_id, int(stamp), signed, given, time.time()):
        return False
    g.signed_id = message_id
    return True

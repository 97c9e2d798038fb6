"""Secrets that two sides share, and signatures made with them (the form of standardwebhooks.com).

A secret is derived from one key file of this installation and from what it is for, so none of them is in the database,
in a backup of it or in an export.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from pathlib import Path

KEY_FILE = "signing.key"
TOLERANCE = 300
"""Seconds that the stamp of a signed message may differ from now."""


def secret_for(data_dir: Path, purpose: str) -> str:
    """`whsec_…`: the same for the same purpose as long as the key file lives."""
    derived = hmac.new(_key(data_dir), purpose.encode(), hashlib.sha256).digest()
    return f"whsec_{base64.b64encode(derived).decode()}"


def signature(secret: str, message_id: str, stamp: int, body: bytes) -> str:
    """`v1,…` over id, stamp (seconds since 1970) and body."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = hmac.new(key, f"{message_id}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(signed).decode()}"


def is_signed(secret: str, message_id: str, stamp: int, body: bytes, signatures: str, now: float) -> bool:
    """Whether one of the signatures (separated by blanks) fits and the stamp is of these minutes."""
    if abs(now - stamp) > TOLERANCE:
        return False
    right = signature(secret, message_id, stamp, body).encode()
    return any(hmac.compare_digest(right, each.encode()) for each in signatures.split())


def _key(data_dir: Path) -> bytes:
    """32 random bytes that only the owner reads; made with the first need. Processes of one data directory share it."""
    path = data_dir / KEY_FILE
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        made = path.with_name(f"{KEY_FILE}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_bytes(32))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(made, path)  # fails where another process was faster: its key holds
        except FileExistsError:
            pass
        finally:
            made.unlink()
    return path.read_bytes()

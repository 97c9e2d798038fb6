"""Passwords: argon2id, a few at a time, and the same work whether the account exists or not."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from engine.flow.sentences import say

LEAST_CHARACTERS: Final = 8
MOST_CHARACTERS: Final = 256
WELL_KNOWN: Final = frozenset(
    {
        "password",
        "password1",
        "password123",
        "passw0rd",
        "p@ssw0rd",
        "12345678",
        "123456789",
        "1234567890",
        "11111111",
        "00000000",
        "88888888",
        "66666666",
        "qwertyui",
        "qwertyuiop",
        "1qaz2wsx",
        "abc12345",
        "abcd1234",
        "a1234567",
        "admin123",
        "admin888",
        "administrator",
        "iloveyou",
        "woaini1314",
        "5201314520",
        "letmein1",
        "welcome1",
        "changeme",
        "football",
        "baseball",
        "superman",
        "sunshine",
        "princess",
    }
)

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_slots = threading.BoundedSemaphore(2)
"""A flood of sign-ins must not take every core and all memory: two at a time, the rest wait."""

_NOBODY: Final = "$argon2id$v=19$m=19456,t=2,p=1$UIbzA3+hfDgBzSHIz5tS7g$JScCbbzRbJoTH1qBRCc3N63SjbbTwtB14/Fs0REPtsM"


def hash_password(password: str) -> str:
    with _slots:
        return _hasher.hash(password)


def is_right(kept: str, password: str) -> bool:
    """Whether the password fits the kept hash. An empty hash costs the same and never fits: no account can be told
    from another by time."""
    with _slots:
        try:
            _hasher.verify(kept or _NOBODY, password[:MOST_CHARACTERS])
        except (VerificationError, InvalidHashError):
            return False
    return bool(kept)


def is_outdated(kept: str) -> bool:
    """The hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(kept)


def complaint(password: str, login: str, language: str) -> str | None:
    """Why a new password will not do, as a sentence; None if it will."""
    if len(password) < LEAST_CHARACTERS:
        return say(language, "password.short")
    if password.casefold() in WELL_KNOWN or password.casefold() == login.casefold():
        return say(language, "password.known")
    return None


def resting_until(failed_count: int, failed_at: datetime | None) -> datetime | None:
    """Until when an account answers no sign-in: 1, 2, 4 … up to 300 seconds after the third wrong try in a row."""
    if failed_at is None or failed_count < 3:
        return None
    return failed_at + timedelta(seconds=min(2 ** (failed_count - 3), 300))

"""The key of a form: what comes from one form twice, after a lost answer or a double press, is carried out once."""

from __future__ import annotations

import secrets

KEY = "__key"
"""The name of the hidden field."""


def new_key() -> str:
    return secrets.token_urlsafe(12)

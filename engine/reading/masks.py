"""Masks: what is left of a value for those who may read it only in part."""

from __future__ import annotations

from dsl.app import Field
from engine.values import is_empty

DOTS = "••••"


def masked(field: Field, value: object) -> str:
    """The mask of a value: its last four characters for a text longer than that (`mask: last4`), else only dots.

    An empty value looks empty: that something is there is what a mask is allowed to tell.
    """
    if is_empty(value):
        return ""
    text = value if isinstance(value, str) else ""
    return f"{DOTS} {text[-4:]}" if field.mask in ("", "last4") and len(text) > 7 else DOTS

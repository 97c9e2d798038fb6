"""Addresses of pages, also with parameters whose names are only known at run time (`f.stage`)."""

from __future__ import annotations

from typing import Any

from flask import url_for


def address(endpoint: str, **values: object) -> str:
    """The path of an endpoint of this site; values that the path does not take become the query."""
    known: dict[str, Any] = dict(values)
    return url_for(endpoint, **known)


def is_own_path(text: str) -> bool:
    """Whether a text from a form is a path of this site, and not another site's address in disguise."""
    return text.startswith("/") and not text.startswith(("//", "/\\")) and text.isprintable()

"""Addresses of pages, also with parameters whose names are only known at run time (`f.stage`)."""

from __future__ import annotations

from typing import Any

from flask import url_for


def address(endpoint: str, **values: object) -> str:
    """The path of an endpoint of this site; values that the path does not take become the query."""
    known: dict[str, Any] = dict(values)
    return url_for(endpoint, **known)

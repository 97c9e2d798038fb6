"""Addresses of pages, also with parameters whose names are only known at run time (`f.stage`)."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, cast

from flask import request, url_for

MOST_KNOWN = 8_192


def address(endpoint: str, /, **values: object) -> str:
    """The path of an endpoint of this site; what the path does not take becomes the query, lists in parts."""
    if any(isinstance(value, list) for value in values.values()):
        return url_for(endpoint, **cast("dict[str, Any]", values))
    return _built(request.script_root, endpoint, **values)


@lru_cache(MOST_KNOWN, typed=True)
def _built(root: str, endpoint: str, /, **values: Any) -> str:  # noqa: ARG001 — what it says is in the address
    """Kept: a page names a hundred addresses, and nearly all of them stand on the page before it too."""
    return url_for(endpoint, **values)

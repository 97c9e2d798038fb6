"""Where the built files are: names as pages know them → addresses with a content hash."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

DIST = Path(__file__).parent.parent / "static" / "dist"
MANIFEST = DIST / "manifest.json"
ADDRESS = "/static/dist/"
ICONS = Path(__file__).parent / "icons.txt"


def asset(name: str) -> str:
    """Address of a built file such as "app.js"; "" while nothing is built, and then pages come without style."""
    file = _files().get(name)
    return ADDRESS + file if file else ""


@cache
def icon_names() -> tuple[str, ...]:
    """The icons of the sprite."""
    return tuple(ICONS.read_text(encoding="utf-8").split())


@cache
def _files() -> dict[str, str]:
    if not MANIFEST.is_file():
        return {}
    files: dict[str, str] = json.loads(MANIFEST.read_text(encoding="utf-8"))["files"]
    return files


def built_text(name: str) -> str:
    """The content of a built file; "" while nothing is built."""
    file = _files().get(name)
    return (DIST / file).read_text(encoding="utf-8") if file else ""


def forget() -> None:
    """Read the manifest again: after a build in this process."""
    _files.cache_clear()

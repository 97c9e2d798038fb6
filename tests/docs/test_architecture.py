"""The page that walks through the house names modules and functions that exist."""

from __future__ import annotations

import importlib
import re
from types import ModuleType

import pytest

from tests.docs.pages import ROOT

PAGE = ROOT / "docs" / "architecture.md"
_DOTTED = re.compile(r"`((?:dsl|engine|web)(?:\.\w+)+)`")


def _names() -> list[str]:
    return sorted(set(_DOTTED.findall(PAGE.read_text(encoding="utf-8"))))


def _resolve(dotted: str) -> object:
    """The module, class or function; AttributeError or ModuleNotFoundError if there is none."""
    parts = dotted.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError as error:
            if error.name is None or not dotted.startswith(error.name):
                raise
            continue
        for name in parts[length:]:
            found = getattr(found, name)
        return found
    raise ModuleNotFoundError(dotted)


@pytest.mark.parametrize("dotted", _names())
def test_a_name_on_the_page_exists(dotted: str) -> None:
    found = _resolve(dotted)
    assert isinstance(found, ModuleType) or callable(found)


def test_the_page_walks_through_all_three_floors() -> None:
    assert {name.partition(".")[0] for name in _names()} == {"dsl", "engine", "web"}
    assert len(_names()) > 50

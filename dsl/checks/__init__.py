"""Analyses over a resolved App, each a small generator of problems."""

from __future__ import annotations

from collections.abc import Iterator

from dsl.app import App
from dsl.problems import Problem


def check_app(app: App) -> list[Problem]:
    """All that the analyses find."""
    return [problem for check in _CHECKS for problem in check(app)]


def _nothing(_app: App) -> Iterator[Problem]:
    yield from ()


_CHECKS = (_nothing,)

"""What several analyses ask of one App is worked out once."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

from dsl.app import App

_T = TypeVar("_T")


class _This:
    """An App as the very object it is: to compare two by value would cost more than any analysis."""

    def __init__(self, app: App) -> None:
        self.app = app

    def __hash__(self) -> int:
        return id(self.app)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _This) and other.app is self.app


def once_for_each_app(work: Callable[[App], _T]) -> Callable[[App], _T]:
    """Keeps the answer about the App that was asked of last."""

    @lru_cache(maxsize=1)
    def kept(this: _This) -> _T:
        return work(this.app)

    @wraps(work)
    def answer(app: App) -> _T:
        return kept(_This(app))

    return answer

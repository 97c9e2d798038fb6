"""A mistake is a text of an app with one stretch replaced; its place is found by what stands there afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from dsl.load import load_text
from dsl.problems import Problem

ROOT = Path(__file__).resolve().parents[2]
APPS = {
    "example": ROOT / "tests" / "unit" / "dsl" / "example_app.yaml",
    "sales": ROOT / "apps" / "sales_crm.yaml",
    "shops": ROOT / "apps" / "store_sales.yaml",
}
_QUOTING = frozenset({"M20", "N01", "N02"})
"""Warnings at parts that wait for their runtime or a language: a changed text changes what they quote."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """there: a text of the app; instead: what is written in its place; at: the text at which the caret stands."""

    app: str
    there: str
    instead: str
    code: str
    at: str

    def __str__(self) -> str:
        return f"{self.app}-{self.code}-{self.at[:14]!r}"

    @property
    def text(self) -> str:
        right = source(self.app)
        assert self.there in right, self.there
        return right.replace(self.there, self.instead, 1)

    @property
    def place(self) -> tuple[int, int]:
        """Line and column, both from 1."""
        text = self.text
        changed = source(self.app).index(self.there)
        at = text.index(self.at, changed) if self.at in text[changed:] else text.index(self.at)
        return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


@cache
def source(app: str) -> str:
    return APPS[app].read_text(encoding="utf-8")


@cache
def usual(app: str) -> frozenset[tuple[str, str]]:
    """What is said of the app without a mistake: the example has parts that wait for their runtime."""
    return frozenset(cause(problem) for problem in load_text(source(app), f"{app}.yaml").problems)


def cause(problem: Problem) -> tuple[str, str]:
    """The code and what it is about, wherever it stands: lines move when a text is replaced."""
    return problem.code, str(sorted((key, str(value)) for key, value in problem.values.items()))


def problems_of(mistake: Mistake) -> list[Problem]:
    """The problems that the mistake brings: those that the app does not have without it."""
    found = load_text(mistake.text, f"{mistake.app}.yaml").problems
    fresh = [problem for problem in found if cause(problem) not in usual(mistake.app)]
    return [problem for problem in fresh if problem.code == mistake.code or problem.code not in _QUOTING]

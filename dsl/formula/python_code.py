"""Typed tree → Python source → a function of (row, env): generated code, close to what one would write by hand.

A part that may be empty is read once into a variable and tested before the arithmetic around it:
`None if (t1 := row['total']) is None or (t2 := row['discount']) is None else t1 * 100 - t2`.
Each aggregate and each decision table becomes a function of its own beside the formula's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TypeAlias, cast

from dsl.app import App
from dsl.formula import display, runtime, workdays
from dsl.formula.code_parts import Expressions
from dsl.formula.code_source import Source
from dsl.formula.env import Env
from dsl.formula.tree import Formula, Node

Compiled: TypeAlias = Callable[[Mapping[str, object], Env], object]
"""(nested row, env) → the value in its stored form; a record or person is its id, empty is None."""


def compile_formula(formula: Formula, app: App) -> Compiled:
    """The formula as a function. Compiled once for a formula of an app; never raises on rows of the right shape."""
    return _compiled(_Key(app, formula.root))


def compile_node(root: Node, app: App) -> Compiled:
    """One part of a formula as a function of the formula's row."""
    return _compiled(_Key(app, root))


def python_source(root: Node, app: App) -> str:
    """The generated module, for people who want to see it."""
    return _generate(root, app).text()


class _Key:
    """An app and a tree; equal for the same text of an app, so that an app loaded again reuses the code."""

    __slots__ = ("app", "root")

    def __init__(self, app: App, root: Node) -> None:
        self.app = app
        self.root = root

    def __hash__(self) -> int:
        return hash((self.app.digest, self.root.span))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Key):
            return NotImplemented
        same_app = self.app is other.app or (self.app.digest == other.app.digest != "")
        return same_app and self.root == other.root


@lru_cache(maxsize=8192)
def _compiled(key: _Key) -> Compiled:
    source = _generate(key.root, key.app)
    names: dict[str, object] = {**vars(runtime), **vars(workdays), **vars(display), **source.constants}
    exec(compile(source.text(), "<formula>", "exec"), names)  # noqa: S102 - made from a typed tree, texts only by repr()
    return cast("Compiled", names["formula"])


def _generate(root: Node, app: App) -> Source:
    source = Source(app)
    expression = Expressions(source, this="row").value(root)
    source.functions.append(f"def formula(row, env):\n    return {expression}\n")
    return source

"""Formulas of one app as compiled functions: made on first use, kept as long as the app is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from dsl.app import App
from dsl.formula.env import Env
from dsl.formula.explain import Explained, explain
from dsl.formula.python_code import compile_formula
from dsl.formula.tree import Formula
from engine.flow.case import FormulaBroken, Row
from engine.verdict import Explanation

FAULTS: Final = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What generated code can raise on data it was not made for."""

Compiled = Callable[[Mapping[str, object], Env], object]


class Formulas:
    """Evaluates and explains the formulas of an app. Safe between threads: a formula compiled twice is the same."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._compiled: dict[int, tuple[Formula, Compiled]] = {}

    def value(self, formula: Formula, row: Row, env: Env) -> object:
        """The formula's value in stored form; a reference or person as a mapping. Raises FormulaBroken."""
        try:
            return self._function(formula)(row, env)
        except FAULTS as fault:
            raise FormulaBroken(formula.text) from fault

    def explain(self, formula: Formula, row: Row, env: Env, language: str) -> Explanation:
        """The formula as a tree of its parts with their values as people read them. Raises FormulaBroken."""
        try:
            return _explanation(explain(formula, row, env, self._app, language))
        except FAULTS as fault:
            raise FormulaBroken(formula.text) from fault

    def _function(self, formula: Formula) -> Compiled:
        # Keyed by identity (the formula is kept beside it): hashing a whole tree costs more than running it.
        known = self._compiled.get(id(formula))
        if known is None:
            known = self._compiled[id(formula)] = (formula, compile_formula(formula, self._app))
        return known[1]


def _explanation(explained: Explained) -> Explanation:
    parts = tuple(_explanation(part) for part in explained.parts)
    return Explanation(explained.text, explained.value, parts, explained.label)

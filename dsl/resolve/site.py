"""Where resolving stands: the definition, a draft of the App whose names and types are known, and the problems."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from dsl.app import App
from dsl.definition import AppDef
from dsl.formula.check import check_formula
from dsl.formula.scope import AppScope
from dsl.formula.tree import Formula
from dsl.formula.value_types import YESNO, ValueType
from dsl.nodes import Scalar
from dsl.problems import Problem
from dsl.read import Reading

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Site:
    """draft: entities with all fields typed, stages known and tables resolved, but without formulas and gates."""

    reading: Reading
    definition: AppDef
    draft: App

    def formula(self, text: Scalar | None, entity: str, expects: ValueType | None) -> Formula | None:
        """The checked formula; None when there is none or it is faulty (which has been reported)."""
        if text is None:
            return None
        if not text.text:
            self.reading.report("S13", text.span)
            return None
        if self.reading.is_full:
            return None
        poisoned = self.reading.poisoned
        if poisoned and not poisoned.isdisjoint(_WORD.findall(text.text)):
            return None
        checked = check_formula(text.text, text.span, AppScope(self.draft, entity), expects)
        self.reading.problems += [relocated(problem, text) for problem in checked.problems]
        return checked.value if checked.is_ok else None

    def condition(self, text: Scalar | None, entity: str) -> Formula | None:
        """A formula that is true or false. A `=` before it is allowed: it always is one."""
        if text is not None and text.text[:1] in ("=", "＝"):
            text = text.cut(1)
        return self.formula(text, entity, YESNO)

    def field_word(self, word: Scalar, entity: str) -> bool:
        """Whether the word names a field of the entity; reported when not."""
        known = self.draft.entities[entity].fields
        if word.text in known:
            return True
        if word.text not in self.reading.poisoned:
            self.reading.unknown("M05", word, known, entity=entity)
        return False

    def field_words(self, words: tuple[Scalar, ...], entity: str) -> tuple[str, ...]:
        """The words that name fields, each once; the others are reported."""
        return tuple(dict.fromkeys(word.text for word in words if self.field_word(word, entity)))

    def role_words(self, words: tuple[Scalar, ...]) -> frozenset[str]:
        """The words that name roles; the others are reported."""
        known = self.draft.roles
        for word in words:
            if word.text not in known:
                self.reading.unknown("M04", word, known)
        return frozenset(word.text for word in words if word.text in known)


def relocated(problem: Problem, text: Scalar) -> Problem:
    """The problem at its true place, when the formula's text does not stand in the source as one stretch."""
    if text.indent is not None:
        return problem
    start = _offset(text, problem.span.line, problem.span.column)
    end = _offset(text, problem.span.end_line, problem.span.end_column)
    return replace(problem, span=text.part(start, max(start + 1, end)))


def _offset(text: Scalar, line: int, column: int) -> int:
    """The offset in the text of a place that was told as if the text stood at the start of its span as it is."""
    breaks = line - text.span.line
    if breaks <= 0:
        return column - text.span.column
    at = -1
    for _number in range(breaks):
        at = text.text.find("\n", at + 1)
    return at + column

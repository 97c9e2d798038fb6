"""Where resolving stands: the definition, a draft of the App whose names and types are known, and the problems."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from dsl.app import App
from dsl.definition import AppDef
from dsl.formula.check import check_formula
from dsl.formula.scope import AppScope
from dsl.formula.tree import Formula
from dsl.formula.value_types import YESNO, ValueType
from dsl.nodes import Mapping, Scalar
from dsl.problems import Checked, Problem
from dsl.read import Reading
from dsl.source import Span

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Site:
    """draft: entities with all fields typed, stages known and tables resolved, but without formulas and gates."""

    reading: Reading
    definition: AppDef
    draft: App

    def formula(
        self, text: Scalar | None, entity: str, expects: ValueType | None, *, display: bool = False
    ) -> Formula | None:
        """The checked formula; None when there is none or it is faulty (which has been reported).

        display: it is shown to people, so functions made for their eyes may be used.
        """
        if text is None:
            return None
        if not text.text:
            self.reading.report("S13", text.span)
            return None
        if self.reading.is_full or self.is_poisoned(text):
            return None
        scope = AppScope(self.draft, entity)
        checked = check_formula(text.text, text.span, scope, expects, display=display)
        return self.kept(checked, text)

    def is_poisoned(self, text: Scalar) -> bool:
        """Whether the text mentions a name of which it is already told that nobody knows what it means."""
        poisoned = self.reading.poisoned
        return bool(poisoned) and not poisoned.isdisjoint(_WORD.findall(text.text))

    def kept(self, checked: Checked[Formula], text: Scalar) -> Formula | None:
        """The formula, its problems reported at their true places; None where it has any."""
        self.reading.problems += [relocated(problem, text) for problem in checked.problems]
        return checked.value if checked.is_ok else None

    def condition(self, text: Scalar | None, entity: str) -> Formula | None:
        """A formula that is true or false. A `=` before it is allowed: it always is one."""
        if text is not None and text.text[:1] in ("=", "＝"):
            text = text.cut(1)
        return self.formula(text, entity, YESNO)

    def entity_word(self, word: Scalar | None) -> str:
        """The entity that the word names; "" where it names none (which has been reported)."""
        if word is None or word.text in self.draft.entities:
            return word.text if word else ""
        return self.reading.unknown("M06", word, self.draft.entities)

    def stage_words(self, words: tuple[Scalar, ...], entity: str) -> tuple[str, ...]:
        """The words that name stages of the entity; the others are reported."""
        known = [stage.key for pipeline in self.draft.entities[entity].pipelines for stage in pipeline.stages]
        for word in words:
            if word.text not in known:
                self.reading.unknown("M14", word, known)
        return tuple(word.text for word in words if word.text in known)

    def section(self, name: str) -> dict[str, str]:
        """The keys of a section of the file, each with the entity that it says it is `of` ("" where it says none)."""
        found = {}
        for entry in self.reading.entries(self.definition.head.get(name)):
            of = entry.value.get("of") if isinstance(entry.value, Mapping) else None
            found[entry.key.text] = of.text if isinstance(of, Scalar) else ""
        return found

    def section_word(self, name: str, code: str, word: Scalar, entity: str = "") -> str:
        """The key of that section which the word names. M36 where it is of another entity than `entity`."""
        known = self.section(name)
        if word.text not in known:
            self.reading.unknown(code, word, known)
            return ""
        if entity and known[word.text] not in ("", entity) and known[word.text] in self.draft.entities:
            self.reading.report("M36", word.span, name=word.text, of=known[word.text], entity=entity)
            return ""
        return word.text

    def module_word(self, word: Scalar | None) -> str:
        """The module that the word names; reported when there is none."""
        if word is not None and word.text not in self.definition.modules:
            self.reading.unknown("M13", word, self.definition.modules)
        return word.text if word else ""

    def field_word(self, word: Scalar, entity: str) -> bool:
        """Whether the word names a field of the entity; reported when not.

        An entity that is none ("": a reference or a table leads nowhere) was reported where it is named.
        """
        draft = self.draft.entities.get(entity)
        if draft is None:
            return False
        if word.text in draft.fields:
            return True
        if word.text not in self.reading.poisoned:
            self.reading.unknown("M05", word, draft.fields, entity=entity)
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


def places_of(words: Iterable[Scalar]) -> dict[str, Span]:
    """Where each name is written first."""
    found: dict[str, Span] = {}
    for word in words:
        found.setdefault(word.text.removeprefix("-"), word.span)
    return found


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

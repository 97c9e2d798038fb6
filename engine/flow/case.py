"""A case: everything one judgement reads. Whoever judges brings it along; flow itself looks nothing up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from dsl.app import App, Entity
from dsl.formula.env import Env
from dsl.formula.tree import Formula
from engine.context import Actor
from engine.verdict import Explanation

Row: TypeAlias = Mapping[str, object]
"""A nested row: references and people are mappings or None, table fields lists of mappings."""


class FormulaBroken(Exception):
    """A formula could not be evaluated. Whatever it was to decide stays closed."""


class Reckoner(Protocol):
    """Evaluates formulas; `engine.flow.formulas.Formulas` is the real one. Both raise FormulaBroken."""

    def value(self, formula: Formula, row: Row, env: Env) -> object: ...

    def explain(self, formula: Formula, row: Row, env: Env, language: str) -> Explanation: ...


def _covers_nothing(_entity: str, _field: str) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Case:
    """One record as it would be, and who wants it so.

    row: the nested post-image. teams: names of the record's unit and of those above it. related: rule of an evidence
    requirement → the nested rows among which a record is looked for. waive: rule → the actor's reason. covers: whether
    a field (entity, key) is not the actor's to read; explanations keep such fields covered.
    """

    app: App
    entity: Entity
    row: Row
    env: Env
    actor: Actor
    formulas: Reckoner
    teams: frozenset[str] = frozenset()
    related: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    waive: Mapping[str, str] = field(default_factory=dict)
    covers: Callable[[str, str], bool] = _covers_nothing
    explains: bool = False

    @property
    def language(self) -> str:
        return self.actor.language

    def holds(self, formula: Formula) -> bool:
        """Whether a yes/no formula is true of the row. Raises FormulaBroken."""
        return self.formulas.value(formula, self.row, self.env) is True

    def label(self, field_key: str) -> str:
        """How people call the field."""
        known = self.entity.fields.get(field_key)
        return known.label.say(self.language) if known else field_key

    def why(self, formula: Formula) -> Explanation | None:
        """The condition with operand values, if the case explains and all it reads is the actor's to see."""
        if not self.explains:
            return None
        if any(self.covers(read.entity, read.field) for read in formula.reads):
            return Explanation(formula.text, "")
        return self.formulas.explain(formula, self.row, self.env, self.language)

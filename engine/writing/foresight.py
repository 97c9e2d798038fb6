"""Which steps can be judged without a write: those whose judgement reads nothing that the step would recompute.

A step changes the stage and what the engine keeps beside it; that much can be imagined over the record as it was read.
Computed fields that follow from it cannot. Where a gate, a validation or a condition reads one of those, or reads the
stage by way of other records, the step is judged by a dry write.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from dsl.app import App, Entity, Evidence, Fill, Group, Requirement, Stage
from dsl.checks.formulas import all_formulas
from dsl.formula.tree import Entered, Formula, Read
from dsl.formula.walk import all_nodes
from engine.flow.evidence import evidence_in
from engine.flow.requirements import conditions_in, standing_conditions
from engine.store.given import formula_of

Place = tuple[str, str]
"""(entity, field)."""

MOVED: Final = frozenset({"stage", "stage_since", "days_in_stage", "changed_at", "changed_by"})
"""Fields of a record that a step changes by itself."""


class NeedsWrite(Exception):
    """What was to be imagined can only be judged once it is written and recomputed."""


class Foresight:
    """The steps of one app; what follows from them is worked out once. Safe between threads: twice is the same."""

    def __init__(self, app: App) -> None:
        self._formulas: dict[Place, Formula] = {
            (entity.key, field.key): formula
            for entity in app.entities.values()
            for field in entity.fields.values()
            if (formula := formula_of(entity, field)) is not None
        }
        self.asks_visits = any(_asks_visits(formula) for formula in all_formulas(app))
        """Whether a formula of the app reads visits: then each is written before anything is judged."""
        self._shaken: dict[str, frozenset[Place]] = {}
        self._imaginable: dict[tuple[str, int], tuple[Stage, bool]] = {}
        self._standing: dict[str, frozenset[Read]] = {}

    def standing_reads(self, entity: Entity) -> frozenset[Read]:
        """What is read of a record, and around it, whenever it is written."""
        if entity.key not in self._standing:
            reads = (formula.reads for formula in standing_conditions(entity))
            self._standing[entity.key] = frozenset[Read]().union(*reads)
        return self._standing[entity.key]

    def can_imagine(self, entity: Entity, target: Stage) -> bool:
        """Whether entering the stage can be judged on the record as read, with only its `MOVED` fields changed."""
        key = entity.key, id(target)  # stages of two pipelines may share a key; the stage is kept beside its id
        if key not in self._imaginable:
            self._imaginable[key] = target, self._is_all_steady(entity, target)
        return self._imaginable[key][1]

    def _is_all_steady(self, entity: Entity, target: Stage) -> bool:
        requirements = target.enter.requirements if target.enter else ()
        shaken = self._shaken_by(entity)
        if any((entity.key, field) in shaken for field in _fields_in(requirements)):
            return False
        moved = frozenset((entity.key, field) for field in MOVED)
        of_record = (*conditions_in(requirements), *standing_conditions(entity))
        of_others = [evidence.where for evidence in evidence_in(requirements) if evidence.where is not None]
        return not any(_asks_visits(formula) for formula in (*of_record, *of_others)) and not any(
            (read.entity, read.field) in (shaken if is_own and not read.via else shaken | moved)
            for is_own, formulas in ((True, of_record), (False, of_others))
            for formula in formulas
            for read in formula.reads
        )

    def _shaken_by(self, entity: Entity) -> frozenset[Place]:
        """Every computed field, of whatever entity, that may change when a record of this one takes a step."""
        if entity.key not in self._shaken:
            moved = {(entity.key, field) for field in MOVED}
            reached = set(moved)
            while more := {
                place
                for place, formula in self._formulas.items()
                if place not in reached and any((read.entity, read.field) in reached for read in formula.reads)
            }:
                reached |= more
            self._shaken[entity.key] = frozenset(reached - moved)
        return self._shaken[entity.key]


def _asks_visits(formula: Formula) -> bool:
    """`entered(stage)`: a visit that is not there yet."""
    return any(isinstance(node, Entered) for node in all_nodes(formula.root))


def _fields_in(requirements: tuple[Requirement, ...]) -> Iterator[str]:
    """Fields whose own value is looked at."""
    for requirement in requirements:
        match requirement:
            case Group(parts=parts):
                yield from _fields_in(parts)
            case Fill(field=field) | Evidence(field=field) if field:
                yield field

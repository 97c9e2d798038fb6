"""Finding a requirement again by its rule: for "why?", and for naming what was proved or waived long ago."""

from __future__ import annotations

from collections.abc import Iterator

from dsl.app import Entity, Evidence, Fill, Gate, Group, Must, OneOpen, Requirement, Validation
from dsl.formula.tree import Formula


def gates_of(entity: Entity) -> Iterator[Gate]:
    """Every gate of the entity: of its stages, then of its moves."""
    for pipeline in entity.pipelines:
        for stage in pipeline.stages:
            yield from (gate for gate in (stage.enter, stage.leave) if gate is not None)
        yield from (move.need for move in pipeline.moves if move.need is not None)


def requirements_of(entity: Entity) -> Iterator[tuple[Gate, Requirement]]:
    """Every requirement with its gate, those inside groups included."""
    for gate in gates_of(entity):
        for requirement in _flat(gate.requirements):
            yield gate, requirement


def conditions_in(requirements: tuple[Requirement, ...]) -> Iterator[Formula]:
    """The conditions on the record itself; those on evidence are about other records."""
    for requirement in _flat(requirements):
        if isinstance(requirement, Must):
            yield requirement.that


def standing_conditions(entity: Entity) -> Iterator[Formula]:
    """What decides whenever a record is written: validations, and which fields are shown and required."""
    for validation in entity.validations:
        yield validation.that
    for field in entity.fields.values():
        if isinstance(field.required, Formula):
            yield field.required
        if field.show is not None:
            yield field.show


def find_requirement(entity: Entity, rule: str) -> tuple[Gate, Requirement] | None:
    return next((found for found in requirements_of(entity) if found[1].rule == rule), None)


def find_validation(entity: Entity, rule: str) -> Validation | None:
    return next((validation for validation in entity.validations if validation.rule == rule), None)


def find_one_open(entity: Entity, rule: str) -> OneOpen | None:
    return next((each for each in entity.one_open if each.rule == rule), None)


def line_of(entity: Entity, rule: str) -> int:
    """The line of the app's text where a score, a field or a rule that can be explained stands; 0 for anything else."""
    moves = (move for pipeline in entity.pipelines for move in pipeline.moves)
    spans = {f"{move.rule}.when": move.span for move in moves}
    spans |= {validation.rule: validation.span for validation in entity.validations}
    spans |= {requirement.rule: requirement.span for _, requirement in requirements_of(entity)}
    spans |= {field.key: field.span for field in entity.fields.values()}
    spans |= {score.key: score.span for score in entity.scores.values()}
    return spans[rule].line if rule in spans else 0


def sentence_of(entity: Entity, rule: str, language: str) -> str:
    """What the requirement is called; its rule if the app has it no more."""
    found = find_requirement(entity, rule)
    if found is None:
        return rule
    match found[1]:
        case Fill(field=field):
            return entity.fields[field].label.say(language)
        case Must(say=said, that=that):
            return said.say(language) or that.text
        case Evidence(label=label) | Group(label=label):
            return label.say(language) or rule


def _flat(requirements: tuple[Requirement, ...]) -> Iterator[Requirement]:
    for requirement in requirements:
        yield requirement
        if isinstance(requirement, Group):
            yield from _flat(requirement.parts)

"""Stages nobody can reach, stages nobody can leave, and gates that ask for what nobody may give."""

from __future__ import annotations

from collections.abc import Iterator

from dsl.app import App, Entity, Fill, Gate, Group, Move, Pipeline, Requirement
from dsl.checks.rights import access_of, may_edit_field
from dsl.problems import Problem


def stages_without_a_way_in(app: App) -> Iterator[Problem]:
    """A01: no chain of moves leads from the first stage to this one; told at the first of those behind it."""
    for entity in app.entities.values():
        for pipeline in entity.pipelines:
            first = pipeline.first.key
            reached = _reached(pipeline, first)
            for stage in pipeline.stages:
                if stage.key not in reached:
                    reached |= _reached(pipeline, stage.key)
                    yield Problem("A01", stage.span, {"stage": stage.label, "first": first, "key": stage.key})


def stages_without_a_way_out(app: App) -> Iterator[Problem]:
    """A02: not an end, and no move leaves it."""
    for entity in app.entities.values():
        for pipeline in entity.pipelines:
            for stage in pipeline.stages:
                if not stage.end and not pipeline.moves_from(stage.key):
                    yield Problem("A02", stage.span, {"stage": stage.label, "key": stage.key})


def gates_beyond_the_mover(app: App) -> Iterator[Problem]:
    """A04: a gate wants a field filled that nobody may write, or (a warning) not the one who takes the move."""
    for entity in app.entities.values():
        if not access_of(app, entity):
            continue
        told: set[tuple[str, str]] = set()
        for pipeline in entity.pipelines:
            for move in pipeline.moves:
                yield from _beyond(app, entity, pipeline, move, told)


def _beyond(app: App, entity: Entity, pipeline: Pipeline, move: Move, told: set[tuple[str, str]]) -> Iterator[Problem]:
    source, target = pipeline.stage(move.source), pipeline.stage(move.target)
    gates = (source.leave if source else None, target.enter if target else None, move.need)
    for fill in (fill for gate in gates if gate is not None for fill in _fills(gate)):
        field = entity.fields[fill.field]
        if field.is_computed or field.given:
            continue
        writers = {role for role in app.roles if may_edit_field(app, entity, role, fill.field)}
        if not writers:
            if (fill.rule, "") not in told:
                told.add((fill.rule, ""))
                yield Problem("A04", fill.span, {"field": field.label, "key": field.key})
            continue
        for role in sorted(move.by - writers):
            if (fill.rule, role) not in told:
                told.add((fill.rule, role))
                values = {"field": field.label, "role": app.roles[role].label, "writers": ", ".join(sorted(writers))}
                yield Problem("A18", fill.span, values, severity="warning")


def _fills(gate: Gate) -> Iterator[Fill]:
    waiting: list[Requirement] = list(gate.requirements)
    while waiting:
        part = waiting.pop()
        if isinstance(part, Fill):
            yield part
        elif isinstance(part, Group) and part.kind == "all_of":
            waiting += part.parts


def _reached(pipeline: Pipeline, start: str) -> set[str]:
    following: dict[str, list[str]] = {}
    for move in pipeline.moves:
        following.setdefault(move.source, []).append(move.target)
    found, waiting = {start}, [start]
    while waiting:
        for target in following.get(waiting.pop(), ()):
            if target not in found:
                found.add(target)
                waiting.append(target)
    return found

"""Gates that exclude each other: on one step, what must hold together can never hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from dsl.app import App, Entity, Fill, Gate, Group, Move, Must, Pipeline, Requirement, Text
from dsl.catalog_entry import in_both
from dsl.checks.demands import Demand, conflict, demands_of, filled
from dsl.formula.reads import reads_of
from dsl.formula.tree import Formula
from dsl.graph import Place, computed_reads, recalculation_order
from dsl.problems import Problem, Related

_OF_THE_STAGE = ("stage", "stage_since", "days_in_stage")


@dataclass(frozen=True, slots=True)
class _Asked:
    """What one gate asks. certain: all of it; choices: for each group of which one is enough, what each part asks."""

    certain: tuple[Demand, ...]
    choices: tuple[tuple[tuple[Demand, ...], ...], ...] = ()
    may_be_waived: bool = False

    def __add__(self, other: _Asked) -> _Asked:
        waived = self.may_be_waived or other.may_be_waived
        return _Asked(self.certain + other.certain, self.choices + other.choices, waived)


_NOTHING = _Asked(())


def gates_that_exclude_each_other(app: App) -> Iterator[Problem]:
    """A31: two conditions of one gate, or of the gates on one step, leave no value. A warning where one is waivable."""
    reads = computed_reads(app)
    order, stuck = recalculation_order(reads)
    for entity in app.entities.values():
        if not entity.has_stages:
            continue
        moving = _moving_with_the_stage(entity, reads, (*stuck, *order))
        always = _Asked(tuple(d for v in entity.validations if v.mode == "enforce" for d in _asked_by(v.that)))
        told: set[tuple[object, object]] = set()
        for pipeline in entity.pipelines:
            for where, asked in _steps(entity, pipeline, always, moving):
                found = _impossible(asked)
                if found is not None and (mark := (found[0].span, found[1].span)) not in told:
                    told.add(mark)
                    yield _problem(*found, where, is_waivable=asked.may_be_waived)


def _problem(one: Demand, other: Demand, where: Text, *, is_waivable: bool) -> Problem:
    first, second = sorted((one, other), key=lambda demand: (demand.span.line, demand.span.column))
    values = {"first": first.text, "second": second.text, "where": where}
    related = (Related(first.span, first.text.say("")),) if first.span != second.span else ()
    return Problem("A31", second.span, values, "warning" if is_waivable else "error", related=related)


def _steps(
    entity: Entity, pipeline: Pipeline, always: _Asked, moving: frozenset[Place]
) -> Iterator[tuple[Text, _Asked]]:
    """Every gate alone, then the gates of every move together; what a change of stage changes is left out there."""
    for stage in pipeline.stages:
        for gate, words in ((stage.enter, ("进入", "entering ")), (stage.leave, ("离开", "leaving "))):
            if gate is not None:
                yield _named(words, stage.label), always + _of_gate(gate)
    for move in pipeline.moves:
        source, target = pipeline.stage(move.source), pipeline.stage(move.target)
        if source is None or target is None:
            continue
        before = _of_gate(source.leave) + _of_move(move)
        after = _of_gate(target.enter)
        lasting = _without(always + before, entity, moving) + _without(after, entity, moving)
        words = (f"从“{source.label.say('zh')}”到", f"from “{source.label.say('en')}” to ")
        if move.when is not None or move.need is not None:
            yield _named(words, target.label), always + before
        yield _named(words, target.label), lasting


def _named(words: tuple[str, str], label: Text) -> Text:
    zh, en = words
    return in_both(f"{zh}“{label.say('zh')}”", f"{en}“{label.say('en')}”")


def _impossible(asked: _Asked) -> tuple[Demand, Demand] | None:
    """Two demands that exclude each other, whatever is chosen of what may be chosen."""
    found = conflict(asked.certain)
    if found is not None:
        return found
    for parts in asked.choices:
        clashes = [conflict((*asked.certain, *part)) for part in parts]
        if clashes and all(clash is not None for clash in clashes):
            return clashes[0]
    return None


# --- what is asked ----------------------------------------------------------------------------------------------------


def _asked_by(formula: Formula) -> tuple[Demand, ...]:
    """Nothing where the condition contradicts itself: that is told by another analysis."""
    found = demands_of(formula)
    return () if conflict(found) is not None else tuple(found)


def _of_move(move: Move) -> _Asked:
    condition = _NOTHING if move.when is None else _Asked(_asked_by(move.when))
    return condition + _of_gate(move.need)


def _of_gate(gate: Gate | None) -> _Asked:
    if gate is None or gate.mode != "enforce" or gate.teams:
        return _NOTHING
    return replace(_of_requirements(gate.requirements), may_be_waived=bool(gate.waive))


def _of_requirements(requirements: Iterable[Requirement]) -> _Asked:
    asked = _NOTHING
    for part in requirements:
        match part:
            case Must():
                asked += _Asked(_asked_by(part.that))
            case Fill():
                asked += _Asked((filled(part.field, Text((("", f"fill: {part.field}"),)), part.span),))
            case Group() if part.least == len(part.parts):
                asked += _of_requirements(part.parts)
            case Group() if part.least == 1:
                asked += _Asked((), (tuple(_of_requirements((each,)).certain for each in part.parts),))
            case _:
                pass
    return asked


# --- what a change of stage changes -----------------------------------------------------------------------------------


def _moving_with_the_stage(
    entity: Entity, reads: Mapping[Place, frozenset[Place]], order: Iterable[Place]
) -> frozenset[Place]:
    """Fields, of whatever entity, that may come out otherwise once the record stands in its next stage.

    order: computed fields, each after those it reads.
    """
    moving: set[Place] = {(entity.key, key) for key in _OF_THE_STAGE}
    for place in order:
        if not moving.isdisjoint(reads[place]):
            moving.add(place)
    return frozenset(moving)


def _without(asked: _Asked, entity: Entity, moving: frozenset[Place]) -> _Asked:
    def stay(demands: tuple[Demand, ...]) -> tuple[Demand, ...]:
        return tuple(demand for demand in demands if _places(demand, entity).isdisjoint(moving))

    choices = tuple(tuple(stay(part) for part in parts) for parts in asked.choices)
    return replace(asked, certain=stay(asked.certain), choices=choices)


def _places(demand: Demand, entity: Entity) -> set[Place]:
    if demand.node is None:
        return {(entity.key, demand.key)}
    return {(read.entity, read.field) for read in reads_of(demand.node, entity.key)}

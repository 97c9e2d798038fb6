"""Stages: where a record starts, where it may go, and whether this step may be taken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from dsl.app import App, Entity, Gate, Move, Pipeline, Stage, Text
from engine.flow import gates
from engine.flow.case import Case
from engine.flow.sentences import say
from engine.verdict import Finding, Needs

GIVEN_UP: Final = frozenset({"lost", "cancelled"})
"""Ends at which nothing was reached."""


@dataclass(frozen=True, slots=True)
class Step:
    """A move wanted: the rule is None where the app allows none between the two stages."""

    pipeline: Pipeline
    source: Stage
    target: Stage
    rule: Move | None

    @property
    def goes_on(self) -> bool:
        """Forward along the pipeline: not back to an earlier stage, not given up."""
        places = {stage.key: place for place, stage in enumerate(self.pipeline.stages)}
        return self.target.end not in GIVEN_UP and places[self.target.key] > places[self.source.key]

    @property
    def gates_before(self) -> tuple[Gate, ...]:
        """Judged while the record still stands in its old stage.

        What a stage asks for before it is left guards the way on; a deal that is lost, or goes back, need not meet it.
        """
        need = self.rule.need if self.rule else None
        leave = self.source.leave if self.goes_on else None
        return tuple(gate for gate in (leave, need) if gate is not None)


def is_open(app: App, stage: Stage) -> bool:
    """A stage of a module that is switched off is not there for moves."""
    return not stage.module or app.modules.get(stage.module, False)


def next_moves(app: App, pipeline: Pipeline, stage: str) -> tuple[Move, ...]:
    """The moves that the app allows from here, in its order."""
    return tuple(
        move
        for move in pipeline.moves_from(stage)
        if move.target != stage and (target := pipeline.stage(move.target)) is not None and is_open(app, target)
    )


def choose_pipeline(case: Case) -> Pipeline:
    """The first pipeline whose condition holds (or that has none); the last one if all conditions fail."""
    for pipeline in case.entity.pipelines:
        if pipeline.condition is None or case.holds(pipeline.condition):
            return pipeline
    return case.entity.pipelines[-1]


def step(app: App, entity: Entity, pipeline_key: str, source: str, target: str) -> Step | None:
    """The step from a stage to another; None if the pipeline knows no such target."""
    pipeline = entity.pipeline_of(pipeline_key)
    here, there = pipeline.stage(source), pipeline.stage(target)
    if here is None or there is None:
        return None
    rule = next((move for move in next_moves(app, pipeline, source) if move.target == target), None)
    return Step(pipeline, here, there, rule)


def judge_before(wanted: Step, case: Case, answer: str) -> tuple[Finding, ...]:
    """The step itself, its question and condition, what it needs, and the leave gate of the old stage.

    Who may take it is `people.permissions`' to say.
    """
    rule = wanted.rule
    if rule is None:
        source, target = wanted.source.label.say(case.language), wanted.target.label.say(case.language)
        said = say(case.language, "move.none", source=source, target=target)
        return (Finding(f"{case.entity.key}.moves", "unmet", said, span=wanted.source.span),)
    findings: list[Finding] = []
    if rule.ask is not None:
        findings.append(_judge_question(rule, rule.ask, case, answer))
    if rule.when is not None:
        said = say(case.language, "move.when", condition=rule.when.text)
        findings.append(gates.judge_formula(f"{rule.rule}.when", rule.when, said, rule.span, case))
    for gate in wanted.gates_before:
        findings.extend(gates.judge(gate, case))
    return tuple(findings)


def judge_after(wanted: Step, case: Case) -> tuple[Finding, ...]:
    """The enter gate of the new stage, on the record as it stands there."""
    return gates.judge(wanted.target.enter, case)


def _judge_question(rule: Move, question: Text, case: Case, answer: str) -> Finding:
    asked = question.say(case.language)
    if answer.strip() and answer.strip() not in case.app.filler:
        return Finding(f"{rule.rule}.ask", "met", say(case.language, "move.ask.met", question=asked), span=rule.span)
    said = say(case.language, "move.ask", question=asked)
    return Finding(f"{rule.rule}.ask", "unmet", said, needs=Needs("reason"), span=rule.span)

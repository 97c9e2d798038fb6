"""Gates: every requirement judged, each with its own finding. Only decides; writes nothing.

`judge(gate, case)` is the whole of it. A requirement whose formula cannot be evaluated is *broken* and as closed as an
unmet one: a gate never opens because something went wrong.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Final, assert_never

from dsl.app import Evidence, Fill, Gate, Group, Must, Requirement
from dsl.formula.tree import Aggregate, Formula
from dsl.source import Span
from engine.flow.case import Case, FormulaBroken
from engine.flow.evidence import judge_evidence
from engine.flow.sentences import say
from engine.values import is_filled, is_filler
from engine.verdict import Finding, Needs, State

logger = logging.getLogger(__name__)

SATISFIED: Final = frozenset({"met", "waived"})


def judge(gate: Gate | None, case: Case) -> tuple[Finding, ...]:
    """Findings for all requirements of the gate, in its order; none if there is no gate or it is not for this team."""
    if gate is None or not _concerns(gate, case):
        return ()
    return tuple(_by_mode(gate, judge_requirement(gate, requirement, case)) for requirement in gate.requirements)


def judge_requirement(gate: Gate, requirement: Requirement, case: Case) -> Finding:
    """One requirement before the gate's mode is looked at: met, unmet, broken or waived."""
    finding = _without_waiver(gate, requirement, case)
    if not finding.blocks or not gate.waive:
        return finding
    may_waive = bool(gate.waive & case.actor.roles)
    finding = replace(finding, waivable=may_waive, waive_roles=tuple(sorted(gate.waive)))
    if may_waive and case.waive.get(finding.rule, "").strip():
        return replace(finding, state="waived")
    return finding


def _concerns(gate: Gate, case: Case) -> bool:
    return not gate.teams or bool(case.teams.intersection(gate.teams))


def _by_mode(gate: Gate, finding: Finding) -> Finding:
    """Under observe and warn an open requirement is told, not enforced."""
    if gate.mode == "enforce" or not finding.blocks:
        return finding
    state: State = "observed" if gate.mode == "observe" else "warned"
    return replace(finding, state=state, waivable=False)


def _without_waiver(gate: Gate, requirement: Requirement, case: Case) -> Finding:
    match requirement:
        case Fill():
            return _judge_fill(requirement, case)
        case Evidence():
            return _judge_evidence(requirement, case)
        case Must(rule=rule, that=that):
            return judge_formula(rule, that, requirement.say.say(case.language) or that.text, requirement.span, case)
        case Group():
            return _judge_group(gate, requirement, case)
        case _:
            assert_never(requirement)


def _judge_fill(fill: Fill, case: Case) -> Finding:
    field = case.entity.fields[fill.field]
    value = case.row.get(fill.field)
    if is_filled(case.app, field, value):
        said = say(case.language, "fill.met", label=case.label(fill.field))
        return Finding(fill.rule, "met", said, span=fill.span, field=fill.field)
    sentence = "filler" if is_filler(case.app, field, value) else "fill"
    return Finding(
        fill.rule,
        "unmet",
        say(case.language, sentence, label=case.label(fill.field), value=value),
        needs=Needs("field", field=fill.field),
        span=fill.span,
        field=fill.field,
    )


def judge_formula(rule: str, formula: Formula, said: str, span: Span, case: Case, field: str = "") -> Finding:
    """A condition that must be true of the record. field: where it is said; else at the one field that it reads."""
    try:
        is_met, why = case.holds(formula), case.why(formula)
    except FormulaBroken:
        return replace(broken(rule, said, span, case), field=field)
    fields = () if is_met and field else own_fields(formula, case)
    return Finding(
        rule,
        "met" if is_met else "unmet",
        said,
        needs=Needs() if is_met else _cure(formula, fields),
        span=span,
        field=field or (fields[0] if len(fields) == 1 else ""),
        why=why,
    )


def _cure(formula: Formula, fields: tuple[str, ...]) -> Needs:
    """A condition that only asks for rows to exist is met by adding one; any other by a change of what it reads."""
    root = formula.root
    if isinstance(root, Aggregate) and root.function == "exists":
        return Needs("record", field=root.link, fields=fields, entity=root.entity)
    return Needs("change", fields=fields)


def broken(rule: str, said: str, span: Span, case: Case) -> Finding:
    """What could not be judged: closed, and said so."""
    logger.error("requirement %s could not be judged", rule)
    return Finding(rule, "broken", say(case.language, "broken", label=said), span=span)


def _judge_evidence(evidence: Evidence, case: Case) -> Finding:
    try:
        return judge_evidence(evidence, case)
    except FormulaBroken:
        return broken(evidence.rule, evidence.label.say(case.language), evidence.span, case)


def own_fields(formula: Formula, case: Case) -> tuple[str, ...]:
    """The record's own fields among what a formula reads (a related read counts as the field that leads there)."""
    first = {(read.via[0] if read.via else read.field) for read in formula.reads}
    return tuple(key for key in case.entity.fields if key in first)


def _judge_group(gate: Gate, group: Group, case: Case) -> Finding:
    parts = tuple(judge_requirement(gate, part, case) for part in group.parts)
    done = sum(part.state in SATISFIED for part in parts)
    needed = {"any_of": 1, "all_of": len(parts), "at_least": group.least}[group.kind]
    said = group.label.say(case.language) or say(case.language, group.kind, least=group.least)
    return Finding(group.rule, "met" if done >= needed else "unmet", said, span=group.span, parts=parts)

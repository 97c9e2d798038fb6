"""Evidence: typed proof that a step was really taken, and what is kept of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dsl.app import Evidence, Gate, Group, Requirement
from engine.flow.case import Case, Row
from engine.flow.sentences import say
from engine.values import is_empty
from engine.verdict import Explanation, Finding, Needs


@dataclass(frozen=True, slots=True)
class Proof:
    """What met an evidence requirement: a file of the record's own, or a related record."""

    rule: str
    label: str
    file_id: int | None = None
    entity: str = ""
    record_id: int | None = None


def judge_evidence(evidence: Evidence, case: Case) -> Finding:
    """One evidence requirement: met, or unmet with what would meet it."""
    is_met = any(True for _ in proofs_of(evidence, case))
    return Finding(
        evidence.rule,
        "met" if is_met else "unmet",
        _sentence(evidence, case, is_met=is_met),
        needs=Needs() if is_met else _needs(evidence),
        span=evidence.span,
        field=evidence.field,
        why=_why(evidence, case),
    )


def _why(evidence: Evidence, case: Case) -> Explanation | None:
    """The condition alone: it is about rows that may not exist, so that this record has no operand values for it."""
    if evidence.where is None or not case.explains:
        return None
    return Explanation(evidence.where.text, "")


def proofs_of(evidence: Evidence, case: Case) -> Iterator[Proof]:
    """Every file or record that meets the requirement."""
    label = evidence.label.say(case.app.languages[0])
    if evidence.kind == "record":
        for row in case.related.get(evidence.rule, ()):
            if evidence.where is None or case.formulas.value(evidence.where, row, case.env) is True:
                yield Proof(evidence.rule, label, entity=evidence.entity, record_id=_id(row))
    elif evidence.field:
        for file_id in _file_ids(case.row.get(evidence.field)):
            yield Proof(evidence.rule, label, file_id=file_id)


def all_proofs(gate: Gate | None, case: Case) -> list[Proof]:
    """What is kept with a transition through the gate: for each requirement that was met, what met it."""
    if gate is None:
        return []
    return [proof for evidence in evidence_in(gate.requirements) for proof in proofs_of(evidence, case)]


def evidence_in(requirements: tuple[Requirement, ...]) -> Iterator[Evidence]:
    """The evidence requirements, also those inside groups."""
    for requirement in requirements:
        if isinstance(requirement, Evidence):
            yield requirement
        elif isinstance(requirement, Group):
            yield from evidence_in(requirement.parts)


def _sentence(evidence: Evidence, case: Case, *, is_met: bool) -> str:
    label = evidence.label.say(case.language)
    if evidence.kind == "record":
        entity = case.app.entity(evidence.entity).label.say(case.language)
        if is_met:
            return say(case.language, "evidence.record.met", entity=entity, label=label)
        if evidence.where is None:
            return say(case.language, "evidence.record", entity=entity, label=label)
        return say(case.language, "evidence.record.where", entity=entity, label=label, condition=evidence.where.text)
    sentence = "evidence.file" if evidence.field else "evidence.other"
    return say(case.language, f"{sentence}.met" if is_met else sentence, label=label)


def _needs(evidence: Evidence) -> Needs:
    if evidence.kind == "record":
        return Needs("record", field=evidence.link, entity=evidence.entity)
    if evidence.field:
        accept = "image" if evidence.kind in ("image", "live_photo") else "file"
        return Needs("file", field=evidence.field, accept=accept)
    return Needs()


def _file_ids(value: object) -> tuple[int, ...]:
    if is_empty(value):
        return ()
    ids = value if isinstance(value, tuple | list) else (value,)
    return tuple(file_id for file_id in ids if isinstance(file_id, int))


def _id(row: Row) -> int | None:
    found = row.get("id")
    return found if isinstance(found, int) else None

"""What must hold of a record whenever it is written: required fields and the app's own validations."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from dsl.app import Field
from dsl.formula.tree import Formula
from engine.flow.case import Case, FormulaBroken
from engine.flow.gates import broken, judge_formula
from engine.flow.sentences import say
from engine.values import is_filled, is_filler, is_written
from engine.verdict import Finding, Needs, State


def judge_required(case: Case, before: Case | None = None, written: Collection[str] = ()) -> tuple[Finding, ...]:
    """Findings for required fields that are shown and empty.

    before: the record before the write, for one that exists. A field that was missing already and that this write does
    not touch is only told (`warned`): a rule that came later must not lock old records.
    """
    findings: list[Finding] = []
    for field in case.entity.fields.values():
        if field.required is False:
            continue
        finding = _judge_field(field, case)
        if finding is None:
            continue
        is_old = before is not None and field.key not in written and _judge_field(field, before) is not None
        findings.append(replace(finding, state="warned") if is_old else finding)
    return tuple(findings)


def is_sound(case: Case) -> bool:
    """Whether `judge_required` and `judge_validations` would find nothing amiss, without putting any of it in words."""
    try:
        return all(
            is_filled(case.app, field, case.row.get(field.key))
            for field in case.entity.fields.values()
            if field.required is not False and is_required(field, case)
        ) and all(case.holds(validation.that) for validation in case.entity.validations)
    except FormulaBroken:
        return False


def judge_validations(case: Case) -> tuple[Finding, ...]:
    """The app's validations, met ones included (they are what `why` explains); told only, where their mode says so."""
    findings: list[Finding] = []
    for validation in case.entity.validations:
        said = validation.say.say(case.language) or validation.that.text
        field = validation.fields[0] if validation.fields else ""
        finding = judge_formula(validation.rule, validation.that, said, validation.span, case, field)
        if finding.blocks and validation.mode != "enforce":
            state: State = "observed" if validation.mode == "observe" else "warned"
            finding = replace(finding, state=state)
        findings.append(finding)
    return tuple(findings)


def is_shown(field: Field, case: Case) -> bool:
    return field.show is None or case.holds(field.show)


def is_required(field: Field, case: Case) -> bool:
    """Whether the field must be filled in this record: required, and shown."""
    if not is_written(case.entity, field) or not is_shown(field, case):
        return False
    return case.holds(field.required) if isinstance(field.required, Formula) else field.required


def _judge_field(field: Field, case: Case) -> Finding | None:
    rule = f"{case.entity.key}.fields.{field.key}.required"
    try:
        if not is_required(field, case):
            return None
    except FormulaBroken:
        return broken(rule, field.label.say(case.language), field.span, case)
    value = case.row.get(field.key)
    if is_filled(case.app, field, value):
        return None
    label = field.label.say(case.language)
    sentence = "filler" if is_filler(case.app, field, value) else "required"
    said = say(case.language, sentence, label=label, value=value)
    return Finding(rule, "unmet", said, needs=Needs("field", field=field.key), span=field.span, field=field.key)

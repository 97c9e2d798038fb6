"""Findings as people see them: what is met, what is missing, and the field, upload or record that supplies it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from dsl.app import Entity
from dsl.app import Move as MoveRule
from dsl.formula.value_types import RowsType
from engine.answers import FileNote, NextStep, Record, RecordRights
from engine.verdict import Finding, Needs
from web.contexts import Check, Input, Link
from web.controls import Raw
from web.pages.address import address
from web.pages.frame import rights_of
from web.pages.inputs import build_input, is_input, written
from web.session import current_engine, current_language
from web.words import say

FILL = "fill."
WAIVE = "waive."
DONE = frozenset({"met", "observed"})
"""States of what a checklist folds away."""


@dataclass(frozen=True, slots=True)
class NextCheck:
    """The checklist for one step: its target, the findings, and how many of them are met."""

    to: str
    label: str
    href: str
    checks: tuple[Check, ...]
    met: int
    total: int
    others: tuple[Link, ...] = ()
    barred: str = ""
    """Why the person may not take the step, whatever else is met; "" when he or she may."""

    @property
    def missing(self) -> int:
        return self.total - self.met

    @property
    def is_open(self) -> bool:
        return self.met == self.total

    @property
    def done(self) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if check.state in DONE)

    @property
    def to_do(self) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if check.state not in DONE)

    @property
    def share(self) -> int:
        return round(100 * self.met / self.total) if self.total else 100


@dataclass(frozen=True, slots=True)
class Typed:
    """What the dialog already holds: raws and complaints by field, reasons by rule, files by id."""

    raws: Mapping[str, Raw]
    errors: Mapping[str, str]
    reasons: Mapping[str, str]
    titles: Mapping[str, str]
    files: Mapping[int, FileNote]


def nothing_typed(record: Record) -> Typed:
    return Typed({}, {}, {}, {}, record.files)


def next_check(entity: Entity, record: Record, rights: RecordRights, ahead: NextStep | None) -> NextCheck | None:
    """The checklist of the most natural next step, and links to the other steps from here that the person may take."""
    if ahead is None:
        return None
    move, verdict = ahead.move, ahead.verdict
    given = nothing_typed(record)
    rights_only = [finding for finding in verdict.findings if finding.rule == f"{move.rule}.by"]
    findings = [finding for finding in verdict.findings if finding not in rights_only]
    checks = told_once(checks_of(entity, record, findings, given, may_edit=rights.edit_fields))
    stage = entity.stage(move.target)
    return NextCheck(
        to=move.target,
        label=stage.label.say(current_language()) if stage else move.target,
        href=move_href(entity, record.id),
        checks=checks,
        met=sum(check.state not in ("unmet", "broken") for check in checks),
        total=len(checks),
        others=tuple(_other(entity, other) for other in ahead.others if other.target in rights.moves),
        barred=next((finding.said for finding in rights_only), ""),
    )


def move_href(entity: Entity, record_id: int) -> str:
    return address("moves.move", entity=entity.key, record_id=record_id)


def _other(entity: Entity, move: MoveRule) -> Link:
    stage = entity.stage(move.target)
    return Link(stage.label.say(current_language()) if stage else move.target, move.target, stage.end if stage else "")


def checks_of(
    entity: Entity, record: Record, findings: Iterable[Finding], typed: Typed, may_edit: frozenset[str] | None = None
) -> Iterable[Check]:
    """A Check for each finding. may_edit None offers every field (the engine judges); else only those."""
    asked: set[str] = set()
    for finding in findings:
        yield _check(entity, record, finding, typed, may_edit, asked)


def _check(
    entity: Entity,
    record: Record,
    finding: Finding,
    typed: Typed,
    may_edit: frozenset[str] | None,
    asked: set[str],
) -> Check:
    """asked: fields offered so far; one field is asked for once, at the first finding that needs it."""
    needs = finding.needs
    keys = [needs.field] if needs.kind in ("field", "file") else list(needs.fields) if needs.kind == "change" else []
    inputs = []
    if finding.blocks and not finding.parts:
        for key in keys:
            field = entity.fields.get(key)
            if field is None or key in asked or field.kind == "table" or not is_input(entity, field):
                continue
            if may_edit is not None and key not in may_edit:
                continue
            asked.add(key)
            inputs.append(_give(entity, record, key, typed, "g" if may_edit is None else "k"))
    return Check(
        rule=finding.rule,
        slug=slug(finding.rule),
        state=finding.state,
        said=finding.said,
        inputs=tuple(inputs),
        add=_add(entity, record, finding) if finding.blocks else None,
        line=finding.span.line,
        may_waive=finding.waivable and finding.blocks,
        waive_who=_roles(finding.waive_roles),
        waive_reason=typed.reasons.get(finding.rule, ""),
        why=finding.why,
        why_href=_why_href(entity, record, finding),
        look=needs.kind if len(inputs) == 1 else "",
        parts=tuple(_part(entity, record, finding, part, typed, may_edit, asked) for part in finding.parts),
        is_choice=finding.rule.rsplit(".", 1)[-1] in ("any_of", "at_least"),
    )


def _part(
    entity: Entity,
    record: Record,
    group: Finding,
    part: Finding,
    typed: Typed,
    may_edit: frozenset[str] | None,
    asked: set[str],
) -> Check:
    """One part of a group. What a group no longer needs is no task: it is told, and nothing is asked for it."""
    if group.state not in ("met", "waived") or not part.blocks:
        return _check(entity, record, part, typed, may_edit, asked)
    spare = _check(entity, record, replace(part, needs=Needs(), waivable=False), typed, may_edit, asked)
    return replace(spare, state="spare", add=None)


def _why_href(entity: Entity, record: Record, finding: Finding) -> str:
    known = {"entity": entity.key, "record_id": record.id, "rule": finding.rule}
    return address("records.why", **known, said=finding.said)


def told_once(checks: Iterable[Check]) -> tuple[Check, ...]:
    """The missing ones first; what is met is said once, and kept rules of the record are not worth a line."""
    checks = list(checks)
    missing = [check for check in checks if check.state != "met"]
    met = {check.said: check for check in checks if check.state == "met" and ".validations." not in check.rule}
    return (*missing, *met.values())


def slug(rule: str) -> str:
    return re.sub(r"[^a-zA-Z0-9_-]+", "-", rule)


def _give(entity: Entity, record: Record, key: str, typed: Typed, prefix: str) -> Input:
    """prefix: of the ids; the dialog opens over a page whose checklist may ask for the same field."""
    field = entity.fields[key]
    raw = typed.raws[key] if key in typed.raws else written(field, record.values.get(key))
    made = build_input(
        entity,
        field,
        raw,
        name=FILL + key,
        error=typed.errors.get(key, ""),
        title=typed.titles.get(key, record.titles.get(key, "")),
        files=dict(record.files) | dict(typed.files),
        prefix=prefix,
    )
    return replace(made, is_required=True)


def _add(entity: Entity, record: Record, finding: Finding) -> Link | None:
    """The link that opens the form of the record that is missing, also where a condition is about child rows."""
    app, needs = current_engine().app, finding.needs
    types = [entity.fields[k].value_type for k in needs.fields if k in entity.fields]
    tables = [one.entity for one in types if isinstance(one, RowsType)] if needs.kind == "change" else []
    child = app.entities.get(needs.entity if needs.kind == "record" else tables[0] if tables else "")
    if child is None or not rights_of(child.key).see:
        return None
    known: dict[str, object] = {}
    for key in dict.fromkeys((needs.field, child.parent, entity.key)):
        leads = _id_towards(child.fields[key].target, entity, record) if key in child.fields else None
        if leads is not None:
            known[key] = leads
    href = address("forms.new", entity=child.key, dialog=1, **known)
    return Link(say("新增{label}", label=child.label.say(current_language())), href, icon=child.icon)


def _id_towards(target: str, entity: Entity, record: Record) -> object:
    """What a new row beside this record holds for a reference to `target`: the record's own id, or its reference."""
    if target == entity.key:
        return record.id
    refs = (key for key, field in entity.fields.items() if field.kind == "ref" and field.target == target)
    return next((record.values[key] for key in refs if record.values.get(key) is not None), None)


def _roles(keys: Iterable[str]) -> str:
    app, language = current_engine().app, current_language()
    names = [app.roles[key].label.say(language) for key in keys if key in app.roles]
    return ("、" if language == "zh" else ", ").join(names)

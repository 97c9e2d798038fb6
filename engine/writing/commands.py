"""The four commands, step by step: find, write, recompute, judge.

All of it runs inside one transaction that is rolled back unless every finding allows it. So the image that is judged is
the real one, with all computed fields, and a dry run is the same run.
"""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from dsl.app import Entity
from engine.commands import Command, Create, Delete, Move, Restore, Update
from engine.errors import NotAllowed
from engine.flow import gates, stages
from engine.flow.evidence import all_proofs
from engine.flow.stages import Step
from engine.people import permissions
from engine.verdict import Finding
from engine.writing import governance, rows
from engine.writing.change import change, located, remove_checked, write_children
from engine.writing.judgement import gate_case, judge_image
from engine.writing.new import judge_creation, plan_new, tell
from engine.writing.rows import NewRow
from engine.writing.subject import find_at_version, find_locked
from engine.writing.work import Deed, Record, Work


def carry_out(work: Work, command: Command) -> int | None:
    """Does the command on the work's transaction and judges the result; returns the record's id."""
    match command:
        case Create():
            return create(work, command)
        case Update():
            return update(work, command)
        case Delete():
            return delete(work, command)
        case Move():
            return move(work, command)
        case Restore():
            return restore(work, command)
        case _:
            assert_never(command)


def create(work: Work, command: Create) -> int | None:
    record_id = write_new(work, command)
    work.recompute()
    judge_new(work, command, record_id)
    return record_id


def write_new(work: Work, command: Create) -> int:
    """The first half of `create`: the record and its rows stand there, not yet recomputed and not judged."""
    new = plan_create(work, command)
    record_id = rows.insert(work, new)
    follow_create(work, command, new, record_id)
    return record_id


def plan_create(work: Work, command: Create) -> NewRow:
    """The record that is to be written. Raises NotAllowed, and BadInput for what cannot be read."""
    entity = work.entity(command.entity)
    if not work.installed.rights.of(work.actor, entity).create:
        raise NotAllowed(work.say("access.create", entity=entity.label.say(work.language)))
    parent = _parent_of_new(work, entity, command)
    new = plan_new(work, entity, command.values, parent, _first_stage(work, entity, command))
    work.stop_on_faults()
    assert new is not None  # noqa: S101 — there were no faults
    return new


def follow_create(work: Work, command: Create, new: NewRow, record_id: int) -> None:
    """The record is written: now its rows."""
    tell(work, new, record_id)
    work.created.add((new.entity.key, record_id))
    write_children(work, new.entity, record_id, command.children)
    work.stop_on_faults()


def judge_new(work: Work, command: Create, record_id: int) -> None:
    """The second half of `create`, when all that depends on the record has been recomputed."""
    judge_images(work)
    governance.judge_reach(work, work.entity(command.entity), record_id, keeps_edit=False)


def update(work: Work, command: Update) -> int:
    was_editable = write_changed(work, command)
    work.recompute()
    judge_changed(work, command, was_editable=was_editable)
    return command.id


def write_changed(work: Work, command: Update) -> bool:
    """The first half of `update`; whether the record was the actor's to edit before it."""
    entity = work.entity(command.entity)
    before = find_at_version(work, entity, command.id, command.version, command.values)
    was_editable = not governance.edit_scope(work, entity, before).is_nothing
    change(work, entity, before, command.values)
    write_children(work, entity, command.id, command.children)
    work.stop_on_faults()
    if work.deeds and not work.has_changed(entity, command.id):
        rows.touch(work, entity, before)
    return was_editable


def judge_changed(work: Work, command: Update, *, was_editable: bool) -> None:
    """The second half of `update`, when all that depends on the record has been recomputed."""
    judge_images(work)
    governance.judge_reach(work, work.entity(command.entity), command.id, keeps_edit=was_editable)


def delete(work: Work, command: Delete) -> int:
    entity = work.entity(command.entity)
    record = find_at_version(work, entity, command.id, command.version, {})
    if not work.installed.rights.of(work.actor, entity).delete:
        raise NotAllowed(work.say("access.delete"))
    remove_checked(work, entity, record)
    work.recompute()
    return command.id


def restore(work: Work, command: Restore) -> int:
    """Whoever may delete the record may bring it back. Raises NotThere if nothing of the kind was removed."""
    entity = work.entity(command.entity)
    rows.restore(work, entity, command.id)
    record = find_locked(work, entity, command.id)
    if not permissions.may_delete(work.app, work.actor, entity, work.governing_case(entity, record)):
        raise NotAllowed(work.say("access.delete"))
    governance.judge_lock(work, entity, record)
    work.deeds.append(Deed("restored", entity.key, command.id, {}))
    work.recompute()
    return command.id


def move(work: Work, command: Move) -> int:
    entity = work.entity(command.entity)
    before = find_at_version(work, entity, command.id, command.version, command.fill)
    step = _step(work, entity, before, command.to)
    _judge_mover(work, entity, before, step)
    change(work, entity, before, command.fill, ignores_lock=True)
    work.stop_on_faults()
    work.recompute()
    leaving = _leave(work, entity, command, step)
    if step.rule is not None:
        _enter(work, entity, command.id, step, leaving)
    return command.id


# --- steps -----------------------------------------------------------------------------------------------------------


def judge_images(work: Work) -> None:
    """Every record that was written, as it stands after all of it was written and recomputed."""
    for image in work.images:
        seen = len(work.findings)
        if image.is_new:
            judge_creation(work, image.entity, image.id)
        record = work.get(image.entity, image.id)
        if image.is_new and not work.is_brought_in:
            work.findings.extend(_first_gate(work, image.entity, record))
        judge_image(work, image.entity, image.before, record, image.written)
        work.findings[seen:] = located(work.findings[seen:], image.where)


def _first_gate(work: Work, entity: Entity, record: Record) -> tuple[Finding, ...]:
    stage = entity.stage(str(record["stage"])) if entity.has_stages else None
    if stage is None or stage.enter is None:
        return ()
    return gates.judge(stage.enter, gate_case(work, entity, record, [stage.enter]))


def _parent_of_new(work: Work, entity: Entity, command: Create) -> Record | None:
    parent_id = command.values.get(entity.parent) if entity.parent else None
    return find_locked(work, work.app.entity(entity.parent), parent_id) if isinstance(parent_id, int) else None


def _first_stage(work: Work, entity: Entity, command: Create) -> str:
    if command.stage and (entity.stage(command.stage) is None or not work.is_brought_in):
        work.fault(f"{entity.key}.fields.stage.input", work.say("input.stage", stage=command.stage), "stage")
    return command.stage


def _step(work: Work, entity: Entity, before: Record, target: str) -> Step:
    """The step wanted. Raises BadInput for a stage that the record's pipeline does not have."""
    source = str(before.get("stage") or "")
    step = stages.step(work.app, entity, str(before["pipeline"]), source, target) if entity.has_stages else None
    if step is None:
        work.fault(f"{entity.key}.fields.stage.input", work.say("input.stage", stage=target), "stage")
        work.stop_on_faults()
    assert step is not None  # noqa: S101 — a fault has stopped the work
    return step


def _judge_mover(work: Work, entity: Entity, before: Record, step: Step) -> None:
    """Whether the actor may take this step at all; where there is no such step, that is said elsewhere."""
    if step.rule is None:
        return
    case = work.governing_case(entity, before)
    if permissions.may_move(work.app, work.actor, entity, case, step.rule):
        return
    if step.rule.by:
        roles = [role for key, role in work.app.roles.items() if key in step.rule.by]
        said = work.say("move.by", roles=work.say("and").join(role.label.say(work.language) for role in roles))
    else:
        said = work.say("move.edit")
    work.findings.append(Finding(f"{step.rule.rule}.by", "unmet", said, span=step.rule.span))


def _leave(work: Work, entity: Entity, command: Move, step: Step) -> Deed:
    """The step judged while the record stands in its old stage, and what becomes its event."""
    record = work.get(entity, command.id)
    conditions = [step.rule.when] if step.rule is not None and step.rule.when is not None else []
    case = gate_case(work, entity, record, step.gates_before, conditions)
    work.findings.extend(stages.judge_before(step, case, command.answer))
    proofs = [proof for gate in step.gates_before for proof in all_proofs(gate, case)]
    return Deed(
        "moved",
        entity.key,
        command.id,
        {"stage": (step.source.key, step.target.key)},
        answer=command.answer,
        proofs=tuple(proofs),
    )


def _enter(work: Work, entity: Entity, record_id: int, step: Step, deed: Deed) -> None:
    """The record in its new stage: written, recomputed, and judged there."""
    rows.set_stage(work, entity, work.get(entity, record_id), step.pipeline, step.target)
    work.recompute()
    record = work.get(entity, record_id)
    gate = step.target.enter
    case = gate_case(work, entity, record, [gate] if gate else [])
    work.findings.extend(stages.judge_after(step, case))
    judge_images(work)
    passed = [finding for finding in _flat(work.findings) if finding.state in ("waived", "observed", "warned")]
    work.deeds.append(replace(deed, proofs=(*deed.proofs, *all_proofs(gate, case)), passed=tuple(passed)))


def _flat(findings: list[Finding]) -> list[Finding]:
    """The findings with the parts of their groups."""
    return [each for finding in findings for each in (finding, *_flat(list(finding.parts)))]

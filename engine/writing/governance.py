"""Who may do it: the record (or the one above it that governs it), and the actor's rights there."""

from __future__ import annotations

from collections.abc import Mapping

from dsl.app import Entity
from engine.people import permissions
from engine.people.permissions import EditScope
from engine.writing.work import Work


def edit_scope(work: Work, entity: Entity, record: Mapping[str, object]) -> EditScope:
    """What of the record the actor may edit."""
    return permissions.edit_scope(work.app, work.actor, entity, work.governing_case(entity, record))


def judge_lock(work: Work, entity: Entity, record: Mapping[str, object]) -> bool:
    """Refuses an edit in a locked stage, of the record or of the one it is a part of. True if it is locked."""
    while True:
        stage = entity.stage(str(record.get("stage") or "")) if entity.has_stages else None
        if stage is not None and stage.is_locked:
            rule = f"{entity.key}.stages.{stage.key}.locked"
            work.refuse(rule, work.say("locked", stage=stage.label.say(work.language)), entity)
            return True
        parent_id = record.get(entity.parent) if entity.parent else None
        if permissions.governing(work.app, entity) is entity or not isinstance(parent_id, int):
            return False
        entity = work.app.entity(entity.parent)
        record = work.get(entity, parent_id)


def judge_reach(work: Work, entity: Entity, record_id: int, *, keeps_edit: bool) -> None:
    """Nobody writes a record out of his own reach: afterwards it is in sight and, if it was his to edit, still is.

    So a salesperson cannot give a customer away; a manager can, within what he sees.
    """
    if work.actor.is_system:
        return
    record = work.find(entity, record_id)
    if record is None or (keeps_edit and edit_scope(work, entity, record).is_nothing):
        work.refuse(f"{entity.key}.access", work.say("access.away"), entity, entity.owner_field)

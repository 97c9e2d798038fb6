"""Rows written: a new record, changed fields, a new stage, a removed record; owner, unit and visits go along.

Nothing is judged here: `engine.writing.commands` does that, before on rights and after on the image.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from dsl.app import Entity, Pipeline, Stage
from engine.errors import NotThere, VersionConflict
from engine.flow.dwell import due_at
from engine.flow.stages import choose_pipeline
from engine.people import users
from engine.people.sight import SYSTEM_SIGHT
from engine.store import visits
from engine.store.records import NewRecord, SystemValues
from engine.store.seal import Reason, as_system
from engine.store.visits import Arrival
from engine.writing.foresight import NeedsWrite
from engine.writing.uniqueness import hold_back
from engine.writing.work import Record, Work


class Stamps(NamedTuple):
    """Who a record belongs to, as its system columns keep it."""

    owner_id: int | None
    backup_id: int | None
    unit_id: int | None


class NewRow(NamedTuple):
    """A new record before it is written. image: what is judged unique of it."""

    entity: Entity
    values: Mapping[str, object]
    system: SystemValues
    pipeline: Pipeline | None
    first: Stage | None

    @property
    def image(self) -> dict[str, object]:
        return {**self.values, "stage": self.system.stage}

    def without(self, instead: Mapping[str, object]) -> NewRecord:
        """What is written of it when some of its values are withheld."""
        system = replace(self.system, stage=None) if "stage" in instead else self.system
        return ({**self.values, **instead} if instead else self.values), system


def new_row(work: Work, entity: Entity, values: Mapping[str, object], parent: Record | None, stage: str = "") -> NewRow:
    """A new record in the pipeline's first stage (or the one that an import names)."""
    pipeline = _pipeline_for(work, entity, values)
    first = _first_stage(pipeline, stage)
    owner_id, backup_id, unit_id = stamps_of(work, entity, values, parent)
    system = SystemValues(
        at=work.context.at,
        by=person_id(work),
        owner_id=owner_id,
        backup_id=backup_id,
        unit_id=unit_id,
        pipeline=pipeline.key if pipeline else "",
        stage=first.key if first else None,
        stage_since=work.context.at if first else None,
    )
    return NewRow(entity, values, system, pipeline, first)


def insert(work: Work, new: NewRow) -> int:
    """Writes it; returns its id."""
    image = new.image
    instead = hold_back(work, new.entity, None, image, image)
    record_id = work.installed.records.insert(work.conn, new.entity.key, *new.without(instead))
    settle(work, new, record_id, instead)
    return record_id


def settle(work: Work, new: NewRow, record_id: int, instead: Mapping[str, object]) -> None:
    """The record is written: what follows from that. instead: what was written in place of values that are taken."""
    if instead:
        _withhold(work, new.entity, record_id, new.image, instead)
    work.touched[new.entity.key].add(record_id)
    if new.pipeline is not None and new.first is not None:
        stamps = Stamps(new.system.owner_id, new.system.backup_id, new.system.unit_id)
        _enter(work, new.entity, record_id, new.pipeline, new.first, "", stamps)
    if new.entity.series is not None:
        work.numberless.append((new.entity.key, record_id))


def update(work: Work, entity: Entity, before: Record, values: Mapping[str, object]) -> None:
    """Changed fields, with the stamps that follow from them; a new owner takes the parts along."""
    record_id = int(before["id"])
    after = {**before, **values}
    stamps = stamps_of(work, entity, after, parent_of(work, entity, after))._asdict()
    # SQLite writes every index on a column that is set, the same value or not.
    new = {key: value for key, value in stamps.items() if value != before[key]}
    _set(work, entity, before, {**values, **new})
    if new:
        _hand_down(work, entity, [record_id], stamps)


def touch(work: Work, entity: Entity, before: Record) -> None:
    """A new version for a record of which only rows changed: whoever has it open meets a conflict, not a surprise."""
    _set(work, entity, before, {})


def set_stage(work: Work, entity: Entity, before: Record, pipeline: Pipeline, target: Stage) -> None:
    """The record leaves its stage and enters another. Raises NeedsWrite if it is to be imagined and cannot be."""
    record_id, at = int(before["id"]), work.context.at
    columns = {"stage": target.key, "stage_since": at}
    if work.imagines:
        if not work.installed.foresight.can_imagine(entity, target):
            raise NeedsWrite
        hold_back(work, entity, record_id, {**before, **columns}, columns)
        mark = {"days_in_stage": 0, "changed_at": at, "changed_by": person_id(work)}
        _withhold(work, entity, record_id, columns | mark, columns | mark)
        return
    _set(work, entity, before, columns)
    if (left := visits.leave(work.conn, entity.key, record_id, at)) is not None:
        work.departures.append(left)
    stamps = Stamps(before["owner_id"], before["backup_id"], before["unit_id"])
    _enter(work, entity, record_id, pipeline, target, str(before["stage"]), stamps)


def remove(work: Work, entity: Entity, record: Record) -> None:
    """Marks the record and all its parts as removed, the parts first."""
    record_id = int(record["id"])
    for child in work.app.children_of(entity.key):
        for row in work.installed.records.children(work.conn, SYSTEM_SIGHT, child.key, record_id, work.env, fields=()):
            remove(work, child, row)
    version = work.installed.records.remove(
        work.conn, entity.key, record_id, record["row_version"], at=work.context.at, by=person_id(work)
    )
    if version is None:
        raise conflict(work, entity, record_id, {})
    work.touched[entity.key].add(record_id)
    work.removed.add((entity.key, record_id))


def restore(work: Work, entity: Entity, record_id: int) -> None:
    """Takes the mark of removal from the record and from the parts that were marked in the same moment."""
    table = work.installed.tables.entity(entity.key).table
    removed = sa.select(table.c.deleted_at).where(table.c.id == record_id, table.c.deleted_at.is_not(None))
    found = work.conn.one(as_system(removed, Reason.WRITE))
    if found is None:
        raise NotThere(f"{entity.key} {record_id}")
    _restore(work, entity, table.c.id == record_id, found[0])


def _restore(work: Work, entity: Entity, which: sa.ColumnElement[bool], removed_at: datetime) -> None:
    table = work.installed.tables.entity(entity.key).table
    values = {"deleted_at": None, "changed_at": work.context.at, "changed_by": person_id(work)}
    update = sa.update(table).where(which, table.c.deleted_at == removed_at)
    update = update.values(values | {"row_version": table.c.row_version + 1}).returning(table.c.id)
    ids = [int(row[0]) for row in work.conn.rows(as_system(update, Reason.WRITE))]
    if not ids:
        return
    work.touched[entity.key].update(ids)
    work.restored.update((entity.key, one) for one in ids)
    for child in work.app.children_of(entity.key):
        column = work.installed.tables.entity(child.key).column(child.parent)
        _restore(work, child, column.in_(ids), removed_at)


def conflict(work: Work, entity: Entity, record_id: int, mine: Mapping[str, object]) -> VersionConflict:
    """Somebody saved in between: both sides, theirs without what the actor may not read."""
    theirs = work.find(entity, record_id) or {}
    covered = work.installed.rights.covered(work.actor, entity)
    shown = {key: value for key, value in theirs.items() if key in entity.fields and key not in covered}
    return VersionConflict(dict(mine), shown, int(theirs.get("row_version", 0)))


def person_id(work: Work) -> int | None:
    """The acting person's id; None for the engine itself."""
    return None if work.actor.is_system else work.actor.id


# --- owner and unit --------------------------------------------------------------------------------------------------


def stamps_of(work: Work, entity: Entity, values: Mapping[str, object], parent: Record | None) -> Stamps:
    """The owner named in the record, else the parent's, else whoever makes it; the unit is the owner's of today."""
    owner_field, backup_field = written_field(entity, entity.owner_field), written_field(entity, entity.backup_field)
    owner_id = values.get(owner_field) if owner_field else None
    backup_id = values.get(backup_field) if backup_field else None
    if parent is not None:
        owner_id = parent["owner_id"] if owner_id is None else owner_id
        backup_id = backup_id if backup_field else parent["backup_id"]
    elif owner_id is None and not owner_field:
        owner_id = values.get("owner_id", person_id(work))
    owner = owner_id if isinstance(owner_id, int) else None
    backup = backup_id if isinstance(backup_id, int) else None
    return Stamps(owner, backup, _unit_of(work, owner))


def _unit_of(work: Work, owner: int | None) -> int | None:
    if owner is None or owner == work.actor.id:
        return work.actor.unit_id if owner is not None else None
    return work.glances.at(work.conn, ("unit of", owner), lambda: users.unit_of(work.conn, owner))


def written_field(entity: Entity, key: str) -> str:
    """The field if people fill it in; "" if the engine only shows there what the parent hands down."""
    return key if key in entity.fields and not entity.fields[key].given else ""


def parent_of(work: Work, entity: Entity, values: Mapping[str, object]) -> Record | None:
    """The record that this one is a part of, whoever sees it."""
    parent_id = values.get(entity.parent) if entity.parent else None
    return work.find(work.app.entity(entity.parent), parent_id, seen=False) if isinstance(parent_id, int) else None


def _hand_down(work: Work, entity: Entity, ids: list[int], stamps: Mapping[str, int | None]) -> None:
    """Parts follow their parent; a part that names an owner or a backup itself keeps its own."""
    for child in work.app.children_of(entity.key):
        found = work.installed.tables.entity(child.key)
        own_owner, own_backup = written_field(child, child.owner_field), written_field(child, child.backup_field)
        handed = {key: value for key, value in stamps.items() if key != "backup_id" or not own_backup}
        backup = {key: value for key, value in handed.items() if key == "backup_id"}
        is_led = found.column(own_owner).is_not(None) if own_owner else sa.false()
        for columns, which in ((handed, sa.not_(is_led)), (backup, is_led)):
            if columns and (own_owner or columns is handed):
                _stamp_parts(work, child, [which, found.column(entity.key).in_(ids)], columns)


def _stamp_parts(
    work: Work, child: Entity, which: Sequence[sa.ColumnElement[bool]], stamps: Mapping[str, int | None]
) -> None:
    table = work.installed.tables.entity(child.key).table
    update = sa.update(table).where(table.c.deleted_at.is_(None), *which).values(**stamps).returning(table.c.id)
    below = [int(row[0]) for row in work.conn.rows(as_system(update, Reason.WRITE))]
    if below:
        work.touched[child.key].update(below)
        _hand_down(work, child, below, stamps)


# --- stages ----------------------------------------------------------------------------------------------------------


def _pipeline_for(work: Work, entity: Entity, values: Mapping[str, object]) -> Pipeline | None:
    """The pipeline that the values call for; computed fields are not there yet and count as empty."""
    if not entity.has_stages:
        return None
    conditions = [pipeline.condition for pipeline in entity.pipelines if pipeline.condition is not None]
    if not conditions:
        return entity.pipelines[0]
    image = {key: values.get(key) for key in entity.fields} | {"id": 0}
    return choose_pipeline(work.case(entity, image, conditions))


def _first_stage(pipeline: Pipeline | None, stage: str) -> Stage | None:
    if pipeline is None:
        return None
    return (pipeline.stage(stage) if stage else None) or pipeline.first


def _enter(
    work: Work, entity: Entity, record_id: int, pipeline: Pipeline, stage: Stage, source: str, stamps: Stamps
) -> None:
    arrival = Arrival(
        entity=entity.key,
        record_id=record_id,
        pipeline=pipeline.key,
        stage=stage.key,
        source=source,
        at=work.context.at,
        due_at=due_at(work.app, stage, work.context.at),
        owner_id=stamps.owner_id,
        unit_id=stamps.unit_id,
    )
    work.arrivals.append(arrival)
    if work.installed.foresight.asks_visits:
        visits.enter(work.conn, [(arrival, None)])


def _set(work: Work, entity: Entity, before: Record, columns: Mapping[str, object]) -> None:
    mark = {"changed_at": work.context.at, "changed_by": person_id(work)}
    record_id = int(before["id"])
    instead = hold_back(work, entity, record_id, {**before, **columns}, columns)
    _withhold(work, entity, record_id, columns, instead)
    version = work.installed.records.update(
        work.conn, entity.key, record_id, before["row_version"], {**columns, **instead, **mark}
    )
    if version is None:
        raise conflict(work, entity, record_id, columns)
    work.touched[entity.key].add(record_id)


def _withhold(
    work: Work, entity: Entity, record_id: int, wanted: Mapping[str, object], instead: Mapping[str, object]
) -> None:
    """What could not be written is still what the rest is judged on."""
    if instead:
        held = {key: wanted[key] for key in instead}
        work.withheld.setdefault((entity.key, record_id), {}).update(held)

"""The record a command is about: locked from the root down, re-read in the actor's sight, at the version he saw."""

from __future__ import annotations

from collections.abc import Mapping

from dsl.app import Entity
from engine.errors import NotThere
from engine.writing.rows import conflict
from engine.writing.work import Record, Work


def find_locked(work: Work, entity: Entity, record_id: int) -> Record:
    """The record, with all it is a part of held until the end, the topmost first. Raises NotThere.

    A gate may count rows beneath a common parent: whoever writes there must queue.
    """
    seen = work.find(entity, record_id)
    if seen is None:
        raise NotThere(f"{entity.key} {record_id}")
    if work.imagines:
        return seen
    for above, above_id in reversed(_line_above(work, entity, seen)):
        work.installed.records.lock(work.conn, above.key, [above_id])
    record = work.find(entity, record_id, lock=True)
    if record is None:
        raise NotThere(f"{entity.key} {record_id}")
    return record


def find_at_version(
    work: Work, entity: Entity, record_id: int, version: int | None, mine: Mapping[str, object]
) -> Record:
    """The locked record; raises VersionConflict if it is no longer the one the actor saw. version None: any."""
    record = find_locked(work, entity, record_id)
    if version is not None and version != record["row_version"]:
        raise conflict(work, entity, record_id, mine)
    return record


def _line_above(work: Work, entity: Entity, record: Record) -> list[tuple[Entity, int]]:
    """The records this one is a part of, the nearest first."""
    line: list[tuple[Entity, int]] = []
    while entity.parent and isinstance(parent_id := record.get(entity.parent), int):
        entity = work.app.entity(entity.parent)
        line.append((entity, parent_id))
        record = work.get(entity, parent_id) if entity.parent else {}
    return line

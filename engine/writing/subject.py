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
    if not work.imagines:
        _lock(work, entity, record_id)
    record = work.find(entity, record_id)
    if record is None:
        raise NotThere(f"{entity.key} {record_id}")
    return record


def _lock(work: Work, entity: Entity, record_id: int) -> None:
    """On SQLite the writer holds everything already. Nobody waits for, or holds, what he does not see."""
    if work.conn.is_only_writer:
        return
    records, sight = work.installed.records, work.sight(entity)
    if not entity.parent and not sight.conditions:
        is_held = records.lock_seen(work.conn, sight, entity.key, record_id)
    elif is_held := work.sees(entity, record_id):
        for held, held_id in (*reversed(_line_above(work, entity, record_id)), (entity, record_id)):
            records.lock(work.conn, held.key, [held_id])
    if not is_held:
        raise NotThere(f"{entity.key} {record_id}")
    work.read_again()


def find_at_version(
    work: Work, entity: Entity, record_id: int, version: int | None, mine: Mapping[str, object]
) -> Record:
    """The locked record; raises VersionConflict if it is no longer the one the actor saw. version None: any."""
    record = find_locked(work, entity, record_id)
    if version is not None and version != record["row_version"]:
        raise conflict(work, entity, record_id, mine)
    return record


def _line_above(work: Work, entity: Entity, record_id: int) -> list[tuple[Entity, int]]:
    """The records this one is a part of, the nearest first."""
    line: list[tuple[Entity, int]] = []
    while entity.parent and isinstance(parent_id := work.get(entity, record_id).get(entity.parent), int):
        entity, record_id = work.app.entity(entity.parent), parent_id
        line.append((entity, record_id))
    return line

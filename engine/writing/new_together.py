"""Many new records of one kind, written in one statement: planned one by one, then written, then followed up.

Nothing that one of them is planned on can be another of them: they have no ids yet. What only one record may hold is
asked of the database once for all of them, and remembered as they come.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.commands import Create
from engine.errors import EngineError, StoreBusy
from engine.writing import rows
from engine.writing.commands import follow_create, plan_create
from engine.writing.rows import NewRow
from engine.writing.uniqueness import HeldTogether, hold_back
from engine.writing.work import Work


def write_all_new(creates: Sequence[tuple[Work, Create]]) -> list[int | EngineError]:
    """The record's id, or why there is none, for each. All are of one entity. DuplicateValue tells not which it was."""
    answers: dict[int, int | EngineError] = {}
    planned: dict[int, NewRow] = {}
    for place, (work, command) in enumerate(creates):
        try:
            planned[place] = plan_create(work, command)
        except StoreBusy:
            raise
        except EngineError as error:
            answers[place] = error
    if not planned:
        return [answers[place] for place in range(len(creates))]

    ids = _insert([(creates[place][0], new) for place, new in planned.items()])
    for (place, new), record_id in zip(planned.items(), ids, strict=True):
        try:
            follow_create(*creates[place], new, record_id)
            answers[place] = record_id
        except StoreBusy:
            raise
        except EngineError as error:
            answers[place] = error
    return [answers[place] for place in range(len(creates))]


def _insert(planned: Sequence[tuple[Work, NewRow]]) -> list[int]:
    """Writes the records; their ids."""
    work, first = planned[0]
    images = [new.image for _, new in planned]
    held = HeldTogether(work, first.entity, images)
    instead = []
    for place, ((each, new), image) in enumerate(zip(planned, images, strict=True)):
        withheld = hold_back(each, new.entity, None, image, image, held.holder)
        held.add({**image, **withheld}, place)
        instead.append(withheld)
    written = [new.without(withheld) for (_, new), withheld in zip(planned, instead, strict=True)]
    ids = work.installed.records.insert_many(work.conn, first.entity.key, written)
    for (each, new), record_id, withheld in zip(planned, ids, instead, strict=True):
        rows.settle(each, new, record_id, withheld)
    return ids

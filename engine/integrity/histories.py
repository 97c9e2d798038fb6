"""Records against their history: what events say of the fields, of making and removing, of stages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from dsl.app import Field
from engine.integrity.inconsistency import Inconsistency
from engine.integrity.look import Look
from engine.integrity.stories import Happened, Stay, Story, stories, written_fields
from engine.store.tables import EntityTable
from engine.values import is_empty
from engine.writing.stored_json import to_json

Found = Iterator[Inconsistency]


def check_histories(look: Look) -> Found:
    """Every record of every entity against its events and stage visits."""
    for found in look.tables:
        if found.entity.key in look.unreadable:
            continue
        fields = written_fields(found)
        for story in stories(look, found):
            yield from _of_story(look, found, fields, story)


def _of_story(look: Look, found: EntityTable, fields: tuple[Field, ...], story: Story) -> Found:
    place = f"{found.entity.key} {story.id}"
    if story.row is None:
        said = f"{len(story.events)} events, {len(story.stays)} visits"
        yield Inconsistency("orphan_event", place, "", said)
        return
    yield from _of_life(place, story)
    for known in fields:
        yield from _of_field(look, found, place, known, story)
    if found.entity.has_stages:
        yield from _of_stays(place, story)
        yield from _of_moves(place, story)


# --- making, changing, removing --------------------------------------------------------------------------------------


def _of_life(place: str, story: Story) -> Found:
    row = story.row or {}
    created = [each for each in story.events if each.kind == "created"]
    if len(created) != 1 or story.events[0] is not created[0]:
        yield Inconsistency("created", place, "1", str(len(created)))
    removed_at = row["deleted_at"]
    is_told = any(each.kind == "removed" for each in story.events)
    went_along = removed_at is not None and row.get("parent_deleted_at") == removed_at
    if is_told != (removed_at is not None) and not went_along:
        yield Inconsistency("removed", place, _removed(is_there=not is_told), _removed(is_there=removed_at is None))
    least = 1 + sum(each.kind in ("changed", "moved", "removed") for each in story.events)
    if row["row_version"] < least:
        yield Inconsistency("version", place, f">= {least}", str(row["row_version"]))


def _removed(*, is_there: bool) -> str:
    return "there" if is_there else "removed"


# --- fields ----------------------------------------------------------------------------------------------------------


def _of_field(look: Look, found: EntityTable, place: str, known: Field, story: Story) -> Found:
    """The last value that history tells of, against the one that is stored; never told of: empty."""
    stored = _plain((story.row or {})[known.key])
    last = _last_told(known, story)
    told = _plain(last.changes.get(known.key, last.changes.get(known.was, (None, None)))[1]) if last else None
    if stored == told or (_is_nothing(stored) and _is_nothing(told)):
        return
    since = last.revision if last else story.since
    if not look.was_otherwise(found.entity.key, known, since):
        yield Inconsistency("event", f"{place} {known.key}", _said(told), _said(stored))


def _last_told(known: Field, story: Story) -> Happened | None:
    for each in reversed(story.events):
        if known.key in each.changes or (known.was and known.was in each.changes):
            return each
    return None


def _plain(value: object) -> object:
    value = to_json(value)
    return sorted(value, key=str) if isinstance(value, list) else value


def _is_nothing(value: object) -> bool:
    return is_empty(value) or value is False


def _said(value: object) -> str:
    return "" if _is_nothing(value) else str(value)


# --- stages ----------------------------------------------------------------------------------------------------------


def _of_stays(place: str, story: Story) -> Found:
    """Exactly one visit is open, it is the record's stage, and each begins where and when the one before ended."""
    row, stays = story.row or {}, story.stays
    still = [stay for stay in stays if stay.left_at is None]
    if row["stage"] is None and not stays:
        yield Inconsistency("visit_open", place, "1", "0")
        return
    if len(still) != 1:
        yield Inconsistency("visit_open", place, "1", str(len(still)))
    elif _stands(still[0]) != (row["pipeline"], row["stage"], row["stage_since"]):
        stands = (row["pipeline"], row["stage"], row["stage_since"])
        yield Inconsistency("visit_stage", place, _told(*stands), _told(*_stands(still[0])))
    for before, after in pairwise(stays):
        if (before.stage, before.left_at) != (after.from_stage, after.entered_at):
            expected = f"{before.stage} {before.left_at}"
            yield Inconsistency(
                "visit_chain", f"{place} visit {after.id}", expected, _told(after.from_stage, after.entered_at)
            )
    if stays and stays[0].from_stage:
        yield Inconsistency("visit_chain", f"{place} visit {stays[0].id}", "", stays[0].from_stage)
    for stay in stays:
        if stay.left_at is not None and stay.left_at < stay.entered_at:
            yield Inconsistency("visit_chain", f"{place} visit {stay.id}", f">= {stay.entered_at}", str(stay.left_at))


def _of_moves(place: str, story: Story) -> Found:
    """The moves that events tell of are the visits after the first, in order, each with its event."""
    moves = [(each.id, _target(each)) for each in story.events if each.kind == "moved"]
    created = [each.id for each in story.events if each.kind == "created"]
    visited = [(stay.event_id, stay.stage) for stay in story.stays[1:]]
    if moves != visited:
        yield Inconsistency("visit_event", place, _steps(moves), _steps(visited))
    if story.stays and created and story.stays[0].event_id != created[0]:
        yield Inconsistency("visit_event", place, f"event {created[0]}", f"event {story.stays[0].event_id}")


def _target(move: Happened) -> str:
    return str(move.changes.get("stage", (None, ""))[1])


def _steps(steps: Sequence[tuple[int | None, str]]) -> str:
    return ", ".join(f"{stage} (event {event_id})" for event_id, stage in steps)


def _stands(stay: Stay) -> tuple[object, ...]:
    return stay.pipeline, stay.stage, stay.entered_at


def _told(*parts: object) -> str:
    return " ".join(str(part) for part in parts if part not in ("", None))

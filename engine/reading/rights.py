"""What the actor may do with one record: which fields, which moves, which parts."""

from __future__ import annotations

from dsl.app import Entity, Move, Stage
from engine.answers import RecordRights
from engine.flow.stages import GIVEN_UP, next_moves, step
from engine.people import permissions
from engine.reading.desk import Desk, Raw

NOTHING = RecordRights(frozenset(), delete=False, moves=())


def record_rights(desk: Desk, entity: Entity, row: Raw) -> RecordRights:
    """Judged on the record as it is; in a locked stage nothing but moves is left."""
    case = desk.governing_case(entity, row)
    app, actor = desk.app, desk.actor
    scope = permissions.edit_scope(app, actor, entity, case)
    may = desk.installed.rights.of(actor, entity)
    locked = is_locked(desk, entity, row)
    written = may.edit_fields - {entity.parent}
    fields = frozenset(key for key in written if scope.allows(key)) if not locked else frozenset[str]()
    return RecordRights(
        edit_fields=fields,
        delete=not locked and permissions.may_delete(app, actor, entity, case),
        moves=tuple(
            move.target
            for move in moves_from(desk, entity, row)
            if permissions.may_move(app, actor, entity, case, move)
        ),
        children=frozenset(
            child.key for child in app.children_of(entity.key) if _may_add(desk, entity, row, child, locked=locked)
        ),
    )


def moves_from(desk: Desk, entity: Entity, row: Raw) -> tuple[Move, ...]:
    """The moves that the app allows from where the record stands, whoever may take them."""
    if not entity.has_stages:
        return ()
    return next_moves(desk.app, entity.pipeline_of(str(row["pipeline"])), str(row["stage"]))


def step_ahead(desk: Desk, entity: Entity, row: Raw) -> Move | None:
    """The first move that goes on along the pipeline and asks nothing: what the record would do next."""
    here = str(row.get("pipeline") or ""), str(row.get("stage") or "")
    for move in moves_from(desk, entity, row):
        wanted = step(desk.app, entity, *here, move.target)
        if move.ask is None and wanted is not None and wanted.goes_on:
            return move
    return None


def most_natural(entity: Entity, row: Raw, moves: tuple[Move, ...]) -> Move | None:
    """The first that a person would think of: onward before back, near before far, giving up last."""
    if not moves:
        return None
    stages = entity.pipeline_of(str(row["pipeline"])).stages
    places = {stage.key: place for place, stage in enumerate(stages)}
    now = places.get(str(row["stage"]), -1)

    def order(move: Move) -> tuple[int, int]:
        there, target = places.get(move.target, len(stages)), entity.stage(move.target)
        gives_up = target is not None and target.end in GIVEN_UP
        return (2 if gives_up else 1 if there < now else 0, abs(there - now))

    return min(moves, key=order)


def is_locked(desk: Desk, entity: Entity, row: Raw) -> bool:
    """The record's own stage is locked, or that of the one it is a part of and follows."""
    stage = _stage(entity, row)
    if stage is not None and stage.is_locked:
        return True
    parent_id = row.get(entity.parent) if entity.parent else None
    if permissions.governing(desk.app, entity) is entity or not isinstance(parent_id, int):
        return False
    parent = desk.app.entity(entity.parent)
    above = desk.raw(parent, parent_id)
    return above is not None and is_locked(desk, parent, above)


def _stage(entity: Entity, row: Raw) -> Stage | None:
    return entity.stage(str(row.get("stage") or "")) if entity.has_stages else None


def _may_add(desk: Desk, entity: Entity, row: Raw, child: Entity, *, locked: bool) -> bool:
    if permissions.governing(desk.app, child) is child:
        return desk.installed.rights.of(desk.actor, child).create
    case = desk.governing_case(entity, row)
    return not locked and permissions.edit_scope(desk.app, desk.actor, child, case).all

"""How long records stayed in their stages, and how many went on: read from the stage visits of the records in sight.

A visit counts where its record is in sight now: a list, a board and a chart of the same person speak of the same
records. Its seconds are those of the clock on the wall; late is what was late by the stage's own standard, which may be
said in workdays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import sqlalchemy as sa

from dsl.app import Entity
from dsl.formula.tree import Formula
from engine.flow.stages import GIVEN_UP
from engine.insight.parts import Key
from engine.reading.desk import Desk
from engine.store.columns import Instant
from engine.store.layers import live_fields_read
from engine.store.sql_dates import Dates
from engine.store.system_tables import stage_visit

_visit = stage_visit.c


@dataclass(frozen=True, slots=True)
class Stay:
    """Visits of one stage that ended: how many, how many of them late; seconds within which half of them ended, and
    nine of ten. part: None where the visits are not split, or the value is empty."""

    stage: str
    part: Key
    ended: int
    late: int
    half: int
    most: int


@dataclass(frozen=True, slots=True)
class Passage:
    """Records that entered a stage, and those of them that came to a later one since."""

    stage: str
    entered: int
    went_on: int

    @property
    def rate(self) -> float:
        """0 to 1."""
        return self.went_on / self.entered if self.entered else 0.0


def stays(desk: Desk, entity: Entity, where: Formula | None, part: Formula | None, since: datetime) -> list[Stay]:
    """Visits that ended since then, by stage and, with `part`, by its value."""
    shape = ("stays", entity.key, *_shape(desk, entity, where), part.root if part else None)
    plan = desk.installed.gate.plans.get(shape, partial(_stays, desk, entity, where, part))
    return [Stay(*row) for row in desk.conn.rows(plan, _params(desk, entity, since))]


def passages(desk: Desk, entity: Entity, where: Formula | None, since: datetime) -> Mapping[str, Passage]:
    """By stage: what entered since then, and what of it went on. Giving up (lost, cancelled) is not going on."""
    shape = ("passages", entity.key, *_shape(desk, entity, where))
    plan = desk.installed.gate.plans.get(shape, partial(_passages, desk, entity, where))
    return {row[0]: Passage(*row) for row in desk.conn.rows(plan, _params(desk, entity, since))}


# --- the statements --------------------------------------------------------------------------------------------------


def _shape(desk: Desk, entity: Entity, where: Formula | None) -> tuple[object, ...]:
    return desk.sight(entity).shape, where.root if where else None


def _params(desk: Desk, entity: Entity, since: datetime) -> dict[str, object]:
    params = desk.installed.gate.params(desk.sight(entity), desk.env)
    return {**params, "entity": entity.key, "since": since}


def _in_sight(desk: Desk, entity: Entity, where: Formula | None, part: Formula | None) -> sa.Subquery:
    """id and part of the records that the actor sees and the condition keeps."""
    roots = [formula.root for formula in (where, part) if formula is not None]
    more = {"part": partial(desk.installed.sql.value, part, entity.key)} if part else {"part": lambda _rows: sa.null()}
    return desk.installed.gate.readable(
        entity.key,
        desk.sight(entity),
        live=live_fields_read(desk.app, entity.key, *roots),
        where=(where,) if where else (),
        more=more,
    )


def _since(instant: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    return instant >= sa.bindparam("since", type_=Instant())


def _of_entity() -> sa.ColumnElement[bool]:
    return _visit.entity == sa.bindparam("entity")


def _stays(desk: Desk, entity: Entity, where: Formula | None, part: Formula | None) -> sa.Select[Any]:
    """Visits ordered by length within their group; the half and the nine tenths are the first that reach so far."""
    rows = _in_sight(desk, entity, where, part)
    dates = Dates(desk.installed.sql.scope.dialect, desk.app.timezone)
    seconds = sa.cast(dates.seconds_between(_visit.entered_at, _visit.left_at), sa.BigInteger())
    group = (_visit.stage, rows.c.part) if part else (_visit.stage,)
    late = sa.case((_visit.left_at >= _visit.due_at, 1), else_=0)
    ended = (
        sa.select(
            _visit.stage,
            rows.c.part,
            seconds.label("seconds"),
            late.label("late"),
            sa.func.row_number().over(partition_by=group, order_by=seconds).label("place"),
            sa.func.count().over(partition_by=group).label("size"),
        )
        .select_from(stage_visit.join(rows, rows.c.id == _visit.record_id))
        .where(_of_entity(), _since(_visit.left_at))
        .subquery("ended")
    )
    c = ended.c
    half = sa.func.min(sa.case((c.place * 2 >= c.size, c.seconds)))
    most = sa.func.min(sa.case((c.place * 10 >= c.size * 9, c.seconds)))
    found = sa.select(c.stage, c.part, sa.func.count(), sa.cast(sa.func.sum(c.late), sa.BigInteger()), half, most)
    return found.group_by(c.stage, c.part)


def _passages(desk: Desk, entity: Entity, where: Formula | None) -> sa.Select[Any]:
    rows = _in_sight(desk, entity, where, None)
    place = sa.case(_places(entity), value=_visit.stage, else_=-1)
    began = (
        sa.select(
            _visit.record_id,
            _visit.stage,
            place.label("place"),
            sa.func.max(place).over(partition_by=_visit.record_id).label("furthest"),
        )
        .select_from(stage_visit.join(rows, rows.c.id == _visit.record_id))
        .where(_of_entity(), _since(_visit.entered_at))
        .subquery("began")
    )
    c = began.c
    is_on = sa.and_(c.place >= 0, c.furthest > c.place)
    went_on = sa.func.count(sa.distinct(sa.case((is_on, c.record_id))))
    return sa.select(c.stage, sa.func.count(sa.distinct(c.record_id)), went_on).group_by(c.stage)


def _places(entity: Entity) -> dict[str, sa.ColumnElement[int]]:
    """Stage → its place along the longest pipeline that has it; giving up is no place."""
    places: dict[str, int] = {}
    for pipeline in entity.pipelines:
        for at, stage in enumerate(stage for stage in pipeline.stages if stage.end not in GIVEN_UP):
            places[stage.key] = max(at, places.get(stage.key, 0))
    return {key: sa.literal(at, sa.Integer()) for key, at in places.items()}

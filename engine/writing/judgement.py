"""The post-image judged: what the record would be, read back inside the transaction and held against the app."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

import sqlalchemy as sa

from dsl.app import Entity, Evidence, Fill, Gate, Group, Requirement
from dsl.formula.tree import Formula, Read
from dsl.formula.value_types import RowsType
from engine.flow.case import Case, Row
from engine.flow.evidence import evidence_in
from engine.flow.requirements import conditions_in
from engine.flow.validations import is_sound, judge_required, judge_validations
from engine.people import organisation
from engine.store.seal import Reason, as_system
from engine.writing.work import Record, Work


def judge_image(work: Work, entity: Entity, before: Case | None, record: Record, written: Collection[str]) -> None:
    """Required fields and validations on the record as it stands now."""
    case = image_case(work, entity, record)
    if work.is_terse and is_sound(case):
        return
    work.findings.extend(judge_required(case, before, written))
    work.findings.extend(judge_validations(case))


def image_case(work: Work, entity: Entity, record: Mapping[str, object]) -> Case:
    """The case for required fields and validations."""
    return work.case(entity, record, (), work.installed.foresight.standing_reads(entity))


def gate_case(
    work: Work, entity: Entity, record: Mapping[str, object], gates: Iterable[Gate], formulas: Iterable[Formula] = ()
) -> Case:
    """The case for gates: with the rows that their formulas read, the records their evidence looks at, the teams."""
    gates = tuple(gates)
    requirements = tuple(requirement for gate in gates for requirement in gate.requirements)
    case = work.case(entity, record, (*formulas, *conditions_in(requirements)), _table_reads(entity, requirements))
    related = {
        evidence.rule: _rows_for(work, entity, record, evidence)
        for evidence in evidence_in(requirements)
        if evidence.kind == "record"
    }
    teams = _teams_of(work, record) if any(gate.teams for gate in gates) else frozenset()
    return replace(case, related=related, teams=teams)


def _table_reads(entity: Entity, requirements: tuple[Requirement, ...]) -> Iterator[Read]:
    """`fill: [lines]` asks for at least one row: the rows must be read."""
    for requirement in requirements:
        if isinstance(requirement, Group):
            yield from _table_reads(entity, requirement.parts)
        elif isinstance(requirement, Fill):
            rows = entity.fields[requirement.field].value_type
            if isinstance(rows, RowsType):
                yield Read((requirement.field,), rows.entity, "id")


def _rows_for(work: Work, entity: Entity, record: Mapping[str, object], evidence: Evidence) -> list[Row]:
    """Records of the evidence's entity that belong to this one: linked to it, or to the same parent."""
    other = work.app.entity(evidence.entity)
    anchor = _anchor(entity, record, other.fields[evidence.link].target or evidence.link)
    if anchor is None:
        return []
    table = work.installed.tables.entity(other.key)
    found = work.conn.rows(
        as_system(
            sa.select(table.table.c.id)
            .where(table.column(evidence.link) == anchor, table.table.c.deleted_at.is_(None))
            .order_by(table.table.c.id),
            Reason.JUDGE,
        )
    )
    reads = evidence.where.reads if evidence.where is not None else frozenset()
    return [work.nested(other, work.get(other, int(row[0])), reads) for row in found]


def _anchor(entity: Entity, record: Mapping[str, object], target: str) -> int | None:
    anchor = record["id"] if target == entity.key else record.get(entity.parent) if target == entity.parent else None
    return anchor if isinstance(anchor, int) else None


def _teams_of(work: Work, record: Mapping[str, object]) -> frozenset[str]:
    unit_id = record.get("unit_id")
    unit = organisation.find_unit(work.conn, unit_id) if isinstance(unit_id, int) else None
    return frozenset(above.name for above in organisation.line_of(work.conn, unit)) if unit else frozenset()

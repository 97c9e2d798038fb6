"""What only one record may hold: unique values, and the rules "at most one open".

Judged before the row is written, so that people read a sentence and all other findings with it; the unique index behind
is the wall for what another writer does in the same moment.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import sqlalchemy as sa

from dsl.app import Entity, Field, OneOpen
from engine.store.columns import empty_value
from engine.store.driver import DuplicateValue
from engine.store.indexes import taken_by
from engine.store.seal import Reason, SystemStatement, as_system
from engine.values import is_empty
from engine.verdict import Finding, Needs
from engine.writing.work import Work


def hold_back(
    work: Work, entity: Entity, record_id: int | None, image: Mapping[str, object], written: Mapping[str, object]
) -> dict[str, object]:
    """What to write instead of the values that another record holds, which are noted as findings.

    image: the record as it would be; written: the columns about to be written. The command is refused then and rolled
    back; it goes on only so that everything else that is wrong with it is found as well.
    """
    instead: dict[str, object] = {}
    for key, finding in _taken(work, entity, record_id or 0, image, written):
        work.findings.append(finding)
        field = entity.fields.get(key)
        instead[key] = empty_value(field.value_type) if field is not None else None
    return {key: value for key, value in instead.items() if key in written}


def refusal_of(work: Work, duplicate: DuplicateValue) -> Finding | None:
    """The finding for what a unique index refused; None if the index is none of an app's rules."""
    taken = taken_by(work.installed.tables, duplicate)
    if taken is None:
        return None
    entity = work.app.entity(taken.entity)
    if taken.one_open is not None:
        return _already_open(work, entity, taken.one_open, None)
    return _is_taken(work, entity, entity.fields[taken.field])


def _taken(
    work: Work, entity: Entity, record_id: int, image: Mapping[str, object], written: Mapping[str, object]
) -> Iterator[tuple[str, Finding]]:
    """(the key not to be written, the finding)."""
    for field in entity.fields.values():
        value = image.get(field.key)
        if not field.unique or field.key not in written or is_empty(value):
            continue
        if _other_with(work, entity, field.key, (), value, record_id) is not None:
            yield field.key, _is_taken(work, entity, field)
    for rule in entity.one_open:
        value = image.get(rule.field)
        if image.get("stage") not in rule.stages or value is None or not {rule.field, "stage"} & written.keys():
            continue
        other = _other_with(work, entity, rule.field, tuple(rule.stages), value, record_id)
        if other is not None:
            yield "stage" if "stage" in written else rule.field, _already_open(work, entity, rule, other)


def _other_with(
    work: Work, entity: Entity, key: str, stages: tuple[str, ...], value: object, record_id: int
) -> int | None:
    """Another living record with this value, in one of the stages if any are named; its id."""
    plan = work.installed.records.plans.get(
        ("other with", entity.key, key, stages), lambda: _holder_of(work, entity, key, stages)
    )
    found: int | None = work.conn.value(plan, {"value": value, "id": record_id})
    return found


def _holder_of(work: Work, entity: Entity, key: str, stages: tuple[str, ...]) -> SystemStatement:
    found = work.installed.tables.entity(entity.key)
    column = found.column(key)
    same = column == sa.bindparam("value", type_=column.type)
    others = sa.select(found.table.c.id).where(
        same, found.table.c.id != sa.bindparam("id", type_=sa.BigInteger()), found.table.c.deleted_at.is_(None)
    )
    if stages:
        others = others.where(found.table.c.stage.in_(stages))
    return as_system(others.limit(1), Reason.JUDGE)


def _is_taken(work: Work, entity: Entity, field: Field) -> Finding:
    """The wording is the same whoever holds the value, and names nobody."""
    return Finding(
        f"{entity.key}.fields.{field.key}.unique",
        "unmet",
        work.say("unique", label=field.label.say(work.language)),
        needs=Needs("change", fields=(field.key,)),
        span=field.span,
        field=field.key,
    )


def _already_open(work: Work, entity: Entity, rule: OneOpen, other_id: int | None) -> Finding:
    """Names the other record only to those who may see it."""
    said = rule.say.say(work.language)
    if other_id is not None and work.find(entity, other_id) is not None:
        pair = (entity.key, other_id)
        said = work.say("one_open.other", say=said, title=work.installed.records.titles(work.conn, [pair])[pair])
    return Finding(rule.rule, "unmet", said, needs=Needs("change", fields=(rule.field,)), span=rule.span)

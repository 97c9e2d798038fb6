"""What only one record may hold: unique values, and the rules "at most one open".

Judged before the row is written, so that people read a sentence and all other findings with it; the unique index behind
is the wall for what another writer does in the same moment.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial

import sqlalchemy as sa

from dsl.app import Entity, Field, OneOpen
from dsl.formula.value_types import PersonType, RefType, TextType
from engine.store.columns import empty_value, is_one_of
from engine.store.driver import DuplicateValue
from engine.store.indexes import taken_by
from engine.store.seal import Reason, SystemStatement, as_system
from engine.values import is_empty
from engine.verdict import Finding, Needs
from engine.writing.work import Work

Holder = Callable[[str, tuple[str, ...], object], int | None]
"""(field, stages, value) → another living record with this value, in one of the stages if any are named; its id."""


def hold_back(
    work: Work,
    entity: Entity,
    record_id: int | None,
    image: Mapping[str, object],
    written: Mapping[str, object],
    holder: Holder | None = None,
) -> dict[str, object]:
    """What to write instead of the values that another record holds, which are noted as findings.

    image: the record as it would be; written: the columns about to be written. The command is refused then and rolled
    back; it goes on only so that everything else that is wrong with it is found as well. holder: who knows what other
    records hold, if not the database.
    """
    instead: dict[str, object] = {}
    holder = holder or partial(_holder_in_database, work, entity, record_id or 0)
    for key, finding in _taken(work, entity, image, written, holder):
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


class HeldTogether:
    """Who holds what only one record may: those in the database, and those of this batch that came before."""

    def __init__(self, work: Work, entity: Entity, images: Sequence[Mapping[str, object]]) -> None:
        self._work, self._entity = work, entity
        self._holders: dict[tuple[str, tuple[str, ...]], dict[object, int]] = {}
        self._asks_each: set[str] = set()
        for key, stages, _ in _held_fields(entity):
            values = [image[key] for image in images if _is_held(image, key, stages)]
            self._holders[key, stages] = self._in_database(key, stages, values) if values else {}

    def holder(self, key: str, stages: tuple[str, ...], value: object) -> int | None:
        found = self._holders[key, stages].get(value)
        if found is None and key in self._asks_each:
            return _holder_in_database(self._work, self._entity, 0, key, stages, value)
        return found

    def add(self, image: Mapping[str, object], place: int) -> None:
        """A record of the batch is about to be written. It has no id yet: nobody can see it to be told of it."""
        for (key, stages), holders in self._holders.items():
            if _is_held(image, key, stages):
                holders.setdefault(image[key], -1 - place)

    def _in_database(self, key: str, stages: tuple[str, ...], values: Collection[object]) -> dict[object, int]:
        value_type = self._entity.fields[key].value_type
        if not isinstance(value_type, TextType | RefType | PersonType):
            self._asks_each.add(key)
            return {}
        plan = self._work.installed.records.plans.get(
            ("held together", self._entity.key, key, stages), lambda: self._select(key, stages)
        )
        return dict(self._work.conn.rows(plan, {"values": list(dict.fromkeys(values))}))

    def _select(self, key: str, stages: tuple[str, ...]) -> SystemStatement:
        found = self._work.installed.tables.entity(self._entity.key)
        column = found.column(key)
        is_text = isinstance(self._entity.fields[key].value_type, TextType)
        living = (is_one_of(column, "values", keys=is_text), found.table.c.deleted_at.is_(None))
        among = (found.table.c.stage.in_(stages),) if stages else ()
        return as_system(sa.select(column, found.table.c.id).where(*living, *among), Reason.JUDGE)


def _taken(
    work: Work, entity: Entity, image: Mapping[str, object], written: Mapping[str, object], holder: Holder
) -> Iterator[tuple[str, Finding]]:
    """(the key not to be written, the finding)."""
    for key, stages, rule in _held_fields(entity):
        value = image.get(key)
        if not _is_held(image, key, stages) or not ({key, "stage"} if stages else {key}) & written.keys():
            continue
        other = holder(key, stages, value)
        if other is None:
            continue
        if rule is None:
            yield key, _is_taken(work, entity, entity.fields[key])
        else:
            yield "stage" if "stage" in written else key, _already_open(work, entity, rule, other)


def _held_fields(entity: Entity) -> Iterator[tuple[str, tuple[str, ...], OneOpen | None]]:
    """(field, stages, rule) of whatever only one record may hold; without stages: in any of them."""
    yield from ((field.key, (), None) for field in entity.fields.values() if field.unique)
    yield from ((rule.field, tuple(rule.stages), rule) for rule in entity.one_open if rule.stages)


def _is_held(image: Mapping[str, object], key: str, stages: tuple[str, ...]) -> bool:
    """Whether such a record holds a value there that no other may."""
    return not is_empty(image.get(key)) and (not stages or image.get("stage") in stages)


def _holder_in_database(
    work: Work, entity: Entity, record_id: int, key: str, stages: tuple[str, ...], value: object
) -> int | None:
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

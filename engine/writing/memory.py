"""What is kept of a work that was allowed: events, evidence, waivers, and the words to find its records by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any, cast

import sqlalchemy as sa

from dsl.app import Entity
from engine.flow.evidence import Proof
from engine.store import beside, evidence, search, visits
from engine.store.beside import Beside
from engine.store.history import EventKind, NewEvent
from engine.store.search import Words
from engine.store.system_tables import file, waiver
from engine.writing.rows import person_id
from engine.writing.stored_json import to_json
from engine.writing.work import Deed, Work

ANSWER = ":answer"
"""Beside the changed fields of a move's event: the answer to its question. No field key holds a colon."""
TOLD = ":told"
"""Requirements that were open and only observed or warned of, as [rule, sentence]."""


def remember(work: Work) -> tuple[int, ...]:
    """Appends an event for each deed, with its evidence and waivers; returns the events' ids."""
    return remember_all([work])[0]


def remember_all(works: Sequence[Work]) -> list[tuple[int, ...]]:
    """The same for many works of one transaction, in as few statements as it takes."""
    if not works:
        return []
    one = works[0]
    told = [(work, deed) for work in works for deed in work.deeds]
    places = {(deed.entity, deed.id): place for place, (_, deed) in enumerate(told)}
    stand_already = one.installed.foresight.asks_visits
    arrivals = [(each, places[each.entity, each.record_id]) for work in works for each in work.arrivals]
    new = Beside(
        events=[_event_of(work, deed) for work, deed in told],
        arrivals=[(each, None if stand_already else place) for each, place in arrivals],
        departures=[each for work in works for each in work.departures],
        words=_words_of(works),
    )
    ids = beside.keep(one.conn, one.app, new)
    for arrival, place in arrivals if stand_already else ():
        visits.attribute(one.conn, arrival.entity, arrival.record_id, ids[place])
    for (work, deed), event_id in zip(told, ids, strict=True):
        _keep_grounds(work, deed, event_id)
    one.installed.announcer.announce(
        one.conn, ((each, deed.entity, deed.kind) for (_, deed), each in zip(told, ids, strict=True))
    )
    rest = iter(ids)
    return [tuple(islice(rest, len(work.deeds))) for work in works]


def _keep_grounds(work: Work, deed: Deed, event_id: int) -> None:
    for proof in deed.proofs:
        _keep_proof(work, deed, proof, event_id)
    for finding in deed.passed:
        if finding.state == "waived":
            _keep_waiver(work, deed, finding.rule, event_id)


# --- the words to find records by ------------------------------------------------------------------------------------


def _words_of(works: Sequence[Work]) -> Words:
    words = Words()
    for work in works:
        written = {(deed.entity, deed.id) for deed in work.deeds} | work.restored
        for entity_key, record_id in sorted(written - work.removed):
            _index(work, work.app.entity(entity_key), record_id, words)
        if work.recomputed:
            _index_recomputed(work, words)
        for entity_key, record_id in sorted(work.removed):
            words.forget(work.app.entity(entity_key), record_id)
    return words


def _index(work: Work, entity: Entity, record_id: int, words: Words) -> None:
    """The words of what was written, and of what may have been computed from it."""
    deeds = [deed for deed in work.deeds if deed.id == record_id and deed.entity == entity.key]
    is_new = (entity.key, record_id) in work.restored or any(deed.kind == "created" for deed in deeds)
    written = {key for deed in deeds for key in deed.changes} if not is_new else ()
    texts = search.searchable(entity)
    wanted = texts if is_new else [key for key in texts if key in written or entity.fields[key].is_computed]
    if not wanted:
        return
    record = work.stored(entity, record_id)
    said = {key: record[key] for key in wanted}
    if is_new:
        words.add(entity, record_id, said)
    else:
        words.change(entity, record_id, said)


def _index_recomputed(work: Work, words: Words) -> None:
    """Records elsewhere whose computed texts followed what was written here: found by the new words, not the old."""
    written = {(deed.entity, deed.id) for deed in work.deeds} | work.removed
    for entity_key, ids in work.recomputed.items():
        entity = work.app.entity(entity_key)
        texts = [key for key in search.searchable(entity) if entity.fields[key].is_computed]
        for record_id in sorted(ids) if texts else ():
            if (entity_key, record_id) not in written and (record := work.find(entity, record_id, seen=False)):
                words.change(entity, record_id, {key: record[key] for key in texts})


def readable_image(work: Work, entity_key: str, record_id: int | None) -> Mapping[str, Any]:
    """The record after the work as the actor may read it; empty when it was removed."""
    entity = work.app.entity(entity_key)
    record = work.find(entity, record_id, seen=False) if record_id is not None else None
    if record is None:
        return {}
    covered = work.installed.rights.covered(work.actor, entity)
    return {key: value for key, value in record.items() if key not in covered}


def _event_of(work: Work, deed: Deed) -> NewEvent:
    context = work.context
    told = [[each.rule, each.said] for each in deed.passed if each.state != "waived"]
    changes: dict[str, list[object]] = {
        key: [None if before is None else to_json(before), to_json(after)]
        for key, (before, after) in deed.changes.items()
    }
    if deed.answer:
        changes[ANSWER] = [None, deed.answer]
    if told:
        changes[TOLD] = [None, told]
    return NewEvent(
        entity=deed.entity,
        record_id=deed.id,
        kind=cast("EventKind", deed.kind),
        at=context.at,
        changes=changes,
        actor_id=person_id(work),
        channel=context.channel,
        revision=context.revision,
        cause=context.cause,
        depth=context.depth,
        request_id=context.request_id,
    )


def _keep_proof(work: Work, deed: Deed, proof: Proof, event_id: int) -> None:
    digest = work.conn.value(sa.select(file.c.sha256).where(file.c.id == proof.file_id)) if proof.file_id else ""
    kept = evidence.Proof(
        entity=deed.entity,
        record_id=deed.id,
        rule=proof.rule,
        kind="file" if proof.file_id else "record",
        at=work.context.at,
        actor_id=person_id(work),
        file_id=proof.file_id,
        sha256=digest or "",
        related_entity=proof.entity,
        related_id=proof.record_id,
        event_id=event_id,
    )
    evidence.append(work.conn, kept)


def _keep_waiver(work: Work, deed: Deed, rule: str, event_id: int) -> None:
    values = {"entity": deed.entity, "record_id": deed.id, "rule": rule, "reason": work.waive[rule].strip()}
    by = {"actor_id": person_id(work), "at": work.context.at, "event_id": event_id}
    work.conn.execute(sa.insert(waiver).values(**values, **by))

"""What is kept of a work that was allowed: events, evidence, waivers, and the words to find its records by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import sqlalchemy as sa

from dsl.app import Entity
from engine.flow.evidence import Proof
from engine.store import evidence, history, search, visits
from engine.store.history import EventKind, NewEvent
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
    ids = tuple(_append(work, deed) for deed in work.deeds)
    told = ((event_id, deed.entity, deed.kind) for event_id, deed in zip(ids, work.deeds, strict=True))
    work.installed.announcer.announce(work.conn, told)
    for entity_key, record_id in sorted(
        ({(deed.entity, deed.id) for deed in work.deeds} | work.restored) - work.removed
    ):
        entity = work.app.entity(entity_key)
        _index(work, entity, record_id)
    _index_recomputed(work)
    for entity_key, record_id in sorted(work.removed):
        search.forget(work.conn, work.app.entity(entity_key), record_id)
    return ids


def _index(work: Work, entity: Entity, record_id: int) -> None:
    """The words of what was written, and of what may have been computed from it."""
    deeds = [deed for deed in work.deeds if (deed.entity, deed.id) == (entity.key, record_id)]
    is_new = (entity.key, record_id) in work.restored or any(deed.kind == "created" for deed in deeds)
    written = {key for deed in deeds for key in deed.changes}
    record = work.stored(entity, record_id)
    texts = {
        key: record[key]
        for key in search.searchable(entity)
        if is_new or key in written or entity.fields[key].is_computed
    }
    search.index(work.conn, entity, record_id, texts, is_new=is_new)


def _index_recomputed(work: Work) -> None:
    """Records elsewhere whose computed texts followed what was written here: found by the new words, not the old."""
    written = {(deed.entity, deed.id) for deed in work.deeds} | work.removed
    for entity_key, ids in work.recomputed.items():
        entity = work.app.entity(entity_key)
        texts = [key for key in search.searchable(entity) if entity.fields[key].is_computed]
        for record_id in sorted(ids) if texts else ():
            if (entity_key, record_id) not in written and (record := work.find(entity, record_id, seen=False)):
                search.index(work.conn, entity, record_id, {key: record[key] for key in texts})


def readable_image(work: Work, entity_key: str, record_id: int | None) -> Mapping[str, Any]:
    """The record after the work as the actor may read it; empty when it was removed."""
    entity = work.app.entity(entity_key)
    record = work.find(entity, record_id, seen=False) if record_id is not None else None
    if record is None:
        return {}
    covered = work.installed.rights.covered(work.actor, entity)
    return {key: value for key, value in record.items() if key not in covered}


def _append(work: Work, deed: Deed) -> int:
    context = work.context
    told = [[each.rule, each.said] for each in deed.passed if each.state != "waived"]
    changes: dict[str, list[object]] = {
        key: [to_json(before), to_json(after)] for key, (before, after) in deed.changes.items()
    }
    if deed.answer:
        changes[ANSWER] = [None, deed.answer]
    if told:
        changes[TOLD] = [None, told]
    event_id = history.append(
        work.conn,
        NewEvent(
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
        ),
    )
    if deed.kind in ("created", "moved") and work.app.entity(deed.entity).has_stages:
        visits.attribute(work.conn, deed.entity, deed.id, event_id)
    for proof in deed.proofs:
        _keep_proof(work, deed, proof, event_id)
    for finding in deed.passed:
        if finding.state == "waived":
            _keep_waiver(work, deed, finding.rule, event_id)
    return event_id


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

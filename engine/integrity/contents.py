"""Files on the disk against their rows; evidence, comments and waivers against what they are about; kept results."""

from __future__ import annotations

import time
from collections.abc import Iterator
from hashlib import file_digest
from pathlib import Path

import sqlalchemy as sa

from engine.integrity.inconsistency import Inconsistency
from engine.integrity.look import Look
from engine.store.files import UNNAMED_FOR
from engine.store.seal import Reason, as_system
from engine.store.system_tables import comment, event, evidence, file, idempotency, waiver

Found = Iterator[Inconsistency]


def check_files(look: Look) -> Found:
    """Every content that a row names lies there whole; nothing lies there that no row names."""
    c, files = file.c, look.installed.files
    named: set[str] = set()
    for file_id, digest, size, name in look.conn.stream(sa.select(c.id, c.sha256, c.size, c.name).order_by(c.id)):
        place, path = f"file {file_id} {name}", files.place_of(digest)
        if not path.is_file():
            yield Inconsistency("file_missing", place, str(path))
        elif path.stat().st_size != size:
            yield Inconsistency("file_content", place, f"{size} bytes", f"{path.stat().st_size} bytes")
        elif digest not in named and (found := _digest(path)) != digest:
            yield Inconsistency("file_content", place, digest, found)
        named.add(digest)
    before = time.time() - UNNAMED_FOR.total_seconds()
    for path in files.all_places():
        if path.name not in named and path.stat().st_mtime < before:
            yield Inconsistency("file_orphan", str(path))


def _digest(path: Path) -> str:
    with path.open("rb") as content:
        return file_digest(content, "sha256").hexdigest()


# --- what is kept about records --------------------------------------------------------------------------------------


def check_notes(look: Look) -> Found:
    """Comments, proofs and waivers: their record, their event, and for a file the hash of its content."""
    for table in (comment, waiver, evidence):
        yield from _about_records(look, table)
        yield from _about_events(look, table)
    c, there = evidence.c, file.alias("there")
    proofs = sa.select(c.id, c.file_id, c.sha256, there.c.sha256).outerjoin_from(
        evidence, there, there.c.id == c.file_id
    )
    wrong = sa.or_(there.c.id.is_(None), there.c.sha256 != c.sha256)
    for proof_id, file_id, kept, digest in look.conn.stream(proofs.where(c.file_id.is_not(None), wrong)):
        yield Inconsistency("evidence", f"evidence {proof_id} file {file_id}", kept, digest or "")


def _about_records(look: Look, table: sa.Table) -> Found:
    for found in look.tables:
        names = [found.entity.key, found.entity.was or found.entity.key]
        there = found.table.alias("there")
        lost = sa.select(table.c.id, table.c.record_id).outerjoin_from(table, there, there.c.id == table.c.record_id)
        lost = lost.where(table.c.entity.in_(names), there.c.id.is_(None))
        for row_id, record_id in look.conn.stream(as_system(lost, Reason.CHECK)):
            yield Inconsistency("note", f"{table.name} {row_id}", f"{found.entity.key} {record_id}")


def _about_events(look: Look, table: sa.Table) -> Found:
    there = event.alias("there")
    lost = sa.select(table.c.id, table.c.event_id).outerjoin_from(table, there, there.c.id == table.c.event_id)
    for row_id, event_id in look.conn.stream(lost.where(table.c.event_id.is_not(None), there.c.id.is_(None))):
        yield Inconsistency("note", f"{table.name} {row_id}", f"event {event_id}")


# --- kept results ----------------------------------------------------------------------------------------------------


def check_keys(look: Look) -> Found:
    """What was answered under an idempotency key is in the data: its events are there."""
    c = idempotency.c
    for actor_id, key, result in look.conn.stream(sa.select(c.actor_id, c.key, c.result)):
        told = [number for number in (result or {}).get("event_ids", ()) if isinstance(number, int)]
        if not told:
            continue
        kept = {row[0] for row in look.conn.rows(sa.select(event.c.id).where(event.c.id.in_(told)))}
        if lost := sorted(set(told) - kept):
            yield Inconsistency("key", f"key {key} of {actor_id}", f"event {', '.join(map(str, lost))}")

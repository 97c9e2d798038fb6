"""The book copied into the database: many rows a statement, in the engine's own tables, then one rebuild.

Only for the sample company: it judges nothing, because the story keeps to the gates by itself. What the write path
would have kept beside the records (events, stage visits, weekly sums, numbers, evidence) is written too.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from engine.clock import day_of
from engine.papers.numbers import period_of, render
from engine.sample.book import Book, Happening, Proof, Remark, Row, Starts, Stay
from engine.store.connection import Connection
from engine.store.files import Content
from engine.store.links import add_links
from engine.store.plans import Plan, Plans
from engine.store.records import new_row
from engine.store.seal import Reason, as_system
from engine.store.system_tables import comment, document_number, event, evidence, file, stage_visit, stage_week
from engine.store.tables import EntityTable, Tables
from engine.store.visits import week_of
from engine.writing.stored_json import to_json

BATCH = 5_000
"""Rows in one run of a statement."""


def starts(conn: Connection, tables: Tables) -> Starts:
    """The first free ids of everything the book numbers."""
    records = {found.entity.key: _next_id(conn, found.table) for found in tables}
    return Starts(records, _next_id(conn, event), _next_id(conn, file))


def copy(conn: Connection, tables: Tables, book: Book, contents: Mapping[str, Content], revision: int) -> None:
    """Files, records with their numbers and links, events, visits and evidence. contents: by their name."""
    book.number_events()
    _copy_files(conn, book, contents)
    codes = _take_numbers(conn, book)
    plans = Plans()
    for found in tables:
        _copy_records(conn, plans, found, list(book.rows[found.entity.key].values()), codes)
    _insert(conn, event, [_event(each, revision) for each in book.events])
    _insert(conn, stage_visit, _numbered(conn, stage_visit, [_visit(stay) for stay in book.stays]))
    _insert(conn, stage_week, _weeks(book))
    hashes = {upload.id: contents[upload.content].sha256 for upload in book.uploads}
    _insert(conn, evidence, _numbered(conn, evidence, [_evidence(proof, hashes) for proof in book.proofs]))
    _insert(conn, comment, _numbered(conn, comment, [_remark(each) for each in book.remarks]))
    for table in (event, stage_visit, evidence, comment, file, *(found.table for found in tables)):
        _raise_sequence(conn, table)


# --- records and their numbers ---------------------------------------------------------------------------------------


def _copy_records(
    conn: Connection, plans: Plans, found: EntityTable, rows: Sequence[Row], codes: Mapping[tuple[str, int], str]
) -> None:
    columns = []
    for row in rows:
        kept = {**row.values, **_system(row)}
        if (code := codes.get((row.entity, row.id))) is not None:
            kept["code"] = code
        columns.append({**new_row(found, kept), "id": row.id, "row_version": row.version})
    _insert(conn, found.table, columns)
    for field in found.links:
        add_links(conn, plans, found, field, _pairs(rows, field))


def _pairs(rows: Sequence[Row], field: str) -> Iterator[tuple[int, object]]:
    for row in rows:
        chosen = row.values.get(field)
        for value in chosen if isinstance(chosen, tuple) else ():
            yield row.id, value


def _system(row: Row) -> dict[str, object]:
    return {
        "owner_id": row.owner_id,
        "backup_id": row.backup_id,
        "unit_id": row.unit_id,
        "pipeline": row.pipeline,
        "stage": row.stage,
        "stage_since": row.stage_since,
        "created_at": row.created_at,
        "created_by": row.created_by,
        "changed_at": row.changed_at,
        "changed_by": row.changed_by,
    }


def _take_numbers(conn: Connection, book: Book) -> dict[tuple[str, int], str]:
    """Document numbers without gaps, in the order in which the records were made. (entity, id) → number."""
    app, codes = book.app, {}
    last: Counter[tuple[str, str]] = Counter()
    for key, rows in book.rows.items():
        series = app.entities[key].series
        if series is None:
            continue
        for row in sorted(rows.values(), key=lambda r: r.created_at):
            day = day_of(row.created_at, app.timezone)
            period = period_of(series, day)
            last[key, period] += 1
            codes[key, row.id] = render(series, day, last[key, period])
    counters = [{"series": key, "period": period, "last": count} for (key, period), count in last.items()]
    _insert(conn, document_number, counters)
    return codes


# --- what happened ---------------------------------------------------------------------------------------------------


def _event(told: Happening, revision: int) -> dict[str, object]:
    return {
        "id": told.id,
        "entity": told.entity,
        "record_id": told.record_id,
        "kind": told.kind,
        "changes": {key: [to_json(before), to_json(after)] for key, (before, after) in told.changes.items()},
        "actor_id": told.by,
        "at": told.at,
        "channel": "sample",
        "revision": revision,
        "cause": None,
        "depth": 0,
        "request_id": "",
    }


def _visit(stay: Stay) -> dict[str, object]:
    return {
        "entity": stay.entity,
        "record_id": stay.record_id,
        "pipeline": stay.pipeline,
        "stage": stay.stage,
        "from_stage": stay.from_stage,
        "entered_at": stay.entered_at,
        "left_at": stay.left_at,
        "due_at": stay.due_at,
        "owner_id": stay.owner_id,
        "unit_id": stay.unit_id,
        "event_id": stay.event.id,
    }


def _weeks(book: Book) -> list[dict[str, object]]:
    """Stage visits summed by ISO week of the app's zone, stage and unit: entered and left in that week."""
    sums: defaultdict[tuple[str, str, str, int], Counter[str]] = defaultdict(Counter)
    for stay in book.stays:
        unit = stay.unit_id or 0
        sums[stay.entity, week_of(book.app, stay.entered_at), stay.stage, unit]["entered"] += 1
        if stay.left_at is not None:
            left = sums[stay.entity, week_of(book.app, stay.left_at), stay.stage, unit]
            left["left_count"] += 1
            left["dwell_seconds"] += int((stay.left_at - stay.entered_at).total_seconds())
            left["late"] += int(stay.due_at is not None and stay.left_at >= stay.due_at)
    return [
        {"entity": entity, "week": week, "stage": stage, "unit_id": unit}
        | {key: found[key] for key in ("entered", "left_count", "dwell_seconds", "late")}
        for (entity, week, stage, unit), found in sums.items()
    ]


def _evidence(proof: Proof, hashes: Mapping[int, str]) -> dict[str, object]:
    return {
        "entity": proof.entity,
        "record_id": proof.record_id,
        "rule": proof.rule,
        "kind": "image" if proof.upload.name.endswith(".png") else "file",
        "file_id": proof.upload.id,
        "related_entity": "",
        "related_id": None,
        "sha256": hashes[proof.upload.id],
        "actor_id": proof.event.by,
        "at": proof.event.at,
        "event_id": proof.event.id,
    }


def _remark(told: Remark) -> dict[str, object]:
    return {
        "entity": told.event.entity,
        "record_id": told.event.record_id,
        "text": told.text,
        "actor_id": told.event.by,
        "at": told.event.at,
        "event_id": told.event.id,
    }


def _copy_files(conn: Connection, book: Book, contents: Mapping[str, Content]) -> None:
    rows = []
    for upload in book.uploads:
        kept = contents[upload.content]
        rows.append(
            {
                "id": upload.id,
                "sha256": kept.sha256,
                "size": kept.size,
                "mime": kept.mime,
                "name": upload.name,
                "actor_id": upload.by,
                "at": upload.at,
            }
        )
    _insert(conn, file, rows)


# --- statements ------------------------------------------------------------------------------------------------------


def _insert(conn: Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Rows that all name the same columns."""
    if not rows:
        return
    values: dict[str, Any] = {key: sa.bindparam(key, type_=table.c[key].type) for key in rows[0]}
    plan = Plan(as_system(sa.insert(table).values(values), Reason.WRITE))
    for place in range(0, len(rows), BATCH):
        conn.execute_many(plan, rows[place : place + BATCH])


def _numbered(conn: Connection, table: sa.Table, rows: list[dict[str, object]]) -> list[dict[str, object]]:
    first = _next_id(conn, table)
    return [{**row, "id": first + place} for place, row in enumerate(rows)]


def _next_id(conn: Connection, table: sa.Table) -> int:
    last: int | None = conn.value(as_system(sa.select(sa.func.max(table.c.id)), Reason.WRITE))
    return (last or 0) + 1


def _raise_sequence(conn: Connection, table: sa.Table) -> None:
    """PostgreSQL's own counter goes on after the ids that were given here."""
    if conn.dialect != "sqlite":
        counter = sa.func.pg_get_serial_sequence(table.name, "id")
        conn.rows(sa.select(sa.func.setval(counter, _next_id(conn, table), False)))

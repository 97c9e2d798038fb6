"""What stands beside the records: who was called, imports, views that people keep, tokens, webhooks, waiting jobs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import sqlalchemy as sa

from engine.bundle.schedule import find_schedule
from engine.delivery.job import NAMES
from engine.integrity.inconsistency import Inconsistency
from engine.integrity.look import Look
from engine.people.saved_views import PREFIX
from engine.store.columns import POSTGRESQL
from engine.store.import_tables import import_row, import_run, import_sheet
from engine.store.seal import Reason, as_system
from engine.store.system_tables import api_token, event, mention, saved_view, session, view_choice, webhook

Found = Iterator[Inconsistency]

_RUN_STATES = ("mapping", "cleaning", "matching", "judging", "ready", "running", "done", "cancelled")
_HASH = re.compile(r"[0-9a-f]{64}")
_JOB_TABLE, _JOB = "workflow_input", "sluice.job"
_LIVE_JOBS = ("ENQUEUED", "DELAYED", "PENDING")


def check_mentions(look: Look) -> Found:
    """Who is called is called by a comment: its event is there, of that record, by that person."""
    c, there = mention.c, event.alias("there")
    calls = sa.select(c.id, c.entity, c.record_id, c.event_id, there.c.kind).outerjoin_from(
        mention,
        there,
        sa.and_(there.c.id == c.event_id, there.c.entity == c.entity, there.c.record_id == c.record_id),
    )
    for mention_id, entity, record_id, event_id, kind in look.conn.rows(calls.order_by(c.id)):
        if kind != "commented":
            place = f"mention {mention_id} {entity} {record_id}"
            yield Inconsistency("mention", place, f"a comment, event {event_id}", kind or "")


# --- imports ---------------------------------------------------------------------------------------------------------


def check_imports(look: Look) -> Found:
    """A run has as many rows as it says, none waits when it is done, and what rows became is there."""
    run, row = import_run.c, import_row.c
    waits = sa.func.sum(sa.case((row.state == "", 1), else_=0))
    runs = (
        sa.select(run.id, run.state, run.position, run.total, sa.func.count(row.number), waits)
        .outerjoin_from(import_run, import_row, row.run_id == run.id)
        .group_by(run.id, run.state, run.position, run.total)
        .order_by(run.id)
    )
    for run_id, state, position, total, count, waiting in look.conn.rows(runs):
        place = f"import {run_id}"
        if state not in _RUN_STATES:
            yield Inconsistency("import", place, " | ".join(_RUN_STATES), state)
        if total != count or not 0 <= position <= total:
            yield Inconsistency("import", place, f"{total} rows, at {position}", f"{count} rows")
        if state == "done" and waiting:
            yield Inconsistency("import", place, "no row waits", f"{waiting} wait")
    yield from _sheets(look)
    yield from _became(look)


def _sheets(look: Look) -> Found:
    sheet, row = import_sheet.c, import_row.c
    lost = sa.select(row.run_id, row.number).outerjoin_from(
        import_row, import_sheet, sa.and_(sheet.id == row.sheet_id, sheet.run_id == row.run_id)
    )
    for run_id, number in look.conn.rows(lost.where(sheet.id.is_(None)).order_by(row.run_id, row.number)):
        yield Inconsistency("import", f"import {run_id} row {number}", "a sheet of the run")


def _became(look: Look) -> Found:
    """Rows that say that they were written name a record of the run's entity, removed since or not."""
    run, row = import_run.c, import_row.c
    for found in look.tables:
        there = found.table.alias("there")
        written = (
            sa.select(row.run_id, row.number, row.record_id)
            .join_from(import_row, import_run, run.id == row.run_id)
            .outerjoin(there, there.c.id == row.record_id)
            .where(run.entity == found.entity.key, row.state.in_(("created", "changed")), there.c.id.is_(None))
        )
        for run_id, number, record_id in look.conn.rows(as_system(written, Reason.CHECK)):
            place = f"import {run_id} row {number}"
            yield Inconsistency("import", place, f"{found.entity.key} {record_id}" if record_id else "a record")


# --- what people and programs keep -----------------------------------------------------------------------------------


def check_views(look: Look) -> Found:
    """A kept view says columns, filter and sort; what a list opens with is there."""
    c = saved_view.c
    kept: set[str] = set()
    for view_id, name, told in look.conn.rows(sa.select(c.id, c.name, c.definition).order_by(c.id)):
        kept.add(f"{PREFIX}{view_id}")
        is_shape = isinstance(told, dict) and all(isinstance(told.get(key, []), list) for key in ("columns", "sort"))
        if not is_shape or not isinstance(told.get("filter", ""), str):
            yield Inconsistency("view", f"view {view_id} {name}", "columns, filter, sort", json.dumps(told)[:60])
    chosen = sa.select(view_choice.c.user_id, view_choice.c.entity, view_choice.c.view)
    for user_id, entity, view in look.conn.rows(chosen):
        if view.startswith(PREFIX) and view not in kept:
            yield Inconsistency("view", f"choice of user {user_id} {entity}", "a view that is kept", view)


def check_ways_in(look: Look) -> Found:
    """Tokens, sessions and webhooks: hashes that are hashes, times that follow one another, events that are words."""
    c = api_token.c
    tokens = sa.select(c.id, c.name, c.token_hash, c.created_at, c.expires_at, c.used_at).order_by(c.id)
    for token_id, name, kept, created_at, expires_at, used_at in look.conn.rows(tokens):
        place = f"token {token_id} {name}"
        if not _HASH.fullmatch(kept):
            yield Inconsistency("access", place, "a hash")
        for at in (expires_at, used_at):
            if at is not None and at < created_at:
                yield Inconsistency("access", place, f">= {created_at.isoformat()}", at.isoformat())
    for kept, user_id in look.conn.rows(sa.select(session.c.token_hash, session.c.user_id)):
        if not _HASH.fullmatch(kept):
            yield Inconsistency("access", f"session of user {user_id}", "a hash")
    hooks = sa.select(webhook.c.id, webhook.c.name, webhook.c.events).order_by(webhook.c.id)
    for hook_id, name, events in look.conn.rows(hooks):
        if not isinstance(events, list) or not events or not all(isinstance(each, str) for each in events):
            yield Inconsistency("access", f"webhook {hook_id} {name}", "events", json.dumps(events)[:60])


# --- jobs ------------------------------------------------------------------------------------------------------------


def check_jobs(look: Look) -> Found:
    """Every job that waits or runs is of a kind that somebody runs, with what it needs; the schedule can be read."""
    try:
        find_schedule(look.conn)
    except (ValueError, KeyError, TypeError) as error:
        yield Inconsistency("job", "setting backups", "a time and a number", str(error)[:60])
    if not _has_jobs(look):
        return
    status, given = _jobs(look, "workflow_status", "status", "name"), _jobs(look, "workflow_input", "inputs")
    live = sa.select(status.c.workflow_uuid, given.c.inputs).outerjoin_from(
        status, given, given.c.workflow_uuid == status.c.workflow_uuid
    )
    for job_id, inputs in look.conn.rows(live.where(status.c.status.in_(_LIVE_JOBS), status.c.name == _JOB)):
        try:
            name, payload, _key, attempt, _queue = json.loads(inputs)["positionalArgs"]
        except (ValueError, KeyError, TypeError):
            yield Inconsistency("job", f"job {job_id}", "name, payload, key, attempt, queue", str(inputs)[:60])
            continue
        if name not in NAMES or not isinstance(payload, dict) or not isinstance(attempt, int):
            yield Inconsistency("job", f"job {job_id}", ", ".join(sorted(NAMES)), str(name)[:60])


def _jobs(look: Look, table: str, *columns: str) -> sa.TableClause:
    """A table of the job library's own, of which only these columns are read."""
    known = [sa.column(name, sa.Text()) for name in ("workflow_uuid", *columns)]
    return sa.table(table, *known, schema="dbos" if look.conn.dialect == POSTGRESQL else None)


def _has_jobs(look: Look) -> bool:
    """Whether this database ever had a job. A bundle brings none, so the library's table may not be there."""
    if look.conn.dialect != POSTGRESQL:
        return look.conn.has_table(_JOB_TABLE)
    there = sa.table("tables", sa.column("table_schema"), sa.column("table_name"), schema="information_schema")
    wanted = sa.select(there.c.table_name).where(there.c.table_schema == "dbos", there.c.table_name == _JOB_TABLE)
    return look.conn.one(wanted) is not None

"""Revisions: every definition that was ever applied, numbered, with its digest and its text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from dsl.app import App
from engine.store.connection import Connection
from engine.store.system_tables import app_revision


@dataclass(frozen=True, slots=True)
class Revision:
    """plan: what was done to the database for it, one sentence each."""

    id: int
    app: str
    version: int
    digest: str
    source: str
    plan: tuple[str, ...]
    at: datetime


_COLUMNS = (
    app_revision.c.id,
    app_revision.c.app,
    app_revision.c.version,
    app_revision.c.digest,
    app_revision.c.source,
    app_revision.c.plan,
    app_revision.c.at,
)


def latest(conn: Connection) -> Revision | None:
    """The revision in force."""
    return _first(conn, sa.select(*_COLUMNS).order_by(app_revision.c.id.desc()).limit(1))


def find(conn: Connection, revision_id: int) -> Revision | None:
    return _first(conn, sa.select(*_COLUMNS).where(app_revision.c.id == revision_id))


def append(conn: Connection, app: App, plan: Sequence[str], at: datetime) -> int:
    """A new revision in force; its number."""
    values = {"app": app.key, "version": app.version, "digest": app.digest, "source": app.source, "plan": list(plan)}
    number: int = conn.value(sa.insert(app_revision).values(**values, at=at).returning(app_revision.c.id))
    return number


def _first(conn: Connection, statement: sa.Select[tuple[object, ...]]) -> Revision | None:
    row = conn.one(statement)
    if row is None:
        return None
    number, app, version, digest, source, plan, at = row
    return Revision(number, app, version, digest, source, tuple(plan or ()), at)

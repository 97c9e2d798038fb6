"""Signing in: passwords and browser sessions. Secrets are kept only as SHA-256."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from engine.answers import Session
from engine.people import passwords
from engine.store import people_version
from engine.store.connection import Connection
from engine.store.database import Database
from engine.store.plans import Plan
from engine.store.system_tables import session, user_account

IDLE: Final = timedelta(hours=8)
LONGEST: Final = timedelta(days=7)
SEEN_EVERY: Final = timedelta(minutes=1)
"""How exactly the last use is kept: a write for every click would be one too many."""


def authenticate(database: Database, login: str, password: str, at: datetime) -> int | None:
    """The user's id if login and password fit, the account is open and not resting. One hash is checked either way."""
    u = user_account.c
    with database.read() as conn:
        row = conn.one(
            sa.select(u.id, u.password_hash, u.failed_count, u.failed_at, u.is_active).where(u.login == login.strip())
        )
    user_id, kept, failed_count, failed_at, is_active = row or (None, "", 0, None, False)
    until = passwords.resting_until(failed_count, failed_at)
    fits = passwords.is_right(kept, password)
    if user_id is None or not is_active or (until is not None and at < until):
        return None
    if not fits:
        _note(database, user_id, {"failed_count": u.failed_count + 1, "failed_at": at})
        return None
    if passwords.is_outdated(kept):
        _note(database, user_id, {"password_hash": passwords.hash_password(password)})
    if failed_count:
        _note(database, user_id, {"failed_count": 0, "failed_at": None})
    return int(user_id)


def _note(database: Database, user_id: int, change: dict[str, object]) -> None:
    with database.write() as conn:
        conn.execute(sa.update(user_account).where(user_account.c.id == user_id).values(**change))


# --- browser sessions ------------------------------------------------------------------------------------------------


def open_session(conn: Connection, user_id: int, agent: str, at: datetime) -> str:
    """The new session's secret (256 bits)."""
    token = secrets.token_urlsafe(32)
    values = {"user_id": user_id, "epoch": _epoch_of(user_id), "agent": agent[:300], "created_at": at, "seen_at": at}
    conn.execute(sa.insert(session).values(token_hash=_hashed(token), **values))
    return token


_SESSION = Plan(
    sa.select(session.c.user_id, session.c.created_at, session.c.seen_at, people_version.word()).where(
        session.c.token_hash == sa.bindparam("hash"),
        user_account.c.id == session.c.user_id,
        user_account.c.epoch == session.c.epoch,
        user_account.c.is_active,
    )
)


def session_user(conn: Connection, token: str, at: datetime) -> tuple[int, bool, str] | None:
    """(user id, whether the last use should be noted, the version of the people) of a live session."""
    row = conn.one(_SESSION, {"hash": _hashed(token)})
    if row is None:
        return None
    user_id, opened_at, seen_at, version = row
    if at - seen_at > IDLE or at - opened_at > LONGEST:
        return None
    return int(user_id), at - seen_at >= SEEN_EVERY, version


def note_session_used(conn: Connection, token: str, at: datetime) -> None:
    conn.execute(sa.update(session).where(session.c.token_hash == _hashed(token)).values(seen_at=at))


def close_session(conn: Connection, token: str) -> None:
    conn.execute(sa.delete(session).where(session.c.token_hash == _hashed(token)))


def sessions_of(conn: Connection, user_id: int, at: datetime) -> tuple[Session, ...]:
    """The person's live sessions, latest first. Their ids are short names of the hashes, good for nothing else."""
    c = session.c
    rows = conn.rows(
        sa.select(c.token_hash, c.user_id, c.agent, c.created_at, c.seen_at)
        .where(c.user_id == user_id)
        .order_by(c.seen_at.desc())
    )
    return tuple(
        Session(token_hash[:12], owner, agent, opened_at, seen_at)
        for token_hash, owner, agent, opened_at, seen_at in rows
        if at - seen_at <= IDLE and at - opened_at <= LONGEST
    )


def _epoch_of(user_id: int) -> sa.ScalarSelect[int]:
    return sa.select(user_account.c.epoch).where(user_account.c.id == user_id).scalar_subquery()


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

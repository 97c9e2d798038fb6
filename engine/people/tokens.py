"""Tokens for programs: a name, an end, when last used. A signed one also asks each write for a signature."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from engine.people.signing import secret_for
from engine.store import people_version
from engine.store.connection import Connection
from engine.store.database import Database
from engine.store.plans import Plan
from engine.store.system_tables import api_token, user_account

LIFE_DAYS: Final = 90
MOST_DAYS: Final = 365
USED_EVERY: Final = timedelta(minutes=1)
"""How exactly the last use is kept."""


@dataclass(frozen=True, slots=True)
class TokenNote:
    """A token as its owner sees it; the secret itself is shown once, when it is made."""

    id: int
    user_id: int
    name: str
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None
    is_signed: bool

    def wants_noting(self, at: datetime) -> bool:
        return self.used_at is None or at - self.used_at >= USED_EVERY


@dataclass(frozen=True, slots=True)
class NewToken:
    """token: the bearer's word. secret: what writes are signed with, "" for a token that is not signed."""

    note: TokenNote
    token: str
    secret: str


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of one database. Only hashes of them are kept, and no signing secret at all."""

    database: Database
    data_dir: Path

    def issue(
        self, user_id: int, name: str, at: datetime, *, days: int = LIFE_DAYS, is_signed: bool = False
    ) -> NewToken:
        token = f"slc_{secrets.token_urlsafe(32)}"
        epoch = sa.select(user_account.c.epoch).where(user_account.c.id == user_id).scalar_subquery()
        values = {"user_id": user_id, "name": name[:100], "created_at": at, "is_signed": is_signed}
        kept = {"token_hash": _hashed(token), "epoch": epoch, "expires_at": at + timedelta(days=days)}
        with self.database.write() as conn:
            made = int(conn.value(sa.insert(api_token).values(**values, **kept).returning(api_token.c.id)))
        note = TokenNote(made, user_id, name[:100], at, at + timedelta(days=days), None, is_signed)
        return NewToken(note, token, self.secret_of(made) if is_signed else "")

    def note_used(self, note: TokenNote, at: datetime) -> None:
        with self.database.write() as conn:
            conn.execute(sa.update(api_token).where(api_token.c.id == note.id).values(used_at=at))

    def of(self, user_id: int, at: datetime) -> list[TokenNote]:
        """The person's live tokens, latest first."""
        c = api_token.c
        is_live = (c.user_id == user_id, sa.or_(c.expires_at.is_(None), c.expires_at > at), *_STILL_HOLDS)
        with self.database.read() as conn:
            return [TokenNote(*row) for row in conn.rows(sa.select(*_COLUMNS).where(*is_live).order_by(c.id.desc()))]

    def revoke(self, user_id: int, token_id: int) -> bool:
        """Ends a token of this person at once; False if there is none."""
        c = api_token.c
        with self.database.write() as conn:
            return conn.execute(sa.delete(api_token).where(c.id == token_id, c.user_id == user_id)) > 0

    def secret_of(self, token_id: int) -> str:
        return secret_for(self.data_dir, f"token:{token_id}")


_COLUMNS = tuple(
    api_token.c[name] for name in ("id", "user_id", "name", "created_at", "expires_at", "used_at", "is_signed")
)
_STILL_HOLDS = (
    user_account.c.id == api_token.c.user_id,
    user_account.c.epoch == api_token.c.epoch,
    user_account.c.is_active,
)
_BY_HASH = Plan(
    sa.select(*_COLUMNS, people_version.word()).where(api_token.c.token_hash == sa.bindparam("hash"), *_STILL_HOLDS)
)


def find_token(conn: Connection, token: str, at: datetime) -> tuple[TokenNote, str] | None:
    """The live token under this word, and the version of the people (`engine.store.people_version`)."""
    row = conn.one(_BY_HASH, {"hash": _hashed(token)})
    if row is None:
        return None
    note = TokenNote(*row[:-1])
    return (note, row[-1]) if note.expires_at is None or at < note.expires_at else None


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

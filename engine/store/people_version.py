"""The version of the people: a word that changes with every write of an account, a unit or a post.

Whoever keeps something about people keeps the word beside it, and reads the word anew in the statement that lets them
in. So what is kept is never older than what that statement saw, whichever process wrote; nothing is kept by time.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from engine.store.plans import Plans
from engine.store.system_tables import people_version
from engine.store.upsert import put_row

if TYPE_CHECKING:
    from engine.store.connection import Connection

_plans = Plans()


def word() -> sa.ColumnElement[Any]:
    """The word as a column of another statement; "" before anybody was written."""
    return sa.func.coalesce(sa.select(people_version.c.word).scalar_subquery(), "")


def renew(conn: Connection) -> None:
    """The last statement of a transaction that wrote people, so that its row is held for no longer than the commit."""
    plan = _plans.get(
        conn.dialect,
        lambda: put_row(conn.dialect, people_version, ("id",), {"id": 1, "word": sa.bindparam("word", type_=sa.Text)}),
    )
    conn.execute(plan, {"word": secrets.token_hex(8)})

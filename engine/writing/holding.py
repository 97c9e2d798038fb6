"""Files and who may hold them: a file id in a form is no right to the file."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from engine.context import Actor
from engine.store.connection import Connection
from engine.store.system_tables import file


def may_attach(conn: Connection, actor: Actor, file_ids: Collection[int]) -> bool:
    """Whether all these files are there and were uploaded by the actor: only they can be put into a record anew."""
    if not file_ids:
        return True
    mine = sa.select(sa.func.count()).select_from(file).where(file.c.id.in_(sorted(file_ids)))
    if not actor.is_system:
        mine = mine.where(file.c.actor_id == actor.id)
    return bool(conn.value(mine) == len(set(file_ids)))

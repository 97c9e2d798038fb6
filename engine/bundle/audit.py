"""Who made, took out and removed backups, and when: a backup is the whole company in one file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal, TypeAlias

import sqlalchemy as sa

from engine.store.connection import Connection
from engine.store.system_tables import backup_log, user_account

if TYPE_CHECKING:
    from engine.runtime import Engine

Deed: TypeAlias = Literal["made", "failed", "downloaded", "removed", "scheduled"]


@dataclass(frozen=True, slots=True)
class Line:
    """who: a name, "" for the schedule. name: of the file; of a schedule its time and how many it keeps."""

    at: datetime
    who: str
    did: Deed
    name: str


def log(engine: Engine, actor_id: int | None, channel: str, did: Deed, name: str) -> None:
    values = {"actor_id": actor_id, "at": engine.clock.now(), "channel": channel, "did": did, "name": name}
    engine.database.run(lambda conn: conn.execute(sa.insert(backup_log).values(**values)))


def latest(conn: Connection, most: int) -> list[Line]:
    """Latest first."""
    c = backup_log.c
    rows = sa.select(c.at, user_account.c.name, c.did, c.name).outerjoin_from(
        backup_log, user_account, user_account.c.id == c.actor_id
    )
    return [Line(at, who or "", did, name) for at, who, did, name in conn.rows(rows.order_by(c.id.desc()).limit(most))]

"""Evidence kept with a transition: what proved it, whose, when; a file by the hash of its content."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine.store.connection import Connection
from engine.store.plans import Plans
from engine.store.system_tables import evidence

_plans = Plans()


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What met the requirement `rule` of a record: a file, or another record."""

    entity: str
    record_id: int
    rule: str
    kind: str
    at: datetime
    actor_id: int | None
    file_id: int | None = None
    sha256: str = ""
    related_entity: str = ""
    related_id: int | None = None
    event_id: int | None = None


def append(conn: Connection, proof: Proof) -> None:
    conn.execute(_plans.get("append", _insert), {column.key: getattr(proof, column.key) for column in _columns()})


def of(conn: Connection, entity: str, record_id: int) -> list[Proof]:
    """All proofs kept for a record, oldest first."""
    rows = conn.rows(_plans.get("of", _select), {"entity": entity, "record_id": record_id})
    names = [column.key for column in _columns()]
    return [Proof(**dict(zip(names, row, strict=True))) for row in rows]


def _columns() -> list[sa.Column[object]]:
    return [column for column in evidence.c if column.key != "id"]


def _insert() -> sa.Executable:
    return sa.insert(evidence).values({c.key: sa.bindparam(c.key, type_=c.type) for c in _columns()})


def _select() -> sa.Executable:
    mine = (evidence.c.entity == sa.bindparam("entity"), evidence.c.record_id == sa.bindparam("record_id"))
    return sa.select(*_columns()).where(*mine).order_by(evidence.c.id)

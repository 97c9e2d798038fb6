"""Whether what is stored is what was acknowledged: asked of the database after the faults, in a process of its own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from engine.runtime import Engine
from engine.store.seal import Reason, as_system
from engine.store.system_tables import event
from tests.faults.served import WORKSHOP
from tests.faults.writers import Ledger


@dataclass(frozen=True, slots=True)
class Stored:
    """What the database holds of one deal."""

    id: int
    code: str
    amount: int | None
    total: int
    proof: int | None


def faults_found(data: Path, url: str, ledger: Ledger) -> list[str]:
    """Every difference between the ledger and the database; empty when nothing was lost or doubled."""
    engine = Engine.start(WORKSHOP, url, data)
    try:
        deals, created = _deals(engine), _created(engine)
        found = [*_doubled(deals), *_lost(ledger, deals), *_numbers(deals), *_events(deals, created)]
        return [*found, *_files(engine, ledger, deals), *ledger.refused]
    finally:
        engine.close()


def _deals(engine: Engine) -> list[tuple[str, Stored]]:
    table = engine.installed.tables.entity("deal").table
    c = table.c
    wanted = sa.select(c.name, c.id, c.code, c.amount, c.total, c.proof).where(c.deleted_at.is_(None))
    with engine.database.read() as conn:
        return [(row[0], Stored(*row[1:])) for row in conn.rows(as_system(wanted, Reason.JUDGE))]


def _created(engine: Engine) -> Counter[int]:
    wanted = sa.select(event.c.record_id).where(event.c.entity == "deal", event.c.kind == "created")
    with engine.database.read() as conn:
        return Counter(row[0] for row in conn.rows(wanted))


def _doubled(deals: list[tuple[str, Stored]]) -> list[str]:
    return [f"{name} is there {count} times" for name, count in Counter(name for name, _ in deals).items() if count > 1]


def _lost(ledger: Ledger, deals: list[tuple[str, Stored]]) -> list[str]:
    by_name = dict(deals)
    found = [f"deal {name} was acknowledged and is lost" for name in ledger.deals if name not in by_name]
    for name, stored in deals:
        if name in ledger.deals and ledger.deals[name] != stored.id:
            found.append(f"deal {name} has another id than was acknowledged")
        if stored.total != 4_000:
            found.append(f"the total of deal {name} is {stored.total}, not that of its two lines")
    for name, yuan in ledger.amounts.items():
        if name in by_name and by_name[name].amount != yuan * 100:
            found.append(f"the amount of deal {name} is not what was acknowledged")
    return found


def _numbers(deals: list[tuple[str, Stored]]) -> list[str]:
    """Numbers have no gap: 001 to the last one, each once."""
    numbers = sorted(int(re.sub(r".*-", "", stored.code)) for _, stored in deals)
    return [] if numbers == list(range(1, len(numbers) + 1)) else [f"{len(numbers)} deals, numbers up to {numbers[-1]}"]


def _events(deals: list[tuple[str, Stored]], created: Mapping[int, int]) -> list[str]:
    ids = {stored.id for _, stored in deals}
    missing = [f"deal {each} has {created.get(each, 0)} events of its making" for each in ids if created.get(each) != 1]
    return missing + [f"an event tells of deal {each}, which is not there" for each in created if each not in ids]


def _files(engine: Engine, ledger: Ledger, deals: list[tuple[str, Stored]]) -> list[str]:
    by_name = dict(deals)
    found: list[str] = []
    for name, digest in ledger.files.items():
        stored = by_name.get(name)
        if stored is None or stored.proof is None:
            found.append(f"the file of deal {name} was acknowledged and is lost")
            continue
        if _digest(engine, stored.proof) != digest:
            found.append(f"the file of deal {name} has other content than was acknowledged")
    return found


def _digest(engine: Engine, file_id: int) -> str:
    files: Any = engine.installed.files
    with engine.database.read() as conn:
        note = files.find(conn, file_id)
    path: Path = files.path_of(note)
    return sha256(path.read_bytes()).hexdigest() if path.is_file() else ""

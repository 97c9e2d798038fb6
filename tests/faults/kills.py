"""kill -9 of the server, over and over, under writers that try again until they are answered."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from pathlib import Path

from tests.faults.served import Server, founded
from tests.faults.truth import faults_found
from tests.faults.writers import Ledger, Writer

WRITERS = 4


@dataclass(frozen=True, slots=True)
class KillReport:
    kills: int
    acknowledged: int
    tried: int
    faults: list[str]

    def __str__(self) -> str:
        told = f"{self.kills} kills, {self.tried} requests, {self.acknowledged} writes acknowledged"
        return f"{told}: {len(self.faults)} lost, doubled or torn"


def survive_kills(home: Path, url: str, kills: int, seed: int = 1) -> KillReport:
    """Kills the server `kills` times, each time after it has acknowledged something, and compares at the end."""
    data = home / "data"
    token = founded(data, url).token
    server, ledger, chance = Server(data, url), Ledger(), random.Random(seed)
    server.start()
    customer = first_customer(server.port, token)
    writers = [Writer(server.port, token, customer, ledger, seed * 100 + each) for each in range(WRITERS)]
    for writer in writers:
        writer.start()
    try:
        for _ in range(kills):
            _wait_for_progress(ledger)
            time.sleep(chance.uniform(0, 1.0))
            server.kill()
            server.start()
        for writer in writers:
            writer.end()
        for writer in writers:
            writer.join(60)
        server.stop()
    finally:
        server.kill()
    return KillReport(kills, ledger.count(), ledger.tried, faults_found(data, url, ledger))


def first_customer(port: int, token: str) -> int:
    """A customer for all deals to come."""
    ledger = Ledger()
    writer = Writer(port, token, 0, ledger, 0)
    return int(writer.insist("POST", "/customer", {"name": "Han"}, "customer")["id"])


def _wait_for_progress(ledger: Ledger, seconds: float = 60) -> None:
    before, until = ledger.count(), time.monotonic() + seconds
    while ledger.count() <= before:
        if ledger.refused or time.monotonic() > until:
            raise RuntimeError(f"nothing is acknowledged any more: {ledger.refused}")
        time.sleep(0.01)

"""Power cuts: a real server is recorded at its disk, and its disk is cut off at each of many moments.

After each cut the database must open, be whole, and hold every write that the server had acknowledged by then, files
with their content included. `synchronous` set to NORMAL is known to fail this: the test of the test.
"""

from __future__ import annotations

import json
import random
import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pysqlite3

from engine.store.database import FILE_NAME
from tests.faults.disk import Disk, How
from tests.faults.kills import first_customer
from tests.faults.recording import Remove, Sent, Step, steps, tracer
from tests.faults.served import Server, founded
from tests.faults.writers import Ledger, Writer

HOWS: tuple[How, ...] = ("none", "some", "torn", "all")


@dataclass(frozen=True, slots=True)
class CutReport:
    cuts: int
    steps: int
    acknowledged: int
    faults: list[str]

    def __str__(self) -> str:
        told = f"{self.cuts} power cuts at {self.steps} steps of the disk, {self.acknowledged} writes acknowledged"
        return f"{told}: {len(self.faults)} lost or torn"


def survive_cuts(home: Path, cuts: int, *, writes: int = 60, seed: int = 1, deaf_to: str = "") -> CutReport:
    """Records a server until `writes` are acknowledged, then cuts its power `cuts` times at moments spread over it.

    deaf_to: see `Disk`. RuntimeError when the recording does not hold what the clients were told.
    """
    data, log = home / "data", home / "strace.log"
    token = founded(data, "").token
    before = home / "before"
    shutil.copytree(data, before)
    acknowledged = _record(data, log, token, writes)
    found = steps(log, data)
    told = sum(isinstance(step, Sent) and _acknowledged(step) is not None for step in found)
    if told < acknowledged:
        raise RuntimeError(f"{acknowledged} writes were acknowledged and {told} answers recorded")
    disk = Disk(_moved(before, data), deaf_to=deaf_to)
    faults = list(_cut(disk, found, home / "after", cuts, random.Random(seed)))
    return CutReport(cuts, len(found), acknowledged, faults)


def _moved(before: Path, data: Path) -> Path:
    """The disk as it was before the recording, under the names that the recording uses."""
    shutil.rmtree(data)
    before.rename(data)
    return data


def _record(data: Path, log: Path, token: str, writes: int) -> int:
    server, ledger = Server(data, "", tracer(log)), Ledger()
    server.start()
    try:
        writers = [Writer(server.port, token, first_customer(server.port, token), ledger, each) for each in (1, 2)]
        for writer in writers:
            writer.start()
        until = time.monotonic() + 300
        while ledger.count() < writes and not ledger.refused and time.monotonic() < until:
            time.sleep(0.05)
        for writer in writers:
            writer.end()
        for writer in writers:
            writer.join(60)
    finally:
        server.kill()
    if ledger.refused or ledger.count() < writes:
        raise RuntimeError(f"recorded {ledger.count()} writes: {ledger.refused}")
    return ledger.count()


def _cut(disk: Disk, found: Sequence[Step], after: Path, cuts: int, chance: random.Random) -> Iterator[str]:
    """Faults, at moments at which something was on its way to the disk or had just been acknowledged."""
    moments = [place for place, step in enumerate(found) if not isinstance(step, Remove)]
    wanted = sorted(chance.choices(moments, k=cuts))
    answers: list[dict[str, Any]] = []
    next_cut = iter([*wanted, -1])
    at = next(next_cut)
    for place, step in enumerate(found):
        disk.take(step)
        if isinstance(step, Sent) and (answer := _acknowledged(step)) is not None:
            answers.append(answer)
        while place == at:
            how = chance.choice(HOWS)
            disk.after_cut(after, how, chance)
            yield from (f"step {place}, {how}: {fault}" for fault in _faults_after(after, answers))
            at = next(next_cut)


def _acknowledged(sent: Sent) -> dict[str, Any] | None:
    """The record or file that a client was told is stored. An answer's body is sent in one piece, after its head."""
    return json.loads(sent.content) if sent.content.startswith(b'{"id":') else None


def _faults_after(after: Path, answers: Sequence[dict[str, Any]]) -> Iterator[str]:
    raw = pysqlite3.connect(str(after / FILE_NAME))
    try:
        said = [row[0] for row in raw.execute("PRAGMA integrity_check(3)")]
        if said != ["ok"]:
            yield f"damaged: {said}"
            return
        yield from _missing(raw, after, answers)
        yield from _uneven(raw)
    except pysqlite3.Error as error:
        yield f"unreadable: {error}"
    finally:
        raw.close()


def _missing(raw: Any, after: Path, answers: Sequence[dict[str, Any]]) -> Iterator[str]:
    versions = dict(raw.execute("SELECT id, row_version FROM x_deal"))
    digests = dict(raw.execute("SELECT id, sha256 FROM file"))
    for answer in answers:
        if "sha256" in answer:
            digest = answer["sha256"]
            place = after / "files" / digest[:2] / digest
            if digests.get(answer["id"]) != digest or not place.is_file() or place.stat().st_size != answer["size"]:
                yield f"file {answer['id']} was acknowledged and is lost"
        elif str(answer.get("code", "")).startswith("D") and versions.get(answer["id"], 0) < answer["_version"]:
            yield f"deal {answer['id']} was acknowledged at version {answer['_version']} and is lost"


def _uneven(raw: Any) -> Iterator[str]:
    """Deals, their numbers, their events: written together or not at all."""
    deals = raw.execute("SELECT count(*), count(DISTINCT code) FROM x_deal").fetchone()
    made = raw.execute("SELECT count(*) FROM event WHERE entity = 'deal' AND kind = 'created'").fetchone()[0]
    last = raw.execute("SELECT max(last) FROM document_number WHERE series = 'deal'").fetchone()[0] or 0
    lines = raw.execute("SELECT count(*) FROM x_line").fetchone()[0]
    if not deals[0] == deals[1] == made == last or lines != 2 * deals[0]:
        yield f"{deals[0]} deals, {deals[1]} numbers, {made} events, counter at {last}, {lines} lines"

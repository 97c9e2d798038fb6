"""Where our time goes: the operations of the table in this process, by the part of the code that spends it."""

from __future__ import annotations

import cProfile
import json
import pstats
import sysconfig
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from flask.testing import FlaskClient

from benchmarks.client import OPERATIONS, Ours, Requests, Step, Truth
from benchmarks.load import APP, fill_ours
from benchmarks.servers import ROOT
from engine.runtime import Engine
from web.create_site import create_site
from web.settings import Settings

TIMES = 60
_LIBRARIES = Path(sysconfig.get_paths()["purelib"])


def where(url: str, home: Path, records: int, team: int) -> Iterator[str]:
    """A line for each operation: the parts that take most, each with its share of the processor time."""
    token = fill_ours(url, home, records)
    engine = Engine.start(APP, url, home)
    try:
        client = create_site(engine, Settings(requests_per_minute=0)).test_client()
        truth = Truth.of(records, team)
        requests = Requests(Ours(truth), truth)
        for operation in OPERATIONS:
            steps = requests.steps(operation, 2 * TIMES)
            _ask(client, token, steps[:TIMES])
            profile = cProfile.Profile(time.process_time)
            profile.runcall(_ask, client, token, steps[TIMES:])
            yield f"  {operation:8}" + ", ".join(f"{part} {share:.0%}" for part, share in _shares(profile))
    finally:
        engine.close()


def _ask(client: FlaskClient, token: str, steps: list[Step]) -> None:
    for step in steps:
        sent = None if step.body is None else json.dumps(step.body).encode()
        answer = client.open(
            step.path,
            method=step.method,
            data=sent,
            headers={"Authorization": f"Bearer {token}"},
            content_type="application/json",
        )
        if said := step.wanted(answer.status_code, answer.json):
            raise AssertionError(said)


def _shares(profile: cProfile.Profile, most: int = 8) -> list[tuple[str, float]]:
    spent: Counter[str] = Counter()
    entries: dict[tuple[str, int, str], tuple[int, int, float, float, object]] = pstats.Stats(profile).stats  # type: ignore[attr-defined]
    for (file, _, function), (_, _, own, _, _) in entries.items():
        spent[_part_of(file, function)] += own
    total = sum(spent.values())
    return [(part, seconds / total) for part, seconds in spent.most_common(most)]


def _part_of(file: str, function: str) -> str:
    """A room of ours (`engine.store`), a library, or "the database": what its driver does."""
    if any(driver in f"{function} {file}" for driver in ("pysqlite3", "psycopg")):
        return "the database"
    path = Path(file)
    for root, depth in ((ROOT, 2), (_LIBRARIES, 1)):
        if path.is_relative_to(root):
            parts = path.relative_to(root).with_suffix("").parts
            return ".".join(parts[:depth])
    return "Python"

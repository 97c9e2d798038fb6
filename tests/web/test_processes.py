"""Two processes on one PostgreSQL database, and connections that are cut while people write."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
import sqlalchemy as sa

from engine.errors import StoreBusy
from engine.runtime import Engine
from engine.store.system_tables import event
from engine.testing import actor, engine_for

ROOT = Path(__file__).resolve().parents[2]
APP = ROOT / "tests" / "unit" / "engine" / "workshop.yaml"
PER_WRITER = 25


@pytest.fixture
def engine(postgresql_url: str, tmp_path: Path) -> Iterator[Engine]:
    made = engine_for(APP, tmp_path, postgresql_url)
    yield made
    made.close()


@pytest.fixture
def addresses(engine: Engine, postgresql_url: str, tmp_path: Path) -> Iterator[list[str]]:
    """Two servers on the database, with one data directory."""
    command = [sys.executable, "-m", "web", "start", "--app", str(APP), "--data", str(tmp_path), "--port", "0"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "SLUICE_LOG": "ERROR", "SLUICE_REQUESTS_PER_MINUTE": "0"}
    started = [
        subprocess.Popen(
            [*command, "--database", postgresql_url], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    try:
        yield [_ready(process) for process in started]
    finally:
        for process in started:
            process.send_signal(signal.SIGTERM)
        codes = [process.wait(timeout=40) for process in started]
        for process in started:
            assert process.stdout is not None
            process.stdout.close()
    assert codes == [0, 0], "a stop by signal is a clean end"


def _ready(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("ready "), line
    return urlsplit(line.split()[1]).netloc


def _send(address: str, token: str, key: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Until it is answered by something else than "try again": as a program with an idempotency key does."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "Idempotency-Key": key}
    for _ in range(60):
        connection = http.client.HTTPConnection(address, timeout=30)
        try:
            connection.request("POST", "/api/v1/customer", json.dumps(body), headers)
            answer = connection.getresponse()
            told = json.loads(answer.read())
        finally:
            connection.close()
        if answer.status != 503:
            return answer.status, told
        time.sleep(0.1)
    raise AssertionError("the server never recovered")


def test_what_two_processes_acknowledge_is_there_once_while_their_connections_are_cut(
    engine: Engine, addresses: list[str], postgresql_url: str
) -> None:
    token = engine.tokens.issue(actor(engine, "director").id, "writers", engine.clock.now()).token
    owner = actor(engine, "sales").id
    acknowledged: list[tuple[int, str]] = []
    writing = threading.Event()
    writing.set()

    def write(writer: int) -> None:
        for n in range(PER_WRITER):
            name = f"客户 {writer}-{n}"
            body = {"name": name, "owner": owner, "grade": "A"}
            status, told = _send(addresses[(writer + n) % 2], token, f"key-{writer}-{n}", body)
            assert status == 201, told
            acknowledged.append((told["id"], told["code"]))

    def cut() -> None:
        while writing.is_set():
            with psycopg.connect(postgresql_url, autocommit=True) as connection:
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid() AND random() < 0.3"
                )
            time.sleep(0.25)

    writers = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    cutter = threading.Thread(target=cut)
    cutter.start()
    for thread in writers:
        thread.start()
    for thread in writers:
        thread.join(timeout=240)
    writing.clear()
    cutter.join(timeout=10)
    assert len(acknowledged) == 4 * PER_WRITER
    assert len(set(acknowledged)) == 4 * PER_WRITER
    numbers = sorted(int(code.rpartition("-")[2]) for _, code in acknowledged)
    assert numbers == list(range(numbers[0], numbers[0] + 4 * PER_WRITER)), "no number is lost or given twice"
    for _ in range(20):  # our own connections were cut as well
        try:
            with engine.database.read() as conn:
                created = conn.value(
                    sa.select(sa.func.count()).where(event.c.kind == "created", event.c.entity == "customer")
                )
            break
        except StoreBusy:
            time.sleep(0.1)
    assert created == 4 * PER_WRITER

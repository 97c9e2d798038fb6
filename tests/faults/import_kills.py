"""kill -9 of a process that imports, over and over: of the server, whose job goes on, and of `sluice import`."""

from __future__ import annotations

import csv
import http.client
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from engine.integrity.check import check_data
from engine.runtime import Engine
from engine.store.import_tables import import_row
from engine.store.seal import Reason, as_system
from engine.store.system_tables import event
from engine.testing import Colleague, acting, employ
from tests.faults.served import PASSWORD, ROOT, Server

APP = ROOT / "apps" / "sales_crm.yaml"
WHO = "director"
STAFF = (Colleague(WHO, WHO, "Company", leads=True),)
PATIENCE = 180.0
"""Seconds that a run may take without a kill."""


@dataclass(frozen=True, slots=True)
class ImportReport:
    what: str
    kills: int
    rows: int
    faults: list[str]

    def __str__(self) -> str:
        told = f"{self.what}: {self.kills} kills while {self.rows} rows were imported"
        return f"{told}: {len(self.faults)} lost, doubled or torn"


# --- the file --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Truth:
    """names: of the customers to be made, each with its contacts. doubles: rows that say one of them once more."""

    names: dict[str, set[str]]
    doubles: int

    @property
    def rows(self) -> int:
        return len(self.names) + self.doubles


def write_file(path: Path, count: int, seed: int) -> Truth:
    """Customers of `count` names; about a tenth of them stand twice, with another contact."""
    chance = random.Random(seed)
    names: dict[str, set[str]] = {}
    rows = []
    for number in range(count):
        name, tax_no = f"第{number:04d}号机械厂", f"9132{number:014d}"
        contacts = [f"甲{number}", *([f"乙{number}"] if chance.random() < 0.1 else [])]
        names[name] = set(contacts)
        rows += [(name, tax_no, "机械", contact, f"139{number:08d}") for contact in contacts]
    chance.shuffle(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("公司名称", "税号", "行业", "联系人", "手机"), *rows])
    return Truth(names, len(rows) - count)


# --- the server ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Client:
    """A program that asks again until it is answered."""

    port: int
    token: str

    def insist(self, method: str, path: str, body: bytes = b"", kind: str = "application/json", key: str = "") -> Any:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            answer = self.ask(method, path, body, kind, key)
            if answer is not None:
                return answer
            time.sleep(0.1)
        raise RuntimeError(f"{method} {path} is not answered")

    def ask(self, method: str, path: str, body: bytes = b"", kind: str = "application/json", key: str = "") -> Any:
        """The answer, or None while the server is away."""
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": kind}
        try:
            link.request(method, f"/api/v1{path}", body, headers | ({"Idempotency-Key": key} if key else {}))
            answer = link.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException):
            return None
        finally:
            link.close()
        return json.loads(text) if answer.status in (200, 201) else None


def survive_killed_server(home: Path, url: str, kills: int, seed: int, count: int = 300) -> ImportReport:
    """The import goes through the API; the server dies `kills` times while its job previews and writes."""
    data, chance = home / "data", random.Random(seed)
    token = _founded(data, url)
    truth = write_file(home / "customers.csv", count, seed)
    server = Server(data, url, app=APP)
    server.start()
    client, deaths = Client(server.port, token), iter(range(kills))
    try:
        form = b'--x\r\nContent-Disposition: form-data; name="files"; filename="customers.csv"\r\n\r\n'
        form += (home / "customers.csv").read_bytes() + b"\r\n--x--\r\n"
        run = client.insist("POST", "/imports/customers", form, "multipart/form-data; boundary=x", "upload")
        one = f"/import-runs/{run['id']}"
        client.insist("PUT", f"{one}/mapping", b"{}")
        _rested(server, client, one, chance, _some(deaths, kills // 2))
        client.insist("POST", f"{one}/start", b"{}")
        _rested(server, client, one, chance, deaths)
        server.stop()
    finally:
        server.kill()
    return ImportReport("server", kills, truth.rows, faults_found(data, url, run["id"], truth))


def _some(deaths: Iterator[int], most: int) -> Iterator[int]:
    for _ in range(most):
        yield next(deaths)


def _rested(server: Server, client: Client, one: str, chance: random.Random, deaths: Iterator[int]) -> None:
    """Kills as long as deaths are left and the run works, each time in the midst of a step; then waits for its end."""
    until = time.monotonic() + PATIENCE
    seen: tuple[str, int] | None = None
    while (run := client.insist("GET", one))["state"] in ("cleaning", "matching", "judging", "running"):
        if time.monotonic() > until:
            raise RuntimeError(f"the run stands still: {run['state']} at {run['position']}: {server.said[-20:]}")
        if (now := (run["state"], run["position"])) != seen and seen is not None and next(deaths, None) is not None:
            time.sleep(chance.uniform(0, 0.3))
            server.kill()
            server.start()
            until = time.monotonic() + PATIENCE
        seen = now
        time.sleep(0.02)


# --- the command -----------------------------------------------------------------------------------------------------


def survive_killed_command(home: Path, url: str, kills: int, seed: int, count: int = 300) -> ImportReport:
    """`sluice import` dies at random moments and goes on with `--continue`, until it has said how it ended."""
    data, chance = home / "data", random.Random(seed)
    _founded(data, url)
    truth = write_file(home / "customers.csv", count, seed)
    done = 0
    run_id = 0
    while run_id == 0:
        run_id = _begun(_command(data, url, str(home / "customers.csv"), "--as", "customers"), chance)
        done += 1
    while done < kills:
        process = _command(data, url, "--continue", str(run_id))
        time.sleep(chance.uniform(1.0, 3.5))
        if not _killed(process):  # it had ended by itself
            break
        done += 1
    process = _command(data, url, "--continue", str(run_id))
    told, _ = process.communicate(timeout=PATIENCE)
    if process.returncode != 0:
        raise RuntimeError(f"the import ended with {process.returncode}: {told}")
    return ImportReport("command", done, truth.rows, faults_found(data, url, run_id, truth))


def _command(data: Path, url: str, *words: str) -> subprocess.Popen[str]:
    options = ["--by", WHO, "--json", "--app", str(APP), "--data", str(data), *(["--database", url] if url else [])]
    return subprocess.Popen(
        [sys.executable, "-m", "web", "import", *words, *options],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "SLUICE_LOG": "ERROR", "LANG": "en_US.UTF-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def _begun(process: subprocess.Popen[str], chance: random.Random) -> int:
    """The number of the run that the command has begun, killed a moment later; 0 if it died before it said so."""
    assert process.stderr is not None
    line = process.stderr.readline()
    time.sleep(chance.uniform(0, 1.5))
    _killed(process)
    found = re.search(r"--continue (\d+)", line)
    if found is None:
        raise RuntimeError(f"the command said no number: {line}")
    return int(found[1])


def _killed(process: subprocess.Popen[str]) -> bool:
    """Whether it was still alive. Its pipes are closed either way."""
    was_alive = process.poll() is None
    if was_alive:
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=30)
    return was_alive


# --- the truth -------------------------------------------------------------------------------------------------------


def _founded(data: Path, url: str) -> str:
    """A company of one; the token of that one."""
    data.mkdir(parents=True, exist_ok=True)
    engine = Engine.start(APP, url, data)
    try:
        engine.set_password(employ(engine, STAFF)[WHO], PASSWORD)
        return engine.issue_token(WHO, PASSWORD, "faults") or ""
    finally:
        engine.close()


def faults_found(data: Path, url: str, run_id: int, truth: Truth) -> list[str]:
    """Every difference between the file, the records, their events and the report; empty when all of it agrees."""
    engine = Engine.start(APP, url, data)
    try:
        progress = engine.imports.progress(acting(engine, WHO), run_id)
        expected = {"created": len(truth.names)} | ({"merged": truth.doubles} if truth.doubles else {})
        found = [] if progress.run.state == "done" else [f"the run is {progress.run.state}"]
        if progress.fates != expected:
            found.append(f"the report says {progress.fates}, not {expected}")
        customers, contacts = _rows(engine, "customer", "name"), _rows(engine, "contact", "name", "customer")
        found += _differences("customer", Counter(name for _, name in customers), Counter(list(truth.names)))
        owner = dict(customers)
        told = Counter((owner.get(customer, "?"), name) for _, name, customer in contacts)
        wanted = Counter((name, contact) for name, each in truth.names.items() for contact in each)
        found += _differences("contact", told, wanted)
        found += _differences("event of customer", _created(engine), Counter(number for number, _ in customers))
        found += _differences("record of the report", _reported(engine, run_id), Counter(n for n, _ in customers))
        return [*found, *(str(each) for each in check_data(engine))]
    finally:
        engine.close()


def _differences(what: str, is_there: Counter[Any], expected: Counter[Any]) -> list[str]:
    lost = [f"{what} {each} is missing {count} times" for each, count in (expected - is_there).items()]
    return lost + [f"{what} {each} is there {count} times too often" for each, count in (is_there - expected).items()]


def _rows(engine: Engine, entity: str, *fields: str) -> list[Any]:
    """(id, fields …) of every record that is there."""
    found = engine.installed.tables.entity(entity)
    wanted = sa.select(found.table.c.id, *(found.column(field) for field in fields))
    with engine.database.read() as conn:
        return conn.rows(as_system(wanted.where(found.table.c.deleted_at.is_(None)), Reason.JUDGE))


def _created(engine: Engine) -> Counter[int]:
    wanted = sa.select(event.c.record_id).where(event.c.entity == "customer", event.c.kind == "created")
    with engine.database.read() as conn:
        return Counter(row[0] for row in conn.rows(wanted))


def _reported(engine: Engine, run_id: int) -> Counter[int]:
    c = import_row.c
    with engine.database.read() as conn:
        rows = conn.rows(sa.select(c.record_id).where(c.run_id == run_id, c.state == "created"))
        return Counter(row[0] for row in rows)

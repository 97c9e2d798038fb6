"""A disk that fills up under a running server: reads go on, people are told, and nothing is lost when there is room."""

from __future__ import annotations

import http.client
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.faults.kills import first_customer
from tests.faults.served import Keys, Server, founded
from tests.faults.truth import faults_found
from tests.faults.writers import Ledger, Writer

MEGABYTES = 24
NO_ROOM = 507
COOKIE = "sluice"


@dataclass(frozen=True, slots=True)
class FullReport:
    """refused: the status of a write on the full disk. reads: answered while it was full, of 40. banners: pages that
    told of it, of 20. before, after: writes acknowledged.
    """

    before: int
    refused: int
    reads: int
    banners: int
    after: int
    faults: list[str]

    def __str__(self) -> str:
        told = f"a full disk: {self.before} writes before it, then {self.refused}; {self.reads} of 40 reads answered, "
        told += f"{self.banners} of 20 pages told of it; {self.after} writes once there was room"
        return f"{told}: {len(self.faults)} lost or doubled"


def may_mount() -> bool:
    """Whether a small disk can be made here: it takes the rights of root."""
    probe = ["unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


def survive_full_disk(home: Path) -> FullReport:
    with _small_disk(home / "disk") as disk:
        data = disk / "data"
        keys = founded(data, "")
        server, ledger = Server(data, ""), Ledger()
        server.start()
        try:
            customer = first_customer(server.port, keys.token)
            writer = Writer(server.port, keys.token, customer, ledger, 1)
            writer.start()
            _wait_until(lambda: ledger.count() >= 10)
            _fill(disk / "ballast")
            refused = _until_refused(server.port, keys.token)
            before = ledger.count()
            reads, banners = _read_on(server.port, keys, 20)
            (disk / "ballast").unlink()
            _wait_until(lambda: ledger.count() >= before + 10)
            writer.end()
            writer.join(60)
            server.stop()
        finally:
            server.kill()
        return FullReport(before, refused, reads, banners, ledger.count() - before, faults_found(data, "", ledger))


def _read_on(port: int, keys: Keys, times: int) -> tuple[int, int]:
    """Of that many reads by the API and by pages: how many were answered, how many pages told of the disk."""
    bearer, cookie = {"Authorization": f"Bearer {keys.token}"}, {"Cookie": f"{COOKIE}={keys.session}"}
    answers = [_ask(port, "GET", "/api/v1/deal?limit=5", bearer) for _ in range(times)]
    pages = [_ask(port, "GET", "/e/deal", cookie) for _ in range(times)]
    answered = sum(status == 200 for status, _ in [*answers, *pages])
    return answered, sum('role="alert"' in text for _, text in pages)


def _fill(ballast: Path) -> None:
    """Until nothing is left but a few blocks, and then those too."""
    with ballast.open("wb", buffering=0) as file:
        for size in (1024 * 1024, 64 * 1024, 4096, 1):
            with suppress(OSError):
                while file.write(bytes(size)):
                    pass


def _until_refused(port: int, token: str) -> int:
    """The status with which a write is answered in the end."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    until = time.monotonic() + 60
    status = 0
    while status != NO_ROOM and time.monotonic() < until:
        status, _ = _ask(port, "POST", "/api/v1/customer", headers, b'{"name": "Late"}')
    return status


def _ask(port: int, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> tuple[int, str]:
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        link.request(method, path, body or None, headers)
        answer = link.getresponse()
        return answer.status, answer.read().decode()
    finally:
        link.close()


def _wait_until(holds: Callable[[], bool], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            raise RuntimeError("nothing is acknowledged any more")
        time.sleep(0.02)


@contextmanager
def _small_disk(place: Path) -> Iterator[Path]:
    place.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", str(place)], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)

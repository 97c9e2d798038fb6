"""Programs that write over HTTP and do not give up: each write is tried with its key until it is acknowledged."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from uuid import uuid4

PDF = b"%%PDF-1.4\n%% %s\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%%%EOF\n"
_ANSWERED = frozenset({200, 201})
_LATER = frozenset({429, 500, 502, 503, 504, 507})


@dataclass
class Ledger:
    """What the server has acknowledged, as its clients know it. Shared by all writers."""

    deals: dict[str, int] = field(default_factory=dict)
    """Name of the deal (its key) → id. Names are not unique in the app: a write done twice would show."""
    amounts: dict[str, int] = field(default_factory=dict)
    """Name of the deal → the whole yuan that were last acknowledged."""
    files: dict[str, str] = field(default_factory=dict)
    """Name of the deal → sha256 of the file acknowledged on it."""
    tried: int = 0
    refused: list[str] = field(default_factory=list)
    """Answers that are neither a success nor "come again": there should be none."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self) -> int:
        return len(self.deals) + len(self.amounts) + len(self.files)


class Writer(threading.Thread):
    """Makes deals with two lines each, changes them and puts files on them, until told to stop."""

    def __init__(self, port: int, token: str, customer: int, ledger: Ledger, seed: int) -> None:
        super().__init__(daemon=True)
        self._port, self._token, self._customer, self._ledger = port, token, customer, ledger
        self._chance = random.Random(seed)
        self._stop_asked = threading.Event()

    def end(self) -> None:
        """Ends after the write under way has been acknowledged."""
        self._stop_asked.set()

    def run(self) -> None:
        while not self._stop_asked.is_set():
            name = uuid4().hex
            deal, version = self._create(name)
            if self._chance.random() < 0.6:
                version = self._change(name, deal, version)
            if self._chance.random() < 0.3:
                self._attach(name, deal, version)

    def _create(self, name: str) -> tuple[int, int]:
        lines = [{"item": f"{name}-{each}", "qty": "2", "price": "10.00"} for each in (1, 2)]
        body = {"name": name, "customer": self._customer, "lines": lines}
        found = self.insist("POST", "/deal", body, name)
        with self._ledger.lock:
            self._ledger.deals[name] = found["id"]
        return found["id"], found["_version"]

    def _change(self, name: str, deal: int, version: int) -> int:
        amount = self._chance.randint(1, 900_000)
        body = {"amount": str(amount), "version": version}
        found = self.insist("PATCH", f"/deal/{deal}", body, f"{name}-amount")
        with self._ledger.lock:
            self._ledger.amounts[name] = amount
        return int(found["_version"])

    def _attach(self, name: str, deal: int, version: int) -> None:
        content = PDF % name.encode()
        head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="proof.pdf"\r\n'
        form = head + b"Content-Type: application/pdf\r\n\r\n" + content + b"\r\n--x--\r\n"
        multipart = "multipart/form-data; boundary=x"
        stored = self._until_answered("POST", "/files", form, {"Content-Type": multipart}, f"{name}-file")
        self.insist("PATCH", f"/deal/{deal}", {"proof": stored["id"], "version": version}, f"{name}-proof")
        with self._ledger.lock:
            self._ledger.files[name] = sha256(content).hexdigest()

    def insist(self, method: str, path: str, body: Any, key: str) -> dict[str, Any]:
        """The answer, once the server has acknowledged the write under this key."""
        return self._until_answered(method, path, json.dumps(body).encode(), {"Content-Type": "application/json"}, key)

    def _until_answered(self, method: str, path: str, body: bytes, headers: dict[str, str], key: str) -> dict[str, Any]:
        headers = headers | {"Authorization": f"Bearer {self._token}", "Idempotency-Key": key}
        while True:
            answer = self._try(method, path, body, headers)
            if answer is not None:
                return answer
            time.sleep(0.1)

    def _try(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> dict[str, Any] | None:
        """What the server acknowledged; None when it is away or busy."""
        with self._ledger.lock:
            self._ledger.tried += 1
        link = http.client.HTTPConnection("127.0.0.1", self._port, timeout=20)
        try:
            link.request(method, f"/api/v1{path}", body, headers)
            answer = link.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException):
            return None
        finally:
            link.close()
        if answer.status in _ANSWERED:
            found: dict[str, Any] = json.loads(text)
            return found
        if answer.status not in _LATER:
            with self._ledger.lock:
                self._ledger.refused.append(f"{method} {path} {answer.status} {text[:300]!r}")
            raise RuntimeError(self._ledger.refused[-1])
        return None

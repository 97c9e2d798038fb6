"""A real server process over the workshop app, that can be killed and started again at the same address."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.runtime import Engine
from engine.testing import Colleague, employ

WORKSHOP = Path(__file__).resolve().parents[1] / "unit" / "engine" / "workshop.yaml"
ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "a river runs through it"
STAFF = (Colleague("sales", "sales"), Colleague("director", "director", "Company"))
PATIENCE = 60.0
"""Seconds that a server may take to start."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The salesperson's: a token for the API, a session for the pages."""

    token: str
    session: str


def founded(data: Path, url: str) -> Keys:
    """Founds a company of two in the database at `url`."""
    data.mkdir(parents=True, exist_ok=True)
    engine = Engine.start(WORKSHOP, url, data)
    try:
        ids = employ(engine, STAFF)
        engine.set_password(ids["sales"], PASSWORD)
        token = engine.issue_token("sales", PASSWORD, "faults")
        assert token is not None
        return Keys(token, engine.open_session(ids["sales"], "faults"))
    finally:
        engine.close()


class Server:
    """`sluice start` in a process group of its own. wrap: a command before it, such as a tracer's."""

    def __init__(self, data: Path, url: str, wrap: Sequence[str] = (), app: Path = WORKSHOP) -> None:
        self.port = _free_port()
        options = ["--no-sample", "--port", str(self.port), "--data", str(data), "--app", str(app)]
        self._command = [*wrap, sys.executable, "-m", "web", "start", *options, *(["--database", url] if url else [])]
        self._process: subprocess.Popen[str] | None = None
        self.said: list[str] = []
        """What it wrote, of all its lives."""

    def start(self) -> None:
        """Returns when it answers. RuntimeError, with what it said, when it ends before."""
        environment = os.environ | {"PYTHONPATH": str(ROOT), "SLUICE_LOG": "WARNING"}
        self._process = subprocess.Popen(
            self._command,
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        ready = threading.Event()
        threading.Thread(target=self._listen, args=(self._process, ready), daemon=True).start()
        if not ready.wait(PATIENCE) or self._process.poll() is not None:
            raise RuntimeError("the server did not start: " + "".join(self.said[-20:]))

    def _listen(self, process: subprocess.Popen[str], ready: threading.Event) -> None:
        assert process.stdout is not None
        with process.stdout:
            for line in process.stdout:
                self.said.append(line)
                if line.startswith("ready "):
                    ready.set()
        ready.set()

    def kill(self) -> None:
        """As a power switch does it to a program: nothing is flushed, nobody is told."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """As an operator does it; running requests end."""
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, how)
            self._process.wait(PATIENCE)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port

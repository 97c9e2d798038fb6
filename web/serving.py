"""Serving until told to stop: no new connections then, running requests end, and so does what they answer."""

from __future__ import annotations

import signal
import threading
import time
from types import FrameType
from typing import Any

from flask import Flask
from waitress import create_server

GRACE_SECONDS = 20.0
"""How long a running request may take to end after the signal."""

_LOOK_SECONDS = 0.2


class Server:
    """A listening site. Raises OSError when the address is taken."""

    def __init__(self, site: Flask, host: str, port: int, threads: int) -> None:
        self._stopping = threading.Event()
        self._server: Any = create_server(
            site, host=host, port=port, threads=threads, ident=None, clear_untrusted_proxy_headers=False
        )
        self.port: int = int(self._server.effective_port)

    def stop_on_signals(self) -> None:
        """SIGTERM and Ctrl-C end it gracefully; a second one at once."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._hear)

    def _hear(self, _number: int, _frame: FrameType | None) -> None:
        if self._stopping.is_set():
            raise SystemExit(1)
        self.stop()

    def stop(self) -> None:
        """To be called from any thread; `run` returns when what runs has ended."""
        self._stopping.set()

    def run(self) -> None:
        """Serves until `stop`."""
        while not self._stopping.is_set():
            self._turn()
        self._stop_listening()
        deadline = time.monotonic() + GRACE_SECONDS
        while self._is_busy() and time.monotonic() < deadline:
            self._turn()
        self._server.task_dispatcher.shutdown(cancel_pending=True, timeout=1)
        self._server.asyncore.close_all(self._server._map, ignore_all=True)  # not public; a test holds it

    def _turn(self) -> None:
        """One look at the sockets, with whatever is to be read, written or accepted now."""
        self._server.asyncore.loop(timeout=_LOOK_SECONDS, map=self._server._map, use_poll=True, count=1)

    def _stop_listening(self) -> None:
        self._server.accepting = False
        self._server.del_channel()
        self._server.socket.close()

    def _is_busy(self) -> bool:
        """Whether a request runs or waits, or an answer is not sent yet."""
        return any(
            channel.requests or channel.total_outbufs_len for channel in list(self._server.active_channels.values())
        )

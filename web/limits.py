"""How often one address may fail to sign in. Counted in this process; the account's own delay is the engine's."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address

_MANY_ADDRESSES = 10_000


class FailureWindow:
    """Failures per address within the last `seconds`; `limit` of them close the door until the oldest is gone."""

    def __init__(self, limit: int, seconds: float = 60.0, now: Callable[[], float] = time.monotonic) -> None:
        self._limit, self._seconds, self._now = limit, seconds, now
        self._failures: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def wait(self, address: str) -> int:
        """Whole seconds until this address may try again; 0 when it may now."""
        with self._lock:
            failures = self._fresh(address)
            if len(failures) < self._limit:
                return 0
            return int(failures[0] + self._seconds - self._now()) + 1

    def record_failure(self, address: str) -> None:
        with self._lock:
            if len(self._failures) >= _MANY_ADDRESSES:
                self._forget_old()
            self._fresh(address).append(self._now())

    def _fresh(self, address: str) -> deque[float]:
        failures = self._failures.setdefault(network_of(address), deque(maxlen=self._limit))
        while failures and failures[0] <= self._now() - self._seconds:
            failures.popleft()
        return failures

    def _forget_old(self) -> None:
        oldest = self._now() - self._seconds
        self._failures = {key: times for key, times in self._failures.items() if times and times[-1] > oldest}


def network_of(address: str) -> str:
    """An IPv4 address, or the /64 of an IPv6 one: a home has 2**64 of those."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        return str(IPv6Address(int(parsed) >> 64 << 64))
    return str(parsed)

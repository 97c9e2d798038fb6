"""How often one address may fail to sign in, and how often a program may ask. Counted in this process."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from math import ceil

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


class RateLimit:
    """So many requests a minute for each key; what was not used may be used at once, up to a minute's worth.

    0 a minute: no limit.
    """

    def __init__(self, per_minute: int, now: Callable[[], float] = time.monotonic) -> None:
        self._per_minute, self._now = per_minute, now
        self._kept: dict[str, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def wait(self, key: str, share: int = 1) -> int:
        """Takes one request of this key: 0, or the whole seconds until there is one again. share: times the limit."""
        most = float(self._per_minute * share)
        if not most:
            return 0
        now = self._now()
        with self._lock:
            left, at = self._kept.get(key, (most, now))
            left = min(most, left + (now - at) * most / 60)
            if len(self._kept) >= _MANY_ADDRESSES:
                self._forget_full(now)
            if left < 1:
                self._kept[key] = (left, now)
                return max(1, ceil((1 - left) * 60 / most - 1e-6))
            self._kept[key] = (left - 1, now)
            return 0

    def _forget_full(self, now: float) -> None:
        """Keys that have not asked for a minute have their whole share again."""
        self._kept = {key: kept for key, kept in self._kept.items() if now - kept[1] < 60}


@lru_cache(maxsize=4_096)
def network_of(address: str) -> str:
    """An IPv4 address, or the /64 of an IPv6 one: a home has 2**64 of those."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        return str(IPv6Address(int(parsed) >> 64 << 64))
    return str(parsed)

"""Counts of what happened since the process started, by name: for whoever watches the machine."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Mapping


class Tally:
    """Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()

    def add(self, names: Iterable[str]) -> None:
        with self._lock:
            self._counts.update(names)

    @property
    def counts(self) -> Mapping[str, int]:
        with self._lock:
            return dict(self._counts)

"""What commands of one transaction ask again and again: whether an account is open, a record in sight, whose unit."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar, cast

from engine.store.connection import Connection

T = TypeVar("T")


class Glances:
    """Answers by question. They hold until this transaction writes a record or an account."""

    def __init__(self) -> None:
        self._seen: dict[Hashable, object] = {}
        self._writes = (0, False)

    def at(self, conn: Connection, question: Hashable, ask: Callable[[], T]) -> T:
        """What `ask` says, asked once."""
        writes = (conn.record_writes, conn.has_written_people)
        if self._writes != writes:
            self._seen.clear()
            self._writes = writes
        if question not in self._seen:
            self._seen[question] = ask()
        return cast("T", self._seen[question])

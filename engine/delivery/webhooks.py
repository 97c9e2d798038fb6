"""Webhooks: who wants to hear of which events. In an event's transaction a job is put for each that wants it.

The address and the person it acts as are configured by an administrator, never by the app's text. The body is made when
it is sent: see `engine.delivery.sending`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from engine.delivery.outbox import Jobs
from engine.store.connection import Connection
from engine.store.system_tables import webhook

JOB: Final = "webhook"
KINDS: Final = ("created", "changed", "moved", "removed", "commented")
STALE_SECONDS: Final = 5.0
"""Other processes hear of a new webhook within this time; a removed one is asked for again before anything is sent."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """events: `customer.created`, `order.*`, `*`. user_id: whose rights decide what the receiver gets to see."""

    id: int
    name: str
    url: str
    user_id: int
    events: tuple[str, ...]
    is_active: bool
    secret_version: int

    @property
    def purpose(self) -> str:
        return f"webhook:{self.id}:{self.secret_version}"

    def wants(self, entity: str, kind: str) -> bool:
        return not {"*", f"{entity}.*", f"{entity}.{kind}"}.isdisjoint(self.events)


def find_all(conn: Connection) -> list[Webhook]:
    return [_read(row) for row in conn.rows(sa.select(*_COLUMNS).order_by(webhook.c.id))]


def find(conn: Connection, webhook_id: int) -> Webhook | None:
    row = conn.one(sa.select(*_COLUMNS).where(webhook.c.id == webhook_id))
    return _read(row) if row else None


_COLUMNS = tuple(webhook.c[name] for name in ("id", "name", "url", "user_id", "events", "is_active", "secret_version"))


def _read(row: Sequence[object]) -> Webhook:
    number, name, url, user_id, events, is_active, secret_version = row
    assert isinstance(events, list)  # noqa: S101  the column is ours
    return Webhook(
        int(str(number)),
        str(name),
        str(url),
        int(str(user_id)),
        tuple(events),
        bool(is_active),
        int(str(secret_version)),
    )


class Announcer:
    """Puts a job for each webhook that wants an event. Knows the active webhooks by heart for a few seconds."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs
        self._known: tuple[Webhook, ...] = ()
        self._known_at = 0.0
        self._lock = threading.Lock()

    def announce(self, conn: Connection, events: Iterable[tuple[int, str, str]]) -> None:
        """events: (id, entity, kind) of those that this transaction appended."""
        hooks = self._active(conn)
        for event_id, entity, kind in events if hooks else ():
            for hook in hooks:
                if hook.wants(entity, kind):
                    payload = {"webhook": hook.id, "event": event_id}
                    self._jobs.put(conn, JOB, payload, f"webhook-{hook.id}-event-{event_id}")

    def forget(self) -> None:
        """After a change: look again at the next event."""
        with self._lock:
            self._known_at = 0.0

    def _active(self, conn: Connection) -> tuple[Webhook, ...]:
        now = time.monotonic()
        if not self._known_at or now - self._known_at > STALE_SECONDS:
            found = tuple(hook for hook in find_all(conn) if hook.is_active)
            with self._lock:
                self._known, self._known_at = found, now
        return self._known

"""People as actors, worked out once for each version of the company: roles expanded, units below, the manager."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from dsl.app import App
from engine.context import Actor
from engine.people import users
from engine.store.connection import Connection
from engine.store.plans import Recent

MOST_KEPT: Final = 2_048


@dataclass(frozen=True, slots=True)
class _Kept:
    """An actor as of a version of the people, from one instant until a post begins or ends."""

    actor: Actor
    version: str
    since: datetime
    until: datetime | None

    def holds(self, version: str, at: datetime) -> bool:
        return self.version == version and self.since <= at and (self.until is None or at < self.until)


class KnownActors:
    """The actors of one revision of an app. Safe to share between threads."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._recent: Recent[_Kept] = Recent(MOST_KEPT)

    def find(self, conn: Connection, user_id: int, version: str, at: datetime) -> Actor | None:
        """As `users.find_actor`. version: of the people, read in this transaction by the statement that let them in."""
        kept = self._recent.find(user_id)
        if kept is not None and kept.holds(version, at):
            return kept.actor
        actor = users.find_actor(conn, self._app, user_id, at)
        if actor is not None:
            actor = replace(actor, people_version=version)
            self._recent.keep(user_id, _Kept(actor, version, at, users.next_change(conn, user_id, at)))
        return actor

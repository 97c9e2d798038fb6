"""One look at the data: a snapshot, the app, and the definitions that were in force before it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import sqlalchemy as sa

from dsl.app import App, Field
from dsl.formula.env import Env
from dsl.load import load_text
from engine.clock import day_of
from engine.installed import Installed
from engine.store import columns
from engine.store.connection import Connection
from engine.store.system_tables import app_revision
from engine.store.tables import Tables


@dataclass(slots=True)
class Look:
    installed: Installed
    conn: Connection
    env: Env
    unreadable: set[str] = field(default_factory=set)
    """Entities with values that cannot even be read: their rows are not looked at any further."""
    _former: dict[int, App | None] | None = None

    @property
    def app(self) -> App:
        return self.installed.app

    @property
    def tables(self) -> Tables:
        return self.installed.tables

    def former(self, since: int) -> Iterator[App | None]:
        """The definitions in force from revision `since` to the one before the present; None for one lost to us."""
        if self._former is None:
            c = app_revision.c
            rows = self.conn.rows(sa.select(c.id, c.source).where(c.id < self.installed.revision).order_by(c.id))
            self._former = {number: load_text(source, f"revision {number}").value for number, source in rows}
        yield from (app for number, app in self._former.items() if number >= since)

    def was_otherwise(self, entity: str, known: Field, since: int) -> bool:
        """Whether the field was computed, absent or of another type in a definition from `since` on.

        Then its values came by another way than people's writes, and history need not name them.
        """
        return any(_is_otherwise(app, entity, known) for app in self.former(since))


def look_at(installed: Installed, conn: Connection) -> Look:
    """A look through this connection: of a snapshot, or of a transaction that is to change something."""
    now = installed.clock.now()
    return Look(installed, conn, Env(day_of(now, installed.app.timezone), now))


def _is_otherwise(app: App | None, entity: str, known: Field) -> bool:
    held = app.entities.get(entity) if app is not None else None
    before = (held.fields.get(known.key) or held.fields.get(known.was)) if held is not None else None
    if before is None:
        return True
    return before.is_computed or columns.storage(before.value_type) != columns.storage(known.value_type)

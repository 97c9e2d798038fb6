"""The moment of one request as formulas know it: today, now, and who asks."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from dsl.app import App
from dsl.formula.env import Env
from engine.clock import day_of
from engine.context import Context
from engine.people import users
from engine.store import visits
from engine.store.connection import Connection


def env_of(conn: Connection, context: Context, app: App) -> Env:
    """The environment of every formula in this transaction; `entered` reads the visits on the same connection."""
    actor = context.actor
    return Env(
        today=day_of(context.at, app.timezone),
        now=context.at,
        me=None if actor.is_system else actor.person or users.as_person(conn, actor.id),
        timezone=ZoneInfo(app.timezone),
        entered=lambda entity, record_id, stage: visits.last_entered(conn, entity, record_id, stage),
    )

"""The engine at the places that a command was given."""

from __future__ import annotations

import argparse
import os

import sqlalchemy as sa

from engine.delivery.outgoing import Allowed
from engine.errors import NotReady
from engine.runtime import Engine
from engine.store.system_tables import user_account


def engine_at(arguments: argparse.Namespace) -> Engine:
    """The engine over these places. Raises NotReady, StoreLocked."""
    arguments.data.mkdir(parents=True, exist_ok=True)
    try:
        allowed = Allowed.read(os.environ.get("SLUICE_OUTGOING_ALLOW", ""))
    except ValueError as error:
        raise NotReady(f"SLUICE_OUTGOING_ALLOW: {error}") from error
    return Engine.start(arguments.app.resolve(), arguments.database, arguments.data.resolve(), allowed=allowed)


def has_people(engine: Engine) -> bool:
    """Whether anybody has an account; a database without people is a new one."""
    with engine.database.read() as connection:
        return connection.one(sa.select(user_account.c.id).limit(1)) is not None

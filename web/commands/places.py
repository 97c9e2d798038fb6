"""The engine at the places that a command was given."""

from __future__ import annotations

import argparse
import gc
import os
from pathlib import Path

import sqlalchemy as sa

from engine.bundle.marks import DIRECTORY
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
    data = arguments.data.resolve()
    engine = Engine.start(arguments.app.resolve(), arguments.database, data, allowed=allowed)
    engine.backups_dir = backups_at(data)
    gc.freeze()  # the app and its plans stay as long as the command: the collector need not look through them
    return engine


def backups_at(data: Path) -> Path:
    """Where backups lie: SLUICE_BACKUPS in the environment, or beside the data."""
    return Path(os.environ.get("SLUICE_BACKUPS", "") or data / DIRECTORY).resolve()


def has_people(engine: Engine) -> bool:
    """Whether anybody has an account; a database without people is a new one."""
    with engine.database.read() as connection:
        return connection.one(sa.select(user_account.c.id).limit(1)) is not None

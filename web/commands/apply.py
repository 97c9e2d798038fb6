"""`sluice apply`: make the database ready for an app. Twice in a row changes nothing the second time."""

from __future__ import annotations

import argparse

from engine.clock import SystemClock
from engine.installed import install
from engine.store.database import Database
from engine.store.files import FileStore
from web.commands.options import add_app, add_data, checked_app


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_app(parser)
    add_data(parser)


def run(arguments: argparse.Namespace) -> int:
    app = checked_app(arguments.app)
    if app is None:
        return 1
    arguments.data.mkdir(parents=True, exist_ok=True)
    database = Database.open(arguments.database, data_dir=arguments.data.resolve())
    try:
        revision = install(app, database, FileStore(arguments.data.resolve()), SystemClock()).revision
    finally:
        database.close()
    print(f"{app.key} is at revision {revision}")
    return 0

"""`sluice plan`: what applying an app would change in the database, which may be in use. Nothing is written."""

from __future__ import annotations

import argparse

from dsl.app import App
from engine.errors import NotReady
from engine.store.apply import plan_changes
from engine.store.database import Database
from engine.store.ledger import Ledger
from engine.store.renewal import find_stale
from engine.store.schema_changes import changes
from web.commands.options import add_app, add_data, checked_app


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_app(parser)
    add_data(parser)


def run(arguments: argparse.Namespace) -> int:
    app = checked_app(arguments.app)
    if app is None:
        return 1
    lines = _planned(app, arguments)
    for line in lines:
        print(line)
    print(f"{len(lines)} changes" if lines else "nothing to change")
    return 0


def _planned(app: App, arguments: argparse.Namespace) -> list[str]:
    try:
        database = Database.open(arguments.database, data_dir=arguments.data.resolve(), looks_on=True)
    except NotReady:  # there is none yet
        return [str(op) for op in changes(Ledger(), app)]
    try:
        lines = [str(op) for op in plan_changes(database, app)]
        with database.read() as conn:
            return [*lines, *find_stale(conn, app)]
    finally:
        database.close()

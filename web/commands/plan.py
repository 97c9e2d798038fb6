"""`sluice plan`: what applying an app would change in the database. Nothing is written."""

from __future__ import annotations

import argparse

from engine.store.apply import plan_changes
from engine.store.database import Database
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
        ops = plan_changes(database, app)
    finally:
        database.close()
    for op in ops:
        print(op)
    print(f"{len(ops)} changes" if ops else "nothing to change")
    return 0

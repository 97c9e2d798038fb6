"""`sluice plan`: what applying an app would change in the database. Nothing is written."""

from __future__ import annotations

import argparse

from engine.store.apply import plan_changes
from engine.store.database import Database
from engine.store.renewal import find_stale
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
        lines = [str(op) for op in plan_changes(database, app)]
        with database.read() as conn:
            lines += find_stale(conn, app)
    finally:
        database.close()
    for line in lines:
        print(line)
    print(f"{len(lines)} changes" if lines else "nothing to change")
    return 0

"""`sluice worker`: run jobs for other processes on the same PostgreSQL database, until told to stop."""

from __future__ import annotations

import argparse
import signal
import sys
import threading

from engine.bundle.schedule import put_next
from web.commands.options import add_app, add_data
from web.commands.places import engine_at
from web.request_log import set_up_logging


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_app(parser)
    add_data(parser)


def run(arguments: argparse.Namespace) -> int:
    if not arguments.database.startswith("postgresql"):
        print("on SQLite the process of `sluice start` runs the jobs itself: nothing to do here", file=sys.stderr)
        return 2
    set_up_logging()
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    engine = engine_at(arguments)
    try:
        engine.jobs.start(engine)
        put_next(engine)
        print("ready", flush=True)
        stopping.wait()
        return 0
    finally:
        engine.close()

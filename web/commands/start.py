"""`sluice start`: open or create the database, load the sample company on the first start, serve until told to stop."""

from __future__ import annotations

import argparse
import gc
import importlib
import os
import signal
import sys
from pathlib import Path
from types import FrameType

from engine.bundle.schedule import put_next
from engine.runtime import Engine
from web.commands.options import add_app, add_data
from web.commands.places import engine_at, has_people
from web.create_site import create_site
from web.request_log import set_up_logging
from web.serving import Server
from web.settings import settings_from
from web.templating import compiled_ahead

LOGINS = "sample-logins.txt"
SEED = 20_260


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_app(parser)
    add_data(parser)
    parser.add_argument("--port", type=int, default=8000, metavar="N", help="8000; 0 takes a free one")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (127.0.0.1)")
    parser.add_argument("--threads", type=int, default=8, metavar="N", help="requests served at once (8)")
    parser.add_argument(
        "--no-workers", action="store_true", help="run no jobs in this process: `sluice worker` does (PostgreSQL)"
    )
    parser.add_argument("--no-sample", action="store_true", help="start with an empty company")


def run(arguments: argparse.Namespace) -> int:
    set_up_logging()
    signal.signal(signal.SIGTERM, _stop)
    engine = engine_at(arguments)
    try:
        if not has_people(engine):
            _fill(engine, arguments)
        return _serve(engine, arguments)
    except (SystemExit, KeyboardInterrupt):
        return 0
    finally:
        engine.close()


def _serve(engine: Engine, arguments: argparse.Namespace) -> int:
    """Until a signal: then nothing new is taken and what runs ends. 1 when the address is taken."""
    site = create_site(engine, settings_from(os.environ))
    try:
        server = Server(site, arguments.host, arguments.port, arguments.threads)
    except OSError as error:
        print(f"cannot listen on {arguments.host}:{arguments.port}: {error.strerror}", file=sys.stderr)
        return 1
    server.stop_on_signals()
    gc.freeze()  # what is loaded by now stays: the collector need not look through it for every thousandth page
    print(f"ready http://{arguments.host}:{server.port}", flush=True)
    if not arguments.no_workers:
        engine.jobs.start_when_needed(engine)
        put_next(engine)
    with compiled_ahead(site):
        server.run()
    return 0


def _fill(engine: Engine, arguments: argparse.Namespace) -> None:
    """Somebody must be able to sign in: the sample company, or a word on how to add the first person."""
    if not arguments.no_sample:
        try:
            return _load_sample(engine, arguments.data)
        except ValueError as error:  # an app without a sample company
            print(error, file=sys.stderr)
    print("nobody can sign in yet: sluice user add LOGIN --role ROLE", file=sys.stderr)
    return None


def _load_sample(engine: Engine, data: Path) -> None:
    """The sample company, once. Its logins are kept in a file that only the owner reads."""
    print("loading the sample company …", file=sys.stderr)
    sample = importlib.import_module("engine.sample")  # every start but the first does without it
    logins: list[tuple[str, str]] = sample.load_sample(engine, SEED)
    kept = data / LOGINS
    with os.fdopen(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.writelines(f"{login} {password}\n" for login, password in logins)
    for login, password in logins:
        print(f"  {login} {password}", file=sys.stderr)
    print(f"kept in {kept}", file=sys.stderr)


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)

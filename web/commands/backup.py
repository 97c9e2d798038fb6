"""`sluice backup`: a copy of everything while people work, restored once to prove it, and older ones removed."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from engine.bundle.backup import back_up
from engine.observe import observe
from web.cli import terminal_language
from web.commands.options import add_app, add_data
from web.commands.places import backups_at


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_app(parser)
    add_data(parser)
    parser.add_argument(
        "--to", type=Path, metavar="DIR", help="where to; another disk is better (SLUICE_BACKUPS or DATA/backups)"
    )
    parser.add_argument("--keep", type=int, default=0, metavar="N", help="keep the N latest, remove older ones (all)")
    parser.add_argument("--no-proof", action="store_true", help="do not restore it once to see that it is sound")


def run(arguments: argparse.Namespace) -> int:
    data = arguments.data.resolve()
    engine = observe(arguments.app.resolve(), arguments.database, data)
    try:
        target = arguments.to.resolve() if arguments.to else backups_at(data)
        made = back_up(engine.installed, target, keeps=arguments.keep, proves=not arguments.no_proof)
    finally:
        engine.close()
    for fault in made.faults:
        print(fault.said(terminal_language()), file=sys.stderr)
    rows = sum(part.rows for part in made.manifest.parts)
    print(f"{made.path}: {rows} rows, {made.path.stat().st_size} bytes")
    return 1 if made.faults else 0

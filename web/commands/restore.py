"""`sluice restore FILE`: a backup or bundle into an empty database, SQLite or PostgreSQL; then the data check."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from dsl.app import App
from dsl.load import load_text
from engine.bundle.archive import APP_TEXT, Reader
from engine.bundle.backup import restore
from engine.clock import SystemClock
from web.cli import terminal_language
from web.commands.options import add_data, checked_app


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="a backup or a bundle")
    parser.add_argument("--app", type=Path, metavar="FILE", help="the app's YAML (the text in the bundle)")
    add_data(parser)


def run(arguments: argparse.Namespace) -> int:
    app = checked_app(arguments.app.resolve()) if arguments.app else _app_in(arguments.file)
    if app is None:
        return 1
    data = arguments.data.resolve()
    data.mkdir(parents=True, exist_ok=True)
    count = 0
    for fault in restore(arguments.file, app, arguments.database, data, SystemClock()):
        print(fault.said(terminal_language()), file=sys.stderr)
        count += 1
    if count:
        return 1
    print(f"{arguments.file} is restored; everything agrees")
    return 0


def _app_in(path: Path) -> App | None:
    """The app whose text is in the bundle; None, with a word why, where it needs files beside it."""
    reader = Reader(path)
    try:
        checked = load_text(reader.text(APP_TEXT), f"{reader.manifest.app}.yaml")
    finally:
        reader.close()
    if checked.value is None or not checked.is_ok:
        print("sluice restore: the app needs files beside its text: give it with --app", file=sys.stderr)
        return None
    return checked.value

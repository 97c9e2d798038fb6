"""Options that say which app and where the data is; nothing of the engine is loaded for them."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from dsl.app import App
from dsl.load import load_app
from dsl.render import as_text
from web.cli import terminal_language

ROOT = Path(__file__).resolve().parents[2]


def add_app(parser: argparse.ArgumentParser) -> None:
    default = ROOT / "apps" / "sales_crm.yaml"
    parser.add_argument("--app", type=Path, default=default, metavar="FILE", help="the app's YAML (sales_crm)")


def add_data(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, default=ROOT / "data", metavar="DIR", help="where the data lives (data)")
    parser.add_argument("--database", default="", metavar="URL", help="sqlite (default) or postgresql+psycopg://…")


def add_language(parser: argparse.ArgumentParser) -> None:
    """`--lang`, by default that of the terminal."""
    parser.add_argument("--lang", choices=("zh", "en"), default=terminal_language())


def checked_app(path: Path) -> App | None:
    """The app of a file; None, with its mistakes on standard error, when it has any."""
    checked = load_app(path)
    if checked.errors or checked.value is None:
        source = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
        print(as_text(checked.errors, {path.name: source}, terminal_language()), file=sys.stderr)
        return None
    return checked.value

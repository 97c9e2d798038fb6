"""`sluice check`: every mistake in an app's text, or, with `--data`, everything in the data that does not agree.

Exit 0 when nothing is wrong (warnings do not count), else 1.
"""

from __future__ import annotations

import argparse
import importlib
import json
from collections.abc import Sequence
from pathlib import Path

from dsl.load import load_app
from dsl.problems import Problem
from dsl.render import as_json, as_sarif, as_text
from web.commands.options import ROOT, add_language


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, nargs="?", default=ROOT / "apps" / "sales_crm.yaml", metavar="FILE")
    parser.add_argument("--format", choices=("text", "json", "sarif"), default="text")
    parser.add_argument(
        "--data",
        nargs="?",
        type=Path,
        const=ROOT / "data",
        metavar="DIR",
        help="hold the data in DIR (data) against itself: it may be in use, nothing is written",
    )
    parser.add_argument("--database", default="", metavar="URL", help="sqlite (default) or postgresql+psycopg://…")
    parser.add_argument("--app", type=Path, dest="file", metavar="FILE", help="the same as FILE")
    parser.add_argument("--repair", action="store_true", help="with --data: make anew what is derived from the rest")
    add_language(parser)


def run(arguments: argparse.Namespace) -> int:
    if arguments.data is not None or arguments.database:
        with_engine = importlib.import_module("web.commands.check_data")  # a text needs none of it
        return int(with_engine.check_data_at(arguments))
    checked = load_app(arguments.file)
    problems = checked.problems
    if arguments.format == "json":
        print(json.dumps(as_json(problems, arguments.lang), ensure_ascii=False, indent=1))
    elif arguments.format == "sarif":
        print(json.dumps(as_sarif(problems, arguments.lang), ensure_ascii=False, indent=1))
    else:
        print(_told(arguments.file, problems, arguments.lang))
    return 0 if checked.value is not None and not checked.errors else 1


def _told(file: Path, problems: Sequence[Problem], language: str) -> str:
    errors = sum(problem.severity == "error" for problem in problems)
    warnings = len(problems) - errors
    if language == "zh":
        summary = f"{file.name}: {errors} 个错误, {warnings} 个警告"
    else:
        summary = f"{file.name}: {errors} errors, {warnings} warnings"
    return "\n\n".join(part for part in (as_text(problems, sources_of(file, problems), language), summary) if part)


def sources_of(file: Path, problems: Sequence[Problem]) -> dict[str, str]:
    """The texts that the problems point into: the app's file and the CSV files beside it."""
    sources = {}
    for name in {problem.span.file for problem in problems}:
        path = file.parent / name
        if path.is_file():
            sources[name] = path.read_text(encoding="utf-8", errors="replace")
    return sources

"""`sluice reconcile`: compare an old system's list, read as an import of the app reads it, with the records."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from engine.errors import BadInput, FileRefused
from engine.intake.comparison import PARTS, Comparison, Part
from web.cli import terminal_language
from web.commands.import_files import acting, missing_file
from web.commands.options import add_app, add_data
from web.commands.places import engine_at

SHOWN = 20
"""Differences told on the terminal; the file has them all."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="xlsx, xls, ods or csv of the old system")
    parser.add_argument("--import", dest="key", required=True, metavar="NAME", help="the import that reads such files")
    parser.add_argument("--by", required=True, metavar="LOGIN", help="who compares: with what this person sees")
    parser.add_argument("--excel", type=Path, metavar="FILE", help="write everything that was found to this xlsx")
    parser.add_argument("--json", action="store_true", help="the counts as JSON")
    add_app(parser)
    add_data(parser)


def run(arguments: argparse.Namespace) -> int:
    """0 when both sides are the same; 1 when anything differs or could not be compared."""
    missing_file(arguments.files)
    engine = engine_at(arguments)
    try:
        context = acting(engine, arguments.by)
        files = [(path.name, path) for path in arguments.files]
        run_id = engine.imports.upload(context, arguments.key, files, purpose="compare")
        engine.imports.map(context, run_id, {}, {})
        while engine.imports.step(context, run_id).is_working:
            pass
        with engine.imports.comparison(context, run_id) as found:
            counts = found.counts()
            print(json.dumps({"run": run_id, "counts": counts}) if arguments.json else as_text(found, counts))
            if arguments.excel:
                arguments.excel.write_bytes(found.as_file())
    except BadInput as error:
        print("; ".join(finding.said for finding in error.findings), file=sys.stderr)
        return 1
    except OSError as error:
        raise FileRefused(f"{arguments.excel}：{error.strerror} | {arguments.excel}: {error.strerror}") from error
    finally:
        engine.close()
    return 0 if all(count == 0 for part, count in counts.items() if part != "same") else 1


_WORDS: dict[Part, tuple[str, str]] = {
    "differs": ("不一致", "different"),
    "missing": ("只在文件里", "only in the file"),
    "only_here": ("只在系统里", "only here"),
    "asked": ("拿不准", "not sure"),
    "refused": ("读不了", "unreadable"),
    "same": ("一致", "equal"),
    "merged": ("文件里重复", "twice in the file"),
}


def as_text(found: Comparison, counts: dict[Part, int]) -> str:
    at = 0 if terminal_language() == "zh" else 1
    lines = [f"{_WORDS[part][at]} {counts[part]}" for part in PARTS if counts[part]]
    for row in found.rows("differs", 0, SHOWN):
        lines += [f"  {row.title}  {each.label}: {each.file or '-'} | {each.here or '-'}" for each in row.differences]
    return "\n".join(lines)

"""`sluice import`: load records from spreadsheets, as an import of the app says."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from engine.context import Context
from engine.errors import BadInput, FileRefused
from engine.intake.imports import Imports, Progress
from engine.people.users import find_id
from engine.runtime import Engine
from web.cli import terminal_language
from web.commands.options import add_app, add_data
from web.commands.places import engine_at


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="xlsx, xls, ods or csv")
    parser.add_argument("--as", dest="key", metavar="KEY", help="an import of the app")
    parser.add_argument("--continue", dest="run", type=int, metavar="RUN", help="go on with one that was stopped")
    parser.add_argument("--by", required=True, metavar="LOGIN", help="who imports: with this person's rights")
    parser.add_argument("--dry", action="store_true", help="say what would be done and write nothing")
    parser.add_argument("--found", choices=("update", "fill", "skip", "review"), default="", help="for what is there")
    parser.add_argument("--json", action="store_true", help="the report as JSON")
    add_app(parser)
    add_data(parser)


def run(arguments: argparse.Namespace) -> int:
    """0 when every row came in or was there already; 1 when some were refused or wait for an answer."""
    engine = engine_at(arguments)
    try:
        context = acting(engine, arguments.by)
        progress = _import(engine.imports, context, arguments)
    except BadInput as error:
        print("; ".join(finding.said for finding in error.findings), file=sys.stderr)
        return 1
    finally:
        engine.close()
    told = progress.foreseen if arguments.dry else progress.fates
    print(json.dumps(report(progress, told), ensure_ascii=False) if arguments.json else as_text(progress, told))
    return 1 if told.get("refused") or told.get("asked") or (not arguments.dry and progress.open_questions) else 0


def acting(engine: Engine, login: str) -> Context:
    with engine.database.read() as conn:
        user_id = find_id(conn, login)
    actor = engine.actor(user_id) if user_id is not None else None
    if actor is None:
        raise FileRefused(f"没有这个账号:{login} | There is no account {login}")
    return engine.context(actor, "import")


def _import(imports: Imports, context: Context, arguments: argparse.Namespace) -> Progress:
    run_id = arguments.run or _begin(imports, context, arguments)
    progress = _drive(imports, context, run_id, until="judging")
    if arguments.dry:
        progress = _drive(imports, context, run_id)
        imports.cancel(context, run_id)
        return progress
    if progress.run.state in ("judging", "ready"):
        imports.start(context, run_id)
    return _drive(imports, context, run_id)


def _begin(imports: Imports, context: Context, arguments: argparse.Namespace) -> int:
    """The new run, with its columns as they are proposed. How to go on with it is said at once: nobody knows when it
    may be needed."""
    if not arguments.files or not arguments.key:
        raise FileRefused(
            "请给出文件和 --as，或用 --continue 接着做 | Name files and --as KEY, or go on with --continue RUN"
        )
    missing_file(arguments.files)
    run_id = imports.upload(context, arguments.key, [(path.name, path) for path in arguments.files])
    imports.map(context, run_id, {}, {}, found=arguments.found)
    hint = ("中断后用 --continue {n} 接着做", "if it is stopped, go on with --continue {n}")
    print(hint[0 if terminal_language() == "zh" else 1].format(n=run_id), file=sys.stderr, flush=True)
    return run_id


def missing_file(paths: Sequence[Path]) -> None:
    """Raises FileRefused for the first that is not there."""
    missing = next((path for path in paths if not path.is_file()), None)
    if missing is not None:
        raise FileRefused(f"没有文件 {missing} | There is no file {missing}")


def _drive(imports: Imports, context: Context, run_id: int, until: str = "") -> Progress:
    progress = imports.progress(context, run_id)
    run = progress.run
    while run.is_working and run.state != until:
        run = imports.step(context, run_id)
    return progress if run is progress.run else imports.progress(context, run_id)


def report(progress: Progress, told: Mapping[str, int]) -> dict[str, object]:
    return {
        "run": progress.run.id,
        "rows": progress.run.total,
        "passed_over": sum(sheet.passed_over for sheet in progress.sheets),
        "questions": progress.open_questions,
        "fates": dict(told),
    }


_WORDS = {
    "created": ("新建", "created"),
    "changed": ("更新", "changed"),
    "same": ("已有且相同", "there already"),
    "merged": ("并入重复行", "merged into others"),
    "skipped": ("跳过", "skipped"),
    "asked": ("待确认", "waiting for an answer"),
    "refused": ("被拒绝", "refused"),
}


def as_text(progress: Progress, told: Mapping[str, int]) -> str:
    at = 0 if terminal_language() == "zh" else 1
    lines = [f"{('共', 'rows')[at]} {progress.run.total}"]
    lines += [f"{words[at]} {told[fate]}" for fate, words in _WORDS.items() if told.get(fate)]
    return "\n".join(lines)

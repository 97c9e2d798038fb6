"""`sluice formula EXPR`: the value and type of a formula over a record, or what is wrong with it, as one JSON line."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from dsl.app import App
from dsl.formula.check import compile_for
from dsl.formula.env import Env
from dsl.render import message
from engine.clock import SystemClock
from web.commands.formula_backends import Evaluate, NoBackend, evaluator_of
from web.commands.formula_json import Unreadable, is_pointer, pointed_at, row_of, type_name, value_json
from web.commands.places import add_app, add_language, checked_app


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("expression", nargs="?", default="", metavar="EXPR")
    add_app(parser)
    parser.add_argument("--entity", default="", metavar="E", help="whose fields the formula names")
    parser.add_argument("--record", default="{}", metavar="JSON", help="the record; what is absent is empty")
    parser.add_argument("--now", default="", metavar="ISO", help="the instant of evaluation (now)")
    parser.add_argument("--backend", choices=("python", "sqlite", "postgresql"), default="python")
    parser.add_argument("--database", default="", metavar="URL", help="an empty PostgreSQL database to try in")
    parser.add_argument("--batch", type=Path, metavar="FILE.jsonl", help='lines {"entity", "expr", "record", "now"}')
    add_language(parser)


def run(arguments: argparse.Namespace) -> int:
    app = checked_app(arguments.app)
    if app is None:
        return 1
    try:
        with evaluator_of(app, arguments.backend, arguments.database) as evaluate:
            return _answer_all(app, arguments, evaluate)
    except NoBackend as error:
        print(f"sluice formula: {error}", file=sys.stderr)
        return 2


def _answer_all(app: App, arguments: argparse.Namespace, evaluate: Evaluate) -> int:
    if arguments.batch is None:
        asked = {"entity": arguments.entity, "expr": arguments.expression, "now": arguments.now}
        result = answer(app, asked | {"record": _record(arguments.record)}, arguments.lang, evaluate)
        print(_line(result))
        return 1 if "error" in result else 0
    with arguments.batch.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                print(_line(answer(app, _asked(line), arguments.lang, evaluate)))
    return 0


def _asked(line: str) -> dict[str, object]:
    try:
        asked = json.loads(line)
    except ValueError as error:
        return {"record": str(error)}
    return asked if isinstance(asked, dict) else {}


def answer(app: App, asked: dict[str, object], language: str, evaluate: Evaluate) -> dict[str, object]:
    """{"value", "type"} or {"error", "code", "column"} for one {"entity", "expr", "record", "now"}."""
    entity, expression = str(asked.get("entity", "")), str(asked.get("expr", ""))
    if entity not in app.entities:
        return _error(f"there is no entity {entity!r}", "entity")
    checked = compile_for(app, entity, expression)
    if checked.errors or checked.value is None:
        problem = checked.errors[0]
        return _error(message(problem, language), problem.code, problem.span.column)
    try:
        env = _env(app, str(asked.get("now") or ""))
        row = row_of(app, app.entities[entity], asked.get("record") if asked.get("record") is not None else {}, env)
    except Unreadable as error:
        return _error(str(error), "record")
    formula = checked.value
    value = pointed_at(formula.root, row) if is_pointer(formula.type) else evaluate(formula, entity, row, env)
    return {"value": value_json(app, formula.type, value), "type": type_name(formula.type)}


def _env(app: App, now: str) -> Env:
    try:
        at = datetime.fromisoformat(now) if now else SystemClock().now()
    except ValueError:
        raise Unreadable(f"{now!r} is not an ISO instant") from None
    zone = ZoneInfo(app.timezone)
    at = (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC).replace(microsecond=0)
    return Env(today=at.astimezone(zone).date(), now=at, timezone=zone)


def _record(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError as error:
        return str(error)


def _error(said: str, code: str, column: int = 0) -> dict[str, object]:
    return {"error": said, "code": code, "column": column}


def _line(result: dict[str, object]) -> str:
    return json.dumps(result, ensure_ascii=False)

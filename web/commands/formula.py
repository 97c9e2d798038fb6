"""`sluice formula EXPR`: the value and type of a formula over a record, or what is wrong with it, as one JSON line."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache, partial
from pathlib import Path
from zoneinfo import ZoneInfo

from dsl.app import App
from dsl.formula.check import compile_for
from dsl.formula.env import Env
from dsl.formula.python_code import compile_formula
from dsl.formula.tree import Formula
from dsl.formula.value_types import FileType, PlaceType, RowsType, SetType
from dsl.render import message
from engine.clock import SystemClock
from engine.store.sql_types import SqlUnsupported
from web.commands.formula_backends import Evaluate, NoBackend, evaluator_of
from web.commands.formula_json import Unreadable, is_pointer, person_of, pointed_at, row_of, type_name, value_json
from web.commands.options import add_app, add_language, checked_app


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
    except (NoBackend, OSError) as error:
        print(f"sluice formula: {error}", file=sys.stderr)
        return 2


def _answer_all(app: App, arguments: argparse.Namespace, evaluate: Evaluate) -> int:
    trial = Trying(app, arguments.lang, evaluate)
    if arguments.batch is None:
        asked = {"entity": arguments.entity, "expr": arguments.expression, "now": arguments.now}
        result = trial.answer(asked | {"record": _record(arguments.record)})
        print(_line(result))
        return 1 if "error" in result else 0
    with arguments.batch.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if line.strip():
                print(_line(trial.answer(_asked(line))))
    return 0


def _asked(line: str) -> dict[str, object]:
    asked = _json(line)
    return asked if isinstance(asked, dict) else {"entity": None, "said": "a line must be a JSON object"}


class Trying:
    """Answers questions about one app. A formula that comes again over another record is not checked again."""

    def __init__(self, app: App, language: str, evaluate: Evaluate) -> None:
        self._app, self._language, self._evaluate = app, language, evaluate
        self._checked = lru_cache(maxsize=4096)(partial(compile_for, app))

    def answer(self, asked: Mapping[str, object]) -> dict[str, object]:
        """{"value", "type"} or {"error", "code", "column"} for one {"entity", "expr", "record", "now"}.

        "me" and "submitter", people as in a record, may be given as well.
        """
        app, entity, expression = self._app, asked.get("entity"), str(asked.get("expr", ""))
        if not isinstance(entity, str) or entity not in app.entities:
            return _error(str(asked.get("said") or f"there is no entity {entity!r}"), "entity")
        checked = self._checked(entity, expression)
        if checked.errors or checked.value is None:
            problem = checked.errors[0]
            return _error(message(problem, self._language), problem.code, problem.span.column)
        try:
            return self._valued(checked.value, asked, entity)
        except Unreadable as error:
            return _error(str(error), "record")
        except SqlUnsupported as error:
            return _error(str(error), "backend", error.span.column)

    def _valued(self, formula: Formula, asked: Mapping[str, object], entity: str) -> dict[str, object]:
        app, record = self._app, asked.get("record")
        env = _env(app, asked)
        row = row_of(app, app.entities[entity], {} if record is None else record, env)
        if isinstance(formula.type, SetType | FileType | PlaceType | RowsType):
            value = compile_formula(formula, app)(row, env)  # what the row holds; no database value of its own
        else:
            value = self._evaluate(formula, entity, row, env)
        if is_pointer(formula.type):
            value = pointed_at(formula.type, value, row, (env.me, env.submitter))
        return {"value": value_json(app, formula.type, value), "type": type_name(formula.type)}


def _env(app: App, asked: Mapping[str, object]) -> Env:
    now, zone = str(asked.get("now") or ""), ZoneInfo(app.timezone)
    me, submitter = (person_of(who) if (who := asked.get(name)) else None for name in ("me", "submitter"))
    try:
        at = datetime.fromisoformat(now) if now else SystemClock().now()
        at = (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC).replace(microsecond=0)
        today = at.astimezone(zone).date()
    except (ValueError, OverflowError):
        raise Unreadable(f"{now!r} is not an ISO instant") from None
    return Env(today=today, now=at, me=me, submitter=submitter, timezone=zone)


def _record(text: str) -> object:
    found = _json(text)
    return text if found is None and text.strip() != "null" else found


def _json(text: str) -> object:
    """What the JSON says; None for what is none, or is nested too deep to be read."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _error(said: str, code: str, column: int = 0) -> dict[str, object]:
    return {"error": said, "code": code, "column": column}


def _line(result: dict[str, object]) -> str:
    text = json.dumps(result, ensure_ascii=False)
    return text if text.isprintable() else json.dumps(result)  # a lone surrogate has no bytes

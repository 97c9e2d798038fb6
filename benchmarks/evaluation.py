"""Formulas against hand-written exact Python, and beside simpleeval and cel-python where they are installed."""

from __future__ import annotations

import importlib
import importlib.util
import random
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from benchmarks.formulas import CASES, Case, Row
from dsl.app import App
from dsl.formula.check import compile_for
from dsl.formula.env import Env
from dsl.formula.python_code import compile_formula

TODAY = date(2026, 11, 21)
ENV = Env(today=TODAY, now=datetime(2026, 11, 21, 8, tzinfo=UTC))
ROUNDS = 5


def random_row(chance: random.Random) -> dict[str, Any]:
    """A deal in stored form; one field in twelve is empty."""
    row: dict[str, Any] = {
        "name": "螺丝",
        "day": TODAY - timedelta(days=chance.randrange(900)),
        "serial": chance.randrange(1, 9999),
        "list_price": chance.randrange(1_00, 9_999_99),
        "qty": chance.randrange(1, 2_000),
        "freight": chance.randrange(500_00),
        "grade": chance.choice("ABC"),
        "last_order": TODAY - timedelta(days=chance.randrange(300)),
        "on_time": chance.randrange(8_000, 10_001),
        "complaints": chance.randrange(3),
        "stages_done": chance.randrange(9),
        "stages_on_time": chance.randrange(9),
        "help_done": chance.randrange(1, 9),
        "help_on_time": chance.randrange(9),
        "touches": chance.randrange(1, 40),
        "touches_traced": chance.randrange(40),
        "since": TODAY - timedelta(days=chance.randrange(60)),
        "limit_days": chance.randrange(1, 30),
    }
    for name in row:
        if name != "name" and chance.random() < 1 / 12:
            row[name] = None
    return row


def seconds_of(action: Callable[[], object], rounds: int = ROUNDS) -> float:
    """The best of several rounds, in processor time: other work on the machine does not count."""
    best = float("inf")
    for _ in range(rounds):
        started = time.process_time()
        action()
        best = min(best, time.process_time() - started)
    return best


def evaluation(app: App) -> list[str]:
    """A line for each formula: nanoseconds a row, and how many times the hand-written Python's time others take."""
    chance = random.Random(2026)
    rows = [random_row(chance) for _ in range(5_000)]
    lines = [f"{'formula':10}{'by hand':>10}{'formula':>10}{'ratio':>8}{'simpleeval':>12}{'cel-python':>12}"]
    return [*lines, *(_line(app, case, rows) for case in CASES)]


def _line(app: App, case: Case, rows: Sequence[Row]) -> str:
    checked = compile_for(app, "deal", case.formula)
    if checked.value is None:
        raise ValueError((case.name, checked.problems))
    compiled = compile_formula(checked.value, app)
    by_hand = case.by_hand
    for row in rows:
        if (ours := compiled(row, ENV)) != (hand := by_hand(row, TODAY)):
            raise ValueError(f"{case.name}: {ours!r} is not {hand!r} for {row}")
    full = [row for row in rows if None not in row.values() and row["stages_done"]][:200]
    hand_time = seconds_of(lambda: [by_hand(row, TODAY) for row in rows]) / len(rows)
    our_time = seconds_of(lambda: [compiled(row, ENV) for row in rows]) / len(rows)
    others = [_ratio(seconds, hand_time) for seconds in (_simple(case, full), _cel(case, full))]
    shown = f"{case.name:10}{hand_time * 1e9:>8.0f}ns{our_time * 1e9:>8.0f}ns{our_time / hand_time:>8.2f}"
    return shown + "".join(f"{other:>12}" for other in others)


def _ratio(seconds: float | None, hand_time: float) -> str:
    return "–" if seconds is None else f"{seconds / hand_time:.0f}×"


def _decimals(row: Row) -> dict[str, Any]:
    """The row as others want it: decimals of the value, days as numbers."""
    scales = {"list_price": 2, "freight": 2, "on_time": 4}
    values: dict[str, Any] = {
        key: Decimal(value).scaleb(-scales.get(key, 0)) for key, value in row.items() if isinstance(value, int)
    }
    days = {"idle": (TODAY - row["last_order"]).days, "dwelt": (TODAY - row["since"]).days}
    return values | days | {"grade": row["grade"], "year": row["day"].year}


def _simple(case: Case, rows: Sequence[Row]) -> float | None:
    if importlib.util.find_spec("simpleeval") is None:
        return None
    evaluator = importlib.import_module("simpleeval").SimpleEval()
    evaluator.functions = {"D": Decimal, "str": str, "pad": lambda value: str(value).rjust(4, "0")}
    tree = evaluator.parse(case.simple)
    names = [_decimals(row) for row in rows]

    def run() -> None:
        for each in names:
            evaluator.names = each
            evaluator.eval(case.simple, previously_parsed=tree)

    return seconds_of(run) / len(rows)


def _cel(case: Case, rows: Sequence[Row]) -> float | None:
    if not case.cel or importlib.util.find_spec("celpy") is None:
        return None
    cel = importlib.import_module("celpy")
    environment = cel.Environment()
    program = environment.program(environment.compile(case.cel))
    kinds = importlib.import_module("celpy.celtypes")
    names = [
        {
            k: kinds.StringType(v) if isinstance(v, str) else kinds.DoubleType(float(v))
            for k, v in _decimals(row).items()
        }
        for row in rows[:40]
    ]
    return seconds_of(lambda: [program.evaluate(each) for each in names]) / len(names)

"""SQL from formulas against the SQL one would write by hand, on 200,000 rows in SQLite."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateTable

from benchmarks.evaluation import ENV, random_row, seconds_of
from benchmarks.formulas import CASES
from dsl.app import App
from dsl.formula.check import compile_for
from dsl.formula.tree import Formula
from engine.store.connection import Connection
from engine.store.database import Database
from engine.store.seal import Reason, as_system
from engine.store.sql_formula import moment, to_sql, to_where
from engine.store.sql_scope import SqlScope
from engine.store.tables import Tables

ROWS = 200_000
BY_HAND = {
    "price": "(list_price * qty * CASE WHEN qty >= 1000 THEN 90 WHEN qty >= 500 THEN 95 ELSE 100 END + 50) / 100"
    " + freight",
    "discount": "CASE WHEN grade = 'A' THEN CASE WHEN qty >= 1000 THEN 1200 ELSE 800 END"
    " WHEN qty >= 1000 OR grade = 'B' THEN 800 ELSE 500 END",
    "health": "50 + CASE WHEN CAST(julianday('2026-11-21') - julianday(last_order) AS INTEGER) > 90 THEN -20 ELSE 0 END"
    " + CASE WHEN on_time >= 9500 THEN 15 ELSE 0 END + CASE WHEN complaints > 0 THEN -10 ELSE 0 END"
    " + CASE WHEN complaints = 0 THEN 10 ELSE 0 END",
    "PHI": "(stages_on_time * 1000000 + stages_done / 2) / nullif(stages_done, 0) * 40"
    " + (help_on_time * 1000000 + help_done / 2) / nullif(help_done, 0) * 30"
    " + (touches_traced * 1000000 + touches / 2) / nullif(touches, 0) * 30",
    "number": "'QT-' || coalesce(substr(day, 1, 4), '') || '-'"
    " || coalesce(substr('000' || serial, -max(4, length(serial))), '0000')",
    "dwell": "coalesce(CAST(julianday('2026-11-21') - julianday(since) AS INTEGER) * 10 > limit_days * 15, 0)",
}
"""By hand, for rows without negative numbers, as one knows them to be: scaled integers, halves up."""
WHERE = (
    ("today() - last_order > 295", "last_order < date('2026-11-21', '-295 days')"),
    ("since < today() - 58d", "since < date('2026-11-21', '-58 days')"),
    ("serial = 77", "serial = 77"),
    ('grade = "A" and list_price > 99900', "grade = 'A' AND list_price > 9990000"),
)
INDEXED = ("last_order", "since", "serial", "list_price")


def in_sql(app: App) -> list[str]:
    """A line for each formula as a value over all rows, then for each condition with the index it uses."""
    with tempfile.TemporaryDirectory(prefix="sluice-bench-") as home:
        database = Database.open(f"sqlite:///{Path(home) / 'bench.sqlite'}", data_dir=Path(home))
        try:
            return _Bench(app, database).lines()
        finally:
            database.close()


class _Bench:
    def __init__(self, app: App, database: Database) -> None:
        self.app, self.database = app, database
        self.tables = Tables(app)
        self.table = self.tables.entity("deal").table
        self.scope = SqlScope(app, self.tables, "sqlite").over("deal", self.table)
        chance = random.Random(7)
        with database.write(is_long=True) as connection:
            connection.define(CreateTable(self.table))
            stamps = {"created_at": ENV.now, "changed_at": ENV.now}
            rows: list[dict[str, Any]] = [random_row(chance) | stamps | {"id": n + 1} for n in range(ROWS)]
            connection.execute_many(as_system(sa.insert(self.table).values(rows[0]), Reason.WRITE), rows)
            for name in INDEXED:
                connection.define(sa.schema.CreateIndex(sa.Index(f"ix_{name}", self.table.c[name])))
        database.optimize()

    def lines(self) -> list[str]:
        lines = [f"{'formula':38}{'by hand':>10}{'formula':>10}{'ratio':>8}"]
        with self.database.write(is_long=True) as connection:  # a read is stopped when it takes long
            for case in CASES:
                counted = sa.func.count(to_sql(self._formula(case.formula).root, self.scope).distinct())
                ours = sa.select(counted, sa.func.count()).select_from(self.table)
                hand = f"SELECT count(DISTINCT {BY_HAND[case.name]}), count(*) FROM {self.table.name}"
                lines.append(self._line(connection, case.name, ours, hand))
            for text, by_hand in WHERE:
                chosen = to_where(self._formula(text).root, self.scope)
                ours = sa.select(sa.func.count(), sa.func.sum(self.table.c.id)).select_from(self.table).where(chosen)
                hand = f"SELECT count(*), sum(id) FROM {self.table.name} WHERE {by_hand}"
                lines.append(self._line(connection, text, ours, hand) + "  " + self._plan(connection, ours))
        return lines

    def _formula(self, text: str) -> Formula:
        checked = compile_for(self.app, "deal", text)
        if checked.value is None:
            raise ValueError((text, checked.problems))
        return checked.value

    def _line(self, connection: Connection, name: str, ours: sa.Select[Any], hand: str) -> str:
        sealed, params = as_system(ours, Reason.JUDGE), moment(ENV)
        by_hand = connection._run(hand, ()).fetchone()
        found = connection.one(sealed, params)
        if found is None or tuple(by_hand) != tuple(found):
            raise ValueError(f"{name}: {found} is not {by_hand}")
        hand_time = seconds_of(lambda: connection._run(hand, ()).fetchone(), 3)
        our_time = seconds_of(lambda: connection.one(sealed, params), 3)
        return f"{name:38}{hand_time * 1e3:>8.2f}ms{our_time * 1e3:>8.2f}ms{our_time / hand_time:>8.2f}"

    def _plan(self, connection: Connection, select: sa.Select[Any]) -> str:
        """How SQLite finds the rows."""
        compiled = select.compile(dialect=sqlite.dialect())
        values = [ENV.today.isoformat() if (v := compiled.params[n]) is None else v for n in compiled.positiontup or ()]
        steps = connection._run(f"EXPLAIN QUERY PLAN {compiled.string}", values).fetchall()
        return "; ".join(str(step[3]) for step in steps)

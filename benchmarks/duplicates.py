"""How well doubles are found: precision and recall against what is true of generated files.

`python -m benchmarks.duplicates [--seeds 1-5] [--rows 3200]` reads, maps, cleans and matches six files per seed with
the import of apps/sales_crm.yaml and prints, for pairs of rows: what was put together by itself, and what is found when
the questions that it asks are answered rightly.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from engine.intake import ledger
from engine.intake.duplicates import find_duplicates
from engine.intake.traits import Traits
from engine.runtime import Engine
from engine.sample.messy_files import ROWS, Truth, write_messy_files
from engine.testing import Colleague, acting, engine_for

APP = Path(__file__).parents[1] / "apps" / "sales_crm.yaml"
SELLERS = ("王伟", "李芳", "张敏", "刘洋", "陈静", "赵磊")
Place = tuple[str, int]
Pair = tuple[Place, Place]


@dataclass(frozen=True, slots=True)
class Score:
    """Pairs of rows: truly of one company, put together, and how many questions were asked (rightly, of all)."""

    true_pairs: int
    joined: int
    joined_rightly: int
    answered: int
    answered_rightly: int
    questions: int
    seconds: float

    @property
    def precision(self) -> float:
        return self.joined_rightly / self.joined if self.joined else 1.0

    @property
    def recall(self) -> float:
        return self.joined_rightly / self.true_pairs

    @property
    def recall_answered(self) -> float:
        return self.answered_rightly / self.true_pairs


def measure(seed: int, rows: int, folder: Path) -> Score:
    """One seed: files written into the folder, matched by the engine over a new database beside them."""
    truth = write_messy_files(folder, SELLERS, seed, rows)
    engine = engine_for(APP, folder / "data", people=(*(Colleague(name, "sales") for name in SELLERS), _DIRECTOR))
    try:
        began = time.process_time()
        places, leaders, questions = matched(engine, sorted(folder.glob("*.xlsx")))
        seconds = time.process_time() - began
    finally:
        engine.close()
    joined = pairs(places, leaders)
    company = {(row.file, row.line): row.company for row in truth.rows}
    right = [(one, other) for one, other in questions if other and company[places[one]] == company[places[other]]]
    for one, other in right:
        low, high = sorted((leaders[one], leaders[other]))
        leaders = {number: low if leader == high else leader for number, leader in leaders.items()}
    answered = pairs(places, leaders)
    true_pairs = _true_pairs(truth)
    return Score(
        len(true_pairs), len(joined), len(joined & true_pairs), len(answered), len(answered & true_pairs),
        len(questions), seconds,
    )  # fmt: skip


_DIRECTOR = Colleague("director", "director", "Company", leads=True)


def matched(engine: Engine, files: Iterable[Path]) -> tuple[dict[int, Place], dict[int, int], list[tuple[int, int]]]:
    """Rows as the engine puts them together: number → place, number → leader, and (row, other row) of each question."""
    context = acting(engine, "director")
    run_id = engine.imports.upload(context, "customers", [(path.name, path) for path in files])
    engine.imports.map(context, run_id, {}, {})
    progress = engine.imports.progress(context, run_id)
    while progress.run.state == "cleaning":
        progress = engine.imports.advance(context, run_id)
    names = {sheet.id: sheet.name for sheet in progress.sheets}
    with engine.database.read() as conn:
        rows = ledger.rows_after(conn, run_id, 0, 10**9)
    traits = Traits(engine.app, engine.app.imports["customers"])
    found = find_duplicates([traits.item(row.number, row.cleaned) for row in rows])
    leaders = {row.number: row.number for row in rows}
    leaders |= {number: group[0] for group in found.groups for number in group}
    places = {row.number: (names[row.sheet_id], row.line) for row in rows}
    return places, leaders, [(doubt.one, doubt.other) for doubt in found.doubts]


def pairs(places: dict[int, Place], leaders: dict[int, int]) -> set[Pair]:
    members: dict[int, list[Place]] = {}
    for number, leader in leaders.items():
        members.setdefault(leader, []).append(places[number])
    return {pair for group in members.values() for pair in combinations(sorted(group), 2)}


def _true_pairs(truth: Truth) -> set[Pair]:
    return {(min(pair), max(pair)) for pair in truth.pairs()}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.duplicates", description=__doc__.split("\n")[0])
    parser.add_argument("--seeds", default="1-5", help="such as 1-5 (1-5)")
    parser.add_argument("--rows", type=int, default=ROWS, help=f"rows in all six files ({ROWS})")
    arguments = parser.parse_args()
    first, _, last = arguments.seeds.partition("-")
    print("seed  true pairs  precision  recall  recall with answers  questions  CPU s")
    worst = 1.0
    for seed in range(int(first), int(last or first) + 1):
        with tempfile.TemporaryDirectory() as folder:
            score = measure(seed, arguments.rows, Path(folder))
        worst = min(worst, score.precision, score.recall)
        print(
            f"{seed:4}  {score.true_pairs:10}  {score.precision:9.4f}  {score.recall:6.4f}"
            f"  {score.recall_answered:19.4f}  {score.questions:9}  {score.seconds:5.1f}"
        )
    return 0 if worst >= 0.98 else 1


if __name__ == "__main__":
    sys.exit(main())

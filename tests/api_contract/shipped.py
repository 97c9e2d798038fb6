"""The shipped apps with their sample company, asked as `tests.api_contract.run` asks."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

from engine.sample import load_sample
from engine.testing import engine_for
from tests.api_contract.run import PHASES, Found, operations, run

APPS: Final = ("sales_crm", "store_sales")
_FOLDER = Path(__file__).resolve().parents[2] / "apps"


def run_shipped(
    name: str, home: Path, url: str, examples: int, phases: tuple[str, ...] = PHASES
) -> tuple[int, dict[str, Found]]:
    """The number of operations of the app's document, and what each phase came to. home: where data and files go."""
    engine = engine_for(_FOLDER / f"{name}.yaml", home, url, people=())
    try:
        load_sample(engine)
        return len(operations(engine)), run(engine, examples, phases)
    finally:
        engine.close()


def run_aside(name: str, url: str, examples: int, phases: tuple[str, ...]) -> tuple[int, dict[str, Found]]:
    """The same in a directory of its own that is gone afterwards: a process's work."""
    with tempfile.TemporaryDirectory(prefix="sluice-contract-") as home:
        return run_shipped(name, Path(home), url, examples, phases)

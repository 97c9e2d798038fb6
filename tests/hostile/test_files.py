"""A sample of hostile spreadsheets: the answer is rows or a sentence, in bounded time and memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from engine.intake.sheet_child import CPU_SECONDS
from tests.hostile.__main__ import read_one
from tests.hostile.files import KINDS, hostile_file

ROUNDS = 6
ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("kind", KINDS)
def test_a_hostile_file_is_read_or_refused_and_costs_little(kind: str, tmp_path: Path) -> None:
    first = list(KINDS).index(kind)
    for seed in range(first, first + ROUNDS * len(KINDS), len(KINDS)):
        cost = read_one(seed, tmp_path)
        assert cost.kind == kind
        assert cost.cpu <= CPU_SECONDS, seed


def test_no_hostile_file_makes_its_reader_large() -> None:
    """In a process of its own: the suite has had other children, and larger ones."""
    command = [sys.executable, "-m", "tests.hostile", "--count", str(2 * len(KINDS))]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr


def test_the_same_seed_is_the_same_file() -> None:
    assert hostile_file(13) == hostile_file(13)

"""A sample of hostile spreadsheets: the answer is rows or a sentence, in bounded time and memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.intake.sheet_child import CPU_SECONDS, MEMORY
from tests.hostile.__main__ import peak_memory, read_one
from tests.hostile.files import KINDS, hostile_file

ROUNDS = 6


@pytest.mark.parametrize("kind", KINDS)
def test_a_hostile_file_is_read_or_refused_and_costs_little(kind: str, tmp_path: Path) -> None:
    first = list(KINDS).index(kind)
    for seed in range(first, first + ROUNDS * len(KINDS), len(KINDS)):
        cost = read_one(seed, tmp_path)
        assert cost.kind == kind
        assert cost.cpu <= CPU_SECONDS + 0.25, seed
    assert peak_memory() <= MEMORY


def test_the_same_seed_is_the_same_file() -> None:
    assert hostile_file(13) == hostile_file(13)

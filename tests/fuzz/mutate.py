"""Texts of the language, changed: words put in, cut out, doubled, swapped with those of other texts."""

from __future__ import annotations

import csv
import random
import re
from pathlib import Path

from tests.docs.pages import blocks

ROOT = Path(__file__).resolve().parents[2]
_WORD = re.compile(r'"[^"]*"|\w+|\s+|[^\w\s]')
STRANGE = [
    *"：，（）“”\t\u3000\x00\ud800\ufeffé👍\u2028-|>{}[]#", "\r\n", "0" * 40, "9" * 39, "..", "<<", "&a", "*a", "!t",
    "---", "= ", "(" * 40, "[" * 30, "any", "none", "1e9", "8%", "50万", "30d", "2026-02-30", "0001-01-01",
    '""', "9999-12-31", "this.", "me", "not ", " is empty", " where ", "''",
]  # fmt: skip


def formula_seeds() -> list[str]:
    """The expressions of the written cases."""
    seeds = []
    for path in sorted((ROOT / "tests" / "formulas").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            seeds += [line["expression"] for line in csv.DictReader(file)]
    return seeds


def yaml_seeds() -> list[str]:
    """Apps: the smallest one and those of the language pages whole, the others as pieces small enough to try often."""
    example = ROOT / "tests" / "unit" / "dsl" / "example_app.yaml"
    whole = [path.read_text("utf-8") for path in (*sorted((ROOT / "apps").glob("*.yaml")), example)]
    small = (ROOT / "tests" / "formulas" / "app.yaml").read_text("utf-8")
    head = "app: t\nlabel: t\nroles: {boss: {label: 主管, sees: all}}\n"
    sections = [head + part for text in whole for part in re.split(r"\n(?=[a-z]+:)", text) if len(part) < 6_000]
    return [small, *(block.text for block in blocks()), *sections]


class Mutator:
    """Changes a text in one to six places, by words; its words come from all seeds."""

    def __init__(self, seeds: list[str], chance: random.Random) -> None:
        self._chance = chance
        self._words = sorted({word for seed in seeds for word in _WORD.findall(seed)}) + STRANGE

    def changed(self, text: str, longest: int) -> str:
        words = _WORD.findall(text) or [""]
        for _ in range(self._chance.randint(1, 6)):
            at = self._chance.randrange(len(words) + 1)
            upto = min(len(words), at + self._chance.choice((0, 0, 1, 1, 1, 2, 5)))
            words[at:upto] = self._new(words)
        return "".join(words)[:longest]

    def _new(self, words: list[str]) -> list[str]:
        match self._chance.randrange(6):
            case 0:
                return []
            case 1:
                start = self._chance.randrange(len(words) + 1)
                return words[start : start + self._chance.randint(1, 12)]
            case 2:
                return [self._chance.choice(STRANGE)]
            case 3:
                return [chr(self._chance.choice((self._chance.randrange(128), self._chance.randrange(0x3000, 0xFFFF))))]
            case _:
                return [self._chance.choice(self._words)]

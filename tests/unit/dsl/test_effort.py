"""Texts made to take long: each is answered soon, with a bounded number of problems."""

import time

import pytest

from dsl.load import load_text
from dsl.read import MOST_PROBLEMS

_HEAD = "app: t\nroles: {boss: {label: 主管}}\nentities:\n"
_THING = _HEAD + "  a:\n    access: {everyone: all}\n"
_MANY = 3_000
_SECONDS = 20
"""Far more than any of them takes, far less than what a quadratic step would."""

TEXTS = {
    "unknown keys": _THING + "".join(f"    k{i}: v\n" for i in range(_MANY)),
    "unknown kinds": _THING + "    fields:\n" + "".join(f"      f{i}: texxt{i}\n" for i in range(_MANY)),
    "unknown names": _THING + "    fields:\n" + "".join(f"      f{i}: number = zz{i} + 1\n" for i in range(_MANY)),
    "a long chain": _THING
    + "    fields:\n      f0: number\n"
    + "".join(f"      f{i + 1}: number = f{i} + 1\n" for i in range(_MANY)),
    "moves from any": _THING
    + "    fields: {x: text}\n    stages: ["
    + ",".join(f"s{i}" for i in range(_MANY))
    + "]\n    moves:\n"
    + "".join(f"      - any > s{i}\n" for i in range(_MANY)),
    "parents of parents": _HEAD
    + "".join(f"  e{i}: {{part_of: e{i + 1}, fields: {{x: text}}}}\n" for i in range(_MANY)),
    "a score of powers": _THING
    + "    fields: {x: yesno}\n    scores: {s: {points: ["
    + ",".join(f"{{if: x, add: {2 ** (i % 30)}}}" for i in range(_MANY))
    + "], bands: {a: 0..1}}}\n",
    "brackets": "a: " + "[" * 100_000,
    "braces": "{a: " * 100_000,
    "one line": "a" * 500_000,
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_made_to_take_long_is_answered_soon(name):
    started = time.monotonic()
    checked = load_text(TEXTS[name], "long.yaml")
    assert checked.errors
    assert len(checked.problems) <= MOST_PROBLEMS
    assert time.monotonic() - started < _SECONDS

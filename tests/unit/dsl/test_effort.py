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


_TABLE = """app: t
label: t
roles: {boss: {label: 主管, sees: all}}
choices: {grade: [A, B, C]}
entities:
  a: {title: x, access: {boss: {create: true}}, fields: {x: text, n: number.2}}
tables:
  t:
    hit: HIT
    columns: {n: number.2, m: number.2, g: choice grade}
    gives: percent
    rows:
"""


@pytest.mark.parametrize(
    ("hit", "row"),
    [
        ("first", "{0}.00..{0}.50, {0}..{1}, A | B, 5%"),
        ("unique", "{0}.00..{0}.50, any, A | B, 5%"),
        ("first", "{0}..{2}, {2}.., any, 5%"),
    ],
)
def test_a_large_decision_table_is_checked_within_a_second_or_so(hit, row):
    rows = "".join(f"      - [{row.format(i, i + 5, 10_000 - i)}]\n" for i in range(4_900))
    started = time.process_time()
    checked = load_text(_TABLE.replace("HIT", hit) + rows, "long.yaml")
    assert checked.value is not None
    assert time.process_time() - started < 3

"""Doubles: rows of files that are the same thing, among themselves and against what is there already.

Items are compared only where they share a key (blocking), so the work grows with the number of real candidates. What
is surely the same is put together; what only may be the same becomes a question, and stays apart until it is answered.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import combinations, pairwise
from typing import Literal

from engine.intake.company_names import CompanyName

Certainty = Literal["sure", "ask", "no"]
MOST_SHARING = 6
"""A hint that more items of different names share says nothing: a switchboard, a business park."""
_MOST_COMPARED = 100
_FIRST = 10
_SHORT = 2
_SIMILAR = 0.75
_SPECIFIC = 4
"""Characters from which the core of a company's name is rarely another's."""


@dataclass(frozen=True, slots=True)
class Item:
    """A row (at > 0: its number) or a record (at < 0: minus its id), by what it may be known again.

    keys: values any of which alone tells it (entry of same_when → value). unique: of those, what no two things share,
    so that two different values tell things apart. name: of a company. hints: phone, mail, address …, which two things
    may well share.
    """

    at: int
    keys: Mapping[int, str] = field(default_factory=dict)
    unique: Mapping[int, str] = field(default_factory=dict)
    name: CompanyName | None = None
    hints: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Doubt:
    """Two items that may be the same; because: what they share ("name", "key", or a hint)."""

    one: int
    other: int
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """groups: items that are surely one, each group ordered (records first, then rows); singles are not named."""

    groups: tuple[tuple[int, ...], ...]
    doubts: tuple[Doubt, ...]


def find_duplicates(items: Sequence[Item]) -> Found:
    by_at = {item.at: item for item in items}
    useful = _useful_hints(items)
    towns = _towns_by_core(items)
    groups = _Groups(by_at)
    doubts: list[Doubt] = []
    for one, other in sorted(_candidates(items, useful)):
        certainty, because = judge(by_at[one], by_at[other], useful, towns)
        if certainty == "sure" and groups.join(one, other):
            continue
        if certainty != "no":
            doubts.append(Doubt(one, other, because))
    return Found(groups.several(), tuple(_one_each(doubts, groups)))


def judge(
    one: Item, other: Item, useful: frozenset[str], towns: Mapping[str, frozenset[str]]
) -> tuple[Certainty, tuple[str, ...]]:
    """Whether two items are one, and what says so. towns: core of a name → the places it is known at."""
    shared = tuple(sorted(one.hints & other.hints & useful))
    differs = any(other.unique.get(key, value) != value for key, value in one.unique.items())
    if any(other.keys.get(key) == value for key, value in one.keys.items()):
        return ("ask" if differs else "sure"), ("key",)
    names = _compare(one.name, other.name, towns)
    if differs:
        return ("ask", ("name",)) if names == "same" else ("no", ())
    if names == "same" or (names in ("maybe", "similar") and shared):
        return "sure", ("name", *shared)
    if names == "maybe":
        return "ask", ("name",)
    if names == "elsewhere" and shared:
        return "ask", ("name", *shared)
    return ("ask", shared) if names in ("other", "unknown") and len(shared) >= 2 else ("no", ())


Likeness = Literal["same", "maybe", "similar", "elsewhere", "other", "unknown"]


def _compare(one: CompanyName | None, other: CompanyName | None, towns: Mapping[str, frozenset[str]]) -> Likeness:
    if one is None or other is None:
        return "unknown"
    if one.core == other.core:
        if not one.may_be(other):
            return "elsewhere"
        if one.place == other.place:
            return "same"
        # One of them does not say where: it can only be the other if there is no third of that name.
        is_only_one = len(towns.get(one.core, frozenset())) <= 1 and len(one.core) >= _SPECIFIC
        return "same" if is_only_one else "maybe"
    if is_similar(one.core, other.core):
        return "similar" if one.may_be(other) else "elsewhere"
    return "other"


def is_similar(one: str, other: str) -> bool:
    """One name holds the other, or hardly a character differs."""
    short, long = sorted((one, other), key=len)
    if len(short) >= _SHORT and (long.startswith(short) or (len(short) > _SHORT and short in long)):
        return True
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= _SIMILAR


def _towns_by_core(items: Iterable[Item]) -> dict[str, frozenset[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for item in items:
        if item.name is not None and item.name.place:
            found[item.name.core].add(item.name.place)
    return {core: frozenset(places) for core, places in found.items()}


def _useful_hints(items: Iterable[Item]) -> frozenset[str]:
    """The hints that not too many different names share."""
    cores: defaultdict[str, set[str]] = defaultdict(set)
    for item in items:
        for hint in item.hints:
            cores[hint].add(item.name.core if item.name else str(item.at))
    return frozenset(hint for hint, names in cores.items() if len(names) <= MOST_SHARING)


def _candidates(items: Sequence[Item], useful: frozenset[str]) -> set[tuple[int, int]]:
    """Pairs of items that share a key, the core of their name, or a hint. Two records are not compared."""
    blocks: defaultdict[tuple[object, str], list[int]] = defaultdict(list)
    for item in items:
        for block in _blocks(item, useful):
            blocks[block].append(item.at)
    return {pair for block in blocks.values() for pair in _pairs(sorted(block)) if pair[1] > 0}


def _pairs(block: list[int]) -> Iterator[tuple[int, int]]:
    """All pairs; of very many items those with the first ones and with the next, which join them just as well."""
    if len(block) <= _MOST_COMPARED:
        yield from combinations(block, 2)
        return
    first, rest = block[:_FIRST], block[_FIRST:]
    yield from combinations(first, 2)
    yield from ((one, other) for one in first for other in rest)
    yield from pairwise(rest)


def _blocks(item: Item, useful: frozenset[str]) -> Iterator[tuple[object, str]]:
    yield from item.keys.items()
    if item.name is not None:
        yield "name", item.name.core
    yield from (("hint", hint) for hint in item.hints & useful)


def _one_each(doubts: Iterable[Doubt], groups: _Groups) -> Iterator[Doubt]:
    """One question for two groups, however many of their members raise it; none within a group."""
    asked: set[tuple[int, int]] = set()
    for doubt in doubts:
        pair = groups.root(doubt.one), groups.root(doubt.other)
        pair = (min(pair), max(pair))
        if pair[0] != pair[1] and pair not in asked:
            asked.add(pair)
            yield Doubt(*pair, doubt.because)


class _Groups:
    """Items put together; a group never holds two values of what is unique."""

    def __init__(self, items: Mapping[int, Item]) -> None:
        self._above = {at: at for at in items}
        self._members = {at: [at] for at in items}
        self._unique: dict[int, dict[int, str]] = {at: dict(item.unique) for at, item in items.items()}

    def root(self, at: int) -> int:
        while self._above[at] != at:
            self._above[at] = self._above[self._above[at]]
            at = self._above[at]
        return at

    def join(self, one: int, other: int) -> bool:
        """False, with nothing done, if what is unique would differ within the group."""
        first, second = sorted((self.root(one), self.root(other)))
        if first == second:
            return True
        mine, theirs = self._unique[first], self._unique[second]
        if any(theirs.get(key, value) != value for key, value in mine.items()):
            return False
        self._above[second] = first
        self._members[first] += self._members.pop(second)
        mine.update(theirs)
        return True

    def several(self) -> tuple[tuple[int, ...], ...]:
        return tuple(tuple(sorted(members)) for members in self._members.values() if len(members) > 1)

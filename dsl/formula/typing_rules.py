"""Result types of functions: each rule gets the checked arguments and says type, emptiness and bounds, or a fault."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from dsl.formula import bounds as interval
from dsl.formula.tree import Bounds, Const, Node
from dsl.formula.value_types import (
    DATE,
    INTEGER,
    TEXT,
    YESNO,
    ChoiceType,
    DateType,
    NumberType,
    TextType,
    TimeType,
    ValueType,
    YesNoType,
)

LONGEST_TEXT = 1_000_000
"""A formula whose text could grow beyond this many characters is refused."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A type rule is broken: the code and the values for its message."""

    code: str
    values: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Typing:
    type: ValueType
    nullable: bool
    bounds: Bounds = interval.UNBOUNDED


Rule: TypeAlias = Callable[[tuple[Node, ...]], Typing | Fault]


def any_empty(args: tuple[Node, ...]) -> bool:
    return any(arg.nullable for arg in args)


def number_of(node: Node) -> NumberType:
    """The node's number type; only for nodes already checked to be numbers."""
    return node.type if isinstance(node.type, NumberType) else INTEGER


def literal(node: Node) -> object:
    return node.value if isinstance(node, Const) else None


def whole(low: int, high: int, *, partial: bool = False) -> Rule:
    """An integer between low and high; partial: may be empty with every argument present."""
    return lambda args: Typing(INTEGER, partial or any_empty(args), Bounds(low, high))


def a_date(*, partial: bool = False) -> Rule:
    return lambda args: Typing(DATE, partial or any_empty(args))


def a_yesno(_args: tuple[Node, ...]) -> Typing:
    return Typing(YESNO, nullable=False)


def rounded(args: tuple[Node, ...]) -> Typing:
    source = number_of(args[0])
    digits = literal(args[1])
    places = digits if isinstance(digits, int) else 0
    limits = interval.rescaled(args[0].bounds, places - source.scale)
    if places < 0:
        limits = interval.rescaled(limits, -places)
    overflows = interval.may_overflow(limits)
    kind = NumberType(max(places, 0), source.unit)
    return Typing(kind, args[0].nullable or overflows, interval.clipped(limits))


def absolute(args: tuple[Node, ...]) -> Typing:
    return Typing(args[0].type, args[0].nullable, interval.magnitude(args[0].bounds))


def to_whole(args: tuple[Node, ...]) -> Typing:
    """floor and ceil: no decimals left, the unit stays."""
    source = number_of(args[0])
    limits = interval.mapped(args[0].bounds, lambda value: value // 10**source.scale)
    high = None if limits.high is None else limits.high + 1
    return Typing(replace(source, scale=0), args[0].nullable, Bounds(limits.low, high))


def remainder(args: tuple[Node, ...]) -> Typing | Fault:
    left, right = number_of(args[0]), number_of(args[1])
    if left.unit != right.unit:
        return Fault("F21")
    kind = NumberType(max(left.scale, right.scale), left.unit)
    size = interval.rescaled(interval.magnitude(args[1].bounds), kind.scale - right.scale).high
    limits = Bounds(None if size is None else -size, size)
    overflows = interval.may_overflow(interval.rescaled(args[0].bounds, kind.scale - left.scale))
    partial = overflows or not interval.excludes_zero(args[1].bounds)
    return Typing(kind, partial or any_empty(args), interval.clipped(limits))


def length(args: tuple[Node, ...]) -> Typing:
    return Typing(INTEGER, nullable=False, bounds=Bounds(0, text_length(args[0])))


def same_text(args: tuple[Node, ...]) -> Typing:
    """Text no longer than the first argument; with an empty number among the arguments it is ""."""
    return Typing(TEXT, nullable=False, bounds=Bounds(0, text_length(args[0])))


def cut_text(args: tuple[Node, ...]) -> Typing:
    """left, right, mid: no longer than the number of characters asked for."""
    asked = args[-1].bounds.high
    longest = text_length(args[0])
    return Typing(TEXT, nullable=False, bounds=Bounds(0, longest if asked is None else max(0, min(longest, asked))))


def replaced(args: tuple[Node, ...]) -> Typing | Fault:
    old = literal(args[1])
    shortest = max(1, len(old)) if isinstance(old, str) else 1
    longest = text_length(args[0])
    grown = longest // shortest * text_length(args[2]) + longest
    return bounded_text(grown)


def padded(args: tuple[Node, ...]) -> Typing | Fault:
    width = args[1].bounds.high
    return bounded_text(max(text_length(args[0]), LONGEST_TEXT + 1 if width is None else width))


def bounded_text(longest: int) -> Typing | Fault:
    if longest > LONGEST_TEXT:
        return Fault("F28", {"count": longest, "limit": LONGEST_TEXT})
    return Typing(TEXT, nullable=False, bounds=Bounds(0, longest))


def text_length(node: Node) -> int:
    """The most characters the node takes in a text."""
    match node.type:
        case TextType():
            return LONGEST_TEXT if node.bounds.high is None else node.bounds.high
        case ChoiceType(keys=keys):
            return max((len(key) for key in keys), default=0)
        case YesNoType():
            return 3
        case DateType() | TimeType():
            return 20
        case _:
            return 40

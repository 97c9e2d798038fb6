"""The untyped tree of a formula: what was written, where, before anything is known about names and types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A part of the text from offset `start` up to `end` (exclusive), brackets around it included.

    `depth` counts the levels of nodes, this one included.
    """

    start: int
    end: int
    depth: int = 1
    in_brackets: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberLiteral(Written):
    """`digits` as written (half-width), `suffix` one of "" % 万 亿."""

    digits: str
    suffix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DurationLiteral(Written):
    """`unit` one of min h d w."""

    digits: str
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DateLiteral(Written):
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TextLiteral(Written):
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TruthLiteral(Written):
    value: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One name of a path and where it stands."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NamePath(Written):
    steps: tuple[Step, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(step.name for step in self.steps)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unary(Written):
    """`op` is - or not."""

    op: str
    arg: "Syntax"


@dataclass(frozen=True, slots=True, kw_only=True)
class Binary(Written):
    """`op` one of + - * / = != < <= > >=."""

    op: str
    left: "Syntax"
    right: "Syntax"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain(Written):
    """`op` one of and or &; a run of the same operator is one chain."""

    op: str
    parts: tuple["Syntax", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EmptyTest(Written):
    arg: "Syntax"
    negated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership(Written):
    """`arg in (a, b)`, or `arg in field`: then `options` is that one path and `in_field` is true."""

    arg: "Syntax"
    options: tuple["Syntax", ...]
    negated: bool
    in_field: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BetweenTest(Written):
    arg: "Syntax"
    low: "Syntax"
    high: "Syntax"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallSyntax(Written):
    name: Step
    args: tuple["Syntax", ...]
    where: "Syntax | None"


Syntax: TypeAlias = (
    NumberLiteral
    | DurationLiteral
    | DateLiteral
    | TextLiteral
    | TruthLiteral
    | NamePath
    | Unary
    | Binary
    | Chain
    | EmptyTest
    | Membership
    | BetweenTest
    | CallSyntax
)


def parts_of(syntax: Syntax) -> tuple[Syntax, ...]:
    """The parts directly beneath, in the order written."""
    match syntax:
        case Unary() | EmptyTest():
            return (syntax.arg,)
        case Binary():
            return (syntax.left, syntax.right)
        case Chain():
            return syntax.parts
        case Membership():
            return (syntax.arg, *syntax.options)
        case BetweenTest():
            return (syntax.arg, syntax.low, syntax.high)
        case CallSyntax():
            return syntax.args if syntax.where is None else (*syntax.args, syntax.where)
        case _:
            return ()

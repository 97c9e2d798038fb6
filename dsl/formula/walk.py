"""The parts of typed nodes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from dsl.formula.tree import (
    Aggregate,
    Arithmetic,
    Between,
    Call,
    Compare,
    Concat,
    Const,
    Entered,
    If,
    In,
    IsEmpty,
    Logic,
    Negate,
    Node,
    Not,
    Now,
    Path,
    StageFact,
    TableLookup,
)


def parts_of(node: Node) -> tuple[Node, ...]:
    """The nodes directly beneath, in the order written; an aggregate's are those over its rows."""
    match node:
        case Const() | Path() | Now() | StageFact() | Entered():
            return ()
        case Negate() | Not() | IsEmpty():
            return (node.arg,)
        case Arithmetic() | Compare():
            return (node.left, node.right)
        case Logic() | Concat():
            return node.parts
        case In():
            return (node.arg, *node.options)
        case Between():
            return (node.arg, node.low, node.high)
        case If():
            return (node.condition, node.then, node.otherwise)
        case Call() | TableLookup():
            return node.args
        case Aggregate():
            return tuple(part for part in (node.value, node.where) if part is not None)
        case _:
            assert_never(node)


def all_nodes(root: Node) -> Iterator[Node]:
    """The node and everything beneath it."""
    yield root
    for part in parts_of(root):
        yield from all_nodes(part)

"""What a formula reads: fields with the way to them, and what it asks of the moment."""

from __future__ import annotations

from collections.abc import Generator, Iterator

from dsl.formula.tree import Aggregate, Entered, Hop, Node, Now, Path, Read, StageFact
from dsl.formula.walk import all_nodes, parts_of

_Way = tuple[str, ...]
_Place = tuple[_Way, str]


def reads_of(root: Node, entity: str) -> frozenset[Read]:
    """Every field the formula reads, the references and table fields passed on the way included.

    `via` starts at the formula's own row. For a table field the child's reference back is read too: a child that
    moves to another parent changes both.
    """
    return frozenset(_reads(root, ((), entity), None))


def _reads(node: Node, row: _Place, outer: _Place | None) -> Iterator[Read]:
    match node:
        case Path(start="row" | "this"):
            way, owner = yield from _along(node.hops, _begin(node.start, row, outer))
            yield Read(way, owner, node.field)
        case StageFact():
            way, owner = yield from _along(node.hops, _begin(node.start, row, outer))
            yield Read(way, owner, "stage")
        case Entered():
            way, owner = _begin(node.start, row, outer)
            yield Read(way, owner, "stage")
        case Aggregate():
            way, owner = yield from _along(node.hops, _begin(node.start, row, outer))
            yield Read(way, owner, node.rows)
            child = ((*way, node.rows), node.entity)
            if node.link:
                yield Read(*child, node.link)
            if node.order:
                yield Read(*child, node.order)
            for part in parts_of(node):
                yield from _reads(part, child, row)
        case _:
            for part in parts_of(node):
                yield from _reads(part, row, outer)


def _begin(start: str, row: _Place, outer: _Place | None) -> _Place:
    return outer if start == "this" and outer is not None else row


def _along(hops: tuple[Hop, ...], place: _Place) -> Generator[Read, None, _Place]:
    way, owner = place
    for hop in hops:
        yield Read(way, owner, hop.field)
        way, owner = (*way, hop.field), hop.entity
    return way, owner


def volatile_of(root: Node) -> frozenset[str]:
    """Which of today, now, me, submitter the formula asks for."""
    names = {node.name for node in all_nodes(root) if isinstance(node, Now)}
    starts = {node.start for node in all_nodes(root) if isinstance(node, Path) and node.start in ("me", "submitter")}
    return frozenset(names | starts)

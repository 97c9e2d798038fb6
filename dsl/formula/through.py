"""A formula about a record, said of one of its parts: `technician = me` becomes `opportunity.technician = me`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

from dsl.formula.tree import Aggregate, Entered, Formula, Hop, Node, Path, Read, StageFact, Typed


def through(formula: Formula, link: str, child: str) -> Formula | None:
    """The same condition on rows of `child`, whose reference `link` leads to the formula's record.

    None where it cannot be said: `entered(…)` knows no way but its own record.
    """
    if any(isinstance(node, Entered) for node in _all(formula.root)):
        return None
    return replace(
        formula,
        text=f"{link}: {formula.text}",
        entity=child,
        root=_rewritten(formula.root, Hop(link, formula.entity), depth=0),
        reads=frozenset({Read((link, *read.via), read.entity, read.field) for read in formula.reads}),
    )


def _rewritten(node: Node, hop: Hop, depth: int) -> Node:
    """depth: aggregates around the node. The formula's own row is "row" outside of them and "this" inside the first."""
    changes: dict[str, Any] = {}
    inner = depth + 1 if isinstance(node, Aggregate) else depth
    for field in fields(node):
        value = getattr(node, field.name)
        if isinstance(value, Typed):
            changes[field.name] = _rewritten(value, hop, inner)  # type: ignore[arg-type]
        elif isinstance(value, tuple) and value and all(isinstance(each, Typed) for each in value):
            changes[field.name] = tuple(_rewritten(each, hop, inner) for each in value)
    own = {0: "row", 1: "this"}.get(depth)
    if isinstance(node, Path | Aggregate | StageFact) and node.start == own:
        changes["hops"] = (hop, *node.hops)
    return replace(node, **changes)


def _all(node: Node) -> Iterator[Node]:
    yield node
    for field in fields(node):
        value = getattr(node, field.name)
        for each in value if isinstance(value, tuple) else (value,):
            if isinstance(each, Typed):
                yield from _all(each)  # type: ignore[arg-type]

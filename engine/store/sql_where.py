"""WHERE form: a comparison rewritten so that the column stands alone, where an index finds it.

`today() - d > 890` becomes `d < today() - 890`: on 200,000 rows 0.07 ms instead of 28.
"""

from __future__ import annotations

from collections.abc import Mapping

from dsl.formula.tree import Arithmetic, Bounds, Compare, Const, Negate, Node, Now, Path
from dsl.formula.value_types import DateType, DurationType, NumberType, TimeType
from engine.store.sql_types import Operator

FLIPPED: Mapping[Operator, Operator] = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}
DAY = 86_400
FAR = 300_000 * DAY
"""Seconds by which a constant may be moved across a comparison without leaving the calendar."""


def column_alone(node: Compare) -> Compare:
    """`today() - d > 890` as `d < today() - 890`, `now() - t <= 48h` as `t >= now() - 48h`; others stay as they are."""
    left, right, op = node.left, node.right, node.op
    if _is_gap(right):
        left, right, op = right, left, FLIPPED[op]
    seconds = _known_seconds(right)
    if op in ("=", "!=") or seconds is None or not isinstance(left, Arithmetic) or not _is_gap(left):
        return node
    match left.left, left.right:
        case Now() as moment, Path(start="row", hops=()) as column:
            return _moved(node, FLIPPED[op], column, moment, -seconds)
        case Path(start="row", hops=()) as column, Now() as moment:
            return _moved(node, op, column, moment, seconds)
        case _:
            return node


def _is_gap(node: Node) -> bool:
    """day − day, or instant − instant."""
    if not isinstance(node, Arithmetic) or node.op != "-":
        return False
    return isinstance(node.left.type, DateType | TimeType) and isinstance(node.right.type, DateType | TimeType)


def _known_seconds(node: Node) -> int | None:
    """A written number of days or a written duration, in seconds; None for anything else or too far away."""
    match node:
        case Const(value=int() as value, type=NumberType(scale=0)):
            seconds = value * DAY
        case Const(value=int() as value, type=DurationType()):
            seconds = value
        case Negate(arg=arg):
            found = _known_seconds(arg)
            return None if found is None else -found
        case _:
            return None
    return seconds if abs(seconds) <= FAR else None


def _moved(node: Compare, op: Operator, column: Path, moment: Now, seconds: int) -> Compare:
    """`column op moment + seconds`."""
    gap = Const(
        value=seconds, type=DurationType(), nullable=False, span=node.span, bounds=Bounds(seconds, seconds)
    )  # fmt: skip
    edge = Arithmetic(op="+", left=moment, right=gap, type=moment.type, nullable=False, span=node.span)
    return Compare(op=op, left=column, right=edge, type=node.type, nullable=False, span=node.span)

"""What conditions demand of values, so that two that can never hold together are told.

Sound and not complete: a part that is not understood demands nothing, so what is found impossible is impossible.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from dsl.app import Text
from dsl.formula.tree import Between, Compare, Const, Formula, In, IsEmpty, Logic, Node, Not, Path
from dsl.formula.unparse import unparse
from dsl.formula.value_types import ChoiceType, DurationType, NumberType, YesNoType
from dsl.source import Span

FINEST = 6
"""Numbers of every scale are compared in units of 10**-6."""
_OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}
_ORDERINGS = frozenset(_OPPOSITE)


@dataclass(frozen=True, slots=True)
class Demand:
    """One thing that must be so of the value `key`.

    low, high: in units of 10**-6 for numbers and durations, ordinal days for dates, seconds for instants.
    options: the only values allowed, None for any. may_be_empty, may_be_filled: whether an empty value
    does, or another. node is the value itself; text and span the condition that demands it.
    """

    key: str
    node: Node | None
    text: Text
    span: Span
    low: int | None = None
    high: int | None = None
    options: frozenset[object] | None = None
    may_be_empty: bool = False
    may_be_filled: bool = True


def demands_of(formula: Formula, *, holds: bool = True) -> list[Demand]:
    """What a formula demands in order to come out as `holds`."""
    text = Text((("", formula.text),))
    return [_said(demand, text, formula.span) for demand in _demands(formula.root, holds)]


def demands_of_part(part: Node, *, holds: bool) -> list[Demand]:
    """As `demands_of`, of a part of a formula."""
    return list(_demands(part, holds))


def filled(field: str, text: Text, span: Span) -> Demand:
    """That the field has a value."""
    return Demand(field, None, text, span)


def conflict(demands: Iterable[Demand]) -> tuple[Demand, Demand] | None:
    """Two demands on one value that nothing meets; None where none are found."""
    by_key: dict[str, list[Demand]] = {}
    for demand in demands:
        others = by_key.setdefault(demand.key, [])
        for other in others:
            if not _meet(other, demand):
                return other, demand
        others.append(demand)
    return None


def _meet(one: Demand, other: Demand) -> bool:
    """Whether a value meets both."""
    if one.may_be_empty and other.may_be_empty:
        return True
    if not (one.may_be_filled and other.may_be_filled):
        return False
    lows = [d.low for d in (one, other) if d.low is not None]
    highs = [d.high for d in (one, other) if d.high is not None]
    if lows and highs and max(lows) > min(highs):
        return False
    return one.options is None or other.options is None or not one.options.isdisjoint(other.options)


def _said(demand: Demand, text: Text, span: Span) -> Demand:
    return Demand(
        demand.key, demand.node, text, span, demand.low, demand.high, demand.options, demand.may_be_empty,
        demand.may_be_filled,
    )  # fmt: skip


# --- reading conditions -----------------------------------------------------------------------------------------------


def _demands(node: Node, holds: bool) -> Iterator[Demand]:
    match node:
        case Logic() if (node.op == "and") is holds:
            for part in node.parts:
                yield from _demands(part, holds)
        case Not():
            yield from _demands(node.arg, not holds)
        case IsEmpty() if not isinstance(node.arg, Const):
            wants_empty = holds is not node.negated
            yield _of(node.arg, may_be_empty=wants_empty, may_be_filled=not wants_empty)
        case Path() if isinstance(node.type, YesNoType):
            yield _of(node, options=frozenset({holds}))
        case Compare():
            yield from _compared(node, holds)
        case Between() if holds:
            yield from _ordered(node.arg, ">=", node.low, holds=True)
            yield from _ordered(node.arg, "<=", node.high, holds=True)
        case In():
            yield from _among(node, holds)
        case _:
            pass


def _of(
    node: Node,
    low: int | None = None,
    high: int | None = None,
    options: frozenset[object] | None = None,
    *,
    may_be_empty: bool = False,
    may_be_filled: bool = True,
) -> Demand:
    text = Text()
    return Demand(unparse(node), node, text, node.span, low, high, options, may_be_empty, may_be_filled)


def _compared(node: Compare, holds: bool) -> Iterator[Demand]:
    if node.op in _ORDERINGS:
        yield from _ordered(node.left, node.op, node.right, holds=holds)
        yield from _ordered(node.right, _MIRRORED[node.op], node.left, holds=holds)
        return
    is_equal = (node.op == "=") is holds
    for arg, other in ((node.left, node.right), (node.right, node.left)):
        if isinstance(arg, Const) or not isinstance(other, Const):
            continue
        if other.value is None:
            yield _of(arg, may_be_empty=is_equal, may_be_filled=not is_equal)
        elif is_equal:
            yield _exactly(arg, (other,))
        elif (rest := _others(arg, (other,))) is not None:
            yield _of(arg, options=rest, may_be_empty=arg.nullable)


def _ordered(arg: Node, op: str, other: Node, *, holds: bool) -> Iterator[Demand]:
    """arg op other, or its opposite; that one an empty value meets too."""
    if isinstance(arg, Const):
        return
    op = op if holds else _OPPOSITE[op]
    low, high = ends_of(other)
    step = _step(arg)
    may_be_empty = not holds and (arg.nullable or other.nullable)
    if op in (">", ">="):
        bound = None if low is None else low + (op == ">")
        yield _of(arg, low=None if bound is None else -(-bound // step) * step, may_be_empty=may_be_empty)
    else:
        bound = None if high is None else high - (op == "<")
        yield _of(arg, high=None if bound is None else bound // step * step, may_be_empty=may_be_empty)


def _among(node: In, holds: bool) -> Iterator[Demand]:
    options = [option for option in node.options if isinstance(option, Const)]
    if len(options) < len(node.options) or isinstance(node.arg, Const) or any(o.value is None for o in options):
        return
    if holds is not node.negated:
        yield _exactly(node.arg, tuple(options))
    elif (rest := _others(node.arg, tuple(options))) is not None:
        yield _of(node.arg, options=rest, may_be_empty=node.arg.nullable)


def _exactly(arg: Node, allowed: tuple[Const, ...]) -> Demand:
    """The value is one of these. An equal empty text is an empty value."""
    ends = [ends_of(each) for each in allowed]
    lows, highs = [low for low, _high in ends if low is not None], [high for _low, high in ends if high is not None]
    if len(lows) == len(highs) == len(allowed):
        return _of(arg, low=min(lows), high=max(highs))
    values = frozenset(each.value for each in allowed)
    return _of(arg, options=values, may_be_empty="" in values, may_be_filled=values != {""})


def _others(arg: Node, taken: tuple[Const, ...]) -> frozenset[object] | None:
    """The other values of a type that has few; None for one that has many."""
    gone = {each.value for each in taken}
    if isinstance(arg.type, ChoiceType):
        return frozenset(arg.type.keys) - gone
    return frozenset({True, False}) - gone if isinstance(arg.type, YesNoType) else None


# --- ends -------------------------------------------------------------------------------------------------------------


def ends_of(node: Node) -> tuple[int | None, int | None]:
    """Least and greatest value of a part, in the units of demands."""
    value = node.value if isinstance(node, Const) else None
    if isinstance(value, datetime):
        return int(value.timestamp()), int(value.timestamp())
    if isinstance(value, date):
        return value.toordinal(), value.toordinal()
    if isinstance(node.type, NumberType | DurationType):
        factor = 10 ** (FINEST - _scale(node))
        low, high = node.bounds.low, node.bounds.high
        return None if low is None else low * factor, None if high is None else high * factor
    return None, None


def _scale(node: Node) -> int:
    return node.type.scale if isinstance(node.type, NumberType) else 0


def _step(node: Node) -> int:
    """How far apart two values are, in the units of demands."""
    is_number = isinstance(node.type, NumberType | DurationType)
    return int(10 ** (FINEST - _scale(node))) if is_number else 1

"""Interval arithmetic: how far a value can go, in scaled units. None is unbounded."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from dsl.formula.decimals import divide_half_away, rescale
from dsl.formula.tree import Bounds

OVERFLOW = 10**38
"""A number of this absolute value or more (in scaled units, 38 digits) is empty."""
ROWS_LIMIT = 10**9
"""More child rows than any record has: bounds of count and sum."""
UNBOUNDED = Bounds()


def may_overflow(bounds: Bounds) -> bool:
    return bounds.low is None or bounds.high is None or bounds.low <= -OVERFLOW or bounds.high >= OVERFLOW


def clipped(bounds: Bounds) -> Bounds:
    """Bounds after the overflow rule: what is left is within 38 digits."""
    low = 1 - OVERFLOW if bounds.low is None else max(bounds.low, 1 - OVERFLOW)
    high = OVERFLOW - 1 if bounds.high is None else min(bounds.high, OVERFLOW - 1)
    return Bounds(low, high)


def negated(a: Bounds) -> Bounds:
    return Bounds(None if a.high is None else -a.high, None if a.low is None else -a.low)


def rescaled(a: Bounds, digits: int) -> Bounds:
    return mapped(a, lambda value: rescale(value, digits))


def mapped(a: Bounds, rising: Callable[[int], int]) -> Bounds:
    """Bounds of a function that never falls."""
    return Bounds(None if a.low is None else rising(a.low), None if a.high is None else rising(a.high))


def added(a: Bounds, b: Bounds) -> Bounds:
    low = None if a.low is None or b.low is None else a.low + b.low
    high = None if a.high is None or b.high is None else a.high + b.high
    return Bounds(low, high)


def multiplied(a: Bounds, b: Bounds) -> Bounds:
    if a.low is None or a.high is None or b.low is None or b.high is None:
        return UNBOUNDED
    corners = [x * y for x in (a.low, a.high) for y in (b.low, b.high)]
    return Bounds(min(corners), max(corners))


def divided(a: Bounds, b: Bounds, digits: int) -> Bounds:
    """Bounds of a / b with `digits` more decimals before the division. b may hold 0: that row is empty."""
    if a.low is None or a.high is None:
        return UNBOUNDED
    divisors = [d for d in (b.low, b.high) if d is not None and d != 0]
    if not excludes_zero(b):
        divisors += [-1, 1]
    elif len(divisors) < 2:
        return UNBOUNDED
    up, down = (10**digits, 1) if digits >= 0 else (1, 10**-digits)
    corners = [divide_half_away(n * up, d * down) for n in (a.low, a.high) for d in divisors]
    return Bounds(min(*corners, *_zero_inside(a)), max(*corners, *_zero_inside(a)))


def _zero_inside(a: Bounds) -> list[int]:
    return [0] if not excludes_zero(a) else []


def excludes_zero(a: Bounds) -> bool:
    return (a.low is not None and a.low > 0) or (a.high is not None and a.high < 0)


def joined(parts: Iterable[Bounds]) -> Bounds:
    """The smallest interval around all parts."""
    parts = tuple(parts)
    lows = [p.low for p in parts]
    highs = [p.high for p in parts]
    low = None if None in lows else min(x for x in lows if x is not None)
    high = None if None in highs else max(x for x in highs if x is not None)
    return Bounds(low, high)


def magnitude(a: Bounds) -> Bounds:
    """Bounds of the absolute value."""
    if a.low is None or a.high is None:
        return Bounds(0, None)
    low = 0 if not excludes_zero(a) else min(abs(a.low), abs(a.high))
    return Bounds(low, max(abs(a.low), abs(a.high)))

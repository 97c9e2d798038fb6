"""`filled(a, b, c)`: how many are not empty. It is a sum of ifs, and is checked and written as one."""

from __future__ import annotations

from collections.abc import Sequence

from dsl.formula.syntax import Binary, CallSyntax, EmptyTest, NumberLiteral, Step, Syntax

MOST_FILLED = 40


def as_sum(written: CallSyntax) -> Syntax:
    """`if(a is empty, 0, 1) + if(b is empty, 0, 1) + …`, halved so that forty are no deeper than six levels."""
    return _sum([_counted(arg) for arg in written.args], written)


def _counted(arg: Syntax) -> Syntax:
    start, end = arg.start, arg.end
    is_empty = EmptyTest(arg=arg, negated=False, start=start, end=end)
    zero, one = (NumberLiteral(digits=digits, suffix="", start=start, end=end) for digits in "01")
    return CallSyntax(name=Step("if", start, end), args=(is_empty, zero, one), where=None, start=start, end=end)


def _sum(parts: Sequence[Syntax], written: CallSyntax) -> Syntax:
    if len(parts) == 1:
        return parts[0]
    half = len(parts) // 2
    left, right = _sum(parts[:half], written), _sum(parts[half:], written)
    return Binary(op="+", left=left, right=right, start=written.start, end=written.end)

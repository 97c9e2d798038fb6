"""Type rules of the operators: checked operands → a typed node, or the fault between them."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from dsl.formula import bounds as interval
from dsl.formula.tree import Arithmetic, Between, Bounds, Compare, Concat, Const, In, Negate, Node, Now
from dsl.formula.typing_rules import Fault, bounded_text, text_length
from dsl.formula.value_types import (
    DURATION,
    INTEGER,
    YESNO,
    ChoiceType,
    DateType,
    DurationType,
    NumberType,
    PersonType,
    RefType,
    SetType,
    TextType,
    TimeType,
    ValueType,
    YesNoType,
)
from dsl.formula.words import say_type
from dsl.source import Span

DIVISION_SCALE = 6
"""Decimals of a quotient, and the most that a product keeps."""
DATE_SPAN = 3_652_058
"""Days between 0001-01-01 and 9999-12-31."""

ArithmeticOp = Literal["+", "-", "*", "/"]
CompareOp = Literal["=", "!=", "<", "<=", ">", ">="]


def negate(arg: Node, span: Span) -> Node | Fault:
    if not isinstance(arg.type, NumberType | DurationType):
        return Fault("F20", {"op": "-", "left": say_type(arg.type), "right": ""})
    return Negate(type=arg.type, nullable=arg.nullable, span=span, bounds=interval.negated(arg.bounds), arg=arg)


def arithmetic(op: ArithmeticOp, left: Node, right: Node, span: Span) -> Node | Fault:
    """left op right, or why they do not go together."""
    made = _result(op, left, right)
    if isinstance(made, Fault):
        return made
    value_type, limits = made
    partial = interval.may_overflow(limits) or _leaves_calendar(left, right, value_type)
    if op == "/":
        partial = partial or not interval.excludes_zero(right.bounds)
    kept = Bounds() if isinstance(value_type, DateType | TimeType) else interval.clipped(limits)
    nullable = left.nullable or right.nullable or partial
    return Arithmetic(type=value_type, nullable=nullable, span=span, bounds=kept, op=op, left=left, right=right)


def _result(op: ArithmeticOp, left: Node, right: Node) -> tuple[ValueType, Bounds] | Fault:
    match left.type, right.type:
        case NumberType() as a, NumberType() as b:
            return _numbers(op, a, b, left.bounds, right.bounds)
        case (DateType(), DateType()) if op == "-":
            return INTEGER, Bounds(-DATE_SPAN, DATE_SPAN)
        case (TimeType(), TimeType()) if op == "-":
            return DURATION, Bounds(-DATE_SPAN * 86_400, DATE_SPAN * 86_400)
        case (DateType() | TimeType() as moment, DurationType()) if op in "+-":
            return moment, Bounds(0, 0)
        case (DurationType(), DateType() | TimeType() as moment) if op == "+":
            return moment, Bounds(0, 0)
        case (DurationType(), DurationType()) if op in "+-":
            other = right.bounds if op == "+" else interval.negated(right.bounds)
            return DURATION, interval.added(left.bounds, other)
        case (DurationType(), DurationType()) if op == "/":
            return NumberType(DIVISION_SCALE), interval.divided(left.bounds, right.bounds, DIVISION_SCALE)
        case (DurationType(), NumberType(unit="") as number) if op == "*":
            return DURATION, interval.rescaled(interval.multiplied(left.bounds, right.bounds), -number.scale)
        case (NumberType(unit="") as number, DurationType()) if op == "*":
            return DURATION, interval.rescaled(interval.multiplied(left.bounds, right.bounds), -number.scale)
        case (DurationType(), NumberType(unit="") as number) if op == "/":
            return DURATION, interval.divided(left.bounds, right.bounds, number.scale)
        case (DateType() | TimeType(), NumberType()) | (NumberType(), DateType() | TimeType()) if op in "+-":
            return Fault("F22")
        case _:
            return Fault("F20", {"op": op, "left": say_type(left.type), "right": say_type(right.type)})


def _numbers(op: ArithmeticOp, a: NumberType, b: NumberType, x: Bounds, y: Bounds) -> tuple[ValueType, Bounds] | Fault:
    money = (a.unit == "money", b.unit == "money")
    if op in "+-":
        if a.unit != b.unit:
            return Fault("F21", {"op": op})
        scale = max(a.scale, b.scale)
        other = y if op == "+" else interval.negated(y)
        total = interval.added(interval.rescaled(x, scale - a.scale), interval.rescaled(other, scale - b.scale))
        return NumberType(scale, a.unit), total
    if op == "*":
        if all(money):
            return Fault("F21", {"op": op})
        scale = min(a.scale + b.scale, DIVISION_SCALE)
        product = interval.rescaled(interval.multiplied(x, y), scale - a.scale - b.scale)
        return NumberType(scale, "money" if any(money) else ""), product
    if money == (False, True):
        return Fault("F21", {"op": op})
    unit: Literal["", "money"] = "money" if money == (True, False) else ""
    return NumberType(DIVISION_SCALE, unit), interval.divided(x, y, DIVISION_SCALE - a.scale + b.scale)


def _leaves_calendar(left: Node, right: Node, result: ValueType) -> bool:
    """Whether a date or instant moved by a duration may fall outside of the years 1..9999."""
    if not isinstance(result, DateType | TimeType):
        return False
    return not ((isinstance(left, Now | Const) and isinstance(right, Const)) or isinstance(right, Now))


def compare(op: CompareOp, left: Node, right: Node, span: Span) -> Node | Fault:
    fault = comparable(left.type, right.type) or (not_ordered(left.type) if op not in ("=", "!=") else None)
    if fault:
        return fault
    return Compare(type=YESNO, nullable=False, span=span, op=op, left=left, right=right)


def comparable(left: ValueType, right: ValueType) -> Fault | None:
    """None if values of the two types may be compared."""
    match left, right:
        case NumberType(), NumberType():
            return None if left.unit == right.unit else Fault("F21", {"op": "="})
        case (ChoiceType(), ChoiceType()) | (RefType(), RefType()):
            same = left == right
        case (SetType() | ChoiceType(), TextType()) | (TextType(), SetType() | ChoiceType()):
            same = False
        case (DateType(), TimeType()) | (TimeType(), DateType()):
            return Fault("F23")
        case (DurationType(), NumberType()) | (NumberType(), DurationType()):
            return Fault("F24")
        case _:
            same = type(left) is type(right)
    simple = isinstance(
        left,
        TextType | YesNoType | DateType | TimeType | DurationType | ChoiceType | RefType | PersonType,
    )
    if same and simple:
        return None
    return Fault("F20", {"op": "=", "left": say_type(left), "right": say_type(right)})


def not_ordered(value_type: ValueType) -> Fault | None:
    """None if values of the type have an order."""
    if isinstance(value_type, NumberType | DateType | TimeType | DurationType):
        return None
    return Fault("F25", {"type": say_type(value_type)})


def between(arg: Node, low: Node, high: Node, span: Span) -> Node | Fault:
    fault = comparable(arg.type, low.type) or comparable(arg.type, high.type) or not_ordered(arg.type)
    return fault or Between(type=YESNO, nullable=False, span=span, arg=arg, low=low, high=high)


def membership(arg: Node, options: tuple[Node, ...], span: Span, *, negated: bool) -> Node | Fault:
    """arg in (a, b); or, over a set field, whether the option is one of its options."""
    if len(options) == 1 and isinstance(options[0].type, SetType):
        if not isinstance(arg.type, ChoiceType) or arg.type.name != options[0].type.name:
            return Fault("F20", {"op": "in", "left": say_type(arg.type), "right": say_type(options[0].type)})
    else:
        faults = (comparable(arg.type, option.type) for option in options)
        fault = next((f for f in faults if f), None)
        if fault:
            return fault
    return In(type=YESNO, nullable=False, span=span, arg=arg, options=options, negated=negated)


def concat(parts: tuple[Node, ...], span: Span) -> Node | Fault:
    for part in parts:
        if not isinstance(part.type, NumberType | TextType | YesNoType | DateType | TimeType | ChoiceType):
            return Fault("F26", {"type": say_type(part.type)})
    typing = bounded_text(sum(text_length(part) for part in parts))
    if isinstance(typing, Fault):
        return typing
    return Concat(type=typing.type, nullable=False, span=span, bounds=typing.bounds, parts=parts)


def unified(types: tuple[ValueType, ...]) -> ValueType | Fault:
    """The one type for the branches of `if`, `default`, `min`, `max`: numbers take the greatest scale."""
    first = types[0]
    for other in types[1:]:
        if isinstance(first, NumberType) and isinstance(other, NumberType) and first.unit == other.unit:
            first = replace(first, scale=max(first.scale, other.scale))
        elif isinstance(first, NumberType) and isinstance(other, NumberType):
            return Fault("F21", {"op": ","})
        elif first != other:
            return Fault("F27", {"left": say_type(first), "right": say_type(other)})
    return first

"""Literals → typed constants: numbers keep the decimals they are written with, 8% has four."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from dsl.formula.syntax import DateLiteral, DurationLiteral, NumberLiteral
from dsl.formula.tree import Bounds, Const
from dsl.formula.typing_rules import Fault
from dsl.formula.value_types import DATE, DURATION, MONEY, NumberType, ValueType
from dsl.source import Span

MAX_DIGITS = 18
MAX_DECIMALS = 6
_SECONDS = {"min": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_POWERS = {"": 0, "%": -2, "万": 4, "亿": 8}


def number(written: NumberLiteral, span: Span, hint: ValueType | None) -> Const | Fault:
    """The number; a plain one beside an amount of money is money."""
    exact = Decimal(written.digits).scaleb(_POWERS[written.suffix])
    decimals = len(written.digits.partition(".")[2]) - _POWERS[written.suffix]
    scale = max(0, decimals, 4 if written.suffix == "%" else 0)
    if scale > MAX_DECIMALS or exact >= 10 ** (MAX_DIGITS - scale):
        return Fault("F14", {"digits": MAX_DIGITS, "decimals": MAX_DECIMALS})
    value = int(exact.scaleb(scale))
    is_money = isinstance(hint, NumberType) and hint.unit == "money" and written.suffix != "%"
    kind = NumberType(scale, MONEY.unit if is_money else "")
    return Const(type=kind, nullable=False, span=span, bounds=Bounds(value, value), value=value)


def duration(written: DurationLiteral, span: Span) -> Const | Fault:
    seconds = Decimal(written.digits) * _SECONDS[written.unit]
    if seconds != int(seconds) or seconds >= 10**MAX_DIGITS:
        return Fault("F14", {"digits": MAX_DIGITS, "decimals": MAX_DECIMALS})
    value = int(seconds)
    return Const(type=DURATION, nullable=False, span=span, bounds=Bounds(value, value), value=value)


def day(written: DateLiteral, span: Span) -> Const | Fault:
    try:
        value = date(*(int(part) for part in written.text.split("-")))
    except ValueError:
        return Fault("F13", {"text": written.text})
    return Const(type=DATE, nullable=False, span=span, value=value)

"""Money where there is little room: ¥1,457.6 万, $1.46M."""

from __future__ import annotations

import re
from decimal import Decimal

from dsl.app import App, Field
from dsl.formula.value_types import NumberType
from dsl.kinds import text_value
from web.board_contexts import Sum

_SIGN = re.compile(r"^[^\d-]*")
_LARGE = Decimal(10_000)


def sum_of(app: App, field: Field, amount: object, language: str) -> Sum | None:
    """A sum in both lengths; None for nothing."""
    if not isinstance(amount, int) or not amount:
        return None
    exact = text_value(app, field, amount, language).removesuffix(".00")
    return Sum(short_amount(app, field, amount, language), exact)


def short_amount(app: App, field: Field, amount: int, language: str) -> str:
    """The amount (in stored form) rounded to what a glance takes in; small ones stand as they are."""
    kind = field.value_type
    value = Decimal(amount).scaleb(-kind.scale) if isinstance(kind, NumberType) else Decimal(amount)
    exact = text_value(app, field, amount, language).removesuffix(".00")
    if abs(value) < _LARGE:
        return exact
    found = _SIGN.match(exact.lstrip("-"))
    sign = ("-" if value < 0 else "") + (found.group() if found else "")
    size, unit = next((size, unit) for size, unit in _units(language) if abs(value) >= size)
    return f"{sign}{_rounded(abs(value) / size)}{unit}"


def _units(language: str) -> tuple[tuple[int, str], ...]:
    """Chinese counts in ten thousands, others in thousands."""
    if language == "zh":
        return ((10**8, " 亿"), (10**4, " 万"))
    return ((10**9, "B"), (10**6, "M"), (10**3, "K"))


def _rounded(number: Decimal) -> str:
    """1457.63 → 1,458; 45.63 → 45.6; 4.563 → 4.56; no zeros at the end."""
    places = 0 if number >= 1000 else 1 if number >= 10 else 2
    text = f"{number:,.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text

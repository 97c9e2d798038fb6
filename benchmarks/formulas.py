"""The six formulas of the articles, with the exact Python that one would write by hand for each.

A hand-written function takes a row in stored form (scaled ints, None for empty) and today, and gives the same value as
the formula; nothing is left out of it that the meaning asks for (empty operands, halves away from zero).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """One formula: its text, by hand, and for simpleeval and CEL over decimals or doubles; "" where they cannot."""

    name: str
    formula: str
    by_hand: Callable[[Row, date], object]
    simple: str
    cel: str


def _divided(numerator: int, divisor: int) -> int:
    """Halves away from zero; the divisor is above 0."""
    half = divisor // 2
    return (numerator + half) // divisor if numerator >= 0 else -((-numerator + half) // divisor)


def price(row: Row, today: date) -> int | None:
    unit, qty, freight = row["list_price"], row["qty"], row["freight"]
    if unit is None or qty is None or freight is None:
        return None
    factor = 90 if qty >= 1000 else 95 if qty >= 500 else 100
    return _divided(unit * qty * factor, 100) + int(freight)


def discount(row: Row, today: date) -> int | None:
    qty, grade = row["qty"], row["grade"]
    is_large = qty is not None and qty >= 1000
    if grade == "A":
        return 1200 if is_large else 800
    return 800 if is_large or grade == "B" else 500


def health(row: Row, today: date) -> int:
    last, on_time, complaints = row["last_order"], row["on_time"], row["complaints"]
    points = 50
    if last is not None and (today - last).days > 90:
        points -= 20
    if on_time is not None and on_time >= 9500:
        points += 15
    if complaints is not None and complaints > 0:
        points -= 10
    if complaints == 0:
        points += 10
    return points


def phi(row: Row, today: date) -> int | None:
    """Six decimals, of percent: every quotient has six, times a weight of two, cut at six."""
    parts = (
        (row["stages_on_time"], row["stages_done"], 40),
        (row["help_on_time"], row["help_done"], 30),
        (row["touches_traced"], row["touches"], 30),
    )
    total = 0
    for done, of, weight in parts:
        if done is None or of is None or of == 0:
            return None
        quotient = _divided(done * 1_000_000, of) if of > 0 else -_divided(done * 1_000_000, -of)
        total += quotient * weight
    return total


def number(row: Row, today: date) -> str:
    day, serial = row["day"], row["serial"]
    year = "" if day is None else str(day.year)
    shown = "" if serial is None else str(serial)
    return f"QT-{year}-{shown.rjust(4, '0')}"


def dwell(row: Row, today: date) -> bool:
    since, limit = row["since"], row["limit_days"]
    return since is not None and limit is not None and (today - since).days * 10 > limit * 15


CASES = (
    Case(
        "price",
        "round(list_price * qty * if(qty >= 1000, 0.90, if(qty >= 500, 0.95, 1.00)), 2) + freight",
        price,
        "list_price * qty * (D('0.90') if qty >= 1000 else (D('0.95') if qty >= 500 else 1)) + freight",
        "list_price * qty * (qty >= 1000.0 ? 0.90 : (qty >= 500.0 ? 0.95 : 1.0)) + freight",
    ),
    Case(
        "discount",
        'if(grade = "A", if(qty >= 1000, 12%, 8%), if(qty >= 1000 or grade = "B", 8%, 5%))',
        discount,
        "(0.12 if qty >= 1000 else 0.08) if grade == 'A' else (0.08 if qty >= 1000 or grade == 'B' else 0.05)",
        "grade == 'A' ? (qty >= 1000.0 ? 0.12 : 0.08) : (qty >= 1000.0 || grade == 'B' ? 0.08 : 0.05)",
    ),
    Case(
        "health",
        "50 + if(today() - last_order > 90, -20, 0) + if(on_time >= 95%, 15, 0) + if(complaints > 0, -10, 0)"
        " + if(complaints = 0, 10, 0)",
        health,
        "50 + (-20 if idle > 90 else 0) + (15 if on_time >= D('0.95') else 0) + (-10 if complaints > 0 else 0)"
        " + (10 if complaints == 0 else 0)",
        "50 + (idle > 90.0 ? -20 : 0) + (on_time >= 0.95 ? 15 : 0) + (complaints > 0.0 ? -10 : 0)"
        " + (complaints == 0.0 ? 10 : 0)",
    ),
    Case(
        "PHI",
        "(stages_on_time / stages_done) * 40 + (help_on_time / help_done) * 30 + (touches_traced / touches) * 30",
        phi,
        "(stages_on_time / stages_done) * 40 + (help_on_time / help_done) * 30 + (touches_traced / touches) * 30",
        "(stages_on_time / stages_done) * 40.0 + (help_on_time / help_done) * 30.0 + (touches_traced / touches) * 30.0",
    ),
    Case(
        "number",
        '"QT-" & year(day) & "-" & pad("" & serial, 4, "0")',
        number,
        "'QT-' + str(year) + '-' + pad(serial)",
        "",
    ),
    Case(
        "dwell",
        "today() - since > limit_days * 1.5",
        dwell,
        "dwelt > limit_days * D('1.5')",
        "dwelt > limit_days * 1.5",
    ),
)

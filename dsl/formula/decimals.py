"""Exact decimals as scaled ints: rounding half away from zero (四舍五入), more or fewer decimals, text."""

from __future__ import annotations


def divide_half_away(numerator: int, divisor: int) -> int:
    """The quotient rounded half away from zero (四舍五入); the divisor is not 0."""
    if divisor < 0:
        numerator, divisor = -numerator, -divisor
    if numerator >= 0:
        return (2 * numerator + divisor) // (2 * divisor)
    return -((divisor - 2 * numerator) // (2 * divisor))


def rescale(value: int, digits: int) -> int:
    """The value with `digits` more decimals, or rounded to -`digits` fewer."""
    return value * 10**digits if digits >= 0 else divide_half_away(value, 10**-digits)


def decimal_text(value: int, scale: int) -> str:
    """A scaled int with all its decimals: 1280 at scale 2 is 12.80."""
    if scale == 0:
        return str(value)
    sign = "-" if value < 0 else ""
    digits = str(abs(value)).rjust(scale + 1, "0")
    return f"{sign}{digits[:-scale]}.{digits[-scale:]}"

"""Functions over numbers."""

from __future__ import annotations

from dsl.catalog_entry import in_both
from dsl.formula import typing_rules as rules
from dsl.formula.function_row import Function, p

NUMBERS = (
    Function(
        "round",
        "round(number, digits)",
        in_both(
            "四舍五入到几位小数（负数：到十、百、千）",
            "rounds half away from zero to so many decimals (negative: tens, hundreds)",
        ),
        "round(2.345, 2)",
        "2.35",
        (p("number", "number"), p("digits", "digits", 0)),
        rules.rounded,
        sql="half away from zero, never the half-even round() of PostgreSQL floats",
    ),
    Function(
        "abs",
        "abs(number)",
        in_both("绝对值", "the absolute value"),
        "abs(-3.50)",
        "3.50",
        (p("number", "number"),),
        rules.absolute,
        "abs({0})",
    ),
    Function(
        "floor",
        "floor(number)",
        in_both("向下取整", "the whole number at or below"),
        "floor(-2.5)",
        "-3",
        (p("number", "number"),),
        rules.to_whole,
        "(({0}) // 10**{scale0})",
        sql="integer division truncates: correct it below 0",
    ),
    Function(
        "ceil",
        "ceil(number)",
        in_both("向上取整", "the whole number at or above"),
        "ceil(2.1)",
        "3",
        (p("number", "number"),),
        rules.to_whole,
        "(-(-({0}) // 10**{scale0}))",
        sql="as floor",
    ),
    Function(
        "mod",
        "mod(number, divisor)",
        in_both("余数，符号随除数；除数为 0 时为空", "the remainder, with the sign of the divisor; empty for 0"),
        "mod(-7, 3)",
        "2",
        (p("number", "number"), p("divisor", "number")),
        rules.remainder,
        "remainder({0}, {scale0}, {1}, {scale1})",
        sql="both databases' % takes the sign of the dividend: ((a % b) + b) % b",
        partial=True,
    ),
    Function(
        "sign",
        "sign(number)",
        in_both("正负号：-1、0、1", "-1, 0 or 1"),
        "sign(-8)",
        "-1",
        (p("number", "number"),),
        rules.whole(-1, 1),
        "sign({0})",
    ),
)

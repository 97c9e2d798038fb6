"""F: a formula that cannot be read. The examples are formulas over a deal with lines of a customer."""

from __future__ import annotations

from dsl.codes.rows import row
from dsl.formula import code_reasons as why

READING = (
    row(
        "F01",
        ("公式读不懂", "The formula cannot be read"),
        ("这里的“{found}”读不懂", "“{found}” does not fit here"),
        ("检查它前后是否少了运算符、逗号或括号", "See whether an operator, a comma or a bracket is missing beside it"),
        why.ONE_MEANING,
        "qty 3",
        "qty * 3",
    ),
    row(
        "F02",
        ("公式太长", "The formula is too long"),
        ("公式有 {count} 个字符，最多 {limit}", "The formula has {count} characters, {limit} at most"),
        ("拆成几个计算字段", "Split it into several computed fields"),
        why.BOUNDED,
        "1" + " + 1" * 600,
        "1 + 1",
    ),
    row(
        "F03",
        ("公式是空的", "The formula is empty"),
        ("这里没有公式", "There is no formula here"),
        ("写一个公式，或删掉这个键", "Write a formula, or delete the key"),
        why.ONE_MEANING,
        " ",
        "true",
    ),
    row(
        "F04",
        ("不能使用的字符", "A character that cannot be used"),
        ("字符 {found} 不能出现在公式里", "The character {found} cannot stand in a formula"),
        ("删掉它", "Delete it"),
        ("数据库存不下它。", "Databases cannot store it."),
        'note = "a\x00b"',
        'note = "ab"',
    ),
    row(
        "F05",
        ("单引号", "Single quotes"),
        ("文字要用双引号，不用 {found}", "Text stands in double quotes, not {found}"),
        ('写成 "…" 或 “…”', 'Write "…"'),
        why.ONE_MEANING,
        "grade = 'A'",
        'grade = "A"',
    ),
    row(
        "F06",
        ("引号没有结束", "A text without its end"),
        ("这段文字没有结束的引号", "The closing quote of this text is missing"),
        (
            "在文字后面补上引号；在 YAML 的花括号里，逗号会截断公式，请把整个公式放进引号",
            "Close the quote; inside YAML braces a comma cuts the formula, so quote the whole of it",
        ),
        why.ONE_MEANING,
        'grade = "A',
        'grade = "A"',
    ),
    row(
        "F07",
        ("括号没有结束", "A bracket without its end"),
        ("这个括号没有结束", "This bracket is not closed"),
        (
            "补上右括号；在 YAML 的花括号里，逗号会截断公式，请把整个公式放进引号",
            "Add the closing bracket; inside YAML braces a comma cuts the formula, so quote the whole of it",
        ),
        why.ONE_MEANING,
        "round(amount, 2",
        "round(amount, 2)",
    ),
    row(
        "F08",
        ("公式没有写完", "The formula ends too early"),
        ("公式到这里就断了", "The formula breaks off here"),
        (
            "补上后半部分；在 YAML 的花括号里，逗号会截断公式，请把整个公式放进引号",
            "Write the rest; inside YAML braces a comma cuts the formula, so quote the whole of it",
        ),
        why.ONE_MEANING,
        "qty >",
        "qty > 3",
    ),
    row(
        "F09",
        ("保留字", "A reserved word"),
        ("“{name}”是公式里的保留字，不能当名字用", "“{name}” is a reserved word and no name"),
        (
            "or and not is in empty between where true false 都是保留字；检查它前面是否少了东西",
            "or and not is in empty between where true false are reserved; see whether something is missing before it",
        ),
        why.ONE_MEANING,
        "qty + and",
        "qty > 3 and urgent",
    ),
    row(
        "F10",
        ("公式嵌套太深", "The formula is too deep"),
        ("公式嵌套超过 {limit} 层", "The formula is more than {limit} levels deep"),
        ("拆成几个计算字段", "Split it into several computed fields"),
        why.BOUNDED,
        "-" * 40 + "qty",
        "-qty",
    ),
    row(
        "F11",
        ("公式太复杂", "The formula has too many parts"),
        ("公式有 {count} 个部分，最多 {limit}", "The formula has {count} parts, {limit} at most"),
        ("拆成几个计算字段", "Split it into several computed fields"),
        why.BOUNDED,
        "qty in (" + ", ".join("1" for _ in range(600)) + ")",
        "qty in (1, 2)",
    ),
    row(
        "F48",
        ("别的语言的写法", "A sign of another language"),
        ("这里的“{found}”读不懂", "“{found}” is not read here"),
        ("写成 {cure}", "Write {cure}"),
        why.ONE_MEANING,
        "urgent && qty > 3",
        "urgent and qty > 3",
    ),
)

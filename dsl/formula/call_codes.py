"""F: calls of functions and aggregates. The examples are formulas over a deal with lines of a customer."""

from __future__ import annotations

from dsl.codes.rows import row
from dsl.formula import code_reasons as why

CALLS = (
    row(
        "F40",
        ("只能用于显示", "For screens and papers only"),
        ("{name} 只能用在显示和打印的文字里", "{name} is for texts on screens and papers"),
        ("把它放到文档或文字模板里", "Use it in a document or a text"),
        (
            "给人看的写法不能存储或比较：语言一换就变。",
            "What is written for people is not stored or compared: it changes with the language.",
        ),
        'pinyin(name) = "shui"',
        'name = "水"',
    ),
    row(
        "F41",
        ("参数类型不对", "An argument of another type"),
        ("{function} 这里要{expected}，不是{found}", "{function} needs {expected} here, not {found}"),
        ("用法：{usage}", "Use: {usage}"),
        why.TYPES,
        "len(qty)",
        "len(name)",
    ),
    row(
        "F42",
        ("参数要直接写出来", "An argument to be written out"),
        ("参数 {parameter} 要直接写值", "The argument {parameter} is a written value"),
        ("可以是 {choices}", "It may be {choices}"),
        ("小数位数、周期等在检查时就要确定。", "Decimals, periods and the like are settled when the text is checked."),
        "round(amount, qty)",
        "round(amount, 2)",
    ),
    row(
        "F43",
        ("参数个数不对", "A wrong number of arguments"),
        ("{name} 有 {count} 个参数，个数不对", "{name} has {count} arguments, not the right number"),
        ("用法：{usage}", "Use: {usage}"),
        why.TYPES,
        "if(urgent, 1)",
        "if(urgent, 1, 0)",
    ),
    row(
        "F44",
        ("汇总要有明细", "An aggregate without rows"),
        ("{name} 要汇总的不是明细行", "{name} has no rows to work over"),
        (
            "写成 {name}(lines …)：明细表字段，再接要汇总的字段",
            "Write {name}(lines …): a table field, then the field of its rows",
        ),
        why.TYPES,
        "sum(amount)",
        "sum(lines.amount)",
    ),
    row(
        "F45",
        ("汇总太多", "Too many aggregates"),
        ("一个公式最多 {limit} 个汇总", "A formula has {limit} aggregates at most"),
        ("拆成几个计算字段", "Split it into several computed fields"),
        why.BOUNDED,
        " + ".join(["count(lines)"] * 11),
        "count(lines)",
    ),
    row(
        "F46",
        ("没说汇总哪个字段", "An aggregate without a field"),
        ("{name}({rows}) 没说是哪个字段", "{name}({rows}) does not say which field"),
        ("写成 {name}({rows}.字段)", "Write {name}({rows}.field)"),
        why.TYPES,
        "sum(lines)",
        "sum(lines.amount)",
    ),
    row(
        "F47",
        ("这种类型不能这样汇总", "An aggregate over another type"),
        ("{name} 不能用于{type}", "{name} does not work over {type}"),
        ("文字用 join、latest、first、count", "For texts there are join, latest, first, count"),
        why.TYPES,
        "sum(lines.item)",
        'join(lines.item, "、")',
    ),
)

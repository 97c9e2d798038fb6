"""F: names in a formula that lead nowhere. The examples are formulas over a deal with lines of a customer."""

from __future__ import annotations

from dsl.codes.rows import row
from dsl.formula import code_reasons as why

NAMES = (
    row(
        "F12",
        ("路径太长", "A path too long"),
        ("路径经过 {count} 次引用，最多 {limit}", "The path follows {count} references, {limit} at most"),
        ("在中间的实体上加一个计算字段", "Add a computed field to the entity in between"),
        why.BOUNDED,
        "owner.manager.manager.manager.manager.name",
        "owner.manager.name",
    ),
    row(
        "F15",
        ("不认识的名字", "An unknown name"),
        ("{entity} 里没有“{name}”", "{entity} has no “{name}”"),
        ("改成已有的字段，或先定义它", "Name a field that exists, or define this one"),
        why.NAMES,
        "amont > 3",
        "amount > 3",
    ),
    row(
        "F16",
        ("函数少了括号", "A function without brackets"),
        ("“{name}”是函数", "“{name}” is a function"),
        ("写成 {name}(…)", "Write {name}(…)"),
        why.NAMES,
        "due > today",
        "due > today()",
    ),
    row(
        "F17",
        ("不认识的选项", "An unknown option"),
        ("{list} 里没有“{found}”", "{list} has no option “{found}”"),
        ("可以是：{options}", "One of: {options}"),
        (
            "与不存在的选项比较永远不成立，规则就悄悄失效。",
            "A comparison with an option that does not exist is never true: the rule would silently never act.",
        ),
        'grade = "D"',
        'grade = "A"',
    ),
    row(
        "F29",
        ("不是引用", "No reference"),
        ("“{name}”是{type}，后面不能再接字段", "“{name}” is {type} and has no fields"),
        ("只有引用和人员后面可以接字段，如 customer.grade", "Only references and people have fields: customer.grade"),
        why.NAMES,
        "amount.grade",
        "customer.grade",
    ),
    row(
        "F30",
        ("明细表不能直接用", "Rows are no value"),
        ("“{name}”是多行，要先汇总", "“{name}” is many rows, not one value"),
        (
            "如 sum(lines.amount)、count(lines where …)、exists(lines)",
            "Such as sum(lines.amount), count(lines where …), exists(lines)",
        ),
        why.TYPES,
        "lines.amount > 100",
        "sum(lines.amount) > 100",
    ),
    row(
        "F31",
        ("选项要加引号", "An option without quotes"),
        ("“{name}”是选项，不是字段", "“{name}” is an option, not a field"),
        ('写成 "{name}"', 'Write "{name}"'),
        ("不加引号的是字段名，加引号的是选项。", "A bare word is a field, a quoted one an option."),
        "grade = A",
        'grade = "A"',
    ),
    row(
        "F33",
        ("够不到的外层记录", "A record out of reach"),
        ("这里够不到外层的记录", "The record around is out of reach here"),
        (
            "this. 只到紧挨着的外层；再外层请用计算字段",
            "this. reaches the row directly around; use a computed field for more",
        ),
        why.BOUNDED,
        "exists(customer.deals where sum(lines.qty * this.qty) > 3)",
        "sum(lines.qty * this.qty)",
    ),
    row(
        "F34",
        ("this 后面要有字段", "this without a field"),
        ("this 是外层记录，后面要接字段", "this is the record around; a field must follow"),
        ("如 this.qty", "Such as this.qty"),
        why.TYPES,
        "this = 3",
        "exists(lines where qty > this.qty)",
    ),
    row(
        "F39",
        ("不认识的函数", "An unknown function"),
        ("没有函数或决策表“{name}”", "There is no function or decision table “{name}”"),
        ("语言手册的“公式”一页列出所有函数", "The page on formulas of the language guide lists all functions"),
        why.NAMES,
        "summ(lines.amount)",
        "sum(lines.amount)",
    ),
)

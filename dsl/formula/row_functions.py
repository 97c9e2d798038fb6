"""Choosing between values, people, child rows, stages: functions with a rule of their own in the checker."""

from __future__ import annotations

from dsl.catalog_entry import in_both
from dsl.formula.function_row import Function

CHOOSING = (
    Function(
        "if",
        "if(condition, then, otherwise)",
        in_both("条件成立取前者，否则取后者", "one or the other"),
        'if(qty > 5, "many", "few")',
        "many",
        kind="special",
        sql="CASE",
    ),
    Function(
        "default",
        "default(value, otherwise)",
        in_both("为空时取另一个", "the other where the value is empty"),
        "default(score, 3)",
        "3",
        kind="special",
        sql='coalesce; for a text: "" is empty',
    ),
    Function(
        "min",
        "min(a, b, …) · min(rows.field where …)",
        in_both(
            "最小；任一为空则为空；对多行则忽略空值", "the least; empty if any is; over rows empty values are left out"
        ),
        "min(3, 1.5)",
        "1.5",
        kind="special",
        sql="SQLite's min(a, b); PostgreSQL's least() skips NULL: guard it",
    ),
    Function(
        "max",
        "max(a, b, …) · max(rows.field where …)",
        in_both(
            "最大；任一为空则为空；对多行则忽略空值",
            "the greatest; empty if any is; over rows empty values are left out",
        ),
        "max(lines.day)",
        "2026-11-20",
        kind="special",
        sql="as min",
    ),
    Function(
        "filled",
        "filled(a, b, …)",
        in_both("有几项不为空（最多 40 项）", "how many are not empty (of at most 40)"),
        "filled(name, grade, score)",
        "2",
        kind="special",
        sql="a sum of CASEs",
    ),
    Function(
        "me", "me", in_both("当前的人", "the acting person"), "me.name", "李娜", kind="special", sql="a bind parameter"
    ),
    Function(
        "submitter",
        "submitter",
        in_both("提交审批的人", "who asked for the approval"),
        "submitter is empty",
        "yes",
        kind="special",
        sql="a bind parameter",
    ),
)

ROWS = (
    Function(
        "count",
        "count(rows where …)",
        in_both("行数", "how many rows"),
        "count(lines where amount > 100)",
        "2",
        kind="aggregate",
    ),
    Function(
        "exists",
        "exists(rows where …)",
        in_both("有没有这样的行", "whether there is such a row"),
        'exists(lines where item = "螺丝")',
        "yes",
        kind="aggregate",
    ),
    Function(
        "sum",
        "sum(rows.field where …)",
        in_both("合计；空值不计，没有行时为 0", "the sum; empty values are left out, 0 over no rows"),
        "sum(lines.amount)",
        "580.00",
        kind="aggregate",
    ),
    Function(
        "avg",
        "avg(rows.field where …)",
        in_both("平均，六位小数；没有值时为空", "the mean with six decimals; empty over no values"),
        "avg(lines.qty)",
        "5.000000",
        kind="aggregate",
        sql="sum / count with our rounding, never avg()",
    ),
    Function(
        "latest",
        "latest(rows.field where …)",
        in_both(
            "最近一行的值（按行的首个日期或时刻字段，再按先后录入）",
            "the value of the last row by their first date or instant field, then id; rows without it are left out",
        ),
        "latest(lines.item)",
        "垫片",
        kind="aggregate",
        sql="order by order DESC, id DESC limit 1",
    ),
    Function(
        "first",
        "first(rows.field where …)",
        in_both("最早一行的值", "the value of the first row, ordered as in latest"),
        "first(lines.item)",
        "螺丝",
        kind="aggregate",
    ),
    Function(
        "join",
        'join(rows.field, "、" where …)',
        in_both("连成一段文字，按录入先后，空值不计", "one text in order of entry, empty values left out"),
        'join(lines.item, "、")',
        "螺丝、螺母、垫片",
        kind="aggregate",
        sql="string_agg / group_concat with ORDER BY id",
    ),
)

STAGES = (
    Function(
        "entered",
        "entered(stage)",
        in_both("最近一次进入某阶段的时刻", "the instant the record last entered the stage"),
        "entered(quoting) is empty",
        "no",
        kind="special",
        sql="max(entered_at) of the stage visits",
    ),
)

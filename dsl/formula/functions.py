"""Every function of the language, one row each: what it takes, gives and means, how Python does it, and an example.

The rows feed the checker, the code generator, the SQL of the store, the documentation and the tests.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from dsl.app import Text
from dsl.catalog_entry import in_both
from dsl.formula import typing_rules as rules
from dsl.formula.bounds import ROWS_LIMIT
from dsl.formula.scope import FIELD_LIMIT
from dsl.formula.tree import Bounds
from dsl.formula.value_types import TEXT, NumberType

Accepts: TypeAlias = Literal[
    "number",
    "integer",
    "text",
    "yesno",
    "date",
    "time",
    "moment",
    "any",
    "digits",
    "width",
    "period",
    "letter",
    "style",
]
"""What a parameter takes. date: a date, or an instant, which is turned into its day in the app's zone. moment: an
instant or a date. digits: a written whole number −6..6. width: a written whole number 0..2000. period: a written
"week", "month", "quarter" or "year". letter: one written character. style: a written text."""

PERIODS = ("week", "month", "quarter", "year")


@dataclass(frozen=True, slots=True)
class Parameter:
    """`otherwise`: the literal (str or int) put in where the argument is left out; None: it must be given."""

    name: str
    accepts: Accepts
    otherwise: str | int | None = None


Kind: TypeAlias = Literal["function", "aggregate", "special"]


@dataclass(frozen=True, slots=True)
class Function:
    """One function.

    kind: "function" is a `Call` in the tree, checked by `parameters` and `rule`; "aggregate" works over child rows;
    "special" has its own node or its own rule in the checker. A call with an empty number, date or instant among its
    arguments is empty (a text result: "", yes/no: false). python: an expression over the arguments {0} {1} …, none of
    them empty; {scale0} is the number of decimals of argument 0. sql: what a database must take care of.
    value: the example's value, rendered as `&` renders it. display_only: for texts on screens and papers, never in a
    stored field or a condition. partial: may be empty with no argument empty.
    """

    key: str
    usage: str
    says: Text
    example: str
    value: str
    parameters: tuple[Parameter, ...] = ()
    rule: rules.Rule | None = None
    python: str = ""
    sql: str = ""
    kind: Kind = "function"
    other_parameters: tuple[Parameter, ...] = ()
    display_only: bool = False
    partial: bool = False


def _p(name: str, accepts: Accepts, otherwise: str | int | None = None) -> Parameter:
    return Parameter(name, accepts, otherwise)


_DATE_SPAN = 3_652_058
"""Days between the first and the last date there is."""
_SUM = in_both("合计；空值不计，没有行时为 0", "the sum; empty values are left out, 0 over no rows")

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
        (_p("number", "number"), _p("digits", "digits", 0)),
        rules.rounded,
        sql="half away from zero, never the half-even round() of PostgreSQL floats",
    ),
    Function(
        "abs",
        "abs(number)",
        in_both("绝对值", "the absolute value"),
        "abs(-3.50)",
        "3.50",
        (_p("number", "number"),),
        rules.absolute,
        "abs({0})",
    ),
    Function(
        "floor",
        "floor(number)",
        in_both("向下取整", "the whole number at or below"),
        "floor(-2.5)",
        "-3",
        (_p("number", "number"),),
        rules.to_whole,
        "({0}) // 10**{scale0}",
        sql="integer division truncates: correct it below 0",
    ),
    Function(
        "ceil",
        "ceil(number)",
        in_both("向上取整", "the whole number at or above"),
        "ceil(2.1)",
        "3",
        (_p("number", "number"),),
        rules.to_whole,
        "-(-({0}) // 10**{scale0})",
        sql="as floor",
    ),
    Function(
        "mod",
        "mod(number, divisor)",
        in_both("余数，符号随除数；除数为 0 时为空", "the remainder, with the sign of the divisor; empty for 0"),
        "mod(-7, 3)",
        "2",
        (_p("number", "number"), _p("divisor", "number")),
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
        (_p("number", "number"),),
        rules.whole(-1, 1),
        "sign({0})",
    ),
)

DATES = (
    Function(
        "days_since",
        "days_since(date)",
        in_both("距今天数", "whole days from then to today"),
        "days_since(2026-11-11)",
        "10",
        kind="special",
        sql="in the tree it is today() - date",
    ),
    Function(
        "year",
        "year(date)",
        in_both("年", "the year"),
        "year(2026-11-21)",
        "2026",
        (_p("date", "date"),),
        rules.whole(1, 9999),
        "({0}).year",
    ),
    Function(
        "month",
        "month(date)",
        in_both("月", "the month 1..12"),
        "month(2026-11-21)",
        "11",
        (_p("date", "date"),),
        rules.whole(1, 12),
        "({0}).month",
    ),
    Function(
        "day",
        "day(date)",
        in_both("日", "the day of the month"),
        "day(2026-11-21)",
        "21",
        (_p("date", "date"),),
        rules.whole(1, 31),
        "({0}).day",
    ),
    Function(
        "weekday",
        "weekday(date)",
        in_both("星期几：周一 1 … 周日 7", "Monday 1 … Sunday 7"),
        "weekday(2026-11-21)",
        "6",
        (_p("date", "date"),),
        rules.whole(1, 7),
        "({0}).isoweekday()",
        sql="both databases count from Sunday 0: move it",
    ),
    Function(
        "quarter",
        "quarter(date)",
        in_both("季度 1..4", "the quarter 1..4"),
        "quarter(2026-11-21)",
        "4",
        (_p("date", "date"),),
        rules.whole(1, 4),
        "(({0}).month + 2) // 3",
    ),
    Function(
        "week",
        "week(date)",
        in_both("ISO 周数", "the ISO week 1..53"),
        "week(2026-11-21)",
        "47",
        (_p("date", "date"),),
        rules.whole(1, 53),
        "({0}).isocalendar().week",
        sql="ISO weeks: SQLite's %W is another count",
    ),
    Function(
        "start_of",
        "start_of(date, period)",
        in_both("所在 week/month/quarter/year 的第一天", "the first day of its week (Monday), month, quarter or year"),
        'start_of(2026-11-21, "quarter")',
        "2026-10-01",
        (_p("date", "date"), _p("period", "period")),
        rules.a_date(),
        "start_of({0}, {1})",
    ),
    Function(
        "end_of",
        "end_of(date, period)",
        in_both("所在 week/month/quarter/year 的最后一天", "the last day of its week (Sunday), month, quarter or year"),
        'end_of(2026-02-11, "month")',
        "2026-02-28",
        (_p("date", "date"), _p("period", "period")),
        rules.a_date(),
        "end_of({0}, {1})",
    ),
    Function(
        "add_months",
        "add_months(date, months)",
        in_both("加减月数，超出则取月末", "so many months later, clamped to the end of the month"),
        "add_months(2026-01-31, 1)",
        "2026-02-28",
        (_p("date", "date"), _p("months", "integer")),
        rules.a_date(partial=True),
        "add_months({0}, {1})",
        sql="SQLite's '+1 month' overflows into March: clamp; empty outside of the years 1..9999",
        partial=True,
    ),
    Function(
        "date",
        "date(instant) · date(year, month, day)",
        in_both(
            "时刻在本应用时区的日期；或由年月日组成，不存在则为空",
            "the day of an instant in the app's zone; or a date from its parts, empty if there is no such day",
        ),
        "date(2026, 2, 28)",
        "2026-02-28",
        (_p("moment", "moment"),),
        rules.a_date(),
        "({0}).astimezone(env.timezone).date()",
        other_parameters=(_p("year", "integer"), _p("month", "integer"), _p("day", "integer")),
        sql="date('2026-02-30') is accepted by SQLite: check the parts",
        partial=True,
    ),
    Function(
        "workdays",
        "workdays(from, to)",
        in_both(
            "之后到该日为止的工作日数（不含起始日，含结束日；含调休，反向为负）",
            "workdays after `from` up to and including `to`, with holidays and make-up days; negative backwards",
        ),
        "workdays(2026-09-30, 2026-10-10)",
        "3",
        (_p("from", "date"), _p("to", "date")),
        rules.whole(-_DATE_SPAN, _DATE_SPAN),
        "workdays({0}, {1})",
        sql="running number of the calendar table at `to` minus at `from`",
    ),
    Function(
        "add_workdays",
        "add_workdays(date, days)",
        in_both(
            "之后（负数：之前）第几个工作日；0 为当天",
            "the n-th workday after the date (negative: before); 0 is the date itself",
        ),
        "add_workdays(2026-09-30, 1)",
        "2026-10-08",
        (_p("date", "date"), _p("days", "integer")),
        rules.a_date(partial=True),
        "add_workdays({0}, {1})",
        sql="look the running number up; empty outside of the years 1..9999",
        partial=True,
    ),
    Function(
        "work_hours",
        "work_hours(from, to)",
        in_both(
            "两个时刻之间的工作小时（9–12 点、13–18 点，工作日），两位小数",
            "working hours between two instants (9–12 and 13–18 on workdays), two decimals",
        ),
        "work_hours(start_of_work, end_of_work)",
        "9.50",
        (_p("from", "time"), _p("to", "time")),
        lambda args: rules.Typing(NumberType(2), rules.any_empty(args), Bounds(-_DATE_SPAN * 800, _DATE_SPAN * 800)),
        "work_hours({0}, {1}, env.timezone)",
        sql="workdays between the two days × 8 h plus the parts of both days",
    ),
    Function(
        "today",
        "today()",
        in_both("今天（应用时区）", "the day it is in the app's zone"),
        "today() - 2026-11-01",
        "20",
        kind="special",
        sql="a bind parameter, never SQL's own clock",
    ),
    Function(
        "now",
        "now()",
        in_both("现在", "the instant it is"),
        "now() > created_at",
        "yes",
        kind="special",
        sql="a bind parameter",
    ),
)

TEXTS = (
    Function(
        "len",
        "len(text)",
        in_both("字数", "the number of characters"),
        'len("水闸 OK")',
        "5",
        (_p("text", "text"),),
        rules.length,
        "len({0})",
        sql="code points, not bytes; len(NUL) cannot occur",
    ),
    Function(
        "left",
        "left(text, count)",
        in_both("左边几个字", "the first characters"),
        'left("C2026-0001", 5)',
        "C2026",
        (_p("text", "text"), _p("count", "integer")),
        rules.cut_text,
        "left({0}, {1})",
        sql="a count below 0 is 0: PostgreSQL's left(x, -1) cuts from the right",
    ),
    Function(
        "right",
        "right(text, count)",
        in_both("右边几个字", "the last characters"),
        'right("C2026-0001", 4)',
        "0001",
        (_p("text", "text"), _p("count", "integer")),
        rules.cut_text,
        "right({0}, {1})",
        sql="substr(x, -n) gives all of a shorter text in SQLite only if n <= length",
    ),
    Function(
        "mid",
        "mid(text, start, count)",
        in_both("从第几个字起的几个字（从 1 数）", "so many characters from a place that counts from 1"),
        'mid("上海市浦东新区", 4, 2)',
        "浦东",
        (_p("text", "text"), _p("start", "integer"), _p("count", "integer")),
        rules.cut_text,
        "mid({0}, {1}, {2})",
        sql="places before 1 hold nothing; SQLite's substr counts negative places from the end",
    ),
    Function(
        "trim",
        "trim(text)",
        in_both("去掉首尾空白，含全角空格", "without blanks at both ends, the full-width one included"),
        'trim("　 螺丝 ")',
        "螺丝",
        (_p("text", "text"),),
        rules.same_text,
        "({0}).strip(BLANKS)",
        sql="name the characters: space, tab, newline, return, U+00A0, U+3000",
    ),
    Function(
        "lower",
        "lower(text)",
        in_both("小写（仅 A–Z）", "lower case, A–Z only"),
        'lower("ABC é É")',
        "abc é É",
        (_p("text", "text"),),
        rules.same_text,
        "({0}).translate(LOWER)",
        sql="PostgreSQL: collate C",
    ),
    Function(
        "upper",
        "upper(text)",
        in_both("大写（仅 a–z）", "upper case, a–z only"),
        'upper("abc é")',
        "ABC é",
        (_p("text", "text"),),
        rules.same_text,
        "({0}).translate(UPPER)",
        sql="PostgreSQL: collate C",
    ),
    Function(
        "contains",
        "contains(text, part) · contains(tags, option)",
        in_both("是否包含", "whether the part is inside"),
        'contains("hengyuan.com", "yuan")',
        "yes",
        (_p("text", "text"), _p("part", "text")),
        rules.a_yesno,
        "({1}) in ({0})",
        sql="instr / strpos, never LIKE; over tags the tree has `in`",
    ),
    Function(
        "starts_with",
        "starts_with(text, part)",
        in_both("是否以此开头", "whether it begins so"),
        'starts_with("SO202611", "SO")',
        "yes",
        (_p("text", "text"), _p("part", "text")),
        rules.a_yesno,
        "({0}).startswith({1})",
        sql="compare left(x, len(part)), never LIKE",
    ),
    Function(
        "ends_with",
        "ends_with(text, part)",
        in_both("是否以此结尾", "whether it ends so"),
        'ends_with("报价.pdf", ".pdf")',
        "yes",
        (_p("text", "text"), _p("part", "text")),
        rules.a_yesno,
        "({0}).endswith({1})",
        sql="an empty part is true: substr(x, -0) is all of it",
    ),
    Function(
        "before",
        "before(text, mark)",
        in_both("标记之前的文字，没有标记则为空", 'the text before the first mark, "" without one'),
        'before("li@hengyuan.com", "@")',
        "li",
        (_p("text", "text"), _p("mark", "text")),
        rules.same_text,
        "before({0}, {1})",
    ),
    Function(
        "after",
        "after(text, mark)",
        in_both("标记之后的文字，没有标记则为空", 'the text after the first mark, "" without one'),
        'after("li@hengyuan.com", "@")',
        "hengyuan.com",
        (_p("text", "text"), _p("mark", "text")),
        rules.same_text,
        "after({0}, {1})",
    ),
    Function(
        "replace",
        "replace(text, old, new)",
        in_both("替换所有", "with every `old` replaced"),
        'replace("a-b-c", "-", "/")',
        "a/b/c",
        (_p("text", "text"), _p("old", "text"), _p("new", "text")),
        rules.replaced,
        "replace_text({0}, {1}, {2})",
        sql="an empty `old` changes nothing",
    ),
    Function(
        "pad",
        "pad(text, width, fill)",
        in_both("左边补足到几个字", "filled on the left to so many characters"),
        'pad("42", 5)',
        "00042",
        (_p("text", "text"), _p("width", "width"), _p("fill", "letter", "0")),
        rules.padded,
        "({0}).rjust({1}, {2})",
        sql="a longer text stays whole: lpad() of PostgreSQL cuts it",
    ),
    Function(
        "yuan",
        "yuan(money)",
        in_both("人民币大写", "the amount in Chinese capital figures"),
        "yuan(10203.40)",
        "壹万零贰佰零叁元肆角整",
        (_p("amount", "number"),),
        lambda _args: rules.Typing(TEXT, nullable=False, bounds=Bounds(0, 200)),
        "yuan({0}, {scale0})",
        display_only=True,
        sql="none: Python only",
    ),
    Function(
        "format",
        "format(value, style)",
        in_both(
            "按样式显示：#,##0.00、0%、yyyy-mm-dd、yyyy年m月d日、hh:mm",
            "in a style: #,##0.00, 0.0%, yyyy-mm-dd, yyyy年m月d日, hh:mm",
        ),
        'format(1280000, "#,##0.00")',
        "1,280,000.00",
        (_p("value", "any"), _p("style", "style")),
        lambda _args: rules.Typing(TEXT, nullable=False, bounds=Bounds(0, 300)),
        "format_value({0}, {scale0}, {1}, env.timezone)",
        display_only=True,
        sql="none: Python only",
    ),
    Function(
        "pinyin",
        "pinyin(text)",
        in_both("拼音", "in pinyin"),
        'pinyin("水闸")',
        "shui zha",
        (_p("text", "text"),),
        lambda args: rules.bounded_text(rules.text_length(args[0]) * 8),
        "pinyin({0})",
        display_only=True,
        sql="none: Python only",
    ),
)

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
    Function("sum", "sum(rows.field where …)", _SUM, "sum(lines.amount)", "580.00", kind="aggregate"),
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

FUNCTIONS: Mapping[str, Function] = {
    function.key: function for function in (*NUMBERS, *DATES, *TEXTS, *CHOOSING, *ROWS, *STAGES)
}
"""Every function by its key. The tree also has the internal `stored`: a value rounded to the field's scale, empty
beyond FIELD_LIMIT, put by the checker around a formula whose type is not exactly its field's."""

STORED_LIMIT = FIELD_LIMIT
MOST_ROWS = ROWS_LIMIT

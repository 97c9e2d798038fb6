"""S and M: mistakes in documents, pages, figures, boards, files and calendars."""

from __future__ import annotations

from dsl.codes.rows import deal, row

_NO_HOLES = (
    "名字必须指向存在的东西，否则规则会悄悄失效。",
    "A name must lead to something, or a rule would silently do nothing.",
)
_PLAIN = ("写法只有一种，读的人才不会猜。", "With one way to write it nobody has to guess.")


def _app(rest: str) -> str:
    return (
        deal(
            "fields: {name: text, amount: money}\nstages: {a: {label: 甲}, b: {label: 乙, end: won}}\nviews: {big: {columns: [name]}}"
        )
        + rest
        + "\n"
    )


_METRIC = "metrics: {total: {of: deal, value: sum(amount)}}\n"

OUTLET_CODES = (
    row(
        "S52",
        ("不是模板文件", "Not a template"),
        ("“{text}”不是模板文件名", "“{text}” is no file name of a template"),
        ("写成 quote.html，不带路径", "Such as quote.html, without folders"),
        ("模板和应用放在一起。", "Templates stand beside the app."),
        _app("documents: {paper: {of: deal, template: ../paper.docx}}"),
        _app("documents: {paper: {of: deal, template: paper.html}}"),
    ),
    row(
        "S53",
        ("一张卡片正好一种", "A card is exactly one"),
        ("这张卡片有 {count} 种，应正好一种：{kinds}", "This card is {count} kinds; exactly one of: {kinds}"),
        ("每张卡片各写一项", "Write each card as an item of its own"),
        _PLAIN,
        _app(_METRIC + "dashboards: {board: {cards: [{number: total, line: total}]}}"),
        _app(_METRIC + "dashboards: {board: {cards: [{number: total}, {line: total, every: week}]}}"),
    ),
    row(
        "S54",
        ("要写成 实体.字段", "An entity and a name after a dot"),
        ("“{text}”没有说是哪个实体的", "“{text}” does not say of which entity"),
        ("写成 deal.stage 这样", "Write it like deal.stage"),
        _PLAIN,
        _app("dashboards: {board: {cards: [{funnel: stage}]}}"),
        _app("dashboards: {board: {cards: [{funnel: deal.stage}]}}"),
    ),
    row(
        "S55",
        ("看不懂的工作时间", "Not working hours"),
        ("“{text}”不是一段工作时间", "“{text}” are no working hours"),
        ("如 09:00-12:00", "Such as 09:00-12:00"),
        _PLAIN,
        _app("calendars: {shop: {like: cn, hours: [9-12]}}"),
        _app("calendars: {shop: {like: cn, hours: [09:00-12:00, 13:00-18:00]}}"),
    ),
    row(
        "S56",
        ("没有这一天", "No such day"),
        ("“{text}”不是一天", "“{text}” is no day"),
        ("写成 2026-10-01", "Write it like 2026-10-01"),
        _PLAIN,
        _app("calendars: {shop: {like: cn, off: [2026-02-30]}}"),
        _app("calendars: {shop: {like: cn, off: [2026-02-28]}}"),
    ),
    row(
        "M35",
        ("不认识的指标", "An unknown metric"),
        ("metrics: 里没有“{name}”", "metrics: has no “{name}”"),
        ("改正拼写，或在 metrics: 里加上它", "Correct the spelling, or add it under metrics:"),
        _NO_HOLES,
        _app(_METRIC + "dashboards: {board: {cards: [{number: totl}]}}"),
        _app(_METRIC + "dashboards: {board: {cards: [{number: total}]}}"),
    ),
    row(
        "M37",
        ("不认识的列表", "An unknown list"),
        ("{entity} 没有列表“{name}”", "{entity} has no list “{name}”"),
        ("改正拼写，或在 views: 里加上它", "Correct the spelling, or add it under views:"),
        _NO_HOLES,
        _app("dashboards: {board: {cards: [{list: deal.bgi}]}}"),
        _app("dashboards: {board: {cards: [{list: deal.big}]}}"),
    ),
    row(
        "M39",
        ("指标里的字段没有汇总", "A field outside of an aggregate"),
        ("“{name}”是一条记录的字段，指标是许多记录的", "“{name}” is of one record; a metric is of many"),
        ("写成 sum({name})、avg({name}) 或 count(where …)", "Write sum({name}), avg({name}), or count(where …)"),
        ("指标要说清楚怎样把许多条变成一个数。", "A metric says how many records become one figure."),
        _app("metrics: {total: {of: deal, value: amount * 2}}"),
        _app("metrics: {total: {of: deal, value: sum(amount) * 2}}"),
    ),
    row(
        "M40",
        ("不认识的日历", "An unknown calendar"),
        ("没有日历“{name}”", "There is no calendar “{name}”"),
        ("写 cn，或在 calendars: 里加上它", "Write cn, or add it under calendars:"),
        _NO_HOLES,
        _app("calendars: {shop: {like: chn}}"),
        _app("calendars: {shop: {like: cn}}"),
    ),
    row(
        "M41",
        ("算出来的字段的 min、max 不起作用", "Limits of a computed field do nothing"),
        ("“{name}”由公式算出，它的 min、max 不起作用", "“{name}” is computed by a formula: its min and max do nothing"),
        ("写进公式：max(下限, min(上限, …))", "Write them into the formula: max(least, min(most, …))"),
        ("min 和 max 只管人填的值。", "min and max are for what people enter."),
        _app("").replace("name: text", "name: text, n: integer, double: {type: integer = n * 2, max: 5}", 1),
        _app("").replace("name: text", "name: text, n: integer, double: {type: 'integer = min(5, n * 2)'}", 1),
    ),
    row(
        "M50",
        ("一个表头两个用处", "One head for two columns"),
        ("表头“{name}”已经用在另一列了", "The head “{name}” stands for another column already"),
        ("每个表头只写在一列下面", "Write each head under one column only"),
        ("一列里的值只能进一个字段。", "The values of a column go into one field."),
        _app("imports: {old: {to: deal, columns: {名称: {fills: name, also: [金额]}, 金额: amount}}}"),
        _app("imports: {old: {to: deal, columns: {名称: {fills: name, also: [商机]}, 金额: amount}}}"),
    ),
    row(
        "M51",
        ("没有一列填这个字段", "No column fills this field"),
        ("这里用到“{name}”，却没有一列填它", "“{name}” is used here, and no column fills it"),
        (
            "在 columns: 里加上填它的列，或从这里去掉",
            "Add a column that fills it, or leave it out here",
        ),
        ("文件里没有的值认不出重复，也无从比较。", "What no file says tells no record again, and cannot be compared."),
        _app("imports: {old: {to: deal, columns: {名称: name}, same_when: [amount]}}"),
        _app("imports: {old: {to: deal, columns: {名称: name}, same_when: [name]}}"),
    ),
    row(
        "M52",
        ("导入缺必填字段", "An import without a required field"),
        ("{entity} 必填，却没有一列填：{fields}", "No column fills what {entity} requires: {fields}"),
        ("在 columns: 里加上这些字段，或给字段 default:", "Add columns for them, or give the fields a default:"),
        ("缺必填字段的行每一行都会被拒绝。", "Every row of every file would be refused."),
        _app("imports: {old: {to: deal, columns: {金额: amount}}}").replace("name: text,", "name: text required,"),
        _app("imports: {old: {to: deal, columns: {名称: name}}}").replace("name: text,", "name: text required,"),
    ),
    row(
        "S60",
        ("这一列不是公司名称", "No column of company names"),
        (
            "“{name}”是 {kind} 字段，不能按公司名称比较",
            "“{name}” is a {kind} field: it is not compared as a company's name",
        ),
        ("只在文字或引用字段上写 alike: company", "Write alike: company at a text or ref field only"),
        _PLAIN,
        _app("imports: {old: {to: deal, columns: {金额: {fills: amount, alike: company}, 名称: name}}}"),
        _app("imports: {old: {to: deal, columns: {名称: {fills: name, alike: company}}}}"),
    ),
)

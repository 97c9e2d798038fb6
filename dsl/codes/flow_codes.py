"""S and M: mistakes in what happens by itself: rules, actions, people, texts with holes, approvals."""

from __future__ import annotations

from dsl.codes.rows import deal, row

_ONE = ("一条规则只说一件事，读起来才不会有两种意思。", "A rule that says one thing can be read in one way only.")
_NO_HOLES = (
    "名字必须指向存在的东西，否则规则会悄悄失效。",
    "A name must lead to something, or a rule would silently do nothing.",
)
_FIELDS = "fields: {name: text, seller: person, day: date, amount: money, twice: money = amount * 2, paper: file, rows: table line}"


def _deal(rest: str) -> str:
    return (
        deal(_FIELDS + "\nstages: {a: {label: 甲}, b: {label: 乙, end: won}}\n" + rest)
        + "  line: {label: 明细, part_of: deal, fields: {word: text required}}\n"
    )


def _rule(when: str, then: str) -> str:
    return _deal("rules: {one: {when: {" + when + "}, do: [" + then + "]}}")


_TELL = "{notify: {to: boss, text: 你好}}"
_CREATE = "create: true"


def _said(text: str) -> str:
    return _rule(_CREATE, "{notify: {to: boss, text: " + text + "}}")


def _approval(step: str) -> str:
    return _deal("") + "approvals: {price: {of: deal, steps: [{" + step + "}]}}\n"


SHAPES = (
    row(
        "S44",
        ("不属于这个触发的键", "A key of another trigger"),
        ("“{key}”不能和 {verb} 一起写", "“{key}” does not go with {verb}"),
        ("删掉 {key}，或换一个触发", "Drop {key}, or wait for something else"),
        _ONE,
        _rule("create: true, for: 3d", _TELL),
        _rule("stay: a, for: 3d", _TELL),
    ),
    row(
        "S45",
        ("一项动作要正好一个动词", "An action is exactly one"),
        ("这一项里有 {count} 个动词，应正好一个：{verbs}", "{count} verbs stand here; exactly one of: {verbs}"),
        ("每个动作各写一项", "Write each action as an item of its own"),
        ("动作按书写的顺序执行。", "Actions are done in the order in which they are written."),
        _rule(_CREATE, "{move: b, set: {name: 甲}}"),
        _rule(_CREATE, "{move: b}, {set: {name: 甲}}"),
    ),
    row(
        "S46",
        ("看不懂几个人签", "An unknown way of signing"),
        ("“{text}”不是 all、any、in_order 或 2 of 3", "“{text}” is none of all, any, in_order, 2 of 3"),
        ("如 sign: all 或 sign: 2 of 3", "Such as sign: all, or sign: 2 of 3"),
        ("会签还是或签，要说清楚。", "Whether all must sign or one is enough must be plain."),
        _approval("by: boss, sign: 3 of 2"),
        _approval("by: boss, sign: 2 of 3"),
    ),
    row(
        "S47",
        ("空格里要写字段路径", "A hole holds a path"),
        ("<{text}> 里不是字段路径", "<{text}> holds no path to a field"),
        ("写成 <name> 或 <customer.name>", "Write <name>, or <customer.name>"),
        (
            "文字里只填值，不做计算；要计算就加一个公式字段。",
            "Texts show values and compute nothing; what is computed is a field with a formula.",
        ),
        _said("金额 <amount * 2>"),
        _said("金额 <twice>"),
    ),
    row(
        "S48",
        ("格式不适合这个值", "A format that does not fit"),
        ("格式“{style}”不适用于{type}", "The format “{style}” does not fit a value that is {type}"),
        ("数字写 #,##0.00，日期写 yyyy-mm-dd", "Numbers: #,##0.00; dates: yyyy-mm-dd"),
        ("格式和值的类型必须一致。", "The format must suit the type of the value."),
        _said("金额 <amount|yyyy-mm-dd>"),
        _said('"金额 <amount|#,##0.00>"'),
    ),
    row(
        "S49",
        ("看不懂的时间", "Not a time that comes again"),
        ("“{text}”不是循环的时间", "“{text}” is no time that comes again"),
        ("如 monday 09:00、day 02:00、workday 18:00", "Such as monday 09:00, day 02:00, workday 18:00"),
        ("到点的事必须说清楚几点。", "What is due at a time must say which."),
        _rule("every: mondey 09:00", _TELL),
        _rule("every: monday 09:00", _TELL),
    ),
    row(
        "S50",
        ("逾期的一级要正好做一件事", "A rung does exactly one thing"),
        ("这一级里有 {count} 件事，应正好一件：{acts}", "{count} things stand here; exactly one of: {acts}"),
        ("如 {{after: 2d, notify: boss}}", "Such as {{after: 2d, notify: boss}}"),
        _ONE,
        _rule(_CREATE, "{task: {to: seller, title: 联系, late: [{after: 1d}]}}"),
        _rule(_CREATE, "{task: {to: seller, title: 联系, late: [{after: 1d, notify: boss}]}}"),
    ),
    row(
        "S51",
        ("重试次数不对", "Not a number of tries"),
        ("重试 {count} 次不行，应在 0 到 {most} 之间", "{count} tries are not possible: 0 to {most}"),
        ("写 0 到 {most} 的整数", "Write a whole number from 0 to {most}"),
        ("没完没了的重试会拖垮对方。", "Endless tries would wear the other side down."),
        _rule(_CREATE, "{call: {plugin: erp.push, retry: 99}}") + "plugins: [erp]\n",
        _rule(_CREATE, "{call: {plugin: erp.push, retry: 5}}") + "plugins: [erp]\n",
    ),
    row(
        "S57",
        ("at_least 没有 any_of", "at_least without any_of"),
        (
            "at_least 数的是 any_of 里的项，这里没有 any_of",
            "at_least counts the parts of any_of, and there is none here",
        ),
        ("写成：at_least: 2, any_of: [ … ]", "Write: at_least: 2, any_of: [ … ]"),
        ("不然它什么也不要求。", "It would ask for nothing."),
        deal(
            "fields: {a: file, b: file}\n"
            "stages: {open: {label: 进行中, leave: {at_least: {a: 甲, b: 乙}}}, won: {label: 赢单, end: won}}"
        ),
        deal(
            "fields: {a: file, b: file}\n"
            "stages: {open: {label: 进行中, leave: {at_least: 2, any_of: [{fill: a}, {fill: b}]}}, won: {label: 赢单, end: won}}"
        ),
    ),
)

NAMES = (
    row(
        "M24",
        ("不认识的人", "Nobody is named so"),
        ("“{name}”不是角色，也不是人员字段", "“{name}” is neither a role nor a person field"),
        (
            "写角色、人员字段、manager of 字段，或 customer",
            "Name a role, a person field, manager of a field, or customer",
        ),
        _NO_HOLES,
        _rule(_CREATE, "{notify: {to: bos, text: 你好}}"),
        _rule(_CREATE, "{notify: {to: [boss, manager of seller], text: 你好}}"),
    ),
    row(
        "M25",
        ("不是日期或时间字段", "Not a day or an instant"),
        ("“{name}”不是日期或时间字段", "“{name}” is neither a date nor a time field"),
        ("写一个 date 或 time 字段", "Name a date or time field"),
        ("从哪一刻算起必须有日期。", "What is counted from must be a moment."),
        _rule("after: name, for: 3d", _TELL),
        _rule("after: day, for: 3d", _TELL),
    ),
    row(
        "M26",
        ("不认识的档", "An unknown band"),
        ("评分 {score} 没有“{name}”这一档", "The score {score} has no band “{name}”"),
        ("改正拼写，或在 bands: 里加上它", "Correct the spelling, or add it under bands:"),
        _NO_HOLES,
        deal(
            "fields: {ok: yesno}\nscores: {health: {label: 健康度, points: [{if: ok, add: 9, label: 好}], bands: {low: 0..4, high: 5..9}}}\n"
            "rules: {one: {when: {score: health, becomes: lwo}, do: [" + _TELL + "]}}"
        ),
        deal(
            "fields: {ok: yesno}\nscores: {health: {label: 健康度, points: [{if: ok, add: 9, label: 好}], bands: {low: 0..4, high: 5..9}}}\n"
            "rules: {one: {when: {score: health, becomes: low}, do: [" + _TELL + "]}}"
        ),
    ),
    row(
        "M27",
        ("不认识的客户页面", "An unknown portal page"),
        ("portal: 里没有“{name}”", "portal: has no “{name}”"),
        ("改正拼写，或在 portal: 里加上它", "Correct the spelling, or add it under portal:"),
        _NO_HOLES,
        _rule("opened: pge", _TELL) + "portal: {page: {of: deal, show: [name]}}\n",
        _rule("opened: page", _TELL) + "portal: {page: {of: deal, show: [name]}}\n",
    ),
    row(
        "M28",
        ("没有这个表单", "No such form"),
        ("没有实体“{name}”可填", "There is no entity “{name}” to fill in"),
        ("写一个实体的键", "Name an entity"),
        ("任务要填的东西必须存在，否则无法完成。", "What a task asks to fill in must be there, or nobody finishes it."),
        _rule(_CREATE, "{task: {to: seller, title: 复盘, form: lien}}"),
        _rule(_CREATE, "{task: {to: seller, title: 复盘, form: line}}"),
    ),
    row(
        "M29",
        ("没有这个插件", "No such plugin"),
        ("plugins: 里没有“{name}”", "plugins: has no “{name}”"),
        ("在 plugins: 里加上它，或改正拼写", "Add it under plugins:, or correct the spelling"),
        ("没有插件，消息和调用到不了任何地方。", "Without its plugin a message or a call goes nowhere."),
        _rule(_CREATE, "{notify: {to: boss, via: wecom, text: 你好}}"),
        _rule(_CREATE, "{notify: {to: boss, via: wecom, text: 你好}}") + "plugins: [wecom]\n",
    ),
    row(
        "M30",
        ("规则不能写这个字段", "A field that no rule may write"),
        ("“{name}”由系统或公式给出，不能写", "“{name}” is computed or given and cannot be written"),
        (
            "阶段用 move:，标签用 tag:；公式改它的输入",
            "For stages use move:, for tags tag:; of a formula, write its inputs",
        ),
        ("同一个值只能有一个来源。", "A value has one source only."),
        _rule(_CREATE, "{set: {twice: 5}}"),
        _rule(_CREATE, "{set: {amount: 5}}"),
    ),
    row(
        "M31",
        ("不能写进文字的值", "A value that is no text"),
        ("“{name}”是{type}，不能写进文字", "“{name}” is {type} and cannot stand in a text"),
        ("选一个文字、数字、日期、选项或人员字段", "Choose a text, number, date, choice or person field"),
        ("文件和明细没有一行的写法。", "Files and rows cannot be said in one line."),
        _said("见 <paper>"),
        _said("见 <name>"),
    ),
    row(
        "M32",
        ("不认识的标签", "An unknown tag"),
        ("{entity} 没有标签“{name}”", "{entity} has no tag “{name}”"),
        ("改正拼写，或在 tags: 里加上它", "Correct the spelling, or add it under tags:"),
        _NO_HOLES,
        _deal("tags: {hot: 高意向}\nrules: {one: {when: {create: true}, do: [{tag: hto}]}}"),
        _deal("tags: {hot: 高意向}\nrules: {one: {when: {create: true}, do: [{tag: hot}]}}"),
    ),
    row(
        "M33",
        ("不认识的单据", "An unknown document"),
        ("documents: 里没有“{name}”", "documents: has no “{name}”"),
        ("改正拼写，或在 documents: 里加上它", "Correct the spelling, or add it under documents:"),
        _NO_HOLES,
        _rule("enter: b", "{document: papre}") + "documents: {paper: {of: deal, template: paper.html}}\n",
        _rule("enter: b", "{document: paper}") + "documents: {paper: {of: deal, template: paper.html}}\n",
    ),
    row(
        "M34",
        ("不认识的节奏", "An unknown cadence"),
        ("cadences: 里没有“{name}”", "cadences: has no “{name}”"),
        ("改正拼写，或在 cadences: 里加上它", "Correct the spelling, or add it under cadences:"),
        _NO_HOLES,
        _rule(_CREATE, "{start: wrm}") + "cadences: {warm: {of: deal, steps: [{after: 3d, do: [" + _TELL + "]}]}}\n",
        _rule(_CREATE, "{start: warm}") + "cadences: {warm: {of: deal, steps: [{after: 3d, do: [" + _TELL + "]}]}}\n",
    ),
    row(
        "M36",
        ("属于另一个实体", "It belongs to another entity"),
        ("“{name}”是 {of} 的，不是 {entity} 的", "“{name}” is of {of}, not of {entity}"),
        ("写 {entity} 自己的，或改它的 of:", "Name one of {entity}, or change its of:"),
        _NO_HOLES,
        _rule(_CREATE, "{approve: price}") + "approvals: {price: {of: line, steps: [{by: boss}]}}\n",
        _rule(_CREATE, "{approve: price}") + "approvals: {price: {of: deal, steps: [{by: boss}]}}\n",
    ),
    row(
        "M38",
        ("新建时缺必填字段", "A new record without a required field"),
        ("新建 {entity} 时没有填：{fields}", "A new {entity} lacks: {fields}"),
        ("在 create: 里给出这些字段的值", "Give these fields a value under create:"),
        ("缺必填字段的记录每次都会被拒绝。", "Such a record would be refused each time."),
        _rule(_CREATE, "{create: {line: {deal: = deal_of}}}").replace("day: date,", "day: date, deal_of: ref deal,"),
        _rule(_CREATE, "{create: {line: {deal: = deal_of, word: 甲}}}").replace(
            "day: date,", "day: date, deal_of: ref deal,"
        ),
    ),
)

FLOW_CODES = (*SHAPES, *NAMES)

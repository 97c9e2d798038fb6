"""A: what an analysis of the whole app finds."""

from __future__ import annotations

from dsl.codes.rows import HEAD, deal, row, staged, top

_CLOSED = ("空值不能成为绕过控制的办法。", "A missing value must never be a way around a control.")
_SCORE = "fields: {ok: yesno, good: yesno}\nscores:\n  health:\n    label: 健康度\n"
_POINTS = "    points:\n      - {if: ok, add: 20, label: 甲}\n      - {if: good, add: 40, label: 乙}\n"
_APPROVAL = deal("fields: {margin: percent}\nstages: {a: {label: 甲, approval: price}, b: {label: 乙, end: won}}")

_GOOD_HIDE = HEAD + (
    "entities:\n  deal:\n    fields: {name: text, cost: money, price: money, gain: money = price - cost}\n"
    "    access:\n      boss: all\n      sales: {create: true, edit: true, hide: [cost, gain]}\n"
)

CHECK_CODES = (
    row(
        "A01",
        ("到不了的阶段", "A stage nobody reaches"),
        ("从“{first}”出发，没有流转能到“{stage}”", "No moves lead from “{first}” to “{stage}”"),
        ("在 moves: 里加一步通向 {key}，或删掉这个阶段", "Add a move to {key} under moves:, or delete the stage"),
        ("到不了的阶段和它的关卡永远不起作用。", "A stage that is never reached never guards anything."),
        staged("moves: [open > won]"),
        staged("moves: [open > won, open > lost]"),
    ),
    row(
        "A02",
        ("走不出的阶段", "A stage nobody leaves"),
        ("“{stage}”不是结束，却没有流转离开它", "“{stage}” is no end, yet no move leaves it"),
        ("加一步 {key} > …，或写 end: done", "Add a move {key} > …, or write end: done"),
        ("记录会永远停在那里。", "Records would stay there for ever."),
        deal("fields: {name: text}\nstages: {a: {label: 甲}, b: {label: 乙}}"),
        deal("fields: {name: text}\nstages: {a: {label: 甲}, b: {label: 乙, end: done}}"),
    ),
    row(
        "A03",
        ("空值会跳过审批", "An empty value skips an approval"),
        (
            "“{text}”可能为空，为空时这一步审批会被跳过；例如：{witness}",
            "“{text}” can be empty, and then this approval is skipped; for example: {witness}",
        ),
        (
            "写成：… or {text} is empty（或把字段设为 required）",
            "Write: … or {text} is empty (or make the field required)",
        ),
        _CLOSED,
        _APPROVAL + "approvals: {price: {of: deal, steps: [{by: boss, if: margin < 8%}]}}\n",
        _APPROVAL.replace("percent", "percent required")
        + "approvals: {price: {of: deal, steps: [{by: boss, if: margin < 8%}]}}\n",
    ),
    row(
        "A04",
        ("关卡要的字段没人能填", "A gate wants what nobody may fill"),
        ("关卡要求填“{field}”，但没有角色能改它", "The gate wants “{field}”, but no role may edit it"),
        ("在 access: 里让一个角色能改 {key}", "Let a role edit {key} under access:"),
        ("这道门谁也过不去。", "Nobody would ever pass this gate."),
        staged("moves:\n  - open > won: {need: {fill: amount}}\n  - open > lost").replace(
            "everyone: all", "sales: {create: true, edit: [name]}"
        ),
        staged("moves:\n  - open > won: {need: {fill: amount}}\n  - open > lost"),
    ),
    row(
        "A05",
        ("没人能看见的实体", "An entity nobody sees"),
        (
            "“{entity}”没有 access，也不属于别的实体，谁也看不见",
            "“{entity}” has no access and no parent: nobody sees it",
        ),
        ("写 access:，或写 part_of:", "Write access:, or part_of:"),
        ("没有写明的权限一律关闭。", "What is not granted is closed."),
        HEAD + "entities:\n  deal: {label: 商机, fields: {name: text}}\n",
        deal("fields: {name: text}"),
    ),
    row(
        "A06",
        ("没人能新建", "Nobody may create"),
        ("没有角色能新建“{entity}”", "No role may create “{entity}”"),
        ("给一个角色写 create: true", "Give a role create: true"),
        ("没有记录，后面的一切都不会发生。", "Without records nothing else happens."),
        deal("fields: {name: text}").replace("everyone: all", "sales: {edit: true}"),
        deal("fields: {name: text}").replace("everyone: all", "sales: {create: true, edit: true}"),
    ),
    row(
        "A07",
        ("评分永远到不了这一档", "A band that no score reaches"),
        (
            "“{score}”的分数在 {least} 到 {most} 之间，永远到不了“{band}”（{range}）；最接近的是 {witness}：{points}",
            "“{score}” runs from {least} to {most} and never reaches “{band}” ({range}); the nearest is {witness}: {points}",
        ),
        (
            "改 base（现在是 {base}；{bases} 时每一档都到得了），或改分数、档位",
            "Change base (now {base}; with {bases} every band is reached), the points, or the band",
        ),
        ("到不了的档位，它触发的一切都不会发生。", "What a band sets off never happens if no score reaches it."),
        deal(_SCORE + _POINTS + "    bands: {low: 0..39, high: 70..100}"),
        deal(_SCORE + "    base: 20\n" + _POINTS + "    bands: {low: 0..49, high: 50..100}"),
    ),
    row(
        "A08",
        ("有的分数不在任何一档", "A score in no band"),
        (
            "“{score}”可能是 {total}，不在任何一档；例如：{witness}",
            "“{score}” can be {total}, which is in no band; for example: {witness}",
        ),
        ("让档位首尾相接，两端可写 ..39 和 70..", "Let the bands meet; the ends may be ..39 and 70.."),
        ("这样的记录没有档位，规则会漏掉它。", "Such a record has no band, and rules pass it by."),
        deal(_SCORE + "    base: 20\n" + _POINTS + "    bands: {low: 30..49, high: 50..100}"),
        deal(_SCORE + "    base: 20\n" + _POINTS + "    bands: {low: 0..49, high: 50..100}"),
    ),
    row(
        "A09",
        ("隐藏的字段从公式里漏出来", "A hidden field shows through a formula"),
        (
            "“{source}”对“{role}”隐藏，却可以从“{field}”算出来",
            "“{source}” is hidden from “{role}”, yet “{field}” is computed from it",
        ),
        ("把 {key} 也隐藏，或让公式不用它", "Hide {key} too, or leave it out of the formula"),
        ("算出来的值不能让更多人看到它的来源。", "A computed value may not reach more people than its inputs."),
        _GOOD_HIDE.replace("[cost, gain]", "[cost]"),
        _GOOD_HIDE,
    ),
    row(
        "A10",
        ("阶段流转到自己", "A stage that moves to itself"),
        ("“{stage}”流转到了自己", "“{stage}” moves to itself"),
        ("删掉这一步，或改成另一个阶段", "Delete the step, or name another stage"),
        ("这样的一步什么也没改变，却要过关。", "Such a step changes nothing and yet meets the gates."),
        staged("moves: [open > won, open > lost, open > open]"),
        staged("moves: [open > won, open > lost]"),
    ),
    row(
        "A11",
        ("决策表里永远轮不到的一行", "A row that never answers"),
        (
            "“{table}”第 {row} 行（{cells}）永远轮不到：第 {earlier} 行先符合",
            "Row {row} of “{table}” ({cells}) never answers: row {earlier} fits first",
        ),
        ("把更具体的一行移到前面", "Move the narrower row up"),
        ("第一个符合的行就是答案。", "The first row that fits is the answer."),
        top("tables: {rights: {columns: [role], gives: percent, rows: [[any, 5%], [sales, 8%]]}}"),
        top("tables: {rights: {columns: [role], gives: percent, rows: [[sales, 8%], [any, 5%]]}}"),
    ),
    row(
        "A12",
        ("决策表里两行同时符合", "Two rows fit at once"),
        (
            "“{table}”第 {row} 行（{cells}）和第 {earlier} 行会同时符合",
            "Row {row} of “{table}” ({cells}) fits together with row {earlier}",
        ),
        ("改窄其中一行，或写 hit: first", "Narrow one of them, or write hit: first"),
        ("hit: unique 说好了只有一行符合。", "hit: unique promises that only one row fits."),
        top("tables: {rights: {columns: [role], gives: percent, hit: unique, rows: [[sales, 8%], [any, 5%]]}}"),
        top("tables: {rights: {columns: [role], gives: percent, hit: unique, rows: [[sales, 8%], [boss, 5%]]}}"),
    ),
    row(
        "A13",
        ("字段没有名称", "Fields without a label"),
        (
            "{entity} 有 {count} 个字段没有名称，人们只看到键：{fields}",
            "{count} fields of {entity} have no label; people read the key: {fields}",
        ),
        ("写成 {{label: 中文 | English, type: text}}", "Write {{label: 中文 | English, type: text}}"),
        ("键是给公式用的，名称是给人看的。", "Keys are for formulas, labels for people."),
        "app: demo\nlanguages: [zh, en]\nroles: {boss: {label: 主管 | Boss}}\n"
        "entities: {deal: {label: 商机 | Deal, fields: {name: text}, access: {everyone: all}}}\n",
        "app: demo\nlanguages: [zh, en]\nroles: {boss: {label: 主管 | Boss}}\n"
        "entities: {deal: {label: 商机 | Deal, fields: {name: {label: 名称 | Name, type: text}}, access: {everyone: all}}}\n",
    ),
    row(
        "A14",
        ("没人用的选项列表", "An option list nobody uses"),
        ("没有字段用“{name}”", "No field uses “{name}”"),
        ("删掉它，或给一个字段写 choice {name}", "Delete it, or give a field choice {name}"),
        ("多半是某个字段忘了改类型。", "Most often a field was meant to use it."),
        top("choices: {grade: [A, B]}"),
        deal("fields: {grade: choice grade}") + "choices: {grade: [A, B]}\n",
    ),
    row(
        "A15",
        ("永远不成立的条件", "A condition that never holds"),
        (
            "“{text}”永远不成立：字段的范围或条件的各部分不容许",
            "“{text}” never holds: its parts, or the limits of its fields, do not allow it",
        ),
        ("改条件，或改字段的 min、max", "Change the condition, or min and max of the field"),
        (
            "靠它把关就谁也过不去，靠它触发就什么也不发生。",
            "As a gate nobody would pass it; as a trigger nothing happens.",
        ),
        deal("fields: {rate: {type: percent required, max: 30%}}\nvalidations: {high: {that: rate > 50%, say: 太低}}"),
        deal("fields: {rate: {type: percent required, max: 30%}}\nvalidations: {high: {that: rate > 5%, say: 太低}}"),
    ),
    row(
        "A20",
        ("永远成立的条件", "A condition that always holds"),
        ("“{text}”永远成立，不管字段是什么值", "“{text}” always holds, whatever its fields are"),
        ("删掉它，或改字段的 min、max", "Delete it, or change min and max of the field"),
        ("它看起来在把关，其实什么也没拦住。", "It looks like a control and stops nothing."),
        deal("fields: {rate: {type: percent required, max: 30%}}\nvalidations: {low: {that: rate < 50%, say: 太高}}"),
        deal("fields: {rate: {type: percent required, max: 30%}}\nvalidations: {low: {that: rate < 20%, say: 太高}}"),
    ),
    row(
        "A21",
        ("评分条件总是一样", "Points that never change"),
        ("“{text}”在字段的范围内总是同一个结果", "“{text}” always comes out the same within the limits of its fields"),
        ("改条件，或把分数并入 base", "Change the condition, or put the points into base"),
        ("这一项区分不了任何记录。", "It tells no record from another."),
        deal(
            _SCORE.replace(
                "fields: {ok: yesno, good: yesno}",
                "fields: {ok: yesno, good: yesno, rate: {type: percent required, max: 30%}}",
            )
            + "    base: 20\n"
            + _POINTS.replace("if: ok", "if: rate < 50%")
            + "    bands: {low: 0..49, high: 50..100}"
        ),
        deal(_SCORE + "    base: 20\n" + _POINTS + "    bands: {low: 0..49, high: 50..100}"),
    ),
    row(
        "A16",
        ("两档重叠", "Bands that overlap"),
        ("{witness} 同时在“{first}”和“{second}”里", "{witness} is in both “{first}” and “{second}”"),
        ("让一档从另一档的后一分开始", "Let one begin one point after the other ends"),
        ("一个分数只能在一档。", "A score is in one band."),
        deal(_SCORE + "    base: 20\n" + _POINTS + "    bands: {low: 0..60, high: 50..100}"),
        deal(_SCORE + "    base: 20\n" + _POINTS + "    bands: {low: 0..49, high: 50..100}"),
    ),
    row(
        "A17",
        ("空值会绕过关卡", "An empty value passes a gate"),
        (
            "“{text}”可能为空，为空时这个条件反而成立；例如：{witness}",
            "“{text}” can be empty, and then this condition holds; for example: {witness}",
        ),
        ("写成：{text} is not empty and …", "Write: {text} is not empty and …"),
        _CLOSED,
        staged("validations: {small: {that: not (amount > 100), say: 金额太大}}"),
        staged("validations: {small: {that: amount is not empty and not (amount > 100), say: 金额太大}}"),
    ),
    row(
        "A18",
        ("流转的人不能填关卡要的字段", "The mover may not fill what the gate wants"),
        (
            "“{role}”要过这道关，却不能改“{field}”（能改的：{writers}）",
            "“{role}” takes this move but may not edit “{field}” (who may: {writers})",
        ),
        ("在 access: 里让 {role} 能改它，或换人流转", "Let {role} edit it under access:, or let another role move"),
        ("他会被挡住，自己又没办法。", "That person is stopped and can do nothing about it."),
        staged("moves:\n  - open > won: {by: sales, need: {fill: amount}}\n  - open > lost").replace(
            "everyone: all", "boss: all, sales: {create: true, edit: [name]}"
        ),
        staged("moves:\n  - open > won: {by: sales, need: {fill: amount}}\n  - open > lost").replace(
            "everyone: all", "boss: all, sales: {create: true, edit: [name, amount]}"
        ),
    ),
    row(
        "A19",
        ("隐藏的字段影响评分", "A hidden field moves a score"),
        (
            "“{source}”对“{role}”隐藏，但评分“{field}”由它算出，能猜到一些",
            "“{source}” is hidden from “{role}”, but the score “{field}” is made with it and hints at it",
        ),
        ("把 {key} 也隐藏，或去掉这一项", "Hide {key} too, or drop that condition"),
        ("分数的变化会透露看不到的值。", "A score that moves tells of the value behind it."),
        deal(_SCORE + "    base: 20\n" + _POINTS + "    bands: {low: 0..49, high: 50..100}").replace(
            "everyone: all", "boss: all, sales: {create: true, edit: true, hide: [ok]}"
        ),
        deal(_SCORE + "    base: 20\n" + _POINTS + "    bands: {low: 0..49, high: 50..100}").replace(
            "everyone: all", "boss: all, sales: {create: true, edit: true, hide: [ok, health, health_band]}"
        ),
    ),
)

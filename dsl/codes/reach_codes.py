"""A: conditions that exclude each other, floors above ceilings, and what nobody ever sees."""

from __future__ import annotations

from dsl.codes.rows import HEAD, deal, row, staged

_INERT = ("写了却不起作用的东西必须说出来。", "Nothing that is written may be silently inert.")
_HINT = ("看不到的值不能绕着弯被知道。", "What may not be read may not be told in a roundabout way either.")
_TWO = HEAD + "entities:\n  deal:\n    fields: {name: text, rate: percent, margin: percent}\n"


def _gates(leave: str, enter: str) -> str:
    return deal(
        "fields: {name: text, amount: money}\nstages:\n"
        f"  a: {{label: 甲, leave: {{must: [{{that: {leave}, say: 金额不合}}]}}}}\n"
        f"  b: {{label: 乙, end: won, enter: {{must: [{{that: {enter}, say: 金额不合}}]}}}}"
    )


REACH_CODES = (
    row(
        "A31",
        ("互相排斥的条件", "Conditions that exclude each other"),
        ("{where}时，“{first}”和“{second}”不可能同时满足", "{where}: “{first}” and “{second}” can never both hold"),
        ("改其中一个，让至少一个值两边都满足", "Change one of them so that some value meets both"),
        ("这一步谁也走不过去。", "Nobody would ever take this step."),
        _gates("amount < 10", "amount > 20"),
        _gates("amount > 10", "amount > 20"),
    ),
    row(
        "A32",
        ("下限高于上限", "A floor above the ceiling"),
        ("“{field}”的 min（{low}）高于 max（{high}）", "min ({low}) of “{field}” is above its max ({high})"),
        ("对调 min 和 max，或改其中一个", "Exchange min and max, or change one of them"),
        ("没有一个值填得进去。", "No value could be entered."),
        deal("fields: {name: text, price: {type: money, min: 100, max: 80}}"),
        deal("fields: {name: text, price: {type: money, min: 80, max: 100}}"),
    ),
    row(
        "A33",
        ("总是由同一项决定的 min 或 max", "A min or max that one part always decides"),
        (
            "“{text}”里“{other}”{side} {wins}，“{arg}”{far} {loses}，结果总是前者",
            "In “{text}”, “{other}” is {side} {wins} and “{arg}” {far} {loses}: the answer is always the former",
        ),
        (
            "多半是下限写得高于上限；改数字，或去掉一项",
            "Most likely a floor above the ceiling; change a number or drop a part",
        ),
        ("看起来有上下限，其实结果不变。", "It looks like limits and gives one answer."),
        deal("fields: {name: text, cost: money, price: {type: 'money = max(100, min(cost, 80))'}}"),
        deal("fields: {name: text, cost: money, price: {type: 'money = max(80, min(cost, 100))'}}"),
    ),
    row(
        "A34",
        ("没人看见的字段", "A field nobody sees"),
        (
            "“{field}”不在任何表单、列表、公式、关卡或单据里",
            "“{field}” is in no form, list, formula, gate or paper",
        ),
        ("把 {key} 加进 form:，或删掉它", "Put {key} into form:, or delete it"),
        _INERT,
        deal("fields: {name: text, extra: text}\nform: [基本: [name]]\nviews: {list: {columns: [name]}}"),
        deal("fields: {name: text, extra: text}\nform: [基本: [name, extra]]\nviews: {list: {columns: [name]}}"),
    ),
    row(
        "A35",
        ("对所有人隐藏的字段", "A field hidden from everybody"),
        (
            "“{field}”对每个看得见记录的角色都隐藏，也没有公式用它",
            "“{field}” is hidden from every role that sees the record, and no formula uses it",
        ),
        ("让一个角色看见 {key}，或删掉它", "Let one role see {key}, or delete it"),
        _INERT,
        deal("fields: {name: text, cost: money}").replace(
            "everyone: all", "boss: {create: true, edit: true, hide: [cost]}"
        ),
        deal("fields: {name: text, cost: money}").replace(
            "everyone: all", "boss: {create: true, edit: true}, sales: {hide: [cost]}"
        ),
    ),
    row(
        "A36",
        ("没人能打开的视图", "A view nobody may open"),
        (
            "“{view}”要看“{source}”，而它对每个角色都隐藏",
            "“{view}” goes by “{source}”, which is hidden from every role",
        ),
        ("换一个条件，或让一个角色看见那个字段", "Go by another field, or let one role see that one"),
        (
            "用隐藏的字段筛选或分列，就会透露它的值；这样的视图不提供给看不到它的人。",
            "To choose or arrange by a hidden field would tell its values: such a view is not offered to who may not read it.",
        ),
        _TWO.replace(
            "fields:", "views: {list: {columns: [name]}, high: {columns: [name], where: margin > 30%}}\n    fields:"
        )
        + "    access: {boss: {create: true, edit: true, hide: [margin]}}\n",
        _TWO.replace(
            "fields:", "views: {list: {columns: [name]}, high: {columns: [name], where: margin > 30%}}\n    fields:"
        )
        + "    access: {boss: {create: true, edit: true}, sales: {hide: [margin]}}\n",
    ),
    row(
        "A37",
        ("记录的名称被隐藏", "Records without a name"),
        (
            "“{entity}”以“{field}”为名称，而它对“{role}”隐藏",
            "“{entity}” is named by “{field}”, which is hidden from “{role}”",
        ),
        ("用 title: 指定另一个字段，或不隐藏它", "Name another field with title:, or do not hide this one"),
        ("没有名称的记录谁也认不出来。", "Nobody can tell records without a name apart."),
        deal("fields: {name: text, code_word: text}").replace(
            "everyone: all", "boss: all, sales: {edit: true, hide: [name]}"
        ),
        deal("fields: {name: text, code_word: text}\ntitle: code_word").replace(
            "everyone: all", "boss: all, sales: {edit: true, hide: [name]}"
        ),
    ),
    row(
        "A38",
        ("权限透露了隐藏的字段", "A right that tells of a hidden field"),
        (
            "“{role}”的权限取决于“{text}”，里面的“{source}”对它隐藏，能不能做就透露了它的值",
            "What “{role}” may do goes by “{text}”; “{source}” in it is hidden from that role, and being allowed tells of it",
        ),
        ("换一个条件，或让这个角色看见它", "Go by something else, or let the role see it"),
        _HINT,
        deal("fields: {name: text, cost: money}").replace(
            "everyone: all", "boss: all, sales: {edit: cost > 100, hide: [cost]}"
        ),
        deal("fields: {name: text, cost: money}").replace("everyone: all", "boss: all, sales: {edit: cost > 100}"),
    ),
    row(
        "A39",
        ("没人发起的审批", "An approval nobody asks for"),
        ("没有阶段或规则发起审批“{name}”", "No stage and no rule asks for the approval “{name}”"),
        (
            "在 {of} 的一个阶段写 approval: {name}，或在规则里写 approve: {name}",
            "Write approval: {name} at a stage of {of}, or approve: {name} in a rule",
        ),
        _INERT,
        staged("") + "approvals: {price: {of: deal, steps: [{by: boss}]}}\n",
        staged("").replace("open: {label: 进行中}", "open: {label: 进行中, approval: price}")
        + "approvals: {price: {of: deal, steps: [{by: boss}]}}\n",
    ),
)

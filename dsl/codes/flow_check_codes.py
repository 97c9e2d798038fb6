"""A: what an analysis of rules, approvals and outlets finds."""

from __future__ import annotations

from dsl.codes.rows import HEAD, row

_ENTITY = (
    HEAD + "entities:\n  deal:\n    fields: {name: text, amount: money, cost: money, big: yesno = amount > 5}\n"
    "    stages: {a: {label: 甲}, b: {label: 乙, end: won}}\n"
)
_ALL = "    access: {everyone: all}\n"
_BOSS = "    access: {boss: all}\n"
_NO_COST = "    access: {boss: all, sales: {edit: true, hide: [cost]}}\n"
_TELL = "do: [{notify: {to: boss, text: 你好}}]"
_UNSEEN = (
    "看不见记录的人，既判断不了也办不了。",
    "Who does not see the record can neither judge it nor do anything on it.",
)
_INERT = ("写了却不起作用的东西必须说出来。", "Nothing that is written may be silently inert.")


def _rules(*rules: str) -> str:
    return _ENTITY + "    rules:\n" + "".join(f"      {rule}\n" for rule in rules) + _ALL


FLOW_CHECK_CODES = (
    row(
        "A22",
        ("规则互相触发", "Rules that set each other off"),
        ("这些规则会互相触发：{path}", "These rules set each other off: {path}"),
        ("给其中一条加 if:，或换一个触发", "Give one of them an if:, or let it wait for something else"),
        (
            "没有尽头的连锁会被运行时打断，结果谁也说不清。",
            "A chain without an end is cut at run time, wherever it then stands.",
        ),
        _rules(
            "one: {when: {change: name}, do: [{set: {amount: 5}}]}",
            "two: {when: {change: amount}, do: [{set: {name: 甲}}]}",
        ),
        _rules(
            "one: {when: {change: name}, do: [{set: {amount: 5}}]}",
            "two: {when: {change: amount}, do: [{set: {cost: 5}}]}",
        ),
    ),
    row(
        "A23",
        ("审批人看不见记录", "An approver who sees nothing"),
        ("“{role}”看不见任何“{entity}”，却要审批它", "“{role}” sees no “{entity}”, yet is to approve it"),
        ("在 {of} 的 access: 里加上 {key}", "Add {key} to the access: of {of}"),
        _UNSEEN,
        _ENTITY + _BOSS + "approvals: {price: {of: deal, steps: [{by: sales}]}}\n",
        _ENTITY + _BOSS + "approvals: {price: {of: deal, steps: [{by: boss}]}}\n",
    ),
    row(
        "A24",
        ("被通知的人看不见记录", "Somebody told who sees nothing"),
        ("“{role}”看不见任何“{entity}”", "“{role}” sees no “{entity}”"),
        ("在 {of} 的 access: 里加上 {key}，或通知别人", "Add {key} to the access: of {of}, or tell somebody else"),
        _UNSEEN,
        _ENTITY + "    rules: {one: {when: {enter: b}, do: [{notify: {to: sales, text: 你好}}]}}\n" + _BOSS,
        _ENTITY + "    rules: {one: {when: {enter: b}, do: [{notify: {to: boss, text: 你好}}]}}\n" + _BOSS,
    ),
    row(
        "A25",
        ("没有人审批", "Nobody may approve"),
        ("审批“{name}”没有任何签字的人", "The approval “{name}” has nobody who signs"),
        ("在某一步写 by:", "Write by: in one of its steps"),
        ("没有人签字的审批等于放行，或永远等待。", "Without a signer it lets everything pass, or waits for ever."),
        _ENTITY + _ALL + "approvals: {price: {of: deal, steps: [{cc: boss}]}}\n",
        _ENTITY + _ALL + "approvals: {price: {of: deal, steps: [{by: boss}]}}\n",
    ),
    row(
        "A26",
        ("隐藏的字段流了出去", "A hidden field goes out"),
        ("“{name}”会让“{role}”等人看到隐藏的“{source}”", "“{name}” shows “{source}”, which is hidden from “{role}”"),
        ("去掉这个字段，或写明 reveals: 理由", "Leave the field out, or say why with reveals:"),
        (
            "单据、页面、图表和通知不能比字段本身传得更远。",
            "A paper, page, chart or message reaches no more people than what it is made from.",
        ),
        _ENTITY + _NO_COST + "portal: {page: {of: deal, show: [name, cost]}}\n",
        _ENTITY + _NO_COST + "portal: {page: {of: deal, show: [name, cost], reveals: 客户有权知道成本}}\n",
    ),
    row(
        "A27",
        ("用到了关掉的模块", "Part of a module that is off"),
        ("“{name}”属于关掉的模块 {module}", "“{name}” belongs to the module {module}, which is off"),
        (
            "打开 {module}，或让用到它的部分也属于 {module}",
            "Switch {module} on, or make what needs it part of {module}",
        ),
        _INERT,
        _ENTITY
        + "    rules: {one: {when: {opened: page}, "
        + _TELL
        + "}}\n"
        + _ALL
        + "modules: {portal: off}\nportal: {page: {of: deal, show: [name], module: portal}}\n",
        _ENTITY
        + "    rules: {one: {when: {opened: page}, "
        + _TELL
        + "}}\n"
        + _ALL
        + "modules: {portal: on}\nportal: {page: {of: deal, show: [name], module: portal}}\n",
    ),
    row(
        "A28",
        ("没人用的决策表", "A decision table nobody asks"),
        ("没有公式用到决策表“{name}”", "No formula looks into the decision table “{name}”"),
        ("在公式里写 {name}(…)，或删掉它", "Write {name}(…) in a formula, or delete it"),
        _INERT,
        _ENTITY + _ALL + "tables: {rate: {columns: [role], gives: percent, rows: [[any, 5%]]}}\n",
        _ENTITY.replace("cost: money", "cost: money, share: percent = rate(me.role)")
        + _ALL
        + "tables: {rate: {columns: [role], gives: percent, rows: [[any, 5%]]}}\n",
    ),
    row(
        "A29",
        ("没人生成的单据", "A document nobody makes"),
        ("没有规则生成单据“{name}”", "No rule makes the document “{name}”"),
        (
            "在规则的 do: 里写 document: {name}，如用 button 触发",
            "Write document: {name} in a rule, such as one with a button",
        ),
        _INERT,
        _ENTITY + _ALL + "documents: {paper: {of: deal, template: paper.html}}\n",
        _rules("one: {when: {button: 打印}, do: [{document: paper}]}")
        + "documents: {paper: {of: deal, template: paper.html}}\n",
    ),
    row(
        "A30",
        ("空值经公式跳过审批", "An empty value skips an approval through a field"),
        (
            "“{text}”里的“{inner}”可能为空，为空时这一步被跳过",
            "“{inner}” in “{text}” can be empty, and then this step is skipped",
        ),
        ("在 {text} 的公式里写 … or {inner} is empty", "Write … or {inner} is empty in the formula of {text}"),
        ("空值不能成为绕过控制的办法。", "A missing value must never be a way around a control."),
        _ENTITY + _ALL + "approvals: {price: {of: deal, steps: [{by: boss, if: big}]}}\n",
        _ENTITY.replace("amount > 5", "amount > 5 or amount is empty")
        + _ALL
        + "approvals: {price: {of: deal, steps: [{by: boss, if: big}]}}\n",
    ),
)

"""M: names that lead nowhere, and references that do not fit. N: parts that do not act yet."""

from __future__ import annotations

from dsl.codes.rows import HEAD, deal, row, staged, top

_GOOD = deal("fields: {name: text}")
_NO_HOLES = (
    "名字必须指向存在的东西，否则规则会悄悄失效。",
    "A name must lead to something, or a rule would silently do nothing.",
)
_TWO_LANGUAGES = "app: demo\nlanguages: [zh, en]\n"


def _firm_and_deal(deal_body: str, firm_fields: str = "name: text") -> str:
    return (
        HEAD + "entities:\n  firm: {label: 公司, fields: {" + firm_fields + "}, access: {everyone: all}}\n"
        "  deal: {label: 商机, " + deal_body + "}\n"
    )


_APPROVAL = (
    deal("fields: {name: text}\nstages: {a: {label: 甲, approval: price}, b: {label: 乙, end: won}}")
    + "approvals: {price: {of: deal, steps: [{by: boss}]}}\n"
)

NAME_CODES = (
    row(
        "M01",
        ("不认识的字段类型", "An unknown kind of field"),
        ("没有“{name}”这种字段", "There is no kind of field “{name}”"),
        ("如 text、money、date、choice、ref", "Such as text, money, date, choice, ref"),
        _NO_HOLES,
        deal("fields: {amount: mony}"),
        deal("fields: {amount: money}"),
    ),
    row(
        "M02",
        ("选项重复", "An option twice"),
        ("选项“{name}”在 {list} 里有两个", "The option “{name}” stands twice in {list}"),
        ("改成另一个键", "Give one of them another key"),
        ("存下来的是键，重复就分不清。", "The key is what is stored; twice the same cannot be told apart."),
        top("choices: {grade: [A, B, A]}"),
        deal("fields: {grade: choice grade}") + "choices: {grade: [A, B, C]}\n",
    ),
    row(
        "M03",
        ("名字已被系统占用", "A name that the engine gives"),
        ("“{name}”由系统提供，不能自己定义", "“{name}” is given by the engine and cannot be defined"),
        ("换一个名字", "Choose another name"),
        ("系统的名字在每个实体里意思都一样。", "A given name means the same in every entity."),
        deal("fields: {name: text, created_at: date}"),
        deal("fields: {name: text, made_on: date}"),
    ),
    row(
        "M04",
        ("不认识的角色", "An unknown role"),
        ("没有角色“{name}”", "There is no role “{name}”"),
        ("在 roles: 里加上它，或改正拼写", "Add it under roles:, or correct the spelling"),
        _NO_HOLES,
        deal("fields: {name: text, cost: {type: text, hide: [seles]}}"),
        deal("fields: {name: text, cost: {type: text, hide: [sales]}}"),
    ),
    row(
        "M05",
        ("不认识的字段", "An unknown field"),
        ("{entity} 没有字段“{name}”", "{entity} has no field “{name}”"),
        ("改正拼写，或在 fields: 里加上它", "Correct the spelling, or add it under fields:"),
        _NO_HOLES,
        deal("fields: {name: text}\nviews: {list: {columns: [nmae]}}"),
        deal("fields: {name: text}\nviews: {list: {columns: [name]}}"),
    ),
    row(
        "M06",
        ("不认识的实体", "An unknown entity"),
        ("没有实体“{name}”", "There is no entity “{name}”"),
        ("在 entities: 里加上它，或改正拼写", "Add it under entities:, or correct the spelling"),
        _NO_HOLES,
        deal("fields: {firm: ref frim}"),
        _firm_and_deal("fields: {firm: ref firm}, access: {everyone: all}"),
    ),
    row(
        "M07",
        ("实体互为上级", "Entities that are part of each other"),
        ("“{name}”沿 part_of 走回了自己", "“{name}” comes back to itself by part_of"),
        ("去掉其中一个 part_of", "Drop one part_of"),
        ("上级要有尽头，权限才有出处。", "A chain of parents must end: access comes from its end."),
        HEAD
        + "entities:\n  a: {part_of: b, fields: {x: text}, access: {everyone: all}}\n"
        "  b: {fields: {x: text}, part_of: b, access: {everyone: all}}\n".replace(
            "part_of: b, access", "part_of: a, access"
        ),
        HEAD + "entities:\n  a: {part_of: b, fields: {x: text}}\n  b: {fields: {x: text}, access: {everyone: all}}\n",
    ),
    row(
        "M08",
        ("不认识的选项列表", "An unknown option list"),
        ("没有选项列表“{name}”", "There is no option list “{name}”"),
        ("在 choices: 里加上它，或改正拼写", "Add it under choices:, or correct the spelling"),
        _NO_HOLES,
        deal("fields: {grade: choice grades}") + "choices: {grade: [A, B]}\n",
        deal("fields: {grade: choice grade}") + "choices: {grade: [A, B]}\n",
    ),
    row(
        "M09",
        ("公式绕成了圈", "Formulas in a circle"),
        ("这些字段互相等待：{fields}", "These fields wait for each other: {fields}"),
        ("让其中一个不再依赖其他的", "Let one of them no longer depend on the others"),
        ("谁也没法先算。", "None of them can be computed first."),
        deal("fields: {a: number = b + 1, b: number = a + 1}"),
        deal("fields: {a: number, b: number = a + 1}"),
    ),
    row(
        "M10",
        ("明细没有指回来的字段", "Rows without a way back"),
        ("{child} 里没有指向 {entity} 的字段", "{child} has no reference to {entity}"),
        (
            "在 {child} 里写 part_of: {entity}，或加 ref {entity} 字段",
            "Give {child} part_of: {entity}, or a field ref {entity}",
        ),
        ("没有指回来的字段，就不知道哪些行属于它。", "Without it nobody knows which rows belong to the record."),
        _firm_and_deal("fields: {name: text}, access: {everyone: all}", "deals: table deal"),
        _firm_and_deal("part_of: firm, fields: {name: text}", "deals: table deal"),
    ),
    row(
        "M11",
        ("证据与记录无关", "Proof that is not related"),
        ("{child} 和 {entity} 之间没有关系", "{child} is not related to {entity}"),
        (
            "在 {child} 里加 ref {entity} 字段，或让两者属于同一个上级",
            "Give {child} a field ref {entity}, or let both belong to one parent",
        ),
        ("无关的记录证明不了什么。", "A record that is not related proves nothing."),
        _firm_and_deal(
            "fields: {name: text}, stages: {a: {label: 甲, leave: {evidence: {firm: 公司}}}, b: {label: 乙, end: won}}, access: {everyone: all}"
        ),
        _firm_and_deal(
            "fields: {name: text}, stages: {a: {label: 甲, leave: {evidence: {firm: 公司}}}, b: {label: 乙, end: won}}, access: {everyone: all}",
            "deal: ref deal",
        ),
    ),
    row(
        "M12",
        ("不认识的证据", "Unknown proof"),
        (
            "“{name}”既不是 {entity} 的文件字段，也不是实体",
            "“{name}” is neither a file field of {entity} nor an entity",
        ),
        ("写一个 file 或 image 字段，或一个相关实体", "Name a file or image field, or a related entity"),
        _NO_HOLES,
        deal(
            "fields: {paper: file}\nstages: {a: {label: 甲, leave: {evidence: {papre: 文件}}}, b: {label: 乙, end: won}}"
        ),
        deal(
            "fields: {paper: file}\nstages: {a: {label: 甲, leave: {evidence: {paper: 文件}}}, b: {label: 乙, end: won}}"
        ),
    ),
    row(
        "M13",
        ("不认识的模块", "An unknown module"),
        ("modules: 里没有“{name}”", "modules: has no “{name}”"),
        ("在 modules: 里加上它", "Add it under modules:"),
        _NO_HOLES,
        deal("module: smaples\nfields: {name: text}") + "modules: {samples: on}\n",
        deal("module: samples\nfields: {name: text}") + "modules: {samples: on}\n",
    ),
    row(
        "M14",
        ("不认识的阶段", "An unknown stage"),
        ("没有阶段“{name}”", "There is no stage “{name}”"),
        ("改正拼写，或在 stages: 里加上它", "Correct the spelling, or add it under stages:"),
        _NO_HOLES,
        staged("moves: [open > won, open > lost, open > wom]"),
        staged("moves: [open > won, open > lost]"),
    ),
    row(
        "M15",
        ("看板要按阶段或选项", "A board needs stages or options"),
        ("“{name}”不是阶段或选项字段", "“{name}” is neither the stage nor a choice field"),
        ("写 kanban: stage 或一个 choice 字段", "Write kanban: stage, or a choice field"),
        ("看板的每一列是一个选项。", "Each column of a board is one option."),
        deal("fields: {name: text}\nviews: {board: {kanban: name}}"),
        staged("moves: [open > won, open > lost]\nviews: {board: {kanban: stage}}"),
    ),
    row(
        "M16",
        ("决策表的列没有类型", "A column without a type"),
        ("“{name}”不是选项列表，也不是类型", "“{name}” is neither an option list nor a type"),
        ("如 columns: [grade] 或 {{amount: money}}", "Such as columns: [grade], or {{amount: money}}"),
        _NO_HOLES,
        top("tables: {rights: {columns: [rloe], gives: percent, rows: [[any, 5%]]}}"),
        top("tables: {rights: {columns: [role], gives: percent, rows: [[any, 5%]]}}"),
    ),
    row(
        "M17",
        ("找不到 CSV 文件", "The CSV file is not there"),
        ("应用旁边没有文件“{name}”", "There is no file “{name}” beside the app"),
        ("把它放在 YAML 文件旁边", "Put it beside the YAML file"),
        _NO_HOLES,
        top("tables: {rights: {columns: [role], gives: percent, rows: [[any, 5%]], file: rights.csv}}"),
        top("tables: {rights: {columns: [role], gives: percent, rows: [[any, 5%]]}}"),
    ),
    row(
        "M18",
        ("per 要写引用字段", "per needs a reference"),
        ("“{name}”不是引用字段", "“{name}” is not a reference"),
        ("写 ref 或 person 字段", "Name a ref or person field"),
        ("“每个客户最多一个”是对引用说的。", "“At most one per customer” speaks of a reference."),
        staged("at_most_one: {live: {per: name, while: [open], say: 已有一个}}"),
        staged("at_most_one: {live: {per: created_by, while: [open], say: 已有一个}}"),
    ),
    row(
        "M19",
        ("负责人要写人员字段", "An owner must be a person"),
        ("“{name}”不是 person 字段", "“{name}” is not a person field"),
        ("写一个 person 字段", "Name a person field"),
        ("谁能看见记录由负责人决定。", "Who sees a record follows from its owner."),
        deal("owner: name\nfields: {name: text}"),
        deal("owner: seller\nfields: {name: text, seller: person}"),
    ),
    row(
        "M20",
        ("缺一种语言", "A language is missing"),
        ("“{text}”没有这些语言的文字：{missing}", "“{text}” says nothing in: {missing}"),
        ("写成“中文 | English”", "Write “中文 | English”"),
        ("换了语言的人会看到看不懂的字。", "People of the other language read what they do not understand."),
        _TWO_LANGUAGES
        + "roles: {sales: {label: 销售员}}\nentities:\n  deal: {label: 商机 | Deal, fields: {name: {label: 名称 | Name, type: text}}, access: {everyone: all}}\n",
        _TWO_LANGUAGES
        + "roles: {sales: {label: 销售 | Sales}}\nentities:\n  deal: {label: 商机 | Deal, fields: {name: {label: 名称 | Name, type: text}}, access: {everyone: all}}\n",
    ),
    row(
        "M21",
        ("算出来的字段不必写必填", "A computed field need not be required"),
        ("“{name}”由公式算出，required 不起作用", "“{name}” is computed; required does nothing here"),
        ("去掉 required", "Drop required"),
        ("没有人能填它。", "Nobody can fill it."),
        deal("fields: {a: number, b: number required = a + 1}"),
        deal("fields: {a: number, b: number = a + 1}"),
    ),
    row(
        "M22",
        ("流转写了两次", "A move twice"),
        ("{source} > {target} 已经写过", "{source} > {target} was written before"),
        ("删掉这一处", "Delete this one"),
        ("只有先写的一处有效。", "Only the first one counts."),
        staged("moves: [open > won, open > lost, open > won]"),
        staged("moves: [open > won, open > lost]"),
    ),
    row(
        "M23",
        ("不认识的审批", "An unknown approval"),
        ("没有审批“{name}”", "There is no approval “{name}”"),
        ("在 approvals: 里加上它，或改正拼写", "Add it under approvals:, or correct the spelling"),
        _NO_HOLES,
        _APPROVAL.replace("approval: price", "approval: prize"),
        _APPROVAL,
    ),
    row(
        "N01",
        ("这部分还没有实现", "This part does not act yet"),
        ("“{name}”已读入，但还不起作用", "“{name}” is read but does not act yet"),
        ("可以先写好；实现后自动生效", "It may stay; it will act when it is built"),
        ("写了却不起作用的东西必须说出来。", "Nothing that is written may be silently inert."),
        top("metrics: {pipeline: {of: deal, value: count()}}"),
        _GOOD,
    ),
    row(
        "N02",
        ("这些规则还不会执行", "These rules do not act yet"),
        ("{entity} 的规则已读入，但还不执行：{rules}", "Rules of {entity} are read but do not act yet: {rules}"),
        ("可以先写好；只有 warn: 规则现在起作用", "They may stay; only rules with warn: act now"),
        ("写了却不起作用的东西必须说出来。", "Nothing that is written may be silently inert."),
        deal("fields: {name: text}\nrules: {hello: {when: {create: true}, do: [{notify: {to: sales, text: 新商机}}]}}"),
        deal("fields: {name: text}\nrules: {odd: {label: 名称为空, warn: name is empty}}"),
    ),
    row(
        "N03",
        ("这种证据还没有实现", "This kind of proof does not act yet"),
        ("证据“{name}”还没有来源，这一项不会满足", "Proof by “{name}” has no source yet and is never met"),
        ("在 any_of 里加一种现在可用的证据", "Offer another proof beside it under any_of"),
        ("不能证明的关卡保持关闭。", "A gate that cannot be proven stays closed."),
        deal(
            "fields: {name: text}\nstages: {a: {label: 甲, leave: {any_of: [{fill: name}, {mail: 确认邮件}]}}, b: {label: 乙, end: won}}"
        ),
        deal("fields: {name: text}\nstages: {a: {label: 甲, leave: {fill: name}}, b: {label: 乙, end: won}}"),
    ),
    row(
        "N04",
        ("还不能叠加应用", "Laying over another app is not built yet"),
        ("extends 还没有实现", "extends is not built yet"),
        ("把内容写在这个文件里", "Write the content into this file"),
        ("少了底层的应用不完整，不能运行。", "Without what lies below, the app is not whole."),
        top("extends: base"),
        _GOOD,
    ),
    row(
        "N05",
        ("审批还没有实现", "Approvals do not act yet"),
        ("阶段“{stage}”的审批已读入，但还不执行", "The approval of stage “{stage}” is read but does not act yet"),
        ("用 moves 的 by: 先限定谁能通过", "Until then say with by: who may move on"),
        ("写了却不起作用的东西必须说出来。", "Nothing that is written may be silently inert."),
        _APPROVAL,
        deal("fields: {name: text}\nstages: {a: {label: 甲}, b: {label: 乙, end: won}}"),
    ),
)

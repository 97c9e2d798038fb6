"""An app that no template has ever seen: an entity with every kind of field, and as many fields as one asks for."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle, islice

FIELDS = 300
_EVERY = {
    "text": "text required", "long": "long", "email": "email", "url": "url", "phone": "phone", "number": "number.3",
    "integer": "integer", "percent": "percent", "money": "money", "yesno": "yesno", "date": "date", "time": "time",
    "duration": "duration", "choice": "choice colour", "choices": "choices size", "person": "person",
    "department": "department", "ref": "ref shelf", "table": "table part", "file": "file", "files": "files",
    "image": "image", "place": "place", "rich": "rich",
}  # fmt: skip
"""Kind → how a field of it is written; `code` and `tags` come with the entity."""
_REPEATED = ("text", "number", "date", "choice", "money", "yesno", "integer", "percent", "phone", "long")
_HEAD = """\
app: every_kind
label: 全部类型 | Every kind
version: 1
language: 1
languages: [zh, en]
timezone: Asia/Shanghai
calendar: cn
currency: CNY
filler: [暂无]
menu: [thing, shelf]
roles:
  sales: {label: 销售 | Sales, sees: own}
  manager: {label: 经理 | Manager, sees: team, also: sales}
  director: {label: 总监 | Director, sees: all, also: manager}
  cfo: {label: 财务 | Finance, sees: all}
  tech: {label: 技术 | Engineer, sees: all}
  admin: {label: 管理 | Admin, sees: all, also: director}
choices:
  colour: {red: 红 | Red, green: 绿 | Green, blue: 蓝 | Blue, black: 黑色的选项 | Black, white: 白色的选项 | White}
  size: {small: 小 | Small, large: 大 | Large}
entities:
  shelf:
    label: 货架 | Shelf
    title: name
    fields: {name: {label: 名称 | Name, type: text required}}
    access: {sales: {create: true, edit: true}, director: {create: true, edit: true}}
  part:
    label: 部件 | Part
    part_of: thing
    title: name
    fields:
      name: {label: 部件名 | Part name, type: text required}
      count: {label: 个数 | Count, type: integer, min: 0}
  thing:
    label: 物件 | Thing
    code: T<####>
    title: f_text
    tags: {hot: 热 | Hot, cold: 冷 | Cold}
    fields:
      owner: {label: 负责人 | Owner, type: person required, default: = me}
"""
_TAIL = """\
      total: {label: 部件合计 | Parts, type: "integer = sum(f_table.count)"}
    stages:
      new: {label: 新建 | New}
      ready: {label: 就绪 | Ready, enter: {fill: [f_date], evidence: {f_image: 照片 | Photo}}}
      done: {label: 完成 | Done, end: done}
    moves: [new > ready > done]
    access: {sales: {create: true, edit: true}, director: {create: true, edit: true, delete: true}}
"""


def app_with_every_kind(fields: int = FIELDS) -> str:
    """The YAML of the app; its entity `thing` has a field f_KIND of every kind, and `fields` fields in all."""
    return "\n".join((_HEAD.rstrip(), *_fields(fields), _TAIL.rstrip(), *_form(fields), ""))


def _fields(count: int) -> Iterator[str]:
    for kind, text in _EVERY.items():
        yield f"      f_{kind}: {{label: 字段{kind} | The {kind}, type: {text}}}"
    for at, kind in enumerate(islice(cycle(_REPEATED), _more(count))):
        yield f"      g_{at}: {{label: 第 {at} 项 | Item {at}, type: {_EVERY[kind].removesuffix(' required')}}}"


def _form(count: int) -> Iterator[str]:
    yield "    form:"
    yield f"      - 各类 | Kinds: [owner, tags, {', '.join(f'f_{kind}' for kind in _EVERY)}, total]"
    more = [f"g_{at}" for at in range(_more(count))]
    for start in range(0, len(more), 30):
        yield f"      - 其余 {start} | More {start}: [{', '.join(more[start : start + 30])}]"


def _more(count: int) -> int:
    return max(0, count - len(_EVERY) - 2)

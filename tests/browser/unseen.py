"""An app that the interface has never seen: every kind of field, and three hundred of them."""

from __future__ import annotations

from pathlib import Path

from engine.commands import Create, Move
from engine.runtime import Engine
from engine.testing import acting, engine_for

MANY = 300
KINDS = (
    "text", "long", "email", "url", "phone", "number.2", "integer", "percent", "money", "yesno", "date", "time",
    "duration", "choice colour", "choices colour", "ref maker", "person", "file", "image", "files", "place", "rich",
)  # fmt: skip
VALUES: dict[str, object] = {
    "text": "一段文字", "long": "第一行\n第二行", "number.2": 1250, "integer": 7, "percent": 800, "money": 128_000_000,
    "yesno": True, "choice colour": "red", "choices colour": ("blue", "red"), "email": "a@example.com",
    "url": "https://example.com/a/very/long/address/that/has/no/space/in/it", "phone": "0575-88001234",
}  # fmt: skip


def text() -> str:
    """The app as YAML: one wide entity with stages, one board over a choice, one entity with a score."""
    fields = "\n".join(f"      f{at}: {{label: 字段 {at} | Field {at}, type: {_kind(at)}}}" for at in range(MANY))
    return f"""
app: unseen
label: 没见过的应用 | Unseen
version: 1
language: 1
languages: [zh, en]
timezone: Asia/Shanghai
currency: CNY
menu: [thing, maker]
roles:
  sales: {{label: 员工 | Worker, sees: own}}
  director: {{label: 主管 | Head, sees: all}}
choices:
  colour: {{red: 红 | Red, blue: 蓝 | Blue, green: 一个名字特别特别长的颜色选项 | A colour with a very long name}}
entities:
  maker:
    label: 厂家 | Maker
    title: name
    fields:
      name: {{label: 名称 | Name, type: text required}}
      size: {{label: 规模 | Size, type: integer}}
      colour: {{label: 颜色 | Colour, type: choice colour}}
    scores:
      rank:
        label: 评分 | Rank
        base: 50
        points: [{{if: size > 10, add: 30, label: 大 | Large}}]
        bands:
          low: {{label: 低 | Low, range: 0..59, color: red}}
          high: {{label: 高 | High, range: 60..100, color: green}}
    access: {{sales: {{create: true, edit: true}}, director: {{create: true, edit: true, delete: true}}}}
    views:
      list: {{columns: [name, size, colour, rank]}}
      colours: {{label: 按颜色 | By colour, kanban: colour, card: [name, size]}}
  thing:
    label: 东西 | Thing
    code: T<yyyy>-<####>
    title: name
    fields:
      name: {{label: 名称 | Name, type: text required}}
      owner: {{label: 负责人 | Owner, type: person required, default: = me}}
      maker: {{label: 厂家 | Maker, type: ref maker}}
{fields}
    stages:
      begun: {{label: 开始 | Begun, limit: 2 workdays, chance: 10%}}
      running: {{label: 一个名字特别特别长的阶段 | A stage with a very long name, limit: 3d, chance: 50%}}
      done: {{label: 完成 | Done, end: won}}
      given_up: {{label: 放弃 | Given up, end: lost}}
    moves: [begun > running > done, any > given_up]
    access: {{sales: {{create: true, edit: owner = me}}, director: {{create: true, edit: true, export: true}}}}
"""


def _kind(at: int) -> str:
    return f'"{KINDS[at % len(KINDS)]}"'


def found(folder: Path) -> Engine:
    """An engine over it with a few records; of things the first says all that it can, the others little."""
    engine = engine_for(text(), folder)
    sales = acting(engine, "sales")
    for at in range(3):
        values = {"name": f"厂家 {at}", "size": at * 9, "colour": ("red", "blue", None)[at]}
        assert engine.execute(Create("maker", values), sales).verdict.allowed
    full = {f"f{at}": VALUES[KINDS[at % len(KINDS)]] for at in range(MANY) if KINDS[at % len(KINDS)] in VALUES}
    for at in range(4):
        made = engine.execute(Create("thing", {"name": f"东西 {at}", "maker": 1, **(full if at == 0 else {})}), sales)
        assert made.id is not None, [finding.said for finding in made.verdict.missing]
        if at % 2:
            engine.execute(Move("thing", made.id, "running"), sales)
    return engine

"""What an export writes an import reads back as it was: every kind that a file can hold, in Excel and in CSV."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from engine.intake.export_files import Format
from engine.intake.exports import Wish, export
from engine.runtime import Engine
from engine.store.lists import Query
from engine.testing import acting, engine_for
from tests.unit.engine.conftest import Hand

APP = """
app: kinds
label: 样样 | Kinds
version: 1
language: 1
languages: [zh, en]
timezone: Asia/Shanghai
currency: CNY
roles:
  sales: {label: 销售 | Sales, sees: all}
  director: {label: 总监 | Director, sees: all}
choices:
  colour: {red: 红 | Red, green: 深绿 | Dark green, blue: 蓝 | Blue}
entities:
  shelf:
    label: 架 | Shelf
    title: name
    fields: {name: {label: 架名 | Shelf name, type: text required unique}}
    access: {director: all}
  thing:
    label: 物 | Thing
    title: name
    tags: {hot: 热 | Hot, cold: 冷 | Cold}
    fields:
      name: {label: 名称 | Name, type: text required unique}
      about: {label: 说明 | About, type: long}
      mail: {label: 邮箱 | Mail, type: email}
      link: {label: 网址 | Link, type: url}
      phone: {label: 电话 | Phone, type: phone}
      weight: {label: 重量 | Weight, type: number.3}
      pieces: {label: 件数 | Pieces, type: integer}
      share: {label: 份额 | Share, type: percent}
      price: {label: 价格 | Price, type: money}
      is_new: {label: 全新 | New, type: yesno}
      bought_on: {label: 买于 | Bought, type: date}
      seen_at: {label: 看于 | Seen, type: time}
      took: {label: 用时 | Took, type: duration}
      colour: {label: 颜色 | Colour, type: choice colour}
      colours: {label: 颜色们 | Colours, type: choices colour}
      keeper: {label: 保管 | Keeper, type: person}
      part: {label: 部门 | Part, type: department}
      shelf: {label: 所在架 | Shelf, type: ref shelf}
    access: {director: all}
imports:
  things:
    label: 物品 | Things
    to: thing
    by: [director]
    columns:
      名称: name
      说明: about
      邮箱: mail
      网址: link
      电话: phone
      重量: weight
      件数: pieces
      份额: share
      价格: price
      全新: is_new
      买于: bought_on
      看于: seen_at
      用时: took
      颜色: colour
      颜色们: colours
      保管: keeper
      部门: part
      所在架: shelf
    same_when: [name]
    found: update
"""
PLAIN: Mapping[str, Any] = {
    "name": "轴承 Bearing", "about": "一行\n又一行", "mail": "a@example.com", "link": "https://example.com/a?b=1",
    "phone": "0512-11112222", "weight": 1_500, "pieces": 7, "share": 825, "price": 1_234_56, "is_new": True,
    "bought_on": date(2026, 2, 28), "seen_at": datetime(2026, 2, 27, 16, 30, tzinfo=UTC), "took": 5_400,
    "colour": "green", "colours": ("blue", "green"),
}  # fmt: skip
HARSH: Mapping[str, Any] = {
    "name": "=1+1", "about": "@SUM(A1)\n'=2", "phone": "+86 512 1111 2222", "weight": -1, "pieces": -(10**14),
    "share": -10_000, "price": -123_456_789_012_345_67, "is_new": False, "bought_on": date(1900, 3, 1),
    "took": 0, "colours": (),
}  # fmt: skip
EMPTY: Mapping[str, Any] = {"name": "'=x"}


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_a_record_of_every_kind_comes_back_as_it_went_out(form: Format, database_url: str, tmp_path: Path) -> None:
    here, there = _filled(database_url, tmp_path / "here"), engine_for(APP, tmp_path / "there")
    try:
        Hand(there, "director").create("shelf", name="A-1")
        path = tmp_path / f"things.{form}"
        fields = tuple(key for key, field in here.app.entity("thing").fields.items() if not field.given)
        with path.open("wb") as target:
            wish = Wish("things", Query("thing", fields=fields))
            assert export(here.installed, acting(here, "director"), wish, form, target) == 3
        assert _brought(there, path) == {"created": 3}
        assert _things(there, fields) == _things(here, fields)
        assert _brought(here, path) == {"same": 3}, "where it came from it changes nothing"
    finally:
        here.close()
        there.close()


def _filled(url: str, place: Path) -> Engine:
    engine = engine_for(APP, place, url)
    hand = Hand(engine, "director")
    shelf = hand.create("shelf", name="A-1")
    keeper = acting(engine, "sales").actor
    hand.create("thing", **PLAIN, keeper=keeper.id, part=keeper.unit_id, shelf=shelf)
    hand.create("thing", **HARSH)
    hand.create("thing", **EMPTY)
    return engine


def _brought(engine: Engine, path: Path) -> Mapping[str, int]:
    context, imports = acting(engine, "director"), engine.imports
    run_id = imports.upload(context, "things", [(path.name, path)])
    imports.map(context, run_id, {}, {})
    for begin in (lambda: None, lambda: imports.start(context, run_id)):
        begin()
        progress = imports.progress(context, run_id)
        while progress.run.is_working:
            progress = imports.advance(context, run_id)
    return {fate: count for fate, count in progress.fates.items() if count}


def _things(engine: Engine, fields: tuple[str, ...]) -> list[dict[str, Any]]:
    """Values by name; people, units and records by what they are called."""
    found = engine.page(acting(engine, "director"), Query("thing", None, ("name",), 50, None, fields))
    return [{key: each.titles.get(key) or each.values[key] for key in fields} for each in found.items]

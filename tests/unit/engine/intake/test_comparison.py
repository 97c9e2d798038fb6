"""An old system's list beside the records, on both databases: what differs is told, nothing is written."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.commands import ChildRow, Create, Update
from engine.errors import BadInput, NotThere
from engine.intake.comparison import Part
from engine.intake.sheets import read_sheets
from engine.runtime import Engine
from engine.store.seal import Reason, as_system
from engine.store.system_tables import event
from engine.testing import acting, actor, engine_for

SHOP = """
app: shop
label: 店 | Shop
version: 1
language: 1
languages: [zh, en]
timezone: Asia/Shanghai
currency: CNY
roles:
  sales: {label: 销售 | Sales, sees: own}
  director: {label: 总监 | Director, sees: all}
choices:
  trade: {auto: 汽车配件 | Auto parts, machine: 机械 | Machinery}
entities:
  firm:
    label: 客户 | Firm
    title: name
    fields:
      name: {label: 名称 | Name, type: text required}
      tax_no: {label: 税号 | Tax number, type: text}
      trade: {label: 行业 | Trade, type: choice trade}
      credit: {label: 额度 | Credit, type: money}
      owner: {label: 负责人 | Owner, type: person}
      people: {label: 联系人 | People, type: table person_there}
    tags: {old: 老客户 | Old, big: 大客户 | Big}
    access:
      director: all
      sales: {create: true, edit: true, hide: [credit]}
  person_there:
    label: 联系人 | Person
    part_of: firm
    title: name
    fields: {name: {label: 姓名 | Name, type: text required}, phone: {label: 手机 | Phone, type: phone}}
    access: {director: all, sales: {create: true, edit: true}}
imports:
  firms:
    label: 客户 | Firms
    to: firm
    columns:
      名称: {fills: name, alike: company}
      税号: tax_no
      行业: trade
      额度: credit
      负责人: owner
      标签: tags
      联系人: people.name
      手机: people.phone
    same_when: [tax_no, name]
"""
HEADS = ("名称", "税号", "行业", "额度", "负责人", "标签", "联系人", "手机")


@dataclass(frozen=True)
class Desk:
    engine: Engine
    folder: Path

    def firm(self, owner: str, values: dict[str, object], *people: dict[str, object]) -> int:
        context = acting(self.engine, "director")
        values = values | {"owner": actor(self.engine, owner).id}
        made = self.engine.execute(Create("firm", values, {"people": [ChildRow(each) for each in people]}), context)
        assert made.id is not None, made.verdict
        return made.id

    def compare(self, login: str, *rows: Sequence[str], heads: Sequence[str] = HEADS) -> int:
        path = self.folder / "old.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([heads, *rows])
        context = acting(self.engine, login)
        run_id = self.engine.imports.upload(context, "firms", [("old.csv", path)], purpose="compare")
        self.engine.imports.map(context, run_id, {}, {})
        while self.engine.imports.step(context, run_id).is_working:
            pass
        return run_id

    def counts(self, login: str, run_id: int) -> dict[Part, int]:
        with self.engine.imports.comparison(acting(self.engine, login), run_id) as found:
            return {part: count for part, count in found.counts().items() if count}

    def differences(self, login: str, run_id: int) -> list[tuple[str, str, str]]:
        with self.engine.imports.comparison(acting(self.engine, login), run_id) as found:
            return [(d.path, d.file, d.here) for row in found.rows("differs", 0, 50) for d in row.differences]


@pytest.fixture
def desk(tmp_path: Path, database_url: str) -> Iterator[Desk]:
    engine = engine_for(SHOP, tmp_path / "data", database_url)
    yield Desk(engine, tmp_path)
    engine.close()


def everything(engine: Engine) -> list[str]:
    """All that is stored of firms and their people, and every event."""
    tables = [engine.installed.tables.entity(key).table for key in ("firm", "person_there")]
    with engine.database.read() as conn:
        rows = [row for table in tables for row in conn.rows(as_system(sa.select(table), Reason.CHECK))]
        return sorted(map(repr, [*rows, *conn.rows(sa.select(event.c.id, event.c.record_id))]))


def test_what_differs_is_told_field_by_field_and_nothing_is_written(desk: Desk) -> None:
    """S2-26."""
    same = {
        "name": "苏州恒达机械有限公司",
        "tax_no": "1",
        "trade": "machine",
        "credit": 1_000_00,
        "tags": ("big", "old"),
    }
    desk.firm("sales", same, {"name": "张三", "phone": "13900000001"})
    desk.firm("sales", {"name": "南通永信", "tax_no": "2", "trade": "machine"}, {"name": "李四"})
    desk.firm("sales2", {"name": "宁波金鼎", "tax_no": "3", "trade": "auto"})
    before = everything(desk.engine)
    run_id = desk.compare(
        "director",
        ("苏州恒达机械", "1", "机械", "1000元", "Sales", "老客户", "张三", "139-0000-0001"),
        ("南通永信", "2", "汽车配件", "", "Sales", "", "王五", ""),
        ("无锡飞跃", "4", "机械", "", "", "", "", ""),
        ("扬州彩达", "5", "没有这行业", "", "", "", "", ""),
    )
    assert desk.counts("director", run_id) == {"differs": 2, "missing": 1, "only_here": 1, "refused": 1}
    assert desk.differences("director", run_id) == [
        ("name", "苏州恒达机械", "苏州恒达机械有限公司"),
        ("trade", "Auto parts", "Machinery"),
        ("people.name", "王五", ""),
    ]
    assert everything(desk.engine) == before


@pytest.mark.parametrize(("empty", "told"), [("differs", {"differs": 1}), ("same", {"same": 1})])
def test_an_empty_cell_is_a_difference_unless_the_app_says_otherwise(
    tmp_path: Path, database_url: str, empty: str, told: dict[str, int]
) -> None:
    compare = f'    compare: {{fields: [trade, credit], where: trade = "machine", empty: {empty}}}\n'
    engine = engine_for(SHOP + compare, tmp_path / "data", database_url)
    desk = Desk(engine, tmp_path)
    desk.firm("sales", {"name": "南通永信", "tax_no": "2", "trade": "machine", "credit": 5_00})
    desk.firm("sales", {"name": "无锡飞跃", "tax_no": "3", "trade": "machine"})
    desk.firm("sales", {"name": "扬州彩达", "tax_no": "4", "trade": "auto"})
    run_id = desk.compare("director", ("南通永信厂", "2", "机械", ""), heads=HEADS[:4])
    assert desk.counts("director", run_id) == told | {"only_here": 1}
    assert [path for path, _, _ in desk.differences("director", run_id)] == ["credit"] * told.get("differs", 0)
    engine.close()


def test_a_person_compares_with_what_he_sees_and_no_more(desk: Desk) -> None:
    desk.firm("sales", {"name": "南通永信", "tax_no": "2", "trade": "machine", "credit": 5_00})
    desk.firm("sales2", {"name": "宁波金鼎", "tax_no": "3", "trade": "auto", "credit": 9_00})
    rows = [("南通永信", "2", "机械", "7"), ("宁波金鼎", "3", "机械", "7")]
    run_id = desk.compare("sales", *rows, heads=HEADS[:4])
    assert desk.counts("sales", run_id) == {"same": 1, "missing": 1}
    assert desk.differences("sales", run_id) == []
    with desk.engine.imports.comparison(acting(desk.engine, "sales"), run_id) as found:
        assert [row.record_id for row in found.rows("missing", 0, 10)] == [None]
    with pytest.raises(NotThere), desk.engine.imports.comparison(acting(desk.engine, "director"), run_id):
        pass


def test_what_was_told_is_no_more_shown_of_a_record_that_went_out_of_sight(desk: Desk) -> None:
    firm = desk.firm("sales", {"name": "南通永信", "tax_no": "2", "trade": "machine"})
    run_id = desk.compare("sales", ("南通永信", "2", "汽车配件"), heads=HEADS[:3])
    assert [path for path, _, _ in desk.differences("sales", run_id)] == ["trade"]
    director = acting(desk.engine, "director")
    record = desk.engine.find(director, "firm", firm)
    assert record is not None
    other = {"owner": actor(desk.engine, "sales2").id}
    assert desk.engine.execute(Update("firm", firm, record.version, other), director).verdict.allowed
    assert desk.differences("sales", run_id) == []


def test_a_comparison_is_no_import(desk: Desk) -> None:
    run_id = desk.compare("director", ("南通永信", "2"), heads=HEADS[:2])
    context = acting(desk.engine, "director")
    with pytest.raises(BadInput):
        desk.engine.imports.start(context, run_id)
    with pytest.raises(BadInput):
        desk.engine.imports.decide(context, run_id, {})
    assert desk.engine.imports.step(context, run_id).state == "done"


def test_the_columns_may_be_settled_anew_and_compared_once_more(desk: Desk) -> None:
    desk.firm("sales", {"name": "南通永信", "tax_no": "2", "trade": "machine"})
    run_id = desk.compare("director", ("南通永信", "2", "汽车配件"), heads=HEADS[:3])
    assert desk.counts("director", run_id) == {"differs": 1}
    context = acting(desk.engine, "director")
    (sheet,) = desk.engine.imports.progress(context, run_id).sheets
    desk.engine.imports.map(context, run_id, {sheet.id: {0: "名称", 1: "税号"}}, {})
    while desk.engine.imports.step(context, run_id).is_working:
        pass
    assert desk.counts("director", run_id) == {"same": 1}


def test_the_file_has_a_sheet_for_each_part(desk: Desk) -> None:
    desk.firm("sales", {"name": "南通永信", "tax_no": "2", "trade": "machine"})
    desk.firm("sales", {"name": "=1+1", "tax_no": "7"})
    run_id = desk.compare("director", ("南通永信", "2", "汽车配件"), ("无锡飞跃", "9", ""), heads=HEADS[:3])
    path = desk.folder / "comparison.xlsx"
    with desk.engine.imports.comparison(acting(desk.engine, "director"), run_id) as found:
        path.write_bytes(found.as_file())
    sheets = {sheet.name: sheet.rows for sheet in read_sheets(path, path.name)}
    assert sheets["Different"][1] == ("old.csv · 2", "南通永信", "行业", "Auto parts", "Machinery")
    assert sheets["Only in the file"][1] == ("old.csv · 3", "无锡飞跃")
    assert sheets["Only here"][1][1] == "=1+1"

"""A whole import over the sales app, on both databases: upload, mapping, preview, run, and run again."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.commands import Create
from engine.context import Context
from engine.errors import BadInput, NotAllowed, NotThere
from engine.intake import ledger, steps
from engine.intake.imports import Progress
from engine.intake.sheets import read_sheets
from engine.runtime import Engine
from engine.sample.messy_files import write_messy_files
from engine.store.lists import Query
from engine.store.system_tables import event
from engine.testing import Colleague, acting, engine_for

APPS = Path(__file__).parents[4] / "apps"
SELLERS = ("王伟", "李芳", "张敏", "刘洋", "陈静", "赵磊")
PEOPLE = (Colleague("director", "director", "Company", leads=True), *(Colleague(name, "sales") for name in SELLERS))


@dataclass(frozen=True)
class Desk:
    """Somebody importing."""

    engine: Engine
    login: str
    folder: Path

    @property
    def context(self) -> Context:
        return acting(self.engine, self.login)

    def upload(self, key: str, *files: tuple[str, Sequence[Sequence[str]]]) -> int:
        paths = []
        for name, rows in files:
            path = self.folder / name
            with path.open("w", newline="", encoding="utf-8-sig") as file:
                csv.writer(file).writerows(rows)
            paths.append((name, path))
        return self.engine.imports.upload(self.context, key, paths)

    def preview(self, run_id: int) -> Progress:
        self.engine.imports.map(self.context, run_id, {}, {})
        return self.drive(run_id)

    def drive(self, run_id: int) -> Progress:
        progress = self.engine.imports.progress(self.context, run_id)
        while progress.run.is_working:
            progress = self.engine.imports.advance(self.context, run_id)
        return progress

    def run(self, run_id: int) -> Progress:
        self.preview(run_id)
        self.engine.imports.start(self.context, run_id)
        return self.drive(run_id)

    def said(self, run_id: int) -> dict[int, tuple[str, ...]]:
        with self.engine.database.read() as conn:
            return {row.line: tuple(row.said) for row in ledger.rows_after(conn, run_id, 0, 10_000) if row.said}

    def names(self) -> list[str]:
        found = self.engine.page(self.context, Query("customer", None, ("name",), 200, None, ("name",)))
        return [record.values["name"] for record in found.items]


@pytest.fixture
def desk(tmp_path: Path, database_url: str) -> Iterator[Desk]:
    engine = engine_for(APPS / "sales_crm.yaml", tmp_path / "data", database_url, PEOPLE)
    yield Desk(engine, "director", tmp_path)
    engine.close()


HEAD = ("公司名称", "所属行业", "座机", "业务员", "联络人", "联系电话")


def test_six_messy_files_come_in_cleaned_and_a_second_time_change_nothing(desk: Desk) -> None:
    """S0-15: titles, spellings, doubles, filler, full-width text and wrong options, in files of six salespeople."""
    truth = write_messy_files(desk.folder, SELLERS, seed=3, rows=240)
    files = [(path.name, path) for path in sorted(desk.folder.glob("*.xlsx"))]
    run_id = desk.engine.imports.upload(desk.context, "customers", files)
    preview = desk.preview(run_id)
    assert preview.run.total == 240
    assert not desk.names()
    desk.engine.imports.start(desk.context, run_id)
    first = desk.drive(run_id)
    assert first.fates == preview.foreseen
    assert first.fates["created"] > 150
    assert first.fates["merged"] > 20
    wrong = {row.line for row in truth.rows if row.is_wrong}
    assert first.fates["refused"] >= len({row for row in truth.rows if row.is_wrong})
    assert wrong <= desk.said(run_id).keys()
    events_before = _events(desk)

    again = desk.engine.imports.upload(desk.context, "customers", files)
    second = desk.run(again)
    assert second.fates.get("created", 0) == second.fates.get("changed", 0) == 0
    assert second.fates["same"] + second.fates["merged"] == first.fates["created"] + first.fates["merged"]
    assert _events(desk) == events_before


def _events(desk: Desk) -> int:
    with desk.engine.database.read() as conn:
        return len(conn.rows(sa.select(event.c.id)))


def test_the_columns_are_mapped_by_their_heads_and_the_owner_by_the_files_name(desk: Desk) -> None:
    run_id = desk.upload("customers", ("李芳客户.csv", [("厂家名称", "类别", "邮件"), ("甲一机械", "机械", "a@b.cn")]))
    (sheet,) = desk.engine.imports.progress(desk.context, run_id).sheets
    assert sheet.mapping == {0: "客户名称", 1: "行业", 2: "邮箱"}
    assert sheet.fixed == {"负责人": "李芳"}
    desk.run(run_id)
    (record,) = desk.engine.page(desk.context, Query("customer", None, (), 10, None, ("owner", "industry"))).items
    assert (record.titles["owner"], record.values["industry"]) == ("李芳", "machine")


def test_a_mapping_can_be_corrected_and_words_settled(desk: Desk) -> None:
    run_id = desk.upload("customers", ("a.csv", [("X", "Y"), ("甲一机械", "特种"), ("乙二机械", "特种")]))
    (sheet,) = desk.engine.imports.progress(desk.context, run_id).sheets
    mapping = {sheet.id: {0: "客户名称", 1: "行业"}}
    desk.engine.imports.map(desk.context, run_id, mapping, {})
    assert desk.drive(run_id).foreseen == {"refused": 2}
    desk.engine.imports.map(desk.context, run_id, mapping, {}, {"行业": {"特种": "machine"}})
    assert desk.drive(run_id).foreseen == {"created": 2}


def test_a_column_cannot_stand_for_two_things(desk: Desk) -> None:
    run_id = desk.upload("customers", ("a.csv", [("X", "Y"), ("甲", "乙")]))
    (sheet,) = desk.engine.imports.progress(desk.context, run_id).sheets
    with pytest.raises(BadInput):
        desk.engine.imports.map(desk.context, run_id, {sheet.id: {0: "客户名称", 1: "客户名称"}}, {})
    with pytest.raises(BadInput):
        desk.engine.imports.map(desk.context, run_id, {sheet.id: {0: "没有这列"}}, {})


def test_doubles_become_one_customer_with_both_contacts(desk: Desk) -> None:
    rows = [HEAD, ("苏州华东轴承有限公司", "机械", "0512-66668888", "王伟", "张三", "13900000001"),
            ("华东轴承（苏州）有限公司", "工业设备", "", "李芳", "李四", "13900000002")]  # fmt: skip
    progress = desk.run(desk.upload("customers", ("a.csv", rows)))
    assert progress.fates == {"created": 1, "merged": 1}
    (record,) = desk.engine.page(desk.context, Query("customer", None, (), 10, None, ("name",))).items
    contacts = desk.engine.children(desk.context, "customer", record.id, "contacts")
    assert [contact.title for contact in contacts] == ["张三", "李四"]


def test_what_is_there_keeps_its_values_and_gets_what_is_missing(desk: Desk) -> None:
    desk.run(desk.upload("customers", ("a.csv", [HEAD, ("苏州华东轴承", "机械", "", "王伟", "", "")])))
    rows = [HEAD, ("苏州市华东轴承有限公司", "电子", "0512-66668888", "李芳", "", "")]
    progress = desk.run(desk.upload("customers", ("b.csv", rows)))
    assert progress.fates == {"changed": 1}
    (record,) = desk.engine.page(
        desk.context, Query("customer", None, (), 10, None, ("name", "industry", "phone", "owner"))
    ).items
    assert record.values["name"] == "苏州华东轴承"
    assert record.values["industry"] == "machine"
    assert record.values["phone"] == "0512-66668888"
    assert record.titles["owner"] == "王伟"


def test_old_daily_reports_become_visits_of_their_customers(desk: Desk) -> None:
    """S1-52."""
    desk.run(desk.upload("customers", ("a.csv", [HEAD, ("苏州华东轴承有限公司", "机械", "", "王伟", "", "")])))
    rows = [("填报日期", "拜访客户", "方式", "工作内容", "明日计划", "填报人"),
            ("2026.9.3", "华东轴承", "拜访", "看样，谈价格", "送样", "王伟"),
            ("2026.9.4", "没有这家", "电话拜访", "问交期", "", "王伟")]  # fmt: skip
    first = desk.run(desk.upload("visits", ("日报.csv", rows)))
    assert first.fates == {"created": 1, "refused": 1}
    again = desk.run(desk.upload("visits", ("日报.csv", rows)))
    assert again.fates == {"skipped": 1, "refused": 1}


def test_a_kill_between_any_two_batches_loses_and_doubles_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each batch is one transaction with its place in the ledger: whoever goes on finds both or neither."""
    monkeypatch.setattr(steps, "WRITE_BATCH", 3)
    rows = [HEAD, *((f"苏州{at}号机械{'甲乙丙丁戊己庚辛'[at]}", "机械", "", "王伟", "", "") for at in range(8))]
    run_id = desk.upload("customers", ("a.csv", rows))
    desk.preview(run_id)
    desk.engine.imports.start(desk.context, run_id)

    def die(*_args: object, **_values: object) -> None:
        raise KeyboardInterrupt

    while desk.engine.imports.progress(desk.context, run_id).run.is_working:
        with monkeypatch.context() as broken:
            broken.setattr(ledger, "set_run", die)
            with pytest.raises(KeyboardInterrupt):
                desk.engine.imports.advance(desk.context, run_id)
        desk.engine.imports.advance(desk.context, run_id)
    assert desk.engine.imports.progress(desk.context, run_id).fates == {"created": 8}
    assert len(desk.names()) == 8


def test_a_cancelled_run_keeps_what_is_written_and_goes_no_further(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "WRITE_BATCH", 2)
    rows = [HEAD, *((f"苏州{name}机械", "机械", "", "王伟", "", "") for name in ("恒达", "永信", "金鼎", "飞跃"))]
    run_id = desk.upload("customers", ("a.csv", rows))
    desk.preview(run_id)
    desk.engine.imports.start(desk.context, run_id)
    desk.engine.imports.advance(desk.context, run_id)
    desk.engine.imports.cancel(desk.context, run_id)
    assert desk.engine.imports.advance(desk.context, run_id).run.state == "cancelled"
    assert len(desk.names()) == 2


def test_one_refused_row_does_not_stop_its_batch(desk: Desk) -> None:
    rows = [(*HEAD, "税号"), ("恒达机械", "机械", "", "王伟", "", "", "1"), ("永信机械", "", "", "王伟", "", "", ""),
            ("金鼎机械", "机械", "", "王伟", "", "", "")]  # fmt: skip
    run_id = desk.upload("customers", ("a.csv", rows))
    assert desk.run(run_id).fates == {"created": 1, "refused": 2}
    assert desk.names() == ["金鼎机械"]
    said = desk.said(run_id)
    assert "18 位" in said[2][0] or "18" in said[2][0]
    assert len(said[3]) == 1


def test_only_whom_the_app_names_may_import_and_nobody_sees_the_run_of_another(desk: Desk) -> None:
    seller = Desk(desk.engine, "王伟", desk.folder)
    with pytest.raises(NotAllowed):
        seller.upload("customers", ("a.csv", [HEAD, ("甲", "机械", "", "", "", "")]))
    run_id = desk.upload("customers", ("a.csv", [HEAD, ("甲", "机械", "", "", "", "")]))
    with pytest.raises(NotThere):
        desk.engine.imports.progress(seller.context, run_id)
    assert [each.key for each in desk.engine.imports.offered(seller.context)] == ["visits"]


TWINS = [(*HEAD, "税号"), ("苏州永盛五金有限公司", "机械", "0512-11112222", "王伟", "张三", "13900000001", ""),
         ("上海永盛五金有限公司", "电子", "0512-11112222", "李芳", "李四", "13900000002", "")]  # fmt: skip


def test_a_row_that_names_its_city_alone_is_in_that_citys_region(desk: Desk) -> None:
    made = {name: desk.engine.execute(Create("region", {"name": name}), desk.context).id for name in ("华东", "华南")}
    desk.engine.execute(Create("city", {"region": made["华东"], "name": "绍兴"}), desk.context)
    rows = [
        ("客户名称", "行业", "所在城市", "大区"),
        ("恒泰五金", "汽配", "绍兴", ""),
        ("南沙模具", "汽配", "绍兴", "华南"),
    ]
    assert desk.run(desk.upload("customers", ("名单.csv", rows))).fates == {"created": 2}
    found = desk.engine.page(desk.context, Query("customer", None, ("id",), 9, None, ("name", "region"))).items
    assert [(each.values["name"], each.values["region"]) for each in found] == [
        ("恒泰五金", made["华东"]),
        ("南沙模具", made["华南"]),
    ]


def test_a_doubtful_row_waits_for_its_answer_and_is_then_its_own_record(desk: Desk) -> None:
    run_id = desk.upload("customers", ("a.csv", TWINS))
    assert desk.preview(run_id).foreseen == {"created": 1, "asked": 1}
    (asked,), _ = desk.engine.imports.review(desk.context, run_id)
    assert {line.path for line in asked.lines if line.may_choose} == {"name", "industry", "owner"}
    desk.engine.imports.start(desk.context, run_id)
    assert desk.drive(run_id).fates == {"created": 1, "asked": 1}
    desk.engine.imports.decide(desk.context, run_id, {asked.id: "other"})
    assert desk.drive(run_id).run.state == "ready"
    desk.engine.imports.start(desk.context, run_id)
    assert desk.drive(run_id).fates == {"created": 2}


def test_rows_said_to_be_the_same_become_one_with_the_chosen_values(desk: Desk) -> None:
    run_id = desk.upload("customers", ("a.csv", TWINS))
    desk.preview(run_id)
    (asked,), _ = desk.engine.imports.review(desk.context, run_id)
    desk.engine.imports.decide(desk.context, run_id, {asked.id: "same"}, {asked.leader: {"industry": 2}})
    assert desk.drive(run_id).foreseen == {"created": 1, "merged": 1}
    desk.engine.imports.start(desk.context, run_id)
    desk.drive(run_id)
    (record,) = desk.engine.page(desk.context, Query("customer", None, (), 10, None, ("name", "industry"))).items
    assert (record.values["name"], record.values["industry"]) == ("苏州永盛五金有限公司", "consumer")


def test_an_import_that_asks_waits_until_each_differing_field_is_chosen(desk: Desk) -> None:
    desk.run(desk.upload("customers", ("a.csv", TWINS[:2])))
    rows = [TWINS[0], ("苏州永盛五金有限公司", "电子", "0512-33334444", "", "", "", "")]
    run_id = desk.upload("customers", ("b.csv", rows))
    desk.engine.imports.map(desk.context, run_id, {}, {}, found="review")
    assert desk.drive(run_id).foreseen == {"asked": 1}
    _, (contested,) = desk.engine.imports.review(desk.context, run_id)
    assert {line.path for line in contested.lines} == {"industry", "phone"}
    desk.engine.imports.decide(desk.context, run_id, {}, {contested.number: {"industry": 1, "phone": 0}})
    assert desk.drive(run_id).foreseen == {"changed": 1}
    desk.engine.imports.start(desk.context, run_id)
    desk.drive(run_id)
    (record,) = desk.engine.page(desk.context, Query("customer", None, (), 10, None, ("industry", "phone"))).items
    assert (record.values["industry"], record.values["phone"]) == ("consumer", "0512-11112222")


def test_refused_rows_come_back_as_a_file_that_can_be_corrected_and_loaded(desk: Desk) -> None:
    rows = [HEAD, ("恒达机械", "=1+1", "", "王伟", "", ""), ("永信机械", "机械", "", "王伟", "", "")]
    run_id = desk.upload("customers", ("a.csv", rows))
    desk.run(run_id)
    path = desk.folder / "refused.xlsx"
    path.write_bytes(desk.engine.imports.refused_file(desk.context, run_id))
    (sheet,) = read_sheets(path, path.name)
    assert sheet.rows[0][-2:] == ("Why it was not taken", "File and line")
    assert sheet.rows[1][1] == "=1+1"
    assert sheet.rows[1][-1] == "a.csv · 2"
    again = desk.engine.imports.upload(desk.context, "customers", [(path.name, path)])
    desk.engine.imports.map(desk.context, again, {}, {}, {"行业": {"=1+1": "machine"}})
    assert desk.drive(again).foreseen == {"created": 1}
    problems, strange = desk.engine.imports.problems(desk.context, run_id)
    assert [(each.head, each.word, each.count) for each in strange] == [("行业", "=1+1", 1)]
    assert problems[0].place == "a.csv · 2"


def test_shops_and_their_daily_reports_come_in_by_the_second_app(tmp_path: Path, database_url: str) -> None:
    people = (Colleague("head", "head_office", "Company", leads=True), Colleague("张店长", "store_manager"))
    engine = engine_for(APPS / "store_sales.yaml", tmp_path / "data", database_url, people)
    desk = Desk(engine, "head", tmp_path)
    engine.execute(Create("region", {"name": "华东"}), desk.context)
    shops = [("门店名称", "区域", "店长", "状态", "营业面积"), ("人民路店", "华东", "张店长", "营业中", "120.5"),
             ("解放路店", "华中", "张店长", "筹备中", "")]  # fmt: skip
    assert desk.run(desk.upload("stores", ("门店.csv", shops))).fates == {"created": 1, "refused": 1}
    (shop,) = engine.page(desk.context, Query("store", None, (), 10, None, ("name", "stage", "area"))).items
    assert (shop.values["stage"], shop.values["area"]) == ("open", 1205)
    reports = [("营业日期", "门店", "进店人数", "单数", "件数", "营业额", "天气"),
               ("2026/11/1", "人民路店", "80", "20", "31", "1.2万", "晴天"),
               ("2026/11/2", "人民路店", "10", "20", "31", "900元", "小雨")]  # fmt: skip
    first = desk.run(desk.upload("daily_reports", ("日报.csv", reports)))
    assert first.fates == {"created": 1, "refused": 1}  # more orders than visitors
    again = desk.run(desk.upload("daily_reports", ("日报.csv", reports)))
    assert again.fates == {"same": 1, "refused": 1}
    engine.close()

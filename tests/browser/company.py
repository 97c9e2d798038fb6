"""A small company for the browser tests: customers, deals in several stages, people of two regions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import sqlalchemy as sa

from engine.commands import Command, Create, Move
from engine.runtime import Engine
from engine.store.system_tables import user_account
from engine.testing import STAFF, Colleague, acting, actor, engine_for

APP = Path(__file__).resolve().parents[2] / "apps" / "sales_crm.yaml"
NAMES = ("绍兴恒泰五金", "宁波创硕热能", "杭州云帆物流", "义乌彩达工艺", "常州敏芯传感", "苏州智联自动化")
PROJECTS = ("紧固件年度框架", "传感器试单", "照明改造", "阀门批量供货", "非标自动化产线", "冲压件打样")
PEOPLE = {
    "director": "周明", "cfo": "钱颖", "manager": "李晓梅", "sales": "王建国", "sales2": "陈志远", "tech": "孙工",
    "admin": "系统管理员",
}  # fmt: skip


@dataclass(frozen=True)
class Company:
    """The engine and the records that tests speak of. All belong to `sales`."""

    engine: Engine
    customer: int
    fresh_deal: int
    """In the first stage, with nothing filled in."""
    talked_deal: int
    """In 初步沟通: one visit short of the next stage."""

    def stage_of(self, deal: int) -> str:
        record = self.engine.find(acting(self.engine, "director"), "opportunity", deal)
        return record.stage if record else ""


def found_company(folder: Path, people: Sequence[Colleague] = STAFF) -> Company:
    """Start an engine in the folder and fill it. people: at least those of STAFF."""
    engine = engine_for(APP, folder, people=people)
    _name_people(engine)
    sales = acting(engine, "sales")
    customers = [_do(engine, Create("customer", _customer(at, name))) for at, name in enumerate(NAMES)]
    for at, customer in enumerate(customers):
        _do(
            engine,
            Create(
                "contact",
                {"customer": customer, "name": f"{'陈林何罗郑谢'[at]}经理", "position": "buyer", "role": "decider"},
            ),
        )
    deals = [_deal(engine, customers[at % 6], at) for at in range(10)]
    _advance(engine, deals[2:])
    talked = deals[1]
    _do(engine, Move("opportunity", talked, "contacted"))
    fresh = _do(engine, Create("opportunity", {"customer": customers[0], "name": "新线索", "amount": 30_000_000}))
    _do(
        engine,
        Create("opportunity", {"customer": customers[1], "name": "别人的线索", "owner": actor(engine, "sales2").id}),
        "director",
    )
    engine.comment(sales, "customer", customers[0], "客户确认样品规格,担心交期。")
    return Company(engine, customers[0], fresh, talked)


def _customer(at: int, name: str) -> dict[str, object]:
    return {
        "name": name,
        "industry": ("auto", "machine", "consumer")[at % 3],
        "grade": "ABC"[at % 3],
        "margin": 3600 - at * 300,
        "phone": "0575-88001234",
        "tags": ("hot", "trial") if at % 2 else ("key", "steady"),
        "drawings_shared": at % 2 == 0,
    }


def _deal(engine: Engine, customer: int, at: int) -> int:
    values = {
        "customer": customer,
        "name": PROJECTS[at % 6],
        "amount": 40_000_000 + at * 12_500_000,
        "close_on": date(2026, 12, 10 + at),
        "next_step": "约技术交流" if at % 2 else "发送方案",
        "next_step_on": date(2026, 11, 22 + at % 6),
    }
    return _do(engine, Create("opportunity", values))


def _advance(engine: Engine, deals: list[int]) -> None:
    """Move deals on as far as visits alone carry them."""
    for at, deal in enumerate(deals):
        _do(engine, Move("opportunity", deal, "contacted"))
        if at % 2:
            record = engine.find(acting(engine, "sales"), "opportunity", deal)
            parent = record.values["customer"] if record else None
            visit = {
                "customer": parent,
                "opportunity": deal,
                "needs": "交期要提前两周",
                "notes": "电话沟通",
                "next_day": date(2026, 11, 30),
            }
            _do(engine, Create("visit", visit))
            _do(engine, Move("opportunity", deal, "qualified"))


def _do(engine: Engine, command: Command, login: str = "sales") -> int:
    outcome = engine.execute(command, acting(engine, login))
    assert outcome.verdict.allowed, [finding.said for finding in outcome.verdict.missing]
    assert outcome.id is not None
    return outcome.id


def _name_people(engine: Engine) -> None:
    """Chinese names and the Chinese interface for everybody, and one administrator."""
    for login in PEOPLE:
        engine.set_language(actor(engine, login), "zh")
    with engine.database.write() as conn:
        for login, name in PEOPLE.items():
            values = {"name": name, "is_admin": login == "admin"}
            conn.execute(sa.update(user_account).where(user_account.c.login == login).values(**values))

"""The floor's two pages: the list and one record, by hand-written templates over the same rows."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa
from flask import Flask, current_app, g, render_template, request

from benchmarks.floor.rules import decimal_text
from benchmarks.floor.schema import audit, deal, person
from benchmarks.floor.site import DEALS, PAGE, found_deal

STAGES = {"lead": "线索", "qualified": "已确认", "proposal": "方案", "won": "赢单", "lost": "输单"}
INDUSTRIES = {"auto": "汽车", "machine": "机械", "consumer": "消费", "energy": "能源", "medical": "医疗"}
SOURCES = {"expo": "展会", "website": "官网", "referral": "介绍", "phone": "电话"}
LABELS = {
    "name": "名称", "short_name": "简称", "tax_no": "税号", "industry": "行业", "grade": "等级", "source": "来源",
    "city": "城市", "address": "地址", "phone": "电话", "email": "邮箱", "website": "官网", "owner_name": "负责人",
    "amount": "金额", "cost": "成本", "quantity": "数量", "margin": "毛利率", "close_on": "预计成交",
    "contacted_on": "最近联系", "is_urgent": "加急", "notes": "备注",
}  # fmt: skip
KINDS = {"created": "新建", "moved": "推进"}
FILTERS = (
    ("grade", "等级", [(key, key) for key in "ABC"]),
    ("industry", "行业", list(INDUSTRIES.items())),
    ("stage", "阶段", list(STAGES.items())),
)


def add_pages(site: Flask) -> None:
    site.get("/pages/deals")(show_deals)
    site.get("/pages/deals/<int:deal_id>")(show_deal)
    site.jinja_env.filters["money"] = money


def money(cents: int | None) -> str:
    return "" if cents is None else f"¥{cents // 100:,}.{cents % 100:02}"


def show_deals() -> str:
    wanted = DEALS.where(g.actor.scope())
    for key in ("grade", "industry", "stage"):
        if value := request.args.get(key):
            wanted = wanted.where(deal.c[key] == value)
    wanted = wanted.order_by(deal.c.amount.desc(), deal.c.id.desc()).limit(PAGE + 1)
    with current_app.extensions["reads"].connect() as conn:
        rows = conn.execute(wanted).all()
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return render_template(
        "deals.html",
        title="全部",
        actor=g.actor,
        rows=rows[:PAGE],
        filters=FILTERS,
        industries=INDUSTRIES,
        stages=STAGES,
        after=f"{last.amount},{last.id}" if last else "",
    )


def show_deal(deal_id: int) -> str:
    of_deal = (
        sa.select(audit.c.kind, audit.c.at, audit.c.changes, person.c.name)
        .join(person, person.c.id == audit.c.person_id)
        .where(audit.c.deal_id == deal_id)
        .order_by(audit.c.id.desc())
        .limit(50)
    )
    with current_app.extensions["reads"].connect() as conn:
        row = found_deal(conn, deal_id)
        history = conn.execute(of_deal).all()
    facts = [(label, _shown(row, key)) for key, label in LABELS.items()]
    return render_template(
        "deal.html",
        title=row["name"],
        actor=g.actor,
        row=row,
        facts=facts,
        history=history,
        stages=STAGES,
        kinds=KINDS,
        labels=LABELS,
    )


def _shown(row: Mapping[str, object], key: str) -> object:
    value = row[key]
    if key in ("amount", "cost") and isinstance(value, int):
        return money(value)
    if key == "margin" and isinstance(value, int):
        return f"{decimal_text(value, 2)}%"
    if key == "is_urgent":
        return "是" if value else "否"
    return {"industry": INDUSTRIES, "source": SOURCES}.get(key, {}).get(str(value), value)

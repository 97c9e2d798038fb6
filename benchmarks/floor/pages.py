"""The floor's two pages: the list and one record, by hand-written templates that show what ours show.

The same frame, menus, dialogs, filters, columns, cards, stages, facts, requirements and history stand in both; here all
texts, addresses and choices are written into the templates by hand, in one language, for one kind of record.
"""

from __future__ import annotations

import secrets
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
KINDS = {"created": "新建了这条记录", "moved": "推进了", "updated": "修改了"}
GRADES = [(key, key) for key in "ABC"]
ENDS = {"lead": "stage", "qualified": "stage", "proposal": "stage", "won": "won", "lost": "lost"}
PATH = [(key, label) for key, label in STAGES.items() if key != "lost"]
LINKS = {"phone": "tel:", "email": "mailto:", "website": ""}
NEXT = {"lead": "qualified", "qualified": "proposal", "proposal": "won"}


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
        args=request.args,
        grades=GRADES,
        industries=INDUSTRIES,
        stages=STAGES,
        ends=ENDS,
        csrf=secrets.token_hex(64),
        nonce=secrets.token_urlsafe(16),
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
    facts = [(key, label, _shown(row, key)) for key, label in LABELS.items()]
    ahead = NEXT.get(row["stage"], "")
    checks = _checks(row) if ahead == "qualified" else []
    missing = sum(not is_met for _said, is_met in checks)
    return render_template(
        "deal.html",
        title=row["name"],
        actor=g.actor,
        row=row,
        facts=facts,
        links=LINKS,
        path=PATH,
        ahead=ahead,
        checks=checks,
        missing=missing,
        share=100 * (len(checks) - missing) // len(checks) if checks else 100,
        headline=f"去「{STAGES[ahead]}」还差 {missing} 项" if missing else f"可以去「{STAGES.get(ahead, '')}」了",
        csrf=secrets.token_hex(64),
        nonce=secrets.token_urlsafe(16),
        history=history,
        stages=STAGES,
        kinds=KINDS,
        labels=LABELS,
    )


def _checks(row: sa.RowMapping) -> list[tuple[str, bool]]:
    """What the step to "qualified" wants, and whether the row has it: `rules.check_move`, told one by one."""
    filled = [(f"已填写「{LABELS[key]}」", bool(row[key])) for key in ("phone", "amount", "close_on")]
    covers = bool(row["amount"]) and (row["cost"] or 0) <= row["amount"]
    return [*filled, ("金额须大于零且不低于成本", covers)]


def _shown(row: Mapping[str, object], key: str) -> object:
    value = row[key]
    if key in ("amount", "cost") and isinstance(value, int):
        return money(value)
    if key == "margin" and isinstance(value, int):
        return f"{decimal_text(value, 2)}%"
    if key == "is_urgent":
        return "是" if value else "否"
    return {"industry": INDUSTRIES, "source": SOURCES}.get(key, {}).get(str(value), value)

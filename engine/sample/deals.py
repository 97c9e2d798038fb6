"""Chapter three: deals of two years, each walked through its stages with what the gates ask for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from engine.sample.book import Row
from engine.sample.contracts import write_contract, write_delivery
from engine.sample.customers import write_visit
from engine.sample.quotes import close_quotes, write_quote
from engine.sample.story import Story
from engine.sample.words import (
    LOST_NOTES,
    NEEDS,
    NEXT_STEPS,
    PARAMETERS,
    PARTS,
    QUESTIONS,
    SCENES,
    SCHEDULES,
)

DWELL: Final = {
    "lead": 1.9,
    "contacted": 7.0,
    "qualified": 18.0,
    "quoting": 5.0,
    "sample": 9.0,
    "negotiating": 15.0,
    "signed": 5.0,
}
"""Mean days in a stage."""
SLOW: Final = {("华南", "negotiating"): 2.0}
"""Regions that stand out: 华南 needs twice as long to negotiate (S0-14)."""
LOSS: Final = {
    "lead": 0.17,
    "contacted": 0.18,
    "qualified": 0.18,
    "quoting": 0.22,
    "sample": 0.13,
    "negotiating": 0.18,
}
"""Share of deals that end in a stage."""
RECENT: Final = 0.16
"""Share of the deals that began in the last eighty days."""
FILLED_DAYS: Final = 75
GRADE_SHARE: Final = {"A": 9, "B": 4, "C": 1}
AMOUNT: Final = {"A": 620_000, "B": 210_000, "C": 60_000}
BUDGETS: Final = (("under_10", 100_000), ("to_50", 500_000), ("to_200", 2_000_000))
SKIP_SAMPLE: Final = 0.15
BACK_TO_QUOTING: Final = 0.08


@dataclass
class Deal:
    """A deal under way: `at` is how far its story has been told; engineer: who confirms its needs (None: anyone)."""

    row: Row
    customer: Row
    region: str
    at: datetime
    is_over: bool = False
    engineer: int | None = None

    @property
    def by(self) -> int:
        return self.row.owner_id or self.row.created_by


def write_deals(story: Story, customers: list[Row], count: int) -> None:
    """Deals over two years, more of them lately. A customer has one open deal at a time.

    Who signs in has a desk of deals under way already (engine.sample.desks) and gets none of the last weeks.
    """
    weights = [GRADE_SHARE[str(c.values["grade"])] for c in customers]
    at_desks = {worker.id for worker in story.company.workers if worker.login}
    filled_since = story.time.now - timedelta(days=FILLED_DAYS)
    busy_until: dict[int, datetime] = {}
    for start in _starts(story, count):
        candidates = story.rng.choices(customers, weights, k=500)
        customer = next(
            c
            for c in candidates
            if c.created_at <= start
            and busy_until.get(c.id, start) <= start
            and not (start > filled_since and c.owner_id in at_desks)
        )
        deal = _tell(story, customer, start)
        busy_until[customer.id] = deal.at if deal.is_over else story.time.now + timedelta(days=1)


def _starts(story: Story, count: int) -> list[datetime]:
    """When deals began: growing over two years, with a busy last quarter, so that the board is full."""
    found: list[datetime] = []
    while len(found) < count:
        days_ago = 80 * story.rng.random() ** 1.4 if story.chance(RECENT) else 720 * (1 - story.rng.random() ** 0.7)
        at = story.time.later(story.time.now - timedelta(days=days_ago), 0)
        if at <= story.time.now:
            found.append(at)
    return sorted(found)


def _tell(story: Story, customer: Row, at: datetime) -> Deal:
    deal = open_deal(story, customer, at, customer.owner_id or customer.created_by)
    for stage in tuple(DWELL):
        if deal.row.stage != stage:
            continue
        if not _pass(story, deal, stage):
            return deal
    if deal.row.stage == "delivering":
        paid_at = write_delivery(story, deal.row, customer, deal.at)
        if paid_at is not None:
            story.book.move(deal.row, "paid", paid_at, deal.by)
            deal.at, deal.is_over = paid_at, True
    return deal


def open_deal(story: Story, customer: Row, at: datetime, owner: int) -> Deal:
    """A new lead with a next step."""
    grade, industry = str(customer.values["grade"]), str(customer.values["industry"])
    part = story.pick(PARTS[industry])
    values: dict[str, object] = {
        "name": f"{customer.values['short_name']} {part}",
        "owner": owner,
        "backup": customer.backup_id if story.chance(0.4) else None,
    }
    amount = max(8_000, round(story.rng.lognormvariate(0, 0.55) * AMOUNT[grade], -2)) * 100
    values["amount"] = int(amount) if story.chance(0.6) else None
    values["next_step"] = story.pick(NEXT_STEPS)
    values["next_step_on"] = story.time.day_of(at) + timedelta(days=story.rng.randint(1, 9))
    row = story.book.add("opportunity", at, owner, values, parent=customer)
    return Deal(row, customer, story.company.worker(owner).region, at)


def _pass(story: Story, deal: Deal, stage: str) -> bool:
    """Tells one stage: the dwell, then the way out. False when time runs out or the deal is lost."""
    mean = DWELL[stage] * SLOW.get((deal.region, stage), 1.0)
    left = story.time.later(deal.at, story.time.dwell(mean))
    is_open = left > story.time.now
    ready_share = 0.45 if is_open else 1.0
    prepare = PREPARE.get(stage)
    if prepare and story.chance(ready_share):
        prepare(story, deal, deal.at + (story.time.now - deal.at) * 0.6 if is_open else left)
    if is_open:
        return False
    deal.at = left
    if story.chance(LOSS.get(stage, 0.0)):
        _lose(story, deal)
        return False
    leave(story, deal, stage, skips_sample=story.chance(SKIP_SAMPLE))
    return True


def leave(story: Story, deal: Deal, stage: str, *, skips_sample: bool = False) -> None:
    """The way out of a stage at `deal.at`; what its gate asks for was prepared."""
    book, row, at, by = story.book, deal.row, deal.at, deal.by
    day = story.time.day_of(at)
    following = {"next_step": story.pick(NEXT_STEPS), "next_step_on": day + timedelta(days=story.rng.randint(2, 10))}
    match stage:
        case "qualified":
            shot = story.file("demo_shot", by, at)
            demo = {"demo_shot": shot.id, **after_demo(story)}
            event = book.move(row, "quoting", at, by, **demo, **following)
            story.prove(row, "quoting", "demo_shot", shot, event)
        case "quoting" if skips_sample:
            book.move(row, "negotiating", at, story.manager_of(by), **following)
        case "quoting":
            book.move(row, "sample", at, by, **following)
        case "negotiating":
            book.move(row, "signed", at, by, **following)
        case "signed":
            book.move(row, "delivering", at, by, **following)
        case _:
            book.move(row, _NEXT[stage], at, by, **following)


def after_demo(story: Story) -> dict[str, object]:
    """What the customer says after the demo."""
    return {
        "questions": story.pick(QUESTIONS),
        "second_demo": story.pick(("needed", "not_needed", "not_needed")),
    }


_NEXT: Final = {"lead": "contacted", "contacted": "qualified", "sample": "negotiating"}


def _lose(story: Story, deal: Deal) -> None:
    reason = story.weighted({"price": 34, "rival": 22, "silent": 16, "delivery": 12, "technology": 9, "stopped": 7})
    close_quotes(story, deal.row, deal.at, won=False)
    note = LOST_NOTES[reason] if story.chance(0.7) else ""
    story.book.move(deal.row, "lost", deal.at, deal.by, lost_reason=reason, lost_note=note)
    deal.is_over = True


def _talk(story: Story, deal: Deal, at: datetime) -> None:
    """初步沟通: a talk on record, an amount and a day for the close."""
    row = deal.row
    write_visit(story, deal.customer, at, opportunity=row.id)
    day = story.time.day_of(at)
    grade = str(deal.customer.values["grade"])
    amount = row.values["amount"] or AMOUNT[grade] * 100
    story.book.change(row, at, deal.by, amount=amount, close_on=day + timedelta(days=story.rng.randint(30, 90)))


def _confirm(story: Story, deal: Deal, at: datetime) -> None:
    """需求确认: four facts, the document, the engineer's number, and a stamp or a long meeting."""
    row, by = deal.row, deal.by
    engineer = deal.engineer or story.member("tech").id
    document = story.file("requirement", by, at)
    facts: dict[str, object] = {
        "parameters": story.pick(PARAMETERS),
        "scene": story.pick(SCENES),
        "budget": _budget(row.values["amount"]),
        "schedule": story.pick(SCHEDULES),
        "requirement": document.id,
        "technician": engineer,
        "technician_no": f"T{1000 + engineer}",
    }
    if story.chance(0.55):
        facts["spec"] = story.file("spec", by, at).id
    else:
        met = tuple(sorted({"tech_director", story.pick(("buyer", "engineer"))}))
        meeting = {"kind": "meeting", "minutes": story.rng.randint(65, 150), "met": met, "needs": story.pick(NEEDS)}
        write_visit(story, deal.customer, at, opportunity=row.id, **meeting)
    _meet_a_second_role(story, deal, at)
    story.book.change(row, at, by, **facts)


def _budget(amount: object) -> str:
    """The customer's budget range: the one the amount (in fen) falls into."""
    yuan = amount // 100 if isinstance(amount, int) else 0
    return next((key for key, most in BUDGETS if yuan < most), "over_200")


def _meet_a_second_role(story: Story, deal: Deal, at: datetime) -> None:
    known = [c for c in story.book.rows["contact"].values() if c.values["customer"] == deal.customer.id]
    roles = {c.values["role"] for c in known}
    if len(roles) < 2:
        role = "user" if "user" not in roles else "decider"
        position = {"user": "engineer", "decider": "boss"}[role]
        values = {
            "name": f"{story.pick('王李张刘陈')}工",
            "position": position,
            "role": role,
            "concern": "",
            "email": "",
        }
        story.book.add("contact", at, deal.by, values, parent=deal.customer)


def _quote(story: Story, deal: Deal, at: datetime) -> None:
    """方案报价: a quote sent, and proof that the plan was read."""
    row, by = deal.row, deal.by
    write_quote(story, row, deal.customer, deal.at, at)
    if story.chance(0.7):
        story.book.change(row, at, by, plan_read=story.file("plan_read", by, at).id)
    else:
        story.book.change(row, at, by, plan_receipt=story.file("feasible_mail", by, at).id)


def _test(story: Story, deal: Deal, at: datetime) -> None:
    """样品测试: the report, the verdict and the customer's mail."""
    tester = deal.row.values.get("technician")
    by = tester if isinstance(tester, int) else deal.by
    story.book.change(deal.row, at, by, test_report=story.file("test_report", by, at).id, test_result="passed")
    story.book.change(deal.row, at, deal.by, feasible_mail=story.file("feasible_mail", deal.by, at).id)


def _negotiate(story: Story, deal: Deal, at: datetime) -> None:
    """商务谈判: sometimes back for a better quote; then price, delivery and payment terms."""
    row = deal.row
    if story.chance(BACK_TO_QUOTING):
        back, sent, again = (deal.at + (at - deal.at) * share for share in (0.4, 0.6, 0.7))
        manager = story.manager_of(deal.by)
        story.book.move(row, "quoting", back, manager)
        write_quote(story, row, deal.customer, back, sent)
        story.book.move(row, "negotiating", again, manager)
    story.book.change(row, at, deal.by, **terms_of(story, deal, at))


def terms_of(story: Story, deal: Deal, at: datetime) -> dict[str, object]:
    """The agreed price, delivery day and payment terms."""
    amount = deal.row.values["amount"]
    agreed = round((amount if isinstance(amount, int) else 0) * story.rng.uniform(0.9, 1.02), -4)
    terms = deal.customer.values.get("payment_terms") or story.pick(story.options("payment_terms"))
    delivery = story.time.day_of(at) + timedelta(days=story.rng.randint(30, 60))
    return {"price": int(agreed), "delivery_on": delivery, "payment_terms": terms}


def _sign(story: Story, deal: Deal, at: datetime) -> None:
    """合同签订: the contract through legal, the accepted quote, and the order."""
    write_contract(story, deal.row, deal.customer, deal.at, at)


PREPARE: Final[dict[str, Callable[[Story, Deal, datetime], None]]] = {
    "contacted": _talk,
    "qualified": _confirm,
    "quoting": _quote,
    "sample": _test,
    "negotiating": _negotiate,
    "signed": _sign,
}

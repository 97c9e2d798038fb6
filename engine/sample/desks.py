"""Chapter two: what lies on the desks of the people who sign in, so that every screen has something to say.

Each case is a deal that stands in a known stage, for a known time, in a known state: fresh, overdue, one item short of
the next stage, or ready for it. The walk to that stage is told by the same steps as everybody's deals.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from engine.sample.book import Row
from engine.sample.company import Worker
from engine.sample.contracts import draft_contract, submit
from engine.sample.customers import write_visit
from engine.sample.deals import AMOUNT, DWELL, PREPARE, Deal, after_demo, leave, open_deal, terms_of
from engine.sample.quotes import write_quote
from engine.sample.story import Story
from engine.sample.words import NEXT_STEPS, REMARKS

GRADES: Final = ("A", "B")
"""Desks hold the better customers."""
TALKED: Final = 0.6
"""Share of desk deals whose customer was spoken to in the last days."""
REMARKED: Final = 0.4
"""Share of desk deals with a word of the manager under them."""
SECOND_PART_DUE: Final = 30
"""Days after signing at which the second half of `half in advance` is due (see engine.sample.contracts)."""
PAID_AFTER: Final = timedelta(days=4)
ORDER_STEPS: Final = ("placed", "producing", "shipped", "received")


@dataclass(frozen=True, slots=True)
class Case:
    """A deal in `stage` for `days`; finish tells what has been done in that stage so far."""

    stage: str
    days: float
    finish: Callable[[Story, Deal, datetime], None]


def write_desks(story: Story, customers: list[Row]) -> list[Deal]:
    """Open deals of the home region: all cases for the sellers who sign in, some for their colleagues and manager."""
    home = next(w for w in story.company.workers if w.login == "manager")
    engineer = next(w for w in story.company.workers if w.login == "tech")
    free = _free_customers(story, home.region, customers)
    deals = []
    for place, seller in enumerate(story.company.sellers_in(home.region)):
        cases = CASES if seller.login else CASES[place % 2 :: 2]
        deals += [_write_case(story, case, next(free[seller.id]), seller, engineer) for case in cases]
    for number, (_, theirs) in zip(KEY_ACCOUNTS, sorted(free.items()), strict=False):
        deals.append(_write_case(story, CASES[number], next(theirs), home, engineer))
    return deals


def _free_customers(story: Story, region: str, customers: list[Row]) -> dict[int, Iterator[Row]]:
    """Seller → good customers of his, known for half a year, in a random order."""
    since = story.time.now - timedelta(days=180)
    found = {}
    for seller in story.company.sellers_in(region):
        own = [c for c in customers if c.owner_id == seller.id and c.created_at < since and c.values["grade"] in GRADES]
        story.rng.shuffle(own)
        found[seller.id] = iter(own)
    return found


def _write_case(story: Story, case: Case, customer: Row, owner: Worker, engineer: Worker) -> Deal:
    path = tuple(DWELL)[: tuple(DWELL).index(case.stage)] if case.stage in DWELL else tuple(DWELL)
    since = story.time.earlier(story.time.now, case.days)
    times = [since]
    for stage in reversed(path):
        times.insert(0, story.time.earlier(times[0], DWELL[stage] * story.rng.uniform(0.4, 0.9)))
    if case.stage == "delivering":
        story.book.change(customer, max(times[0], customer.changed_at), owner.id, payment_terms="half")
    deal = open_deal(story, customer, times[0], owner.id)
    deal.engineer = engineer.id
    for stage, left in zip(path, times[1:], strict=True):
        if stage in PREPARE:
            PREPARE[stage](story, deal, left)
        deal.at = left
        leave(story, deal, stage)
    at = deal.at + (story.time.now - deal.at) * story.rng.uniform(0.88, 0.98)
    _look_ahead(story, deal, at)
    case.finish(story, deal, at)
    return deal


def _look_ahead(story: Story, deal: Deal, at: datetime) -> None:
    """The next step, its day near today; a talk of the last days; what the manager said."""
    row, now = deal.row, story.time.now
    day = story.time.today + timedelta(days=story.rng.randint(-2, 7))
    story.book.change(row, at, deal.by, next_step=story.pick(NEXT_STEPS), next_step_on=day)
    if row.stage not in ("lead", "contacted") and story.chance(TALKED):
        talked = max(deal.at, story.time.earlier(now, story.rng.uniform(0, 5)))
        planned = story.time.today + timedelta(days=story.rng.randint(1, 8))
        write_visit(story, deal.customer, talked, opportunity=row.id, next_day=planned)
    if story.chance(REMARKED):
        said = at + (now - at) * story.rng.uniform(0.1, 0.9)
        story.book.remark(row, said, story.manager_of(deal.by), story.pick(REMARKS))


# --- what has been done in the stage so far --------------------------------------------------------------------------


def _ready(story: Story, deal: Deal, at: datetime) -> None:
    """Everything for the next stage is there."""
    if deal.row.stage == "qualified":
        PREPARE["qualified"](story, deal, at)
        demo = story.file("demo_shot", deal.by, at)
        story.book.change(deal.row, at, deal.by, demo_shot=demo.id, **after_demo(story))
    elif deal.row.stage == "negotiating":
        story.book.change(deal.row, at, deal.by, **terms_of(story, deal, at))


def _lacks_next_day(story: Story, deal: Deal, at: datetime) -> None:
    story.book.change(deal.row, at, deal.by, next_step_on=None)


def _lacks_close(story: Story, deal: Deal, at: datetime) -> None:
    PREPARE["contacted"](story, deal, at)
    story.book.change(deal.row, at, deal.by, close_on=None)


def _lacks_talk(story: Story, deal: Deal, at: datetime) -> None:
    close_on = story.time.day_of(at) + timedelta(days=60)
    amount = deal.row.values["amount"] or AMOUNT[str(deal.customer.values["grade"])] * 100
    story.book.change(deal.row, at, deal.by, amount=amount, close_on=close_on)


def _lacks_document(story: Story, deal: Deal, at: datetime) -> None:
    """The customer's requirement document was withdrawn for a new version."""
    _ready(story, deal, at)
    story.book.change(deal.row, at, deal.by, requirement=None)


def _quote_drafted(story: Story, deal: Deal, at: datetime) -> None:
    write_quote(story, deal.row, deal.customer, deal.at, at, until="draft")


def _quote_in_review(story: Story, deal: Deal, at: datetime) -> None:
    write_quote(story, deal.row, deal.customer, deal.at, at, until="checking")


def _lacks_reading(story: Story, deal: Deal, at: datetime) -> None:
    write_quote(story, deal.row, deal.customer, deal.at, at)


def _under_test(story: Story, deal: Deal, at: datetime) -> None:
    """The engineer has neither report nor verdict yet, and said so."""
    said = at + (story.time.now - at) / 2
    story.book.remark(deal.row, said, deal.engineer or deal.by, "样件已上盐雾试验箱,结果出来就传报告。")


def _lacks_mail(story: Story, deal: Deal, at: datetime) -> None:
    engineer = deal.engineer or deal.by
    report = story.file("test_report", engineer, at)
    story.book.change(deal.row, at, engineer, test_report=report.id, test_result="passed")


def _lacks_delivery(story: Story, deal: Deal, at: datetime) -> None:
    story.book.change(deal.row, at, deal.by, **{**terms_of(story, deal, at), "delivery_on": None})


def _contract_drafted(story: Story, deal: Deal, at: datetime) -> None:
    draft_contract(story, deal.row, at)


def _contract_in_legal(story: Story, deal: Deal, at: datetime) -> None:
    drafted = deal.at + (at - deal.at) * 0.1
    submit(story, draft_contract(story, deal.row, drafted), drafted + timedelta(hours=3))


def _goods_on_the_way(story: Story, deal: Deal, at: datetime) -> None:
    """The first half was paid when it was due."""
    _pay_first(story, deal, min(at, deal.at + PAID_AFTER))


def _second_part_overdue(story: Story, deal: Deal, at: datetime) -> None:
    """The goods arrived; of the two halves only the first was paid."""
    _pay_first(story, deal, deal.at + PAID_AFTER)
    order = next(o for o in story.book.rows["order"].values() if o.values.get("opportunity") == deal.row.id)
    steps = ORDER_STEPS[ORDER_STEPS.index(str(order.stage)) + 1 :]
    begun = order.stage_since or deal.at
    for number, stage in enumerate(steps, 1):
        when = begun + (at - begun) * number / (len(steps) + 1)
        story.book.move(order, stage, when, story.member("planner").id)


def _pay_first(story: Story, deal: Deal, paid_at: datetime) -> None:
    contract = next(c for c in story.book.rows["contract"].values() if c.values["opportunity"] == deal.row.id)
    first = next(p for p in story.book.rows["payment"].values() if p.values["contract"] == contract.id)
    paid = {"paid_on": story.time.day_of(paid_at), "paid": first.values["due"]}
    story.book.change(first, paid_at, story.member("clerk").id, **paid)


CASES: Final = (
    Case("lead", 0.5, _ready),
    Case("lead", 6, _lacks_next_day),
    Case("contacted", 4, _lacks_close),
    Case("contacted", 12, _lacks_talk),
    Case("qualified", 14, _lacks_document),
    Case("qualified", 22, _ready),
    Case("quoting", 1, _quote_drafted),
    Case("quoting", 4, _quote_in_review),
    Case("quoting", 5, _lacks_reading),
    Case("sample", 3, _under_test),
    Case("sample", 11, _lacks_mail),
    Case("negotiating", 8, _lacks_delivery),
    Case("negotiating", 23, _ready),
    Case("signed", 2, _contract_drafted),
    Case("signed", 5, _contract_in_legal),
    Case("delivering", 9, _goods_on_the_way),
    Case("delivering", SECOND_PART_DUE + 11, _second_part_overdue),
)
KEY_ACCOUNTS: Final = (9, 12, 14)
"""Cases of the key accounts that the manager keeps: one in a test, one ready to sign, one with legal."""

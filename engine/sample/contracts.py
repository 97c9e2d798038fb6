"""Contracts of the sample's deals with their three attachments, and the orders and payments that follow."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from engine.sample.book import Row
from engine.sample.customers import write_order
from engine.sample.quotes import accepted_quote, close_quotes
from engine.sample.story import Story

ATTACHMENTS: Final = ("license", "authorization", "agreement")
PARTS_DUE: Final[dict[str, tuple[tuple[float, int], ...]]] = {
    "prepaid": ((1.0, 5),),
    "half": ((0.5, 7), (0.5, 30)),
    "net_30": ((1.0, 60),),
    "net_60": ((1.0, 90),),
}
"""Share of the amount and days after signing, for each kind of payment terms."""
LATE_SHARE: Final = 0.12


def write_contract(story: Story, deal: Row, customer: Row, begins: datetime, signed_at: datetime) -> None:
    """Drafted, through legal, signed; the quote accepted, the payments planned, the order placed."""
    contract = draft_contract(story, deal, begins + (signed_at - begins) / 8)
    submit(story, contract, begins + (signed_at - begins) / 4)
    legal = story.member("legal").id
    scan = story.file("scan", legal, signed_at)
    event = story.book.move(contract, "signed", signed_at, legal, scan=scan.id, signed_on=story.time.day_of(signed_at))
    story.prove(contract, "signed", "scan", scan, event)
    _plan_payments(story, contract, signed_at)
    amount = deal.values["price"]
    write_order(
        story,
        customer,
        signed_at,
        amount if isinstance(amount, int) else 0,
        opportunity=deal.id,
        contract=contract.id,
        quote=accepted_quote(story, deal),
    )


def draft_contract(story: Story, deal: Row, at: datetime) -> Row:
    """The contract inherits the deal's terms; the quote is accepted."""
    close_quotes(story, deal, at, won=True)
    terms = {key: deal.values[key] for key in ("delivery_on", "payment_terms")}
    by = deal.owner_id or deal.created_by
    return story.book.add("contract", at, by, {"amount": deal.values["price"], **terms}, parent=deal)


def submit(story: Story, contract: Row, at: datetime) -> None:
    """To legal, with the three attachments."""
    by = contract.created_by
    papers = {name: story.file(name, by, at) for name in ATTACHMENTS}
    event = story.book.move(contract, "legal", at, by, **{name: paper.id for name, paper in papers.items()})
    for name, paper in papers.items():
        story.prove(contract, "legal", name, paper, event)


def write_delivery(story: Story, deal: Row, customer: Row, since: datetime) -> datetime | None:
    """Payments come in; the instant when all is delivered and paid, or None if that lies ahead."""
    contract = next(c for c in story.book.rows["contract"].values() if c.values["opportunity"] == deal.id)
    order = next(o for o in story.book.rows["order"].values() if o.values.get("opportunity") == deal.id)
    payments = [p for p in story.book.rows["payment"].values() if p.values["contract"] == contract.id]
    paid_at = [_pay(story, payment, customer) for payment in payments]
    dates = [at for at in paid_at if at is not None]
    if len(dates) < len(payments) or order.stage != "received" or order.stage_since is None:
        return None
    finished = story.time.later(max(since, order.stage_since, *dates), 0)
    if finished > story.time.now:
        return None
    story.book.move(contract, "done", finished, story.member("clerk").id)
    return finished


def _plan_payments(story: Story, contract: Row, signed_at: datetime) -> None:
    amount, terms = contract.values["amount"], str(contract.values["payment_terms"])
    left = amount if isinstance(amount, int) else 0
    clerk = story.member("clerk").id
    signed_on = story.time.day_of(signed_at)
    rates = PARTS_DUE[terms]
    for place, (share, days) in enumerate(rates):
        due = left if place == len(rates) - 1 else round(left * share)
        left -= due
        values = {"due_on": signed_on + timedelta(days=days), "due": due}
        story.book.add("payment", signed_at, clerk, values, parent=contract)


def _pay(story: Story, payment: Row, customer: Row) -> datetime | None:
    """When the money of one payment came in; None while it is still open."""
    due_on = payment.values["due_on"]
    late_share = LATE_SHARE * (2 if customer.values["grade"] == "C" else 1)
    wait = story.rng.randint(3, 35) if story.chance(late_share) else -story.rng.randint(0, 4)
    day = (due_on if isinstance(due_on, date) else story.time.today) + timedelta(days=wait)
    at = max(story.time.on(day), payment.created_at + timedelta(hours=1))
    if at > story.time.now:
        return None
    paid_on = min(story.time.day_of(at), day) if wait <= 0 else story.time.day_of(at)
    story.book.change(payment, at, story.member("clerk").id, paid_on=paid_on, paid=payment.values["due"])
    return at

"""Quotes of the sample's deals: versions with lines, one valid at a time, and how each ended."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from engine.sample.book import Row
from engine.sample.story import Story
from engine.sample.words import PARTS

DISCOUNTS: Final = (0, 0, 0, 200, 300, 500)
"""Ten-thousandths; all within what the grade C allows."""
VALID_DAYS: Final = 7


def write_quote(
    story: Story, deal: Row, customer: Row, begins: datetime, sent_at: datetime, *, until: str = "sent"
) -> Row:
    """A quote drafted after `begins` and sent at `sent_at`; an older valid one of the deal is replaced first.

    until: the stage in which it is left, draft, checking or sent.
    """
    by = deal.owner_id or deal.created_by
    drafted = begins + (sent_at - begins) / 3
    checked = begins + (sent_at - begins) * 2 / 3
    older = _quotes_of(story, deal)
    close_quotes(story, deal, drafted, won=False)
    material = story.pick(list(story.book.rows["material"].values()))
    values: dict[str, object] = {
        "version_no": len(older) + 1,
        "replaces": older[-1].id if older else None,
        "material": material.id,
        "material_avg": _price_before(story, material, drafted),
        "processing_fee": material.values["processing_fee"],
        "discount": story.pick(DISCOUNTS),
        "special_terms": story.chance(0.15),
    }
    quote = story.book.add("quote", drafted, by, values, parent=deal)
    _write_lines(story, quote, deal, customer, drafted)
    if until != "draft":
        story.book.move(quote, "checking", checked, by)
    if until == "sent":
        story.book.move(quote, "sent", sent_at, story.manager_of(by), sent_on=story.time.day_of(sent_at))
    return quote


def close_quotes(story: Story, deal: Row, at: datetime, *, won: bool) -> None:
    """The deal's valid quote comes to its end: accepted, run out, or replaced."""
    by = deal.owner_id or deal.created_by
    for quote in _quotes_of(story, deal):
        if quote.stage != "sent":
            continue
        ended = max(at, quote.changed_at)
        sent_on = story.time.day_of(quote.changed_at)
        if won:
            receipt = story.file("read_receipt", by, ended)
            event = story.book.move(quote, "accepted", ended, by, read_receipt=receipt.id)
            story.prove(quote, "sent", "read_receipt", receipt, event)
        elif story.time.day_of(ended) > sent_on + timedelta(days=VALID_DAYS):
            story.book.move(quote, "expired", ended, by)
        else:
            story.book.move(quote, "replaced", ended, by)


def accepted_quote(story: Story, deal: Row) -> int | None:
    return next((q.id for q in _quotes_of(story, deal) if q.stage == "accepted"), None)


def _write_lines(story: Story, quote: Row, deal: Row, customer: Row, at: datetime) -> None:
    amount = deal.values["amount"]
    worth = amount if isinstance(amount, int) and amount else 5_000_000
    by = quote.created_by
    items = story.rng.sample(PARTS[str(customer.values["industry"])], story.rng.randint(1, 3))
    for item in items:
        price = story.rng.randint(80, 4_800)
        pieces = max(100, round(worth / len(items) / price, -2))
        cost = round(price * story.rng.uniform(0.58, 0.88))
        values = {"item": item, "qty": int(pieces) * 1_000, "price": price, "cost": cost}
        story.book.add("quote_line", at, by, values, parent=quote)


def _quotes_of(story: Story, deal: Row) -> list[Row]:
    return [q for q in story.book.rows["quote"].values() if q.values["opportunity"] == deal.id]


def _price_before(story: Story, material: Row, at: datetime) -> object:
    """The material's price on the last day with a record before `at`."""
    day = story.time.day_of(at)
    known = [p for p in story.book.rows["material_price"].values() if p.values["material"] == material.id]
    return next((p.values["price"] for p in reversed(known) if str(p.values["day"]) <= str(day)), 1_000)

"""The parts maker's story, chapter by chapter."""

from __future__ import annotations

from typing import Final

from engine.sample.customers import write_customers
from engine.sample.deals import write_deals
from engine.sample.desks import write_desks
from engine.sample.story import Story

DEALS: Final = 600


def write_sales(story: Story) -> None:
    """Customers, then what lies on the desks of the people who sign in, then everybody's two years of deals."""
    customers = write_customers(story)
    on_desks = write_desks(story, customers)
    taken = {deal.customer.id for deal in on_desks}
    write_deals(story, [c for c in customers if c.id not in taken], DEALS - len(on_desks))

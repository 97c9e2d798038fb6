"""Totals by the month of a day or an instant: the first day of the month is the key, in the app's zone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from engine.commands import Create
from engine.errors import BadInput
from engine.runtime import Engine
from engine.testing import acting, engine_for, virtual_clock

APP = """
app: shop
label: Shop
roles:
  sales: {label: Sales, sees: own}
entities:
  deal:
    label: Deal
    title: name
    fields:
      name:  {label: Name, type: text required}
      price: {label: Price, type: money}
      day:   {label: Day, type: date}
      owner: {label: Owner, type: person, default: = me}
    access:
      sales: {create: true, edit: true}
"""


@pytest.fixture
def engine(tmp_path: Path, database_url: str) -> Iterator[Engine]:
    started = engine_for(APP, tmp_path, database_url)
    yield started
    started.close()


def _deal(engine: Engine, day: date | None, price: int) -> None:
    engine.execute(Create("deal", {"name": "Bolts", "day": day, "price": price}), acting(engine, "sales"))


def _months(engine: Engine, by: str) -> list[tuple[object, int, object]]:
    found = engine.totals(acting(engine, "sales"), "deal", None, by, ("price",))
    return [(total.key, total.count, total.sums["price"]) for total in found]


def test_days_are_counted_and_added_up_by_month_the_empty_ones_last(engine: Engine) -> None:
    for day, price in ((date(2026, 3, 1), 1), (date(2026, 1, 31), 2), (None, 4), (date(2026, 1, 1), 8)):
        _deal(engine, day, price)
    assert _months(engine, "day:month") == [(date(2026, 1, 1), 2, 10), (date(2026, 3, 1), 1, 1), (None, 1, 4)]
    assert _months(engine, "day:quarter") == [(date(2026, 1, 1), 3, 11), (None, 1, 4)]


def test_an_instant_counts_in_the_month_that_it_is_where_the_app_lives(engine: Engine) -> None:
    virtual_clock(engine).wait(timedelta(days=9, hours=14, minutes=59))
    _deal(engine, None, 1)
    virtual_clock(engine).wait(timedelta(minutes=1))
    _deal(engine, None, 2)
    assert _months(engine, "created_at:month") == [(date(2026, 11, 1), 1, 1), (date(2026, 12, 1), 1, 2)]


def test_no_other_field_and_no_other_period_makes_months(engine: Engine) -> None:
    for by in ("name:month", "day:fortnight", "hidden:month"):
        with pytest.raises(BadInput):
            _months(engine, by)


def test_all_in_one_is_a_total_too(engine: Engine) -> None:
    _deal(engine, None, 3)
    assert _months(engine, "") == [(None, 1, 3)]

"""The sample company in a database: what was copied is what the write path would have kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

import apps
from engine.integrity.check import check_data
from engine.runtime import Engine
from engine.sample import has_sample, load_sample
from engine.store.lists import Query
from engine.testing import acting

APPS = Path(apps.__file__).parent


@pytest.fixture(scope="module")
def sales(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, dict[str, str]]]:
    engine = Engine.start(APPS / "sales_crm.yaml", "sqlite", tmp_path_factory.mktemp("sales"))
    yield engine, dict(load_sample(engine))
    engine.close()


def test_the_sales_company_is_consistent(sales: tuple[Engine, dict[str, str]]) -> None:
    engine, _ = sales
    assert has_sample(engine)
    assert check_data(engine) == []


def test_the_seven_sign_in_with_one_password(sales: tuple[Engine, dict[str, str]]) -> None:
    engine, logins = sales
    assert tuple(logins) == ("sales", "sales2", "manager", "director", "cfo", "tech", "admin")
    assert len(set(logins.values())) == 1
    seller = engine.authenticate("sales", logins["sales"])
    assert seller is not None
    assert seller.role == "sales"
    assert engine.authenticate("p020", "") is None


def test_people_see_own_team_or_all_customers(sales: tuple[Engine, dict[str, str]]) -> None:
    """S2-16: own customers for a salesperson, the region for its manager, everything for the director."""
    engine, _ = sales
    counts = {}
    for login in ("sales", "manager", "director"):
        found = engine.totals(acting(engine, login), "customer", None, "grade")
        counts[login] = sum(each.count for each in found)
    assert 0 < counts["sales"] < counts["manager"] < counts["director"] == 3_200


def test_a_fifth_to_a_third_of_the_customers_are_of_high_value(sales: tuple[Engine, dict[str, str]]) -> None:
    """Between what a company begins with and what it may reach; some wait to be won back."""
    engine, _ = sales
    bands = {
        each.key: each.count for each in engine.totals(acting(engine, "director"), "customer", None, "health_band")
    }
    assert 0.2 * 3_200 <= bands["high"] <= 0.34 * 3_200
    assert 0.1 * 3_200 <= bands["rescue"] <= 0.3 * 3_200


def test_a_salesperson_has_deals_that_are_ready_and_deals_one_item_short(sales: tuple[Engine, dict[str, str]]) -> None:
    engine, _ = sales
    context = acting(engine, "sales")
    mine = engine.filter(context, "opportunity", 'owner = me and stage != "paid" and stage != "lost"').value
    lacking: Counter[int] = Counter()
    for deal in engine.page(context, Query("opportunity", where=mine, limit=50)).items:
        verdicts = [
            verdict
            for move, verdict in engine.checklist(context, "opportunity", deal.id)
            if move.target != "lost" and move.ask is None
        ]
        lacking[min((len(v.missing) for v in verdicts), default=-1)] += 1
    assert lacking[0] >= 3
    assert lacking[1] >= 5


def test_the_sample_is_loaded_once(sales: tuple[Engine, dict[str, str]]) -> None:
    engine, _ = sales
    with pytest.raises(ValueError, match="already has people"):
        load_sample(engine)


def test_a_part_of_a_text_finds_the_record(sales: tuple[Engine, dict[str, str]]) -> None:
    """S2-01: a customer, a contact and a quote are found at once, by any part of what is known of them."""
    engine, _ = sales
    context = acting(engine, "director")
    for entity, field in (("customer", "short_name"), ("contact", "name"), ("quote", "code")):
        record = engine.page(context, Query(entity, limit=1)).items[0]
        groups = engine.search(context, str(record.values[field]), 20)
        assert any(group.entity == entity for group in groups), entity


def test_the_shops_are_consistent_on_both_databases(tmp_path: Path, database_url: str) -> None:
    engine = Engine.start(APPS / "store_sales.yaml", database_url, tmp_path)
    try:
        assert not has_sample(engine)
        load_sample(engine)
        assert check_data(engine) == []
    finally:
        engine.close()

"""The sample company in a database: what was copied is what the write path would have kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

import apps
from dsl.app import NumberSeries
from engine.papers.numbers import render
from engine.runtime import Engine
from engine.sample import has_sample, load_sample
from engine.store.connection import Connection
from engine.store.lists import Query
from engine.store.seal import Reason, as_system
from engine.store.system_tables import document_number, stage_visit, stage_week
from engine.testing import acting

APPS = Path(apps.__file__).parent


@pytest.fixture(scope="module")
def sales(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, dict[str, str]]]:
    engine = Engine.start(APPS / "sales_crm.yaml", "sqlite", tmp_path_factory.mktemp("sales"))
    yield engine, dict(load_sample(engine))
    engine.close()


def _system_rows(conn: Connection, engine: Engine, entity: str, *columns: str) -> list[tuple[Any, ...]]:
    table = engine.installed.tables.entity(entity).table
    return conn.rows(as_system(sa.select(*(table.c[key] for key in columns)).order_by(table.c.id), Reason.JUDGE))


def _assert_consistent(engine: Engine) -> None:
    """Rebuilt equals stored; one open visit per record in stages; weeks add up; numbers without gaps."""
    with engine.database.write() as conn:
        conn.rollback_only()
        env = engine.env(acting(engine, "director"))
        assert engine.installed.derived.rebuild_all(conn, env) == 0
    with engine.database.read() as conn:
        _assert_visits(conn, engine)
        _assert_numbers(conn, engine)


def _assert_visits(conn: Connection, engine: Engine) -> None:
    v = stage_visit.c
    standing = Counter(conn.rows(sa.select(v.entity, v.record_id, v.stage).where(v.left_at.is_(None))))
    staged = {
        (entity.key, *row)
        for entity in engine.app.entities.values()
        if entity.has_stages
        for row in _system_rows(conn, engine, entity.key, "id", "stage")
    }
    assert standing == Counter(staged)
    ended = conn.rows(sa.select(v.entered_at, v.left_at).where(v.left_at.is_not(None)))
    dwell = sum((left - entered for entered, left in ended), timedelta())
    w = stage_week.c
    sums = conn.one(sa.select(sa.func.sum(w.entered), sa.func.sum(w.left_count), sa.func.sum(w.dwell_seconds)))
    assert sums is not None
    assert tuple(map(int, sums)) == (len(staged) + len(ended), len(ended), dwell.total_seconds())


def _assert_numbers(conn: Connection, engine: Engine) -> None:
    d = document_number.c
    last = {(series, period): count for series, period, count in conn.rows(sa.select(d.series, d.period, d.last))}
    for entity in engine.app.entities.values():
        if entity.series is not None:
            codes = [code for (code,) in _system_rows(conn, engine, entity.key, "code")]
            assert len(set(codes)) == len(codes) == sum(n for (series, _), n in last.items() if series == entity.key)
            assert sorted(codes) == sorted(_rendered(entity.series, last, entity.key))


def _rendered(series: NumberSeries, last: dict[tuple[str, str], int], key: str) -> list[str]:
    """All numbers of a series from 1 to the last of each period."""
    return [
        render(series, date.fromisoformat((period or "2026") + "-01-01"[: 10 - len(period or "2026")]), counter)
        for (name, period), count in last.items()
        if name == key
        for counter in range(1, count + 1)
    ]


def test_the_sales_company_is_consistent(sales: tuple[Engine, dict[str, str]]) -> None:
    engine, _ = sales
    assert has_sample(engine)
    _assert_consistent(engine)


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
        _assert_consistent(engine)
    finally:
        engine.close()

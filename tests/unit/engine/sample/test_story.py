"""The sample's story before it meets a database: the same for the same seed, in order, and true to its gates."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from statistics import mean

import pytest

import apps
from dsl.app import App
from dsl.load import load_app
from engine.sample import papers
from engine.sample.book import Book, Starts
from engine.sample.company import Company, parts_maker, shop_chain
from engine.sample.customers import write_customers
from engine.sample.sales import DEALS, write_sales
from engine.sample.shops import write_shops
from engine.sample.story import Story
from engine.sample.worktime import WorkTime

APPS = Path(apps.__file__).parent
NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


def _app(name: str) -> App:
    checked = load_app(APPS / f"{name}.yaml")
    assert checked.value is not None
    return checked.value


def _story(app: App, company: Company, seed: int = 1) -> Story:
    book = Book(app, {w.id: w.unit_id for w in company.workers}, Starts())
    return Story(app, Random(seed), book, WorkTime(Random(seed), NOW, app.timezone), company)


@pytest.fixture(scope="module")
def sales() -> Story:
    story = _story(_app("sales_crm"), parts_maker(Random(1)))
    write_sales(story)
    return story


@pytest.fixture(scope="module")
def shops() -> Story:
    story = _story(_app("store_sales"), shop_chain(Random(1)))
    write_shops(story)
    return story


def test_the_parts_maker_has_forty_people_in_regions_and_teams() -> None:
    company = parts_maker(Random(1))
    assert len(company.workers) == 40
    assert Counter(unit.kind for unit in company.units) == {"company": 1, "department": 4, "region": 3, "team": 6}
    assert {w.login for w in company.workers if w.login} == {
        "sales", "sales2", "manager", "director", "cfo", "tech", "admin",
    }  # fmt: skip
    assert len({w.name for w in company.workers}) == 40


def test_there_are_3200_customers_with_different_names_and_600_deals(sales: Story) -> None:
    customers = sales.book.rows["customer"].values()
    assert len(customers) == 3_200
    assert len({c.values["name"] for c in customers}) == 3_200
    assert len({c.values["tax_no"] for c in customers}) == 3_200
    assert len(sales.book.rows["opportunity"]) == DEALS == 600


def test_the_same_seed_tells_the_same_story() -> None:
    def told() -> list[tuple[str, int, Mapping[str, object]]]:
        story = _story(_app("sales_crm"), parts_maker(Random(7)), seed=7)
        write_customers(story, count=40)
        return [(row.entity, row.id, row.values) for row in story.book.all_rows()]

    assert told() == told()


@pytest.mark.parametrize("name", ["sales", "shops"])
def test_nothing_happens_in_the_future_and_nobody_leaves_before_entering(
    name: str, request: pytest.FixtureRequest
) -> None:
    story: Story = request.getfixturevalue(name)
    assert all(event.at <= NOW for event in story.book.events)
    assert all(stay.left_at is None or stay.left_at >= stay.entered_at for stay in story.book.stays)


@pytest.mark.parametrize("name", ["sales", "shops"])
def test_every_record_with_stages_stands_in_exactly_one_of_them(name: str, request: pytest.FixtureRequest) -> None:
    story: Story = request.getfixturevalue(name)
    standing = Counter((s.entity, s.record_id, s.stage) for s in story.book.stays if s.left_at is None)
    staged = {(r.entity, r.id, r.stage): 1 for r in story.book.all_rows() if r.stage}
    assert standing == staged


def test_every_step_is_a_move_of_the_app(sales: Story) -> None:
    for stay in sales.book.stays:
        if stay.from_stage:
            pipeline = sales.app.entities[stay.entity].pipelines[0]
            assert pipeline.move(stay.from_stage, stay.stage), (stay.entity, stay.from_stage, stay.stage)


def test_no_customer_ever_had_two_valid_quotes_at_once(sales: Story) -> None:
    """S0-02, looked at over the whole two years."""
    changes: defaultdict[object, list[tuple[datetime, int]]] = defaultdict(list)
    deals, quotes = sales.book.rows["opportunity"], sales.book.rows["quote"]
    for stay in sales.book.stays:
        if stay.entity == "quote" and stay.stage in ("checking", "sent"):
            deal = quotes[stay.record_id].values["opportunity"]
            customer = deals[deal].values["customer"] if isinstance(deal, int) else None
            changes[customer].append((stay.entered_at, 1))
            changes[customer].append((stay.left_at or NOW, -1))
    for customer, steps in changes.items():
        running = 0
        for _, step in sorted(steps):
            running += step
            assert running <= 1, customer


def test_a_deal_that_went_on_has_what_its_gates_asked_for(sales: Story) -> None:
    for deal in sales.book.rows["opportunity"].values():
        passed = {s.from_stage for s in sales.book.stays if s.entity == "opportunity" and s.record_id == deal.id}
        if deal.stage == "lost":
            assert deal.values["lost_reason"]
            passed.discard(_last_before_lost(sales, deal.id))
        needed = {
            "qualified": ("amount", "close_on", "requirement", "technician_no", "parameters", "scene"),
            "sample": ("test_report", "test_result", "feasible_mail"),
            "negotiating": ("price", "delivery_on", "payment_terms"),
        }
        for stage, fields in needed.items():
            if stage in passed and not (stage == "negotiating" and deal.stage in ("quoting", "sample")):
                assert all(deal.values.get(field) for field in fields), (deal.id, stage, deal.values)


def _last_before_lost(story: Story, deal: int) -> str:
    return next(
        s.from_stage for s in story.book.stays if (s.entity, s.record_id, s.stage) == ("opportunity", deal, "lost")
    )


def test_south_china_stands_out_by_its_negotiations(sales: Story) -> None:
    """28 days there, about 16 elsewhere."""
    regions = {worker.id: worker.region for worker in sales.company.workers}
    days: defaultdict[str, list[float]] = defaultdict(list)
    for stay in sales.book.stays:
        if (stay.entity, stay.stage) == ("opportunity", "negotiating") and stay.left_at and stay.owner_id:
            days[regions[stay.owner_id]].append((stay.left_at - stay.entered_at).total_seconds() / 86_400)
    assert mean(days["华南"]) > 1.5 * mean([*days["华东"], *days["华北"]])


@pytest.mark.parametrize("login", ["sales", "sales2"])
def test_who_signs_in_to_sell_has_open_deals_in_every_stage(sales: Story, login: str) -> None:
    seller = next(w for w in sales.company.workers if w.login == login)
    deals = [d for d in sales.book.rows["opportunity"].values() if d.owner_id == seller.id]
    standing = [d for d in deals if d.stage not in ("paid", "lost")]
    assert 12 <= len(standing) <= 24
    assert len({d.stage for d in standing}) == 8
    limits = {stage.key: stage.limit or 0 for stage in sales.app.entities["opportunity"].pipelines[0].stages}
    late = [d for d in standing if d.stage_since and (NOW - d.stage_since).total_seconds() > limits[d.stage or ""]]
    assert 4 <= len(late) < len(standing)
    quotes = {q.stage for q in sales.book.rows["quote"].values() if q.owner_id == seller.id}
    assert {"draft", "checking", "sent"} <= quotes
    contracts = {c.stage for c in sales.book.rows["contract"].values() if c.owner_id == seller.id}
    assert {"draft", "legal", "signed"} <= contracts


def test_the_engineer_who_signs_in_has_samples_to_test(sales: Story) -> None:
    engineer = next(w for w in sales.company.workers if w.login == "tech")
    deals = sales.book.rows["opportunity"].values()
    assert len([d for d in deals if d.stage == "sample" and d.values.get("technician") == engineer.id]) >= 5


def test_papers_are_what_their_names_say() -> None:
    for content in papers.contents():
        start = b"%PDF-" if papers.file_name(content).endswith(".pdf") else b"\x89PNG"
        assert papers.data(content).startswith(start)


def test_the_shops_report_every_day_for_ninety_days(shops: Story) -> None:
    """R-27."""
    reports = Counter(r.values["store"] for r in shops.book.rows["daily_report"].values())
    assert set(reports.values()) == {90}
    assert len(reports) == 12

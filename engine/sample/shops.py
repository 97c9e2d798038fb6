"""The story of the shop chain: shops, people, daily reports, inspections, rectifications and cash sessions."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from engine.sample.book import Row
from engine.sample.company import Worker
from engine.sample.story import Story
from engine.sample.words import CHECKS, CITIES, SHOP_NOTES, SHOP_STREETS

DAYS: Final = 90
WEEKDAY_PULL: Final = (0.8, 0.8, 0.85, 0.9, 1.1, 1.5, 1.4)
FAIL_SHARE: Final = 0.07
PAST_DAYS: Final = 7
"""Inspections of the past ended before the last week; each shop has one more, under way or just submitted."""
NEW_STREET: Final = "滨江新城"
NOW_AT: Final = ("submitted", "checking", "planned")


def write_shops(story: Story) -> None:
    """Three regions, twelve shops, ninety days of reports."""
    began = story.time.on(story.time.today - timedelta(days=DAYS + 60))
    office = story.company.of_role("head_office")[0]
    items = _write_items(story, began, office)
    for supervisor in story.company.of_role("supervisor"):
        region = story.book.add("region", began, office.id, {"name": supervisor.region, "lead": supervisor.id})
        managers = [w for w in story.company.of_role("store_manager") if w.manager_id == supervisor.id]
        streets = story.rng.sample(SHOP_STREETS, len(managers))
        for place, (manager, street) in enumerate(zip(managers, streets, strict=True)):
            shop = _write_shop(story, began, region, manager, street)
            _write_days(story, shop, manager)
            _write_inspections(story, shop, supervisor, items)
            _write_current_inspection(story, shop, supervisor, items, NOW_AT[place % len(NOW_AT)])
        _write_shop_to_be(story, region, supervisor)


def _write_items(story: Story, at: datetime, office: Worker) -> list[Row]:
    return [
        story.book.add(
            "check_item",
            at,
            office.id,
            {"name": name, "item_group": group, "weight": weight, "photo": photo, "veto": veto, "cycle": "monthly"},
        )
        for name, group, weight, photo, veto in CHECKS
    ]


def _write_shop(story: Story, at: datetime, region: Row, manager: Worker, street: str) -> Row:
    city = story.pick(CITIES[manager.region])
    values: dict[str, object] = {
        "name": f"{city}{street}店",
        "region": region.id,
        "owner": manager.id,
        "grade": story.weighted({"A": 2, "B": 5, "C": 3}),
        "address": f"{city}市{street} {story.rng.randint(1, 300)} 号",
        "radius": 200,
        "area": story.rng.randint(600, 2_600),
        "opens": "10:00–22:00",
        "stock_value": story.rng.randint(300_000, 900_000) * 100,
        "cash_left": 2_000_00,
    }
    shop = story.book.add("store", at, manager.id, values)
    crew = [w for w in story.company.workers if w.unit_id == manager.unit_id]
    for worker in crew:
        duty = "manager" if worker.role == "store_manager" else "guide"
        person = {"name": worker.name, "person": worker.id, "duty": duty, "from_on": story.time.day_of(at)}
        story.book.add("employee", at, manager.id, person, parent=shop)
    opened = story.time.later(at, 20)
    licence = story.file("licence", manager.id, opened)
    event = story.book.move(shop, "open", opened, manager.id, licence=licence.id)
    story.prove(shop, "open", "licence", licence, event)
    return shop


def _write_days(story: Story, shop: Row, manager: Worker) -> None:
    """A report and a closed cash session for every day; the sessions of the last day still run."""
    size = story.rng.uniform(0.7, 1.6)
    for ago in range(DAYS, 0, -1):
        day = story.time.today - timedelta(days=ago)
        at = min(story.time.evening(day), story.time.now)
        traffic = round(160 * size * WEEKDAY_PULL[day.weekday()] * story.rng.uniform(0.75, 1.3))
        orders = round(traffic * story.rng.uniform(0.12, 0.26))
        sales = sum(story.rng.randint(60, 900) * 100 for _ in range(orders))
        report = {
            "day": day,
            "traffic": traffic,
            "orders": orders,
            "pieces": round(orders * story.rng.uniform(1.3, 2.1)),
            "sales": sales,
            "weather": story.weighted({"sunny": 5, "cloudy": 3, "rain": 3, "snow": 0}),
            "note": story.pick(SHOP_NOTES),
        }
        story.book.add("daily_report", at, manager.id, report, parent=shop)
        if ago <= DAYS // 3:
            _write_session(story, shop, manager, at, sales, is_open=ago == 1)


def _write_session(story: Story, shop: Row, manager: Worker, at: datetime, sales: int, *, is_open: bool) -> None:
    cash = round(sales * story.rng.uniform(0.05, 0.15), -2)
    change, petty = round(cash * 0.2), story.pick((0, 0, 3_000, 5_500))
    morning = at - timedelta(hours=11)
    values = {
        "day": story.time.day_of(at),
        "cashier": manager.id,
        "opening": 100_000,
        "cash_in": int(cash),
        "change": change,
        "refunds": 0,
        "petty": petty,
    }
    session = story.book.add("cash_session", morning, manager.id, values, parent=shop)
    if is_open:
        return
    off = story.pick((0, 0, 0, 0, 500, -300, -2_600))
    counted = 100_000 + int(cash) - change - petty + off
    reason = "找零出错，已登记" if abs(off) > 1_000 else ""
    story.book.move(session, "closed", at, manager.id, counted=counted, reason=reason)


def _write_inspections(story: Story, shop: Row, supervisor: Worker, items: list[Row]) -> None:
    """About one a month; failed items become rectifications."""
    weakness = story.rng.uniform(0.4, 1.8)
    at = shop.stage_since or shop.created_at
    while True:
        at = story.time.later(at, story.rng.uniform(20, 32))
        ended = story.time.later(at, 0.2)
        if ended > story.time.now - timedelta(days=PAST_DAYS):
            return
        visit = _plan_inspection(story, shop, supervisor, at)
        story.book.move(visit, "checking", at, supervisor.id)
        for item in items:
            _write_finding(story, shop, visit, item, supervisor, ended, story.chance(FAIL_SHARE * weakness))
        _submit(story, visit, supervisor, ended)
        story.book.move(visit, "reviewed", story.time.later(ended, 2), supervisor.id)


def _write_current_inspection(story: Story, shop: Row, supervisor: Worker, items: list[Row], stage: str) -> None:
    """This month's: planned and late, half done, or submitted with items that wait to be put right."""
    at = story.time.earlier(story.time.now, {"planned": 5, "checking": 1, "submitted": 3}[stage])
    visit = _plan_inspection(story, shop, supervisor, at)
    if stage == "planned":
        return
    begun = story.time.earlier(story.time.now, 0) if stage == "checking" else at + timedelta(hours=1)
    story.book.move(visit, "checking", max(begun, at), supervisor.id)
    for place, item in enumerate(items if stage == "submitted" else items[:4]):
        _write_finding(story, shop, visit, item, supervisor, max(begun, at), _fails_now(story, place, item))
    if stage == "submitted":
        _submit(story, visit, supervisor, begun + timedelta(hours=1))


def _fails_now(story: Story, place: int, item: Row) -> bool:
    """The second item always, others now and then, and none that alone would make the score zero."""
    return place == 1 or (not item.values["veto"] and story.chance(FAIL_SHARE))


def _plan_inspection(story: Story, shop: Row, supervisor: Worker, at: datetime) -> Row:
    planned = {"day": story.time.day_of(at), "inspector": supervisor.id, "cycle": "monthly"}
    return story.book.add("inspection", at, supervisor.id, planned, parent=shop)


def _submit(story: Story, visit: Row, supervisor: Worker, at: datetime) -> None:
    presence = story.file("presence", supervisor.id, at)
    event = story.book.move(visit, "submitted", at, supervisor.id, presence=presence.id)
    story.prove(visit, "submitted", "presence", presence, event)


def _write_shop_to_be(story: Story, region: Row, supervisor: Worker) -> None:
    """A shop in preparation: no licence yet, nobody hired."""
    city = story.pick(CITIES[supervisor.region])
    at = story.time.earlier(story.time.now, story.rng.randint(15, 75))
    values: dict[str, object] = {
        "name": f"{city}{NEW_STREET}店",
        "region": region.id,
        "owner": supervisor.id,
        "grade": "B",
        "radius": 200,
        "stock_value": 0,
        "cash_left": 0,
    }
    story.book.add("store", at, supervisor.id, values)


def _write_finding(
    story: Story, shop: Row, visit: Row, item: Row, supervisor: Worker, at: datetime, is_bad: bool
) -> None:
    photo = story.file("before", supervisor.id, at).id if is_bad else None
    values = {"item": item.id, "verdict": "fail" if is_bad else "pass", "photo": photo, "note": ""}
    story.book.add("finding", at, supervisor.id, values, parent=visit)
    if not is_bad:
        return
    who = shop.owner_id or supervisor.id
    task = {"what": str(item.values["name"]), "inspection": visit.id, "item": item.id, "who": who, "before": photo}
    made = story.book.add("rectification", at, supervisor.id, task, parent=shop)
    fixed = story.time.later(at, story.time.dwell(2.0))
    if fixed > story.time.now:
        return
    after = story.file("after", who, fixed)
    event = story.book.move(made, "fixed", fixed, who, after=after.id, result="已整改并复查")
    story.prove(made, "open", "after", after, event)
    passed = story.time.later(fixed, story.time.dwell(1.0))
    if passed <= story.time.now:
        story.book.move(made, "passed", passed, supervisor.id)

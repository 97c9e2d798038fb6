"""Chapter one: regions, materials, 3,200 customers with their contacts, visits and repeat orders."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Final

from engine.sample.book import Row
from engine.sample.story import Story
from engine.sample.words import (
    AREA_CODES,
    BRANDS,
    CITIES,
    ENDINGS,
    ESTATES,
    GIVEN_NAMES,
    LIKES,
    MATERIALS,
    NEEDS,
    NEXT_STEPS,
    POINTS,
    PROVINCES,
    REGIONS,
    RIVALS,
    SURNAMES,
    TRADES,
    WORRIES,
)

CUSTOMERS: Final = 3_200
YEARS: Final = 2
REGION_WEIGHTS: Final = {"华东": 50, "华南": 28, "华北": 22}
GRADE_WEIGHTS: Final = {"A": 12, "B": 33, "C": 55}
INDUSTRY_WEIGHTS: Final = {"auto": 45, "machine": 35, "consumer": 20}
CONTACTS: Final = {"A": (2, 4), "B": (1, 3), "C": (1, 1)}
VISIT_GAP: Final = {"A": 44, "B": 95, "C": 220}
"""Mean days between two visits; since the system is in use they come RUSH times as often (S0-22)."""
RUSH: Final = 2.6
IN_USE: Final = 120
"""Days that the system has been in use; what is older was imported."""
ORDERS_SINCE: Final = 460
"""Days back that repeat orders are told: the four full quarters and the running one."""
ALIVE: Final = {"A": 0.94, "B": 0.78, "C": 0.55}
"""Share of customers that are still looked after; the others fell asleep on some day."""
STEADY: Final = {"A": 0.85, "B": 0.62, "C": 0.36}
MARGIN: Final = {"A": 4_300, "B": 4_100, "C": 3_800}
"""Mean gross margin in ten-thousandths."""
CALLED_MONTHLY: Final = 0.85
"""Share of the steady customers, still looked after, that heard from us in the last four weeks in any case."""
DAYS_OFF: Final = 4
"""A random day keeps clear of today, so that the Monday after a weekend is still in the past."""
LETTERS: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def write_customers(story: Story, count: int = CUSTOMERS) -> list[Row]:
    """Regions, materials, customers and what hangs on them; gives back the customers."""
    regions = _write_regions(story)
    cities = _write_cities(story, regions)
    _write_materials(story)
    first_day = story.time.start_of(YEARS)
    names = _company_names(story)
    rows = []
    for _ in range(count):
        region = story.weighted(REGION_WEIGHTS)
        born = first_day if story.chance(0.7) else _random_day(story, first_day)
        rows.append(_write_customer(story, names, region, cities, story.time.on(born)))
    for row in rows:
        _write_contacts(story, row)
        _write_visits(story, row)
        _write_orders(story, row)
    return rows


def _write_regions(story: Story) -> dict[str, Row]:
    director = story.company.of_role("director")[0]
    at = story.time.on(story.time.start_of(YEARS))
    return {
        name: story.book.add("region", at, director.id, {"name": name, "lead": story.company.manager_in(name).id})
        for name in REGIONS
    }


def _write_cities(story: Story, regions: Mapping[str, Row]) -> dict[str, Row]:
    """Each city beneath its region."""
    director = story.company.of_role("director")[0]
    at = story.time.on(story.time.start_of(YEARS))
    return {
        city: story.book.add(
            "city", at, director.id, {"name": city, "province": PROVINCES.get(city, city)}, parent=regions[region]
        )
        for region, cities in CITIES.items()
        for city in cities
    }


def _write_materials(story: Story) -> None:
    """Materials with a price a week: a slow rise with noise."""
    finance = story.company.of_role("cfo")[0]
    first_day = story.time.start_of(YEARS)
    for name, price, fee in MATERIALS:
        at = story.time.on(first_day)
        material = story.book.add("material", at, finance.id, {"name": name, "processing_fee": fee})
        for week in range((story.time.today - first_day).days // 7 + 1):
            day = first_day + timedelta(days=7 * week)
            paid = round(price * (1 + 0.0012 * week) * story.rng.uniform(0.97, 1.03))
            at = min(story.time.on(day), story.time.now)
            story.book.add("material_price", at, finance.id, {"day": day, "price": paid}, parent=material)


def _write_customer(story: Story, names: Iterator[str], region: str, cities: Mapping[str, Row], at: datetime) -> Row:
    sellers = story.company.sellers_in(region)
    owner, backup = story.rng.sample(sellers, 2)
    industry = story.weighted(INDUSTRY_WEIGHTS)
    grade = story.weighted(GRADE_WEIGHTS)
    city = story.pick(CITIES[region])
    brand = next(names)
    name = f"{city}{brand}{story.pick(TRADES[industry])}{story.pick(ENDINGS)}"
    domain = f"{_initials(story)}{story.rng.randrange(100, 9999)}.com.cn"
    is_steady = story.chance(STEADY[grade])
    state = "steady" if is_steady else story.pick(("prospect", "prospect", "trial"))
    marks = [state, story.pick({"A": ("over_500",), "B": ("to_500",), "C": ("under_100",)}[grade])]
    if grade == "A" and story.chance(0.5):
        marks.append("key")
    if story.chance(0.3):
        marks.append(story.pick(("approved", "half_year", "watching")))
    values: dict[str, object] = {
        "name": name,
        "short_name": f"{city}{brand}",
        "tax_no": f"91{AREA_CODES[region]}{''.join(story.rng.choices(LETTERS, k=10))}",
        "industry": industry,
        "grade": grade,
        "city": cities[city].id,
        "region": cities[city].values["region"],
        "address": f"{city}市{story.pick(ESTATES)}{story.rng.randint(1, 399)} 号",
        "phone": f"0{story.rng.randint(510, 899)}-{story.rng.randint(20_000_000, 89_999_999)}",
        "email": f"sales@{domain}" if story.chance(0.9) else f"sales{story.rng.randint(10, 99)}@163.com",
        "website": f"https://www.{domain}",
        "owner": owner.id,
        "backup": backup.id,
        "source": story.pick(story.options("source")),
        "budget": story.pick(story.options("budget")) if story.chance(0.7) else None,
        "worry": story.pick(WORRIES),
        "payment_terms": story.pick(story.options("payment_terms")) if is_steady or story.chance(0.4) else None,
        "margin": max(500, round(story.rng.gauss(MARGIN[grade], 700))) if is_steady or story.chance(0.85) else None,
        "drawings_shared": story.chance(0.9 if is_steady else 0.25),
        "tags": tuple(sorted(marks)),
    }
    return story.book.add("customer", at, owner.id, values)


def _write_contacts(story: Story, customer: Row) -> None:
    low, high = CONTACTS[str(customer.values["grade"])]
    seats = list(_SEATS)
    story.rng.shuffle(seats)
    for position, role in seats[: story.rng.randint(low, high)]:
        name = story.pick(SURNAMES) + story.pick(GIVEN_NAMES)
        values = {
            "name": name,
            "position": position,
            "role": role,
            "concern": story.pick(WORRIES),
            "phone": f"1{story.pick('3578')}{story.rng.randint(100_000_000, 999_999_999)}",
            "email": "",
            "likes": story.pick(LIKES),
        }
        story.book.add("contact", customer.created_at, customer.created_by, values, parent=customer)


_SEATS: Final = (
    ("boss", "decider"),
    ("buyer", "decider"),
    ("tech_director", "influencer"),
    ("engineer", "user"),
    ("quality", "influencer"),
)


def _write_visits(story: Story, customer: Row) -> None:
    grade = str(customer.values["grade"])
    last_day = story.time.today
    is_alive = story.chance(ALIVE[grade])
    if is_alive and "steady" in _tags(customer) and story.chance(CALLED_MONTHLY):
        write_visit(story, customer, story.time.earlier(story.time.now, story.rng.uniform(0, 27)))
    if not is_alive:
        last_day = _random_day(story, story.time.day_of(customer.created_at))
    day = story.time.day_of(customer.created_at)
    while True:
        is_in_use = (story.time.today - day).days < IN_USE
        mean = VISIT_GAP[grade] / (RUSH if is_in_use else 1)
        day += timedelta(days=1 + round(story.rng.expovariate(1 / mean)))
        at = story.time.on(day)
        if day > last_day or at > story.time.now:
            return
        write_visit(story, customer, at)


def write_visit(story: Story, customer: Row, at: datetime, **known: object) -> Row:
    """A visit, call or mail to a customer with its minutes; `known` values win."""
    owner = customer.owner_id or customer.created_by
    kind = story.weighted({"visit": 45, "call": 30, "meeting": 15, "mail": 10})
    day = story.time.day_of(at)
    values: dict[str, object] = {
        "day": day,
        "kind": kind,
        "needs": story.pick(NEEDS),
        "rivals": story.pick(RIVALS),
        "expected_amount": story.rng.randint(2, 90) * 1_000_000 if story.chance(0.5) else None,
        "next_day": day + timedelta(days=story.rng.randint(3, 30)) if story.chance(0.8) else None,
        "minutes": story.rng.randint(5, 25) if kind in ("call", "mail") else story.rng.randint(25, 120),
        "met": story.some(("boss", "buyer", "engineer", "quality", "tech_director"), 2),
        "notes": story.pick(POINTS),
        "concerns": story.some(story.options("concern"), 2),
        "chances": "",
        "next_step": story.pick(NEXT_STEPS),
        "next_owner": owner,
        "mood": story.pick((2, 3, 3, 4, 4, 4, 5)),
    }
    if kind == "visit" and story.chance(0.6):
        values["photo"] = story.file("photo", owner, at).id
    return story.book.add("visit", at, owner, {**values, **known}, parent=customer)


def _write_orders(story: Story, customer: Row) -> None:
    """Repeat orders of a steady customer, about one a quarter."""
    if "steady" not in _tags(customer):
        return
    grade = str(customer.values["grade"])
    at = max(customer.created_at, story.time.now - timedelta(days=ORDERS_SINCE))
    while True:
        at = story.time.later(at, story.rng.uniform(55, 88))
        if at > story.time.now:
            return
        amount = round(story.rng.lognormvariate(0, 0.5) * {"A": 180_000, "B": 60_000, "C": 18_000}[grade]) * 100
        write_order(story, customer, at, amount)


def write_order(story: Story, customer: Row, at: datetime, amount: int, **known: object) -> Row:
    """An order of so many fen, moved along as far as time has gone."""
    owner = customer.owner_id or customer.created_by
    planner = story.member("planner").id
    day = story.time.day_of(at)
    counted = len(story.book.rows["order"])  # random digits alone meet twice among ten thousand orders, on some days
    erp_no = f"U8-{day:%y%m}-{story.rng.randrange(16**2):02X}{counted:04X}"
    values = {"amount": amount, "day": day, "due_on": day + timedelta(days=30), "erp_no": erp_no, **known}
    order = story.book.add("order", at, owner, values, parent=customer)
    for stage, mean in (("producing", 3.0), ("shipped", 17.0), ("received", 3.0)):
        at = story.time.later(at, story.time.dwell(mean))
        if at > story.time.now:
            break
        story.book.move(order, stage, at, planner)
    return order


def _tags(row: Row) -> tuple[object, ...]:
    tags = row.values.get("tags")
    return tags if isinstance(tags, tuple) else ()


def _company_names(story: Story) -> Iterator[str]:
    """Brand names, each once: sixty short ones and 3,600 made of two."""
    brands = [*BRANDS, *(a + b for a in BRANDS for b in BRANDS if a != b)]
    story.rng.shuffle(brands)
    return iter(brands)


def _initials(story: Story) -> str:
    return "".join(story.rng.choices("abcdefghjklmnpqrstwxyz", k=3))


def _random_day(story: Story, first: date) -> date:
    return first + timedelta(days=story.rng.randint(0, max(0, (story.time.today - first).days - DAYS_OFF)))

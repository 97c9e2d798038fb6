"""The seeded deals and the company that every contender of the table is filled with."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

TEAMS, SELLERS = 10, 10
"""Teams of the company, and sellers in each; every team has one manager besides."""

STAGES = ("lead", "lead", "qualified", "proposal", "won", "lost")
INDUSTRIES = ("auto", "machine", "consumer", "energy", "medical")
GRADES = ("A", "B", "C")
SOURCES = ("expo", "website", "referral", "phone")
CITIES = ("上海", "苏州", "宁波", "深圳", "东莞", "武汉", "成都", "青岛")
FIRST_DAY = date(2026, 1, 5)
FIELDS = (
    "name", "short_name", "tax_no", "industry", "grade", "source", "city", "address", "phone", "email", "website",
    "amount", "cost", "quantity", "margin", "close_on", "contacted_on", "is_urgent", "notes",
)  # fmt: skip
"""Of the twenty fields those that a client writes; the twentieth is the owner."""


@dataclass(frozen=True, slots=True)
class Person:
    """id: from 1, in the order of the company. team: from 1."""

    id: int
    login: str
    role: str
    team: int


@dataclass(frozen=True, slots=True)
class Deal:
    """values: the fields as the API's JSON has them (numbers as decimal text, days as ISO text)."""

    id: int
    owner: Person
    stage: str
    values: dict[str, object]


def company() -> list[Person]:
    """Every team's manager, then its sellers."""
    people: list[Person] = []
    for team in range(1, TEAMS + 1):
        for place in range(SELLERS + 1):
            role = "sales" if place else "manager"
            people.append(Person(len(people) + 1, f"{role}_{team}_{place}", role, team))
    return people


def deals(count: int, seed: int = 7) -> Iterator[Deal]:
    """The deals with ids from 1, the same for the same seed; owners, stages and options are spread evenly."""
    chance = random.Random(seed)
    sellers = [person for person in company() if person.role == "sales"]
    for number in range(1, count + 1):
        yield Deal(number, chance.choice(sellers), chance.choice(STAGES), values_of(chance, f"{number:07}"))


def values_of(chance: random.Random, mark: str) -> dict[str, object]:
    """One set of field values that breaks no rule. mark: what tells its texts from others'."""
    amount = chance.randrange(1_000_00, 9_000_000_00)
    contacted = FIRST_DAY + timedelta(days=chance.randrange(300))
    return {
        "name": f"精密零件询价 {mark}",
        "short_name": f"询价 {mark}",
        "tax_no": f"91310000MA{mark[-7:]:>7}X".replace(" ", "0"),
        "industry": chance.choice(INDUSTRIES),
        "grade": chance.choice(GRADES),
        "source": chance.choice(SOURCES),
        "city": chance.choice(CITIES),
        "address": f"工业园区 {chance.randrange(1, 999)} 号",
        "phone": f"138{chance.randrange(10**7, 10**8)}",
        "email": f"buyer{mark}@example.com",
        "website": f"https://customer{mark}.example.com",
        "amount": _decimal(amount, 2),
        "cost": _decimal(amount * chance.randrange(40, 95) // 100, 2),
        "quantity": str(chance.randrange(1, 5_000)),
        "margin": _decimal(chance.randrange(5_00, 60_00), 4),
        "close_on": (contacted + timedelta(days=chance.randrange(5, 120))).isoformat(),
        "contacted_on": contacted.isoformat(),
        "is_urgent": chance.random() < 0.1,
        "notes": f"客户要求两周内打样,{mark} 号图纸已收到。",
    }


def _decimal(units: int, places: int) -> str:
    """1234 with 2 places → "12.34"."""
    return f"{units // 10**places}.{units % 10**places:0{places}}"

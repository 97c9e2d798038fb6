"""Units in a tree, and the person that they make of an account."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dsl.app import App, Role, Text
from dsl.source import NOWHERE
from engine.clock import VirtualClock
from engine.people import organisation, users
from engine.people.users import NewUser
from engine.store.apply import apply_app
from engine.store.database import Database

AT = datetime(2026, 11, 21, 8, tzinfo=UTC)


def role(key: str, *also: str) -> Role:
    return Role(key, Text((("en", key),)), "own", frozenset({key, *also}), NOWHERE)


APP = App(
    key="people",
    label=Text(),
    version=1,
    languages=("zh", "en"),
    timezone="Asia/Shanghai",
    calendar="cn",
    currency="CNY",
    modules={},
    roles={"sales": role("sales"), "manager": role("manager", "sales"), "legal": role("legal")},
    choices={},
    entities={},
    tables={},
    filler=frozenset(),
    menu=(),
    digest="0",
    source="",
    span=NOWHERE,
)


@dataclass(frozen=True)
class Company:
    """root > (south > (guangzhou, shenzhen), north); who leads and who works in Guangzhou."""

    database: Database
    root: int
    south: int
    guangzhou: int
    shenzhen: int
    north: int
    head: int
    seller: int


@pytest.fixture
def company(database_url: str, tmp_path: Path) -> Iterator[Company]:
    database = Database.open(database_url, data_dir=tmp_path)
    apply_app(database, APP, VirtualClock(AT))
    with database.write() as conn:
        root = organisation.add_unit(conn, "Company", "company")
        south = organisation.add_unit(conn, "South", "region", root)
        guangzhou = organisation.add_unit(conn, "Guangzhou", "team", south)
        shenzhen = organisation.add_unit(conn, "Shenzhen", "team", south)
        north = organisation.add_unit(conn, "North", "region", root)
        head = users.add_user(conn, NewUser("head", "Head", "manager", south), AT)
        seller = users.add_user(conn, NewUser("seller", "Seller", "sales", guangzhou), AT)
        organisation.set_lead(conn, south, head)
    yield Company(database, root, south, guangzhou, shenzhen, north, head, seller)
    database.close()


def test_a_person_has_the_unit_below_and_the_region_around(company: Company) -> None:
    with company.database.read() as conn:
        seller = users.find_actor(conn, APP, company.seller, AT)
        head = users.find_actor(conn, APP, company.head, AT)
    assert seller is not None
    assert head is not None
    assert seller.unit_ids == (company.guangzhou,)
    assert seller.area_ids == (company.south, company.guangzhou, company.shenzhen)
    assert head.unit_ids == (company.south, company.guangzhou, company.shenzhen)


def test_the_manager_is_the_nearest_lead_above_who_is_somebody_else(company: Company) -> None:
    with company.database.read() as conn:
        seller = users.find_actor(conn, APP, company.seller, AT)
        head = users.find_actor(conn, APP, company.head, AT)
    assert seller is not None
    assert seller.manager_id == company.head
    assert head is not None
    assert head.manager_id is None


def test_roles_bring_in_what_they_also_are_and_everyone(company: Company) -> None:
    with company.database.read() as conn:
        head = users.find_actor(conn, APP, company.head, AT)
    assert head is not None
    assert head.roles == {"manager", "sales", "everyone"}


def test_a_post_adds_its_role_and_unit_from_its_day_on(company: Company) -> None:
    with company.database.write() as conn:
        users.add_post(conn, company.seller, company.north, "legal", AT + timedelta(days=1))
    with company.database.read() as conn:
        today = users.find_actor(conn, APP, company.seller, AT)
        tomorrow = users.find_actor(conn, APP, company.seller, AT + timedelta(days=1))
    assert today is not None
    assert tomorrow is not None
    assert "legal" not in today.roles
    assert "legal" in tomorrow.roles
    assert company.north in tomorrow.unit_ids


def test_a_closed_account_is_nobody(company: Company) -> None:
    with company.database.write() as conn:
        users.set_active(conn, company.seller, False)
    with company.database.read() as conn:
        assert users.find_actor(conn, APP, company.seller, AT) is None
        assert [person.name for person in users.active_people(conn)] == ["Head"]
        assert users.people(conn, [company.seller])[company.seller].is_active is False


def test_formulas_know_a_person_with_unit_and_manager(company: Company) -> None:
    with company.database.write() as conn:
        deputy = users.add_user(
            conn, NewUser("deputy", "Deputy", "sales", company.guangzhou, manager_id=company.head), AT
        )
    with company.database.read() as conn:
        person = users.as_person(conn, deputy)
    assert person == {
        "id": deputy,
        "name": "Deputy",
        "role": "sales",
        "unit": {"id": company.guangzhou, "name": "Guangzhou"},
        "manager": {
            "id": company.head, "name": "Head", "role": "manager",
            "unit": {"id": company.south, "name": "South"}, "manager": None,
        },
    }  # fmt: skip

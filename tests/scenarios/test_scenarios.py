"""Every scenario of both apps, on the real engine."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

import apps
from dsl.app import App
from engine.clock import VirtualClock
from engine.installed import install
from engine.runtime import Engine
from engine.store.database import Database
from engine.store.files import FileStore
from engine.testing import STARTS_AT, Colleague, engine_for
from tests.conftest import PostgresServer
from tests.scenarios.runner import Scenario, Stage, scenarios

SALES = tuple(
    Colleague(login, role, unit, leads)
    for login, role, unit, leads in (
        ("director", "director", "Company", True),
        ("cfo", "cfo", "Company", False),
        ("clerk", "clerk", "Company", False),
        ("legal", "legal", "Company", False),
        ("tech", "tech", "Company", False),
        ("planner", "planner", "Company", False),
        ("admin", "admin", "Company", False),
        ("manager", "manager", "South", True),
        ("sales", "sales", "South", False),
        ("sales2", "sales", "North", False),
    )
)
SHOPS = tuple(
    Colleague(login, role, unit, leads)
    for login, role, unit, leads in (
        ("office", "head_office", "Company", True),
        ("finance", "finance", "Company", False),
        ("supervisor", "supervisor", "Company", False),
        ("manager", "store_manager", "South", True),
        ("sales", "guide", "South", False),
        ("other", "store_manager", "North", True),
    )
)
PEOPLE = {"sales_crm": SALES, "store_sales": SHOPS}


@dataclass(frozen=True)
class Prepared:
    """An app with its empty tables and its people in one database; every scenario plays on a copy."""

    app: App
    data: Path
    url: str


Stagings = Callable[[str], Prepared]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def prepared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Stagings:
    on_postgresql = request.param == "postgresql"
    server: PostgresServer | None = request.getfixturevalue("postgres_server") if on_postgresql else None

    @cache
    def prepare(name: str) -> Prepared:
        data = tmp_path_factory.mktemp(name)
        url = server.new_database() if server else "sqlite"
        engine = engine_for(Path(apps.__file__).parent / f"{name}.yaml", data, url, people=PEOPLE[name])
        engine.close()
        return Prepared(engine.app, data, url)

    return prepare


@pytest.fixture
def stage(request: pytest.FixtureRequest, scenario: Scenario, prepared: Stagings, tmp_path: Path) -> Iterator[Stage]:
    ready = prepared(scenario.app)
    copy = shutil.copytree(ready.data, tmp_path / "data")
    server: PostgresServer | None = None if ready.url == "sqlite" else request.getfixturevalue("postgres_server")
    url = server.copy_of(ready.url) if server else ready.url
    engine = Engine(install(ready.app, Database.open(url, data_dir=copy), FileStore(copy), VirtualClock(STARTS_AT)))
    yield Stage(engine)
    engine.close()
    if server:
        server.drop(url)


@pytest.mark.parametrize("scenario", list(scenarios()), ids=str)
def test_a_scenario_plays_as_told(scenario: Scenario, stage: Stage) -> None:
    stage.play(scenario)

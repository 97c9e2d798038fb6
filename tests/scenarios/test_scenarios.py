"""Every scenario of both apps, on the real engine."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
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


Prepared = Mapping[str, tuple[App, Path]]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """By app: the app, and a data directory with its empty tables and its people. Every scenario plays on a copy."""
    made = {}
    for name, people in PEOPLE.items():
        data = tmp_path_factory.mktemp(name)
        engine = engine_for(Path(apps.__file__).parent / f"{name}.yaml", data, people=people)
        engine.close()
        made[name] = engine.app, data
    return made


@pytest.mark.parametrize("scenario", list(scenarios()), ids=str)
def test_a_scenario_plays_as_told(scenario: Scenario, prepared: Prepared, tmp_path: Path) -> None:
    app, data = prepared[scenario.app]
    copy = shutil.copytree(data, tmp_path / "data")
    database = Database.open("sqlite", data_dir=copy)
    engine = Engine(install(app, database, FileStore(copy), VirtualClock(STARTS_AT)))
    try:
        Stage(engine).play(scenario)
    finally:
        engine.close()

"""Every scenario of both apps, on the real engine."""

from __future__ import annotations

from pathlib import Path

import pytest

import apps
from engine.testing import Colleague, engine_for
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


@pytest.mark.parametrize("scenario", list(scenarios()), ids=str)
def test_a_scenario_plays_as_told(scenario: Scenario, tmp_path: Path) -> None:
    app = Path(apps.__file__).parent / f"{scenario.app}.yaml"
    engine = engine_for(app, tmp_path, people=PEOPLE[scenario.app])
    try:
        Stage(engine).play(scenario)
    finally:
        engine.close()

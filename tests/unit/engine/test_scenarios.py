"""The scenarios that an app brings along, played."""

from __future__ import annotations

from pathlib import Path

from engine.scenarios import Played, play_all
from tests.unit.engine.conftest import WORKSHOP

SCENARIOS = """
scenarios:
  a_lead_needs_an_amount:
    given: {deal: {name: 齿轮}}
    do: [{as: sales, move: proving}]
    then: {stage: lead, missing: [fill.amount, fill.reason]}
  a_full_lead_goes_on:
    given: {deal: {name: 齿轮, amount: 2000, reason: 新线, lines: [{item: 齿轮, qty: 2, price: 10}]}}
    do: [{as: sales, move: proving}, {wait: 3d}]
    then: {stage: proving, total: 20, days_in_stage: 3}
  the_engineer_does_not_move_deals:
    given: {deal: {amount: 2000, reason: 新线}}
    do: [{as: tech, move: proving}]
    then: {refused: true, stage: lead}
  this_one_is_wrong:
    given: {deal: {name: 齿轮, amount: 2000}}
    do: [{as: manager, set: {amount: 3000}}]
    then: {amount: 4000}
"""


def played(tmp_path: Path) -> dict[str, Played]:
    app = tmp_path / "workshop.yaml"
    app.write_text(WORKSHOP.read_text(encoding="utf-8") + SCENARIOS, encoding="utf-8")
    return {each.scenario.key: each for each in play_all(app, tmp_path / "engines")}


def test_scenarios_play_as_told_and_a_wrong_one_says_how_it_differs(tmp_path: Path) -> None:
    found = played(tmp_path)
    assert {key: each.faults for key, each in found.items()} == {
        "a_lead_needs_an_amount": (),
        "a_full_lead_goes_on": (),
        "the_engineer_does_not_move_deals": (),
        "this_one_is_wrong": ("amount: ¥3,000.00 ≠ ¥4,000.00",),
    }
    assert [each.passed for each in found.values()] == [True, True, True, False]

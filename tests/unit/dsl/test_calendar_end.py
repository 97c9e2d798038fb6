"""Whoever counts workdays is told in time that the calendar's knowledge ends."""

from __future__ import annotations

from datetime import date

import pytest

from dsl.app import App
from dsl.checks.workdays import calendar_ends, counts_workdays
from dsl.formula.workdays import KNOWN_UNTIL
from dsl.load import load_text

_APP = """app: yard
label: 院子
roles: {{boss: {{label: 主管}}}}
entities:
  job:
    label: 工作
    access: {{everyone: all}}
    fields:
      name: text required
      due: date
      left: {field}
    stages:
      open: {{label: 进行, limit: {limit}}}
      done: {{label: 完成, end: won}}
    moves: [open > done]
"""


def _app(field: str = "integer", limit: str = "3d") -> App:
    checked = load_text(_APP.format(field=field, limit=limit), "yard.yaml")
    assert checked.value is not None, checked.problems
    return checked.value


@pytest.mark.parametrize(
    ("field", "limit", "counts"),
    [
        ("integer", "3d", False),
        ("integer", "3 workdays", True),
        ("integer = workdays(today(), due)", "3d", True),
        ("integer = if(due is empty, 0, 1 + workdays(today(), due))", "3d", True),
        ("date = add_workdays(due, 2)", "3d", True),
    ],
)
def test_a_limit_or_a_formula_in_workdays_depends_on_the_calendar(field: str, limit: str, counts: bool) -> None:
    assert counts_workdays(_app(field, limit)) is counts


def test_the_end_is_told_sixty_days_ahead_and_ever_after() -> None:
    app = _app(limit="3 workdays")
    assert calendar_ends(app, date(KNOWN_UNTIL.year, 11, 2)) == KNOWN_UNTIL
    assert calendar_ends(app, date(KNOWN_UNTIL.year, 11, 1)) is None
    assert calendar_ends(app, date(KNOWN_UNTIL.year + 3, 5, 1)) == KNOWN_UNTIL


def test_who_counts_no_workdays_is_not_troubled() -> None:
    assert calendar_ends(_app(), date(KNOWN_UNTIL.year + 3, 5, 1)) is None

"""Whether an app counts workdays anywhere, and so depends on how far the shipped calendar knows them."""

from __future__ import annotations

from datetime import date, timedelta

from dsl.app import App
from dsl.checks.formulas import all_formulas
from dsl.checks.once import once_for_each_app
from dsl.formula.tree import Call
from dsl.formula.walk import all_nodes
from dsl.formula.workdays import KNOWN_UNTIL

_COUNTING = frozenset({"workdays", "add_workdays", "work_hours"})
NOTICE = timedelta(days=60)
"""How long before its end the calendar's end is told: public holidays are announced about two months ahead."""


@once_for_each_app
def counts_workdays(app: App) -> bool:
    """A formula asks for workdays or working hours, or a stage's limit is written in workdays."""
    return any(
        stage.limit_in_workdays
        for entity in app.entities.values()
        for pipeline in entity.pipelines
        for stage in pipeline.stages
    ) or any(
        isinstance(node, Call) and node.function in _COUNTING
        for formula in all_formulas(app)
        for node in all_nodes(formula.root)
    )


def calendar_ends(app: App, today: date) -> date | None:
    """The last day whose holidays are known, once it is near or gone and the app counts workdays; else None.

    Later days count as workdays from Monday to Friday: nothing stops, but public holidays are not seen.
    """
    return KNOWN_UNTIL if today + NOTICE > KNOWN_UNTIL and counts_workdays(app) else None

"""Analyses over a resolved App, each a small generator of problems."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from dsl.app import App
from dsl.checks.access import entities_nobody_creates, entities_nobody_sees
from dsl.checks.constant import conditions_that_never_change
from dsl.checks.emptiness import approvals_that_are_skipped, gates_that_fail_open
from dsl.checks.leaks import hidden_fields_that_show
from dsl.checks.scores import bands_that_fail
from dsl.checks.stages import gates_beyond_the_mover, stages_without_a_way_in, stages_without_a_way_out
from dsl.checks.tables import rows_that_never_answer
from dsl.checks.unused import fields_without_a_label, lists_nobody_uses
from dsl.problems import Problem

CHECKS: tuple[Callable[[App], Iterable[Problem]], ...] = (
    entities_nobody_sees,
    entities_nobody_creates,
    stages_without_a_way_in,
    stages_without_a_way_out,
    gates_beyond_the_mover,
    gates_that_fail_open,
    approvals_that_are_skipped,
    conditions_that_never_change,
    bands_that_fail,
    rows_that_never_answer,
    hidden_fields_that_show,
    lists_nobody_uses,
    fields_without_a_label,
)


def check_app(app: App) -> list[Problem]:
    """All that the analyses find."""
    return [problem for check in CHECKS for problem in check(app)]

"""Analyses over a resolved App, each a small generator of problems."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from dsl.app import App
from dsl.checks.access import entities_nobody_creates, entities_nobody_sees
from dsl.checks.audience import approvers_who_see_nothing, hidden_fields_that_go_out, people_who_see_nothing
from dsl.checks.chains import rules_that_set_each_other_off
from dsl.checks.conflicts import gates_that_exclude_each_other
from dsl.checks.constant import conditions_that_never_change, rules_that_never_differ, screens_that_never_differ
from dsl.checks.emptiness import approvals_that_are_skipped, gates_that_fail_open
from dsl.checks.floors import floors_above_ceilings
from dsl.checks.leaks import hidden_fields_that_show
from dsl.checks.modules import parts_that_are_switched_off
from dsl.checks.scores import bands_that_fail
from dsl.checks.stages import gates_beyond_the_mover, stages_without_a_way_in, stages_without_a_way_out
from dsl.checks.tables import rows_that_never_answer
from dsl.checks.unread import (
    approvals_nobody_asks_for,
    fields_nobody_sees,
    rights_that_tell,
    titles_that_are_hidden,
    views_nobody_opens,
)
from dsl.checks.unused import documents_nobody_makes, fields_without_a_label, lists_nobody_uses, tables_nobody_asks
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
    rules_that_never_differ,
    screens_that_never_differ,
    rules_that_set_each_other_off,
    approvers_who_see_nothing,
    people_who_see_nothing,
    hidden_fields_that_go_out,
    parts_that_are_switched_off,
    tables_nobody_asks,
    documents_nobody_makes,
    approvals_nobody_asks_for,
    gates_that_exclude_each_other,
    floors_above_ceilings,
    fields_nobody_sees,
    views_nobody_opens,
    titles_that_are_hidden,
    rights_that_tell,
)


def check_app(app: App) -> list[Problem]:
    """All that the analyses find."""
    return [problem for check in CHECKS for problem in check(app)]

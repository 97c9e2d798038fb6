"""Conditions that always come out the same, whatever a record holds."""

from __future__ import annotations

from collections.abc import Iterator

from dsl.app import App
from dsl.checks.demands import conflict, demands_of
from dsl.checks.emptiness import conditions_of, fields_that_may_be_empty, may_be_empty
from dsl.formula.tree import Between, Bounds, Compare, Const, Formula, Logic, Node, Not
from dsl.formula.value_types import DurationType, NumberType
from dsl.graph import Place
from dsl.problems import Problem


def conditions_that_never_change(app: App) -> Iterator[Problem]:
    """A15: a gate's, a move's or a validation's condition that never holds. A20, a warning: one that always does."""
    empties = fields_that_may_be_empty(app)
    for formula in conditions_of(app):
        outcome = _outcome(formula, empties)
        if outcome is False:
            yield Problem("A15", formula.span, _values(formula))
        elif outcome is True:
            yield Problem("A20", formula.span, _values(formula), severity="warning")
    for entity in app.entities.values():
        for score in entity.scores.values():
            for point in score.points:
                if _outcome(point.condition, empties) is not None:
                    yield Problem("A21", point.condition.span, _values(point.condition), severity="warning")


def rules_that_never_differ(app: App) -> Iterator[Problem]:
    """A15 and A20 for the conditions of rules, of steps of approvals and of cadences."""
    empties = fields_that_may_be_empty(app)
    conditions = [rule.condition for entity in app.entities.values() for rule in entity.rules]
    conditions += [step.condition for approval in app.approvals.values() for step in approval.steps]
    conditions += [step.condition for cadence in app.cadences.values() for step in cadence.steps]
    for formula in conditions:
        outcome = None if formula is None else _outcome(formula, empties)
        if formula is not None and outcome is False:
            yield Problem("A15", formula.span, _values(formula))
        elif formula is not None and outcome is True:
            yield Problem("A20", formula.span, _values(formula), severity="warning")


def screens_that_never_differ(app: App) -> Iterator[Problem]:
    """A15 and A20 as warnings: what chooses records for views and files, colours cards, and shows or demands fields."""
    empties = fields_that_may_be_empty(app)
    for formula in _on_screens(app):
        outcome = _outcome(formula, empties)
        if outcome is not None:
            yield Problem("A20" if outcome else "A15", formula.span, _values(formula), severity="warning")


def _on_screens(app: App) -> Iterator[Formula]:
    for entity in app.entities.values():
        conditions: list[object] = [view.condition for view in entity.lists]
        conditions += [board.red for board in entity.boards]
        conditions += [pipeline.condition for pipeline in entity.pipelines]
        conditions += [each for field in entity.fields.values() for each in (field.show, field.required)]
        conditions += [right for row in entity.access.values() for right in (row.see, row.create, row.edit, row.move)]
        yield from (each for each in conditions if isinstance(each, Formula))
    files = [report.condition for report in app.reports.values()]
    files += [export.condition for export in app.exports.values()]
    yield from (condition for condition in files if condition is not None)


def _outcome(formula: Formula, empties: frozenset[Place]) -> bool | None:
    """What the formula always comes out as; None where records differ. Its parts may exclude each other."""
    outcome = _truth(formula.root, empties)
    if outcome is None and conflict(demands_of(formula)) is not None:
        return False
    if outcome is None and conflict(demands_of(formula, holds=False)) is not None:
        return True
    return outcome


def _values(formula: Formula) -> dict[str, object]:
    return {"text": formula.text}


def _truth(node: Node, empties: frozenset[Place]) -> bool | None:
    """True or False where the limits of the operands leave no other outcome, else None."""
    match node:
        case Const():
            return node.value if isinstance(node.value, bool) else None
        case Not():
            inner = _truth(node.arg, empties)
            return None if inner is None else not inner
        case Logic():
            return _logic(node, [_truth(part, empties) for part in node.parts])
        case Compare():
            if not isinstance(node.left.type, NumberType | DurationType):
                return None
            certain = not (may_be_empty(node.left, empties) or may_be_empty(node.right, empties))
            return _compare(node, certain=certain)
        case Between():
            below = _less(node.arg, node.low)
            above = _less(node.high, node.arg)
            crossed = _less(node.high, node.low)
            return False if below is True or above is True or crossed is True else None
        case _:
            return None


def _logic(node: Logic, parts: list[bool | None]) -> bool | None:
    decisive = node.op == "or"
    if decisive in parts:
        return decisive
    return None if None in parts else not decisive


def _compare(node: Compare, *, certain: bool) -> bool | None:
    """An empty operand makes an ordering false, so that only `certain` ones can always hold."""
    left, right = node.left, node.right
    outcome: bool | None
    match node.op:
        case "<":
            outcome = _less(left, right)
        case ">":
            outcome = _less(right, left)
        case "<=":
            outcome = _opposite(_less(right, left))
        case ">=":
            outcome = _opposite(_less(left, right))
        case _:
            apart = _less(left, right) is True or _less(right, left) is True
            outcome = None if not apart or not certain else node.op == "!="
    return outcome if certain or outcome is False else None


def _opposite(outcome: bool | None) -> bool | None:
    return None if outcome is None else not outcome


def _less(left: Node, right: Node) -> bool | None:
    """left < right, by their bounds in one scale."""
    a, b = _scaled(left), _scaled(right)
    if a.high is not None and b.low is not None and a.high < b.low:
        return True
    if a.low is not None and b.high is not None and a.low >= b.high:
        return False
    return None


def _scaled(node: Node) -> Bounds:
    """The bounds in units of 10**-6, which every scale of the language fits."""
    scale = node.type.scale if isinstance(node.type, NumberType) else 0
    factor = 10 ** (6 - scale)
    low, high = node.bounds.low, node.bounds.high
    return Bounds(None if low is None else low * factor, None if high is None else high * factor)

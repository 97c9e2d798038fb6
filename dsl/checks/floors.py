"""Floors above ceilings: limits of a field, of a clamp in a formula, and of a computed value."""

from __future__ import annotations

from collections.abc import Iterator

from dsl.app import App, Field
from dsl.catalog_entry import in_both
from dsl.checks.demands import ends_of
from dsl.checks.formulas import all_formulas
from dsl.formula.said import said_by_type
from dsl.formula.tree import Call, Const, Formula, Node
from dsl.formula.value_types import DateType, DurationType, NumberType
from dsl.formula.walk import all_nodes
from dsl.problems import Problem


def floors_above_ceilings(app: App) -> Iterator[Problem]:
    """A32: min of a field above its max. A33: a min(…) or max(…) whose one argument always decides, such as a floor
    that stands above the ceiling."""
    for entity in app.entities.values():
        yield from (_limits(app, field) for field in entity.fields.values() if _is_upside_down(field))
    for formula in all_formulas(app):
        for node in all_nodes(formula.root):
            if isinstance(node, Call) and node.function in ("min", "max"):
                yield from _clamp(app, formula, node)


def _is_upside_down(field: Field) -> bool:
    return field.minimum is not None and field.maximum is not None and field.minimum > field.maximum


def _limits(app: App, field: Field) -> Problem:
    shown = {name: said_by_type(app, field.value_type, value, "en") for name, value in _ends(field)}
    return Problem("A32", field.span, {"field": field.label, **shown})


def _ends(field: Field) -> Iterator[tuple[str, int | None]]:
    yield "low", field.minimum
    yield "high", field.maximum


def _clamp(app: App, formula: Formula, node: Call) -> Iterator[Problem]:
    """An argument that is never the answer: another one is always less (min) or greater (max)."""
    for arg in node.args:
        if not isinstance(arg.type, NumberType | DurationType | DateType):
            continue
        low, high = ends_of(arg)
        for other in node.args:
            other_low, other_high = ends_of(other)
            end, its = (low, other_high) if node.function == "min" else (other_low, high)
            if other is not arg and end is not None and its is not None and end > its:
                first, second = (its, end) if node.function == "min" else (end, its)
                yield _decided(app, formula, node, arg, other, first, second)
                return


def _decided(app: App, formula: Formula, node: Call, arg: Node, other: Node, wins: int, loses: int) -> Problem:
    text = formula.text if formula.span.line != node.span.line else _written(formula, node)
    is_floor = node.function == "max"
    values = {
        "text": text,
        "arg": _written(formula, arg),
        "other": _written(formula, other),
        "wins": _number(app, other, wins),
        "loses": _number(app, arg, loses),
        "side": in_both("至少", "at least") if is_floor else in_both("至多", "at most"),
        "far": in_both("至多", "at most") if is_floor else in_both("至少", "at least"),
    }
    return Problem("A33", node.span, values, severity="warning")


def _written(formula: Formula, node: Node) -> str:
    """The part as it is written, where it stands on the formula's own line."""
    start = node.span.column - formula.span.column
    if node.span.line == node.span.end_line == formula.span.line and start >= 0:
        return formula.text[start : start + node.span.end_column - node.span.column] or formula.text
    return formula.text


def _number(app: App, node: Node, units: int) -> str:
    """The end of a part as people read it; units as `ends_of` gives them."""
    if isinstance(node, Const) and not isinstance(node.value, int):
        return str(node.value)
    if isinstance(node.type, NumberType | DurationType):
        scale = node.type.scale if isinstance(node.type, NumberType) else 0
        return said_by_type(app, node.type, units // 10 ** (6 - scale), "en")
    return str(units)

"""A case that shows a fault: which value is missing, and what the others then are."""

from __future__ import annotations

from datetime import date

from dsl.app import App, Text
from dsl.catalog_entry import in_both
from dsl.checks.demands import FINEST, Demand, conflict, demands_of_part
from dsl.formula.said import field_of, said, word
from dsl.formula.tree import Formula, Logic, Node, Not
from dsl.formula.unparse import unparse
from dsl.formula.value_types import DateType, DurationType, NumberType
from dsl.formula.walk import all_nodes


def witness(app: App, formula: Formula, operand: Node) -> Text:
    """Such as "毛利率 = 空，金额 = ¥100.01": the operand is empty, and the rest is such that it alone decides."""
    beside = _beside(formula.root, operand)
    if conflict(beside) is not None:
        beside = []
    lines = []
    for language in ("zh", "en"):
        parts = [f"{_name(app, operand, language)} = {word('empty', language)}"]
        for key in dict.fromkeys(demand.key for demand in beside):
            shown = _example(app, [demand for demand in beside if demand.key == key], language)
            if shown and key != unparse(operand):
                parts.append(shown)
        lines.append(("，" if language == "zh" else ", ").join(parts))
    return in_both(*lines)


def _beside(node: Node, operand: Node) -> list[Demand]:
    """What must be so of the other parts for the comparison with the operand to decide."""
    if isinstance(node, Not):
        return _beside(node.arg, operand)
    if not isinstance(node, Logic):
        return []
    found: list[Demand] = []
    for part in node.parts:
        if any(each is operand for each in all_nodes(part)):
            found += _beside(part, operand)
        else:
            found += demands_of_part(part, holds=node.op == "and")
    return found


def _example(app: App, demands: list[Demand], language: str) -> str:
    """One value that meets them, with its name; "" where none comes to mind."""
    node = demands[0].node
    if node is None:
        return ""
    if not all(demand.may_be_filled for demand in demands):
        return f"{_name(app, node, language)} = {word('empty', language)}"
    value = _value(node, demands)
    return "" if value is None else f"{_name(app, node, language)} = {said(app, node, value, language)}"


def _value(node: Node, demands: list[Demand]) -> object:
    options = [demand.options for demand in demands if demand.options is not None]
    if options:
        return min(frozenset.intersection(*options), key=str, default=None)
    low = max((d.low for d in demands if d.low is not None), default=None)
    high = min((d.high for d in demands if d.high is not None), default=None)
    units = low if low is not None else high
    if units is None:
        return None
    if isinstance(node.type, DateType):
        return date.fromordinal(max(1, min(units, date.max.toordinal())))
    if isinstance(node.type, NumberType | DurationType):
        scale = node.type.scale if isinstance(node.type, NumberType) else 0
        return units // 10 ** (FINEST - scale)
    return None


def _name(app: App, node: Node, language: str) -> str:
    field = field_of(app, node)
    return field.label.say(language) if field is not None else unparse(node)

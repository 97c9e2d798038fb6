"""Python source of aggregates: one loop over the rows each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl.formula.bounds import OVERFLOW
from dsl.formula.code_source import Source, empty_of, scale_of, scaled
from dsl.formula.operators import DIVISION_SCALE
from dsl.formula.tree import Aggregate, Node
from dsl.formula.value_types import DurationType

if TYPE_CHECKING:
    from dsl.formula.code_parts import Expressions


def aggregate_source(node: Aggregate, source: Source, inner: Expressions) -> str:
    """Writes the aggregate as a function of (rows, this, env) and gives its name."""
    name = source.name("over_rows")
    lines = [f"def {name}(rows, this, env):", *_BEGIN[node.function], "    for row in rows:"]
    if node.where is not None:
        lines.append(f"        if not {inner.value(node.where)}: continue")
    if node.function in ("latest", "first"):
        lines += _ordered(node)
    else:
        if node.value is not None:
            tests, expression = inner.pure(node.value)
            if tests:
                lines.append(f"        if {' or '.join(tests)}: continue")
            lines.append(f"        value = {expression}")
        if node.function == "join":
            lines.append("        if value == '': continue")
        lines += [f"        {step}" for step in _STEP[node.function]]
    lines += _end(node, inner)
    source.functions.append("\n".join(lines) + "\n")
    return name


_BEGIN: dict[str, tuple[str, ...]] = {
    "count": ("    total = 0",),
    "exists": (),
    "sum": ("    total = 0",),
    "avg": ("    total = count = 0",),
    "min": ("    best = None",),
    "max": ("    best = None",),
    "latest": ("    best = found = None",),
    "first": ("    best = found = None",),
    "join": ("    texts = []",),
}
_STEP: dict[str, tuple[str, ...]] = {
    "count": ("total += 1",),
    "exists": ("return True",),
    "sum": ("total += value",),
    "avg": ("total += value", "count += 1"),
    "min": ("if best is None or value < best: best = value",),
    "max": ("if best is None or value > best: best = value",),
    "join": ("texts.append((row['id'], value))",),
}


def _ordered(node: Aggregate) -> list[str]:
    """latest and first: the row with the greatest or least (order, id); rows without the order value do not count."""
    sign = ">" if node.function == "latest" else "<"
    lines = []
    key = "row['id']"
    if node.order is not None:
        lines.append(f"        if (moment := row[{node.order!r}]) is None: continue")
        key = "(moment, row['id'])"
    lines.append(f"        place = {key}")
    lines.append(f"        if best is None or place {sign} best: best, found = place, row")
    return lines


def _end(node: Aggregate, inner: Expressions) -> list[str]:
    """The lines after the loop."""
    match node.function:
        case "sum" if node.nullable:
            return [f"    return total if -{OVERFLOW} < total < {OVERFLOW} else None"]
        case "count" | "sum":
            return ["    return total"]
        case "exists":
            return ["    return False"]
        case "avg":
            digits = 0 if isinstance(node.type, DurationType) or node.value is None else _avg_digits(node.value)
            total = scaled("total", max(0, digits))
            count = scaled("count", max(0, -digits))
            return [f"    return divide_half_away({total}, {count}) if count else None"]
        case "latest" | "first":
            if node.value is None:
                return ["    return None"]
            value = inner.value(node.value)
            return [f"    if (row := found) is None: return {empty_of(node.type)}", f"    return {value}"]
        case "join":
            return ["    texts.sort()", f"    return {node.separator!r}.join(text for _id, text in texts)"]
        case _:
            return ["    return best"]


def _avg_digits(value: Node) -> int:
    return DIVISION_SCALE - scale_of(value.type)

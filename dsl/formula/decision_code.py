"""Python source of decision tables: the first row that fits wins."""

from __future__ import annotations

from dsl.formula.code_source import Source, empty_of, scale_of
from dsl.formula.tree import Bounds, TableLookup
from dsl.formula.value_types import ValueType


def decision_source(node: TableLookup, source: Source) -> str:
    """Writes the table as a function of its arguments and gives its name.

    Cells are compared at the greater scale of cell and argument, so that nothing is rounded.
    """
    table = source.app.tables[node.table]
    name = source.name("table")
    names = [f"a{index}" for index in range(len(node.args))]
    lines = [f"def {name}({', '.join(names)}):"]
    for arg, (_column, kind), argument in zip(names, table.columns, node.args, strict=True):
        more = scale_of(kind) - scale_of(argument.type)
        if more > 0:
            lines.append(f"    if {arg} is not None: {arg} *= {10**more}")
    for cells, result in table.rows:
        tests = []
        for arg, cell, (_column, kind), argument in zip(names, cells, table.columns, node.args, strict=True):
            factor = 10 ** max(0, scale_of(argument.type) - scale_of(kind))
            tests += [_test(arg, cell, kind, factor, source)] if cell is not None else []
        lines.append(f"    if {' and '.join(tests) or 'True'}: return {_literal(result, 1, source)}")
    lines.append(f"    return {empty_of(node.type)}")
    source.functions.append("\n".join(lines) + "\n")
    return name


def _test(arg: str, cell: object, _kind: ValueType, factor: int, source: Source) -> str:
    match cell:
        case Bounds(low=low, high=high):
            low_part = "" if low is None else f"{low * factor} <= "
            high_part = "" if high is None else f" <= {high * factor}"
            return (
                f"({arg} is not None and {low_part}{arg}{high_part})" if low_part or high_part else f"{arg} is not None"
            )
        case tuple():
            return f"{arg} in ({', '.join(_literal(value, factor, source) for value in cell)},)"
        case _:
            return f"{arg} == {_literal(cell, factor, source)}"


def _literal(value: object, factor: int, source: Source) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return f"({value * factor})"
    return repr(value) if isinstance(value, str | bool | None) else source.constant(value)

"""Live fields as layers of SELECTs: each layer reads the one below as plain columns.

So no formula is written into another: SQLite's parser gives up near 100 nested brackets, and a score's band would hold
its score three times over. Both databases fold such layers into one again and work a formula out wherever its field is
read; a fence between the layers has every formula worked out once for each row.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from dsl.app import App, Entity, Field
from dsl.formula.tree import Aggregate, Formula, Logic, Node, Path, StageFact
from dsl.formula.value_types import ValueType
from dsl.formula.walk import all_nodes
from engine.store.given import formula_of

Value = Callable[[Node, ValueType, sa.FromClause], sa.ColumnElement[Any]]
"""(formula, type of its field, rows) → the value over the rows."""


def layered(
    app: App, entity: str, rows: sa.Select[Any], fields: Collection[str], value: Value, *, is_fenced: bool = False
) -> sa.Select[Any]:
    """`rows` with the live fields as further columns, in the order asked for.

    is_fenced: each formula is worked out once for every one of `rows`, and no condition from outside reaches below: for
    live fields that are compared, or for few rows. Without: only for the rows that are read, once for each use.
    """
    known = app.entity(entity)
    stored = [str(column.key) for column in rows.selected_columns]
    for layer in _layers(known, fields):
        below = rows.subquery()
        added = [value(formula.root, known.fields[key].value_type, below).label(key) for key, formula in layer]
        rows = _fenced(sa.select(*below.c, *added)) if is_fenced else sa.select(*below.c, *added)
    whole = rows.subquery()
    wanted = sa.select(*(whole.c[key] for key in (*stored, *fields)))
    return _fenced(wanted) if is_fenced else wanted


def _fenced(layer: sa.Select[Any]) -> sa.Select[Any]:
    """Neither database folds a select with OFFSET into one around it that filters, joins, groups or has one too."""
    return layer.offset(0)


def _layers(entity: Entity, fields: Collection[str]) -> Iterator[list[tuple[str, Formula]]]:
    """The live fields asked for and those they read, lowest first."""
    waiting = dict(_needed(entity, fields))
    while waiting:
        layer = [(key, f) for key, f in waiting.items() if not waiting.keys() & (own_reads(f) - {key})]
        if not layer:
            raise ValueError(f"live fields of {entity.key} read one another: {sorted(waiting)}")
        yield layer
        for key, _formula in layer:
            del waiting[key]


def _needed(entity: Entity, fields: Collection[str]) -> Iterator[tuple[str, Formula]]:
    seen: set[str] = set()
    queue = list(fields)
    while queue:
        key = queue.pop(0)
        formula = live_formula(entity, entity.fields[key])
        if formula is None or key in seen:
            continue
        seen.add(key)
        yield key, formula
        queue += sorted(own_reads(formula) & entity.fields.keys())


def live_formula(entity: Entity, field: Field) -> Formula | None:
    return formula_of(entity, field) if field.is_live else None


def own_reads(formula: Formula) -> set[str]:
    """The fields of its own record that a formula reads."""
    return {read.field for read in formula.reads if not read.via}


def names_read(app: App, entity: str, live: Collection[str], *conditions: Formula) -> frozenset[str]:
    """Every name that stands in the live fields or the conditions, of this entity or of any other."""
    formulas = [*conditions, *(formula for _key, formula in _needed(app.entity(entity), live))]
    return frozenset(name for formula in formulas for node in all_nodes(formula.root) for name in _names(node))


def _names(node: Node) -> Iterator[str]:
    match node:
        case Path(hops=hops, field=field):
            yield field
        case StageFact(hops=hops):
            yield from ("pipeline", "stage")
        case Aggregate(hops=hops, link=link):
            yield link
        case _:
            return
    yield from (hop.field for hop in hops)


def live_fields_read(app: App, entity: str, *nodes: Node | None) -> tuple[str, ...]:
    """The live fields that the nodes read from the innermost row, which is of `entity`; sorted."""
    if entity not in app.entities:
        return ()
    fields = app.entity(entity).fields
    paths = (part for node in nodes if node is not None for part in all_nodes(node) if isinstance(part, Path))
    keys = {path.hops[0].field if path.hops else path.field for path in paths if path.entity == entity or path.hops}
    return tuple(sorted(key for key in keys if key in fields and fields[key].is_live))


def conjuncts(condition: Formula) -> tuple[Formula, ...]:
    """The conditions that `and` joins at the top of a condition: each may be asked where its fields are known."""
    if isinstance(condition.root, Logic) and condition.root.op == "and":
        return tuple(part for root in condition.root.parts for part in conjuncts(replace(condition, root=root)))
    return (condition,)

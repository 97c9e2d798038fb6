"""What a formula reads beyond its own row: references, people, child rows, sets, stages, decision tables."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import reduce
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast

import sqlalchemy as sa

from dsl.formula.scope import ID, PERSON_ENTITY
from dsl.formula.tree import Aggregate, Bounds, Compare, Const, Entered, Hop, Node, Path, StageFact, TableLookup
from dsl.formula.value_types import (
    INTEGER,
    PERSON,
    TIME,
    YESNO,
    FileType,
    NumberType,
    SetType,
    TextType,
    ValueType,
)
from dsl.source import NOWHERE
from engine.store.given import formula_of
from engine.store.layers import layered, live_fields_read
from engine.store.sql_numbers import CHEAP, PLAIN, Term, sum_in_halves
from engine.store.sql_scope import Row
from engine.store.sql_types import (
    Operator,
    Sql,
    SqlUnsupported,
    is_quantity,
    literal,
    never_null,
    nothing,
    raw_type,
    scale_of,
    sql_call,
)
from engine.store.system_tables import stage_visit

if TYPE_CHECKING:
    from engine.store.sql_formula import Writer

Condition: TypeAlias = sa.ColumnElement[bool]

MANY_ROWS = 2**20
"""Child rows of one record that a plain SQLite sum is proven for."""


def path(writer: Writer, node: Path) -> Sql:
    """The field at the end of the path; empty if a reference on the way is."""
    if isinstance(node.type, SetType) or (isinstance(node.type, FileType) and node.type.many):
        raise SqlUnsupported(f"{node.field} as a value", node.span)
    if node.start in ("me", "submitter"):
        who = sa.bindparam(node.start, type_=sa.BigInteger())
        return _follow(writer, who, (Hop("", PERSON_ENTITY), *node.hops), node)
    row = writer.scope.start(node.start)
    if not node.hops:
        return field_of(writer, row, node.field, node.type)
    if len(node.hops) == 1 and node.field == ID:  # the reference is the id: an index finds it
        return sa.type_coerce(field_of(writer, row, node.hops[0].field, PERSON), raw_type(node.type, writer.dialect))
    return _follow(writer, field_of(writer, row, node.hops[0].field, PERSON), node.hops, node)


def field_of(writer: Writer, row: Row, field: str, value_type: ValueType) -> Sql:
    """A field of a row: its column, or the formula of a live field written in place."""
    column = writer.scope.column(row, field, value_type)
    if column is not None:
        return column
    entity = writer.scope.app.entity(row.entity)
    formula = formula_of(entity, entity.fields[field])
    if formula is None:
        raise ValueError(f"{row.entity}.{field} has neither column nor formula")
    return writer.inside(writer.scope.over(row.entity, row.source)).at(formula.root, value_type)


def _follow(writer: Writer, first: Sql, hops: Sequence[Hop], node: Path) -> Sql:
    """A correlated scalar subquery from the reference `first` along the hops to the field."""
    rows = [writer.scope.open(hop.entity) for hop in hops[:-1]]
    rows.append(
        _open(writer, hops[-1].entity, live_fields_read(writer.scope.app, hops[-1].entity, replace(node, hops=())))
    )
    source: sa.FromClause = rows[0].source
    for before, row, hop in zip(rows, rows[1:], hops[1:], strict=False):
        source = source.join(row.source, row.id == field_of(writer, before, hop.field, PERSON))
    value = field_of(writer, rows[-1], node.field, node.type)
    found = _scalar(sa.select(value).select_from(source).where(rows[0].id == first), rows, value)
    return _filled(found, node.type, writer)


def _open(writer: Writer, entity: str, live: Collection[str]) -> Row:
    """Fresh rows of an entity, with the live fields that are read as columns of their own."""
    scope = writer.scope
    if not live:
        return scope.open(entity)

    def value(root: Node, kind: ValueType, below: sa.FromClause) -> Sql:
        return writer.inside(scope.over(entity, below)).at(root, kind)

    table = scope.tables.entity(entity).table.alias()
    return Row(entity, layered(scope.app, entity, sa.select(*table.c), live, value).subquery())


def _scalar(select: sa.Select[tuple[Any]], rows: Sequence[Row], value: Sql) -> Sql:
    """A scalar subquery that belongs to the rows around it: only its own tables stand in its FROM."""
    return sa.type_coerce(select.correlate_except(*(row.source for row in rows)).scalar_subquery(), value.type)


def _filled(found: Sql, value_type: ValueType, writer: Writer) -> Sql:
    """No row is an empty value, which for text and yes/no is not NULL."""
    if not never_null(value_type):
        return found
    return sa.func.coalesce(found, nothing(value_type, writer.dialect), type_=found.type)


def record_id(writer: Writer, start: Literal["row", "this", "me", "submitter"], hops: Sequence[Hop]) -> Sql:
    """The id of the record that a start and hops lead to."""
    if not hops:
        return writer.scope.start(start).id
    reference = Path(
        start=start,
        hops=tuple(hops[:-1]),
        entity=hops[-2].entity if len(hops) > 1 else "",
        field=hops[-1].field,
        type=PERSON,
        nullable=True,
        span=NOWHERE,
    )
    return path(writer, reference)


# --- child rows ------------------------------------------------------------------------------------------------------


def aggregate(writer: Writer, node: Aggregate) -> Sql:
    """count exists sum avg min max latest first join over the child rows that are not removed."""
    scope = writer.scope
    child = _open(writer, node.entity, live_fields_read(scope.app, node.entity, node.value, node.where))
    inner = writer.inside(scope.within(child))
    parent = record_id(writer, node.start, node.hops)
    chosen = [field_of(writer, child, node.link, PERSON) == parent, *scope.is_alive(child)]
    if node.where is not None:
        chosen.append(inner.condition(node.where))
    if node.function == "exists":
        return sa.exists(sa.select(child.id).where(*chosen).correlate_except(child.source))
    if node.value is None:
        return _count(sa.func.count(), chosen, child, writer)
    match node.function:
        case "count":
            return _count(sa.func.count(_counted(inner, node.value)), chosen, child, writer)
        case "sum":
            return _sum(inner, node.value, node.type, chosen, child)
        case "avg":
            total = inner.term(node.value)
            many = total.reach * MANY_ROWS
            summed = Term(_total(inner, total, chosen, child), total.scale, -many, many)
            counted = _count(sa.func.count(total.sql), chosen, child, writer)
            scale = node.type.scale if isinstance(node.type, NumberType) else 0
            return writer.numbers.divide(summed, Term(counted, 0, 0, MANY_ROWS), scale).sql
        case "min" | "max":
            value = inner.at(node.value, node.type)
            is_wide = writer.dialect == "sqlite" and is_quantity(node.type) and inner.term(node.value).is_wide
            picked = sql_call(f"x_{node.function}" if is_wide else node.function, value, gives=value.type)
            return _filled(_scalar(sa.select(picked).where(*chosen), [child], value), node.type, writer)
        case "latest" | "first":
            return _one_of(inner, node, node.value, chosen, child)
        case "join":
            return _joined(inner, node.value, node.separator, chosen, child)
        case _:
            raise SqlUnsupported(node.function, node.span)


def _counted(inner: Writer, value: Node) -> Sql:
    """Counted values are those that are not empty."""
    written = inner.write(value)
    return sa.func.nullif(written, "") if isinstance(value.type, TextType) else written


def _count(counted: Sql, chosen: Sequence[Condition], child: Row, writer: Writer) -> Sql:
    counting = sa.select(counted).select_from(child.source).where(*chosen)
    found = sa.type_coerce(counting.correlate_except(child.source).scalar_subquery(), sa.BigInteger())
    return sa.cast(found, raw_type(INTEGER, "postgresql")) if writer.dialect == "postgresql" else found


def _sum(inner: Writer, value: Node, gives: ValueType, chosen: Sequence[Condition], child: Row) -> Sql:
    """The exact sum; 0 of nothing; empty beyond the limit of numbers."""
    term = inner.term(value)
    total = _total(inner, term, chosen, child)
    many = term.reach * MANY_ROWS
    scale = gives.scale if isinstance(gives, NumberType) else 0
    return inner.numbers.to_scale(Term(total, term.scale, -many, many), scale).sql


def _total(inner: Writer, term: Term, chosen: Sequence[Condition], child: Row) -> Sql:
    value = term.sql
    if inner.dialect == "postgresql" or term.reach * MANY_ROWS < PLAIN:
        summed: Sql = sa.func.sum(value, type_=value.type)
    elif not term.is_wide and term.size <= CHEAP:
        summed = sum_in_halves(value)
    else:
        summed = sa.func.x_sum(value, type_=value.type)
    return _scalar(sa.select(sql_call("coalesce", summed, 0, gives=value.type)).where(*chosen), [child], value)


def _one_of(inner: Writer, node: Aggregate, taken: Node, chosen: Sequence[Condition], child: Row) -> Sql:
    """latest: of the row that is last by `order` (rows without it left out), then by id; first: of the first."""
    value = inner.at(taken, node.type)
    order = inner.scope.column(child, node.order, TIME) if node.order else None
    keys = [child.id] if order is None else [order, child.id]
    chosen = [*chosen, order.is_not(None)] if order is not None else chosen
    is_latest = node.function == "latest"
    ordered = [key.desc() if is_latest else key.asc() for key in keys]
    found = _scalar(sa.select(value).where(*chosen).order_by(*ordered).limit(1), [child], value)
    return _filled(found, node.type, inner)


def _joined(inner: Writer, value: Node, separator: str, chosen: Sequence[Condition], child: Row) -> Sql:
    """The texts that are not empty, in order of id, with the separator between."""
    text = sa.func.nullif(inner.as_text(value), "", type_=sa.Text())
    name = "string_agg" if inner.dialect == "postgresql" else "group_concat"
    listed = getattr(sa.func, name)(text, sa.literal(separator, sa.Text())).aggregate_order_by(child.id)
    found = _scalar(sa.select(listed).where(*chosen), [child], sa.literal("", sa.Text()))
    return sa.func.coalesce(found, "", type_=sa.Text())


# --- sets ------------------------------------------------------------------------------------------------------------


def has_members(writer: Writer, node: Node) -> Condition:
    """The set (tags, choices, files) has at least one member."""
    link, found = _members(writer, node)
    return sa.exists(found.correlate_except(link))


def holds(writer: Writer, node: Node, option: Node) -> Condition:
    """The option is in the set; an empty option is in none."""
    link, found = _members(writer, node)
    return sa.exists(found.where(link.c.value == writer.write(option)).correlate_except(link))


def _members(writer: Writer, node: Node) -> tuple[sa.FromClause, sa.Select[tuple[int]]]:
    """The link table of a set field and the select of the record's rows in it."""
    if not isinstance(node, Path) or node.start in ("me", "submitter"):
        raise SqlUnsupported("a computed set", node.span)
    link = writer.scope.link(node.entity, node.field)
    found = sa.select(link.c.record_id).where(link.c.record_id == record_id(writer, node.start, node.hops))
    return link, found


# --- stages and decision tables --------------------------------------------------------------------------------------


def stage_fact(writer: Writer, node: StageFact) -> Sql:
    """limit_days or chance of the record's stage, as a CASE over the stages (and pipelines, where they differ)."""
    pipelines = writer.scope.app.entity(node.entity).pipelines
    stage = _at(writer, node, "stage")
    facts: list[tuple[sa.ColumnElement[bool], Sql]] = []
    for index, pipeline in enumerate(pipelines):
        for each in pipeline.stages:
            value = each.chance if node.fact == "chance" else each.limit
            if value is None:
                continue
            known = stage == sa.literal(each.key, sa.Text())
            if len(pipelines) > 1:
                known = sa.and_(known, _in_pipeline(writer, node, index))
            facts.append((known, _fact(writer, node, value)))
    empty = literal(None, node.type, writer.dialect)
    return sa.case(*facts, else_=empty) if facts else empty


def _fact(writer: Writer, node: StageFact, value: int) -> Sql:
    numbers = writer.numbers
    if node.fact == "chance":
        return numbers.to_scale(numbers.constant(value, 4), scale_of(node)).sql
    return numbers.constant(value * 10 ** scale_of(node) // 86_400, scale_of(node)).sql


def _in_pipeline(writer: Writer, node: StageFact, index: int) -> sa.ColumnElement[bool]:
    """The record is in that pipeline; an unknown key counts as the first one."""
    keys = [pipeline.key for pipeline in writer.scope.app.entity(node.entity).pipelines]
    key = _at(writer, node, "pipeline")
    return key == sa.literal(keys[index], sa.Text()) if index else key.not_in(keys[1:])


def _at(writer: Writer, node: StageFact, field: str) -> Sql:
    read = Path(
        start=node.start,
        hops=node.hops,
        entity=node.entity,
        field=field,
        type=TextType(),
        nullable=True,
        span=node.span,
    )
    return path(writer, read)


def entered(writer: Writer, node: Entered) -> Sql:
    """The instant of the last visit of that stage."""
    visit = stage_visit.alias()
    found = sa.select(sa.func.max(sa.type_coerce(visit.c.entered_at, raw_type(TIME, writer.dialect)))).where(
        visit.c.entity == node.entity,
        visit.c.record_id == writer.scope.start(node.start).id,
        visit.c.stage == node.stage,
    )
    return sa.type_coerce(found.correlate_except(visit).scalar_subquery(), raw_type(TIME, writer.dialect))


def table_lookup(writer: Writer, node: TableLookup) -> Sql:
    """The first row that fits, as a CASE. Every row asks for the arguments again, so that long ones get a name."""
    return cast("Sql", writer.once(node.args, lambda inner: _first_row(inner, node)))


def _first_row(writer: Writer, node: TableLookup) -> Sql:
    table = writer.scope.app.tables[node.table]
    cases: list[tuple[sa.ColumnElement[bool], Sql]] = []
    empty = nothing(table.gives, writer.dialect)
    for cells, result in table.rows:
        tests = [
            _fits(writer, arg, cell, kind)
            for arg, cell, (_name, kind) in zip(node.args, cells, table.columns, strict=True)
            if cell is not None
        ]
        given = literal(result, table.gives, writer.dialect)
        if not tests:
            return sa.case(*cases, else_=given) if cases else given
        cases.append((reduce(sa.and_, tests), given))
    return sa.case(*cases, else_=empty) if cases else empty


def _fits(writer: Writer, arg: Node, cell: object, kind: ValueType) -> sa.ColumnElement[bool]:
    """The argument fits one cell: a value, one of several, or low..high."""
    if isinstance(cell, Bounds):
        ends: list[tuple[Operator, int | None]] = [(">=", cell.low), ("<=", cell.high)]
        return sa.and_(sa.true(), *(_holds(writer, arg, op, end, kind) for op, end in ends if end is not None))
    if isinstance(cell, tuple):
        return sa.or_(sa.false(), *(_holds(writer, arg, "=", each, kind) for each in cell))
    return _holds(writer, arg, "=", cell, kind)


def _holds(writer: Writer, arg: Node, op: Operator, value: object, kind: ValueType) -> sa.ColumnElement[bool]:
    const = Const(value=value, type=kind, nullable=False, span=arg.span)
    compare = Compare(op=op, left=arg, right=const, type=YESNO, nullable=False, span=arg.span)
    return writer.compare(compare, exact=False)

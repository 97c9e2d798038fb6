"""Preview: what a form would compute, show and demand, in Python over the values on the screen. Writes nothing.

Stored and live fields alike are computed here, each after those it reads, from the same formulas as in the database.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dsl.app import Entity, Field
from dsl.formula.tree import Formula
from dsl.formula.value_types import RowsType
from engine.answers import Preview
from engine.commands import Children, ChildRow, Values
from engine.errors import NotThere
from engine.flow.case import Case, FormulaBroken
from engine.flow.validations import is_required, is_shown
from engine.reading.desk import Desk
from engine.store.columns import empty_value
from engine.store.given import formula_of
from engine.store.related import all_reads

Draft = dict[str, Any]


def preview(desk: Desk, entity: Entity, values: Values, children: Children, record_id: int | None) -> Preview:
    """Raises NotThere for a record out of sight. Fields that the actor may not read are left out of the answer."""
    row = _drafted(desk, entity, record_id, values)
    tables = {key: _rows_of(desk, entity, key, row, given) for key, given in children.items() if _is_table(entity, key)}
    computed_rows = {
        key: [_computed(desk, desk.app.entity(entity.fields[key].target), each, {}) for each in rows]
        for key, rows in tables.items()
    }
    overlay = {key: [each | new for each, new in zip(tables[key], computed_rows[key], strict=True)] for key in tables}
    computed = _computed(desk, entity, row, overlay)
    case = _form_case(desk, entity, row | computed, overlay)
    hidden = desk.hidden(entity) | desk.masked(entity)
    shown = {field.key: _holds_or(is_shown, field, case, otherwise=True) for field in _decided(entity, "show")}
    required = {field.key: _holds_or(is_required, field, case, otherwise=False) for field in _decided(entity, "required")}
    return Preview(
        values={key: value for key, value in computed.items() if key not in hidden},
        shown={key: state for key, state in shown.items() if key not in hidden},
        required={key: state for key, state in required.items() if key not in hidden},
        children={key: tuple(rows[-len(children[key]) :]) for key, rows in computed_rows.items() if key not in hidden},
    )


def _is_table(entity: Entity, key: str) -> bool:
    return key in entity.fields and isinstance(entity.fields[key].value_type, RowsType)


def _drafted(desk: Desk, entity: Entity, record_id: int | None, values: Values) -> Draft:
    """The record as it is (or an empty one) with the form's values over it."""
    row: Draft = {field.key: empty_value(field.value_type) for field in entity.fields.values()}
    row |= {"id": 0, "stage": entity.pipelines[0].first.key if entity.has_stages else None, "stage_since": desk.env.now}
    if record_id is not None:
        found = desk.raw(entity, record_id)
        if found is None:
            raise NotThere(f"{entity.key} {record_id}")
        row |= found
    elif entity.owner_field and not values.get(entity.owner_field):
        row[entity.owner_field] = desk.actor.id
    writable = {key: value for key, value in values.items() if key in entity.fields and not entity.fields[key].is_computed}
    return row | {key: empty_value(entity.fields[key].value_type) if v is None else v for key, v in writable.items()}


def _rows_of(desk: Desk, entity: Entity, key: str, row: Draft, given: Sequence[ChildRow]) -> list[Draft]:
    """All rows of a table as they would be saved: those kept as they are first, then the form's in its order."""
    child = desk.app.entity(entity.fields[key].target)
    saved: dict[int, Draft] = {}
    if row["id"]:
        rows = desk.installed.records.children(desk.conn, desk.sight(child), child.key, row["id"], desk.env)
        saved = {each["id"]: dict(each) for each in rows}
    named = {each.id for each in given if each.id is not None}
    kept = [each for child_id, each in saved.items() if child_id not in named]
    blank: Draft = {field.key: empty_value(field.value_type) for field in child.fields.values()}
    formed = [
        blank | saved.get(each.id or 0, {"id": 0}) | dict(each.values) | {child.parent: row["id"] or None}
        for each in given
        if not each.delete
    ]
    return [*kept, *formed]


def _computed(desk: Desk, entity: Entity, row: Draft, overlay: Mapping[str, Sequence[Draft]]) -> dict[str, object]:
    """Every computed field of the row, each after those it reads; one that cannot be computed is empty."""
    formulas = {field.key: found for field in entity.fields.values() if (found := formula_of(field)) is not None}
    reads = all_reads(desk.app, formulas.values())
    nested = desk.installed.related.nested(desk.conn, entity.key, row, reads, desk.env, overlay)
    values: dict[str, object] = {}
    for key in _in_order(formulas):
        try:
            value = desk.installed.formulas.value(formulas[key], nested, desk.env)
        except FormulaBroken:
            value = None
        nested[key] = value
        values[key] = value.get("id") if isinstance(value, Mapping) else value
    return values


def _in_order(formulas: Mapping[str, Formula]) -> Iterator[str]:
    """Keys such that each comes after those its formula reads; the checker has refused circles."""
    done: set[str] = set()

    def visit(key: str) -> Iterator[str]:
        if key in done:
            return
        done.add(key)
        for read in sorted(formulas[key].reads, key=lambda each: each.field):
            if not read.via and read.field in formulas:
                yield from visit(read.field)
        yield key

    for key in formulas:
        yield from visit(key)


def _form_case(desk: Desk, entity: Entity, row: Draft, overlay: Mapping[str, Sequence[Draft]]) -> Case:
    """The case that decides which fields are shown and required."""
    conditions = [
        each
        for field in entity.fields.values()
        for each in (field.show, field.required)
        if isinstance(each, Formula)
    ]
    reads = all_reads(desk.app, conditions)
    nested = desk.installed.related.nested(desk.conn, entity.key, row, reads, desk.env, overlay)
    return Case(desk.app, entity, nested, desk.env, desk.actor, desk.installed.formulas)


def _decided(entity: Entity, what: str) -> Iterator[Field]:
    """Fields whose state is not simply "shown" or "optional"."""
    for field in entity.fields.values():
        if (what == "show" and field.show is not None) or (what == "required" and field.required is not False):
            yield field


def _holds_or(judge: Any, field: Field, case: Case, *, otherwise: bool) -> bool:
    try:
        return bool(judge(field, case))
    except FormulaBroken:
        return otherwise

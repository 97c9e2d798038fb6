"""Preview: what a form would compute, show and demand, in Python over the values on the screen. Writes nothing.

Stored and live fields alike are computed here, each after those it reads, from the same formulas as in the database.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from dsl.app import Entity, Field
from dsl.formula.tree import Formula
from dsl.formula.value_types import RowsType
from engine.answers import Preview
from engine.commands import Children, ChildRow, Values
from engine.errors import NotThere
from engine.flow.case import Case, FormulaBroken
from engine.flow.validations import is_required, is_shown
from engine.reading.desk import Desk
from engine.reading.links import link_of
from engine.store.columns import empty_value
from engine.store.given import formula_of
from engine.store.related import all_reads
from engine.values import is_written

Draft = dict[str, Any]


class Table(NamedTuple):
    """rows: all of them as saved, in stored form; computed: the computed values of each row given ({} if deleted)."""

    rows: list[Draft]
    computed: tuple[Mapping[str, object], ...]


def preview(
    desk: Desk,
    entity: Entity,
    values: Values,
    children: Children,
    record_id: int | None,
    untouched: Collection[str] = (),
) -> Preview:
    """Raises NotThere for a record out of sight. Fields that the actor may not read are left out of the answer.

    untouched: fields that nobody has typed in; they take what their default says of the values as they stand.
    """
    row = _drafted(desk, entity, record_id, values)
    defaults = _defaults(desk, entity, row, untouched)
    row |= defaults
    tables = {key: _table(desk, entity, key, row, given) for key, given in children.items() if _is_table(entity, key)}
    overlay = {key: table.rows for key, table in tables.items()}
    computed = _computed(desk, entity, row, overlay)
    case = _form_case(desk, entity, row | computed, overlay)
    hidden = desk.hidden(entity) | desk.masked(entity)
    shown = {f.key: _holds_or(is_shown, f, case, otherwise=True) for f in _decided(entity, "show")}
    required = {f.key: _holds_or(is_required, f, case, otherwise=False) for f in _decided(entity, "required")}
    return Preview(
        values={key: value for key, value in computed.items() if key not in hidden},
        shown={key: state for key, state in shown.items() if key not in hidden},
        required={key: state for key, state in required.items() if key not in hidden},
        children={key: table.computed for key, table in tables.items() if key not in hidden},
        defaults={key: value for key, value in defaults.items() if key not in hidden},
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
    elif entity.owner_field:
        row[entity.owner_field] = desk.actor.id
    return row | _typed(desk, entity, values)


def _typed(desk: Desk, entity: Entity, values: Values) -> Draft:
    """What stands in the form, as far as it may be typed there: a reference to a record out of sight is empty, so that
    no computed field tells of it."""
    typed: Draft = {}
    for key, value in values.items():
        field = entity.fields.get(key)
        if field is None or field.is_computed:
            continue
        link = link_of(field, value)
        is_known = link is None or link[0] not in desk.app.entities or desk.sees(*link)
        typed[key] = value if value is not None and is_known else empty_value(field.value_type)
    return typed


def _defaults(desk: Desk, entity: Entity, row: Draft, untouched: Collection[str]) -> Draft:
    """What the untouched fields take by themselves, in the order of the fields, as a save would: each default sees
    those before it. One that cannot be computed yet is empty."""
    filled: Draft = {}
    for field in entity.fields.values():
        if field.key not in untouched or field.is_computed or not isinstance(field.default, Formula):
            continue
        reads = all_reads(desk.app, [field.default])
        nested = desk.installed.related.nested(desk.conn, entity.key, row | filled, reads, desk.env)
        try:
            value = desk.installed.formulas.value(field.default, nested, desk.env)
        except FormulaBroken:
            value = None
        value = value.get("id") if isinstance(value, Mapping) else value
        filled[field.key] = empty_value(field.value_type) if value is None else value
    return filled


def _table(desk: Desk, entity: Entity, key: str, row: Draft, given: Sequence[ChildRow]) -> Table:
    """The table as it would be saved: rows that stay as they are first, then the form's in its order."""
    child = desk.app.entity(entity.fields[key].target)
    saved: dict[int, Draft] = {}
    if row["id"]:
        rows = desk.installed.records.children(desk.conn, desk.sight(child), child.key, row["id"], desk.env)
        saved = {each["id"]: dict(each) for each in rows}
    blank: Draft = {field.key: empty_value(field.value_type) for field in child.fields.values()} | {"id": 0}
    named = {each.id for each in given if each.id is not None}
    kept = [each for child_id, each in saved.items() if child_id not in named]
    computed: list[Mapping[str, object]] = []
    for each in given:
        if each.delete:
            computed.append({})
            continue
        image: Draft = {
            **blank,
            **saved.get(each.id or 0, {}),
            **_typed(desk, child, each.values),
            child.parent: row["id"] or None,
        }
        computed.append(_computed(desk, child, image, {}))
        kept.append({**image, **computed[-1]})
    return Table(kept, tuple(computed))


def _computed(desk: Desk, entity: Entity, row: Draft, overlay: Mapping[str, Sequence[Draft]]) -> dict[str, object]:
    """Every computed field of the row, each after those it reads; one that cannot be computed is empty."""
    formulas = {
        field.key: found for field in entity.fields.values() if (found := formula_of(entity, field)) is not None
    }
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
        each for field in entity.fields.values() for each in (field.show, field.required) if isinstance(each, Formula)
    ]
    reads = all_reads(desk.app, conditions)
    nested = desk.installed.related.nested(desk.conn, entity.key, row, reads, desk.env, overlay)
    return Case(desk.app, entity, nested, desk.env, desk.actor, desk.installed.formulas)


def _decided(entity: Entity, what: Literal["show", "required"]) -> Iterator[Field]:
    """Fields whose state is not simply "shown" or "optional"."""
    for field in entity.fields.values():
        is_decided = field.show is not None if what == "show" else field.required is not False
        if is_decided and is_written(entity, field):
            yield field


def _holds_or(judge: Any, field: Field, case: Case, *, otherwise: bool) -> bool:
    try:
        return bool(judge(field, case))
    except FormulaBroken:
        return otherwise

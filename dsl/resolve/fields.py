"""Fields with their formulas: computed values, defaults, limits, when required and when shown."""

from __future__ import annotations

from dataclasses import replace

from dsl.app import App, Field
from dsl.definition import AppDef, EntityDef, FieldDef
from dsl.formula.tree import Formula
from dsl.formula.value_types import RowsType
from dsl.kinds import KINDS, Complaint
from dsl.nodes import Node, Scalar
from dsl.read import Reading
from dsl.read_entity import formula_of
from dsl.resolve.site import Site

_WITH_LIMITS = ("number", "integer", "percent", "money", "duration")


def resolve_fields(site: Site, entity: EntityDef) -> dict[str, Field]:
    """The fields of the draft entity, written ones completed. Liveness is told later, by `dsl.graph`."""
    fields = dict(site.draft.entities[entity.key.text].fields)
    for key, written in entity.fields.items():
        if key not in site.reading.poisoned:
            fields[key] = _resolve_field(site, entity.key.text, written, fields[key])
    return fields


def _resolve_field(site: Site, entity: str, written: FieldDef, field: Field) -> Field:
    block = written.block
    if isinstance(field.value_type, RowsType):
        _check_rows(site, entity, written, field)
    formula = site.formula(written.formula, entity, field.value_type)
    if formula is not None and (written.is_required or written.required_if):
        site.reading.report("M21", written.key.span, severity="warning", name=field.key)
    required: bool | Formula = field.required
    if written.required_if is not None:
        required = site.condition(written.required_if, entity) or False
    return replace(
        field,
        formula=formula,
        required=required,
        default=_default(site, entity, field, block.get("default")),
        show=site.condition(block.scalar("show"), entity),
        hide=site.role_words(block.words("hide")),
    )


def _check_rows(site: Site, entity: str, written: FieldDef, field: Field) -> None:
    """A table needs a way back: the child is part of this entity or has a reference to it."""
    child = site.draft.entities.get(field.target)
    if child is None or child.parent == entity:
        return
    if site.definition.entities[field.target].block.text("part_of") == entity:
        return
    if not any(f.kind == "ref" and f.target == entity for f in child.fields.values()):
        span = written.subject.span if written.subject else written.key.span
        site.reading.report("M10", span, child=field.target, entity=entity)


def _default(site: Site, entity: str, field: Field, node: Node | None) -> object | Formula | None:
    scalar = site.reading.scalar(node) if node is not None and isinstance(node, Scalar) else None
    if scalar is not None and (text := formula_of(scalar)) is not None:
        return site.formula(text, entity, field.value_type)
    if node is None:
        return None
    raw: object = scalar.text if scalar is not None else [word.text for word in site.reading.words(node)]
    return read_literal(site.reading, site.draft, field, raw, node)


def with_limits(reading: Reading, definition: AppDef, draft: App) -> App:
    """The draft with the least and greatest values of its fields, so that formulas are checked within them."""
    entities = {}
    for key, entity in draft.entities.items():
        fields = dict(entity.fields)
        for name, written in definition.entities[key].fields.items():
            low, high = written.block.scalar("min"), written.block.scalar("max")
            if name not in reading.poisoned and (low is not None or high is not None):
                if written.formula is not None:  # nobody enters it, and a formula that passes them would go unseen
                    place = next(each for each in (low, high) if each is not None)
                    reading.report("M41", place.span, severity="warning", name=name)
                    continue
                field = fields[name]
                ends = _limit(reading, draft, field, low), _limit(reading, draft, field, high)
                fields[name] = replace(field, minimum=ends[0], maximum=ends[1])
        entities[key] = replace(entity, fields=fields)
    return replace(draft, entities=entities)


def _limit(reading: Reading, draft: App, field: Field, scalar: Scalar | None) -> int | None:
    if scalar is None:
        return None
    if field.kind not in _WITH_LIMITS:
        reading.report("S28", scalar.span, kind=field.kind)
        return None
    value = read_literal(reading, draft, field, scalar.text, scalar)
    return value if isinstance(value, int) else None


def read_literal(reading: Reading, draft: App, field: Field, raw: object, node: Node) -> object | None:
    """A value written as it is, in stored form; None where it does not fit (which has been reported)."""
    value = KINDS[field.kind].read(draft, field, raw)
    if isinstance(value, Complaint):
        reading.report("S29", node.span, said=value.said, kind=field.kind)
        return None
    return value

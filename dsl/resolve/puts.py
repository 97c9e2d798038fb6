"""Values that rules write: which field they go into, on the record itself, behind a reference, or on a new record."""

from __future__ import annotations

import re

from dsl.app import Field
from dsl.flow import Create, Put, SetFields
from dsl.nodes import Entry, Mapping, Node, Scalar
from dsl.read_entity import formula_of
from dsl.resolve.fields import read_literal
from dsl.resolve.site import Site
from dsl.source import Span

_STEP = re.compile(r"[^.]+")


def resolve_set(site: Site, node: Node, entity: str, span: Span) -> SetFields | None:
    """`{customer.grade: A, sent_on: = today()}`"""
    puts = []
    for entry in site.reading.entries(node, names=False):
        put = _put(site, entry, entity, entity)
        if put is not None:
            puts.append(put)
    return SetFields(tuple(puts), span) if puts else None


def resolve_create(site: Site, node: Node, entity: str, span: Span) -> Create | None:
    """`{order: {customer: = customer, day: = today()}}`; formulas are over the rule's own record."""
    entries = list(site.reading.entries(node))
    if len(entries) != 1:
        if isinstance(node, Mapping):
            site.reading.report("S45", node.span, count=len(entries), verbs="create: {ENTITY: {FIELD: …}}")
        return None
    made = entries[0].key
    if made.text not in site.draft.entities:
        site.reading.unknown("M06", made, site.draft.entities)
        return None
    before = len(site.reading.problems)
    puts = [
        put for entry in site.reading.entries(entries[0].value) if (put := _put(site, entry, made.text, entity))
    ]  # fmt: skip
    if len(site.reading.problems) == before:
        _check_complete(site, made, puts)
    return Create(made.text, tuple(puts), span)


def _check_complete(site: Site, made: Scalar, puts: list[Put]) -> None:
    """A new record without a required field would be refused each time."""
    filled = {put.field for put in puts}
    draft = site.draft.entities[made.text]
    written = site.definition.entities[made.text].fields
    missing = [
        key for key, field in draft.fields.items()
        if field.required is True and key not in filled and field.kind != "table"
        and not (key in written and (written[key].formula is not None or written[key].block.has("default")))
    ]  # fmt: skip
    if missing:
        site.reading.report("M38", made.span, entity=made.text, fields=", ".join(missing))


def _put(site: Site, entry: Entry, target: str, entity: str) -> Put | None:
    """target: the entity whose field is written. entity: the one that formulas are over."""
    steps = [entry.key.cut(*match.span()) for match in _STEP.finditer(entry.key.text)]
    via: list[str] = []
    for step in steps[:-1]:
        if not site.field_word(step, target):
            return None
        field = site.draft.entities[target].fields[step.text]
        if field.kind != "ref":
            site.reading.report("M18", step.span, name=step.text)
            return None
        via.append(step.text)
        target = field.target
    if not steps or not site.field_word(steps[-1], target):
        return None
    last = steps[-1]
    field = site.draft.entities[target].fields[last.text]
    if not is_writable(site, target, field):
        site.reading.report("M30", last.span, name=last.text)
        return None
    value = _value(site, entry.value, field, entity)
    return None if value is None else Put(tuple(via), target, last.text, value, entry.key.span)


def is_writable(site: Site, entity: str, field: Field) -> bool:
    """Whether anything but the engine may write the field: no formula gives it, nor the engine itself."""
    written = site.definition.entities[entity].fields.get(field.key)
    is_computed = written is not None and written.formula is not None
    return not is_computed and field.kind != "table" and (not field.given or field.key == field.target)


def _value(site: Site, node: Node, field: Field, entity: str) -> object | None:
    if isinstance(node, Scalar) and (text := formula_of(node)) is not None:
        return site.formula(text, entity, field.value_type)
    raw: object = node.text if isinstance(node, Scalar) else [word.text for word in site.reading.words(node)]
    return read_literal(site.reading, site.draft, field, raw, node)

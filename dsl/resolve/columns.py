"""The columns of a file that goes out: fields, and columns that only the file has, made by a formula."""

from __future__ import annotations

from dataclasses import replace

from dsl.app import Field, Text
from dsl.field_text import read_field_text
from dsl.formula.scope import DEPARTMENT_ENTITY
from dsl.formula.tree import Formula, Path
from dsl.formula.value_types import (
    ChoiceType,
    DateType,
    DurationType,
    NumberType,
    PersonType,
    RefType,
    SetType,
    TimeType,
    ValueType,
    YesNoType,
)
from dsl.kinds import KINDS, Spec
from dsl.nodes import Mapping, Node, Scalar
from dsl.resolve.site import Site

Columns = tuple[dict[str, str], dict[str, Field]]
"""Head → key of the field, and key → the field of each column that is made; a made one's key is no word: `=0`."""


def resolve_columns(site: Site, node: Node | None, entity: str) -> Columns:
    """`[name, customer.level]`, or `{Name: name, Customer: customer.name, Rest: money = amount - paid}`."""
    keys: dict[str, str] = {}
    made: dict[str, Field] = {}
    for head, word in _written(site, node):
        if "=" not in word.text and "＝" not in word.text and "." not in word.text:
            if site.field_word(word, entity):
                keys[head or word.text] = word.text
        elif (field := _made(site, word, entity, head, f"={len(made)}")) is not None:
            made[field.key] = field
            keys[head or field.label.say("")] = field.key
    return keys, made


def _written(site: Site, node: Node | None) -> list[tuple[str, Scalar]]:
    """(head, what is written); "" where a list gives no heads."""
    if not isinstance(node, Mapping):
        return [("", word) for word in site.reading.words(node)]
    pairs = ((column.key.text, site.reading.scalar(column.value)) for column in node.entries)
    return [(head, word) for head, word in pairs if word is not None]


def _made(site: Site, word: Scalar, entity: str, head: str, key: str) -> Field | None:
    """The field of a formula, of the type that is written before `=`, else of the type that it has by itself."""
    text, kind, expects = word, "", None
    if "=" in word.text or "＝" in word.text:
        at = min(place for sign in "=＝" if (place := word.text.find(sign)) >= 0)
        text = word.cut(at + 1)
        if word.text[:at].strip():
            parts = read_field_text(site.reading, word)
            if parts is None or parts.formula is None:
                return None
            text = parts.formula
            if not KINDS[parts.kind].subject:
                kind, expects = parts.kind, KINDS[parts.kind].value_type(Spec(parts.scale))
    formula = site.formula(text, entity, expects)
    if formula is None:
        return None
    field = _field_of(site, formula, key, kind)
    return replace(field, label=Text((("", head),)) if head else field.label)


def _field_of(site: Site, formula: Formula, key: str, kind: str) -> Field:
    """As the field that the formula names, if it names one; else as one of its type would be."""
    root, value_type = formula.root, formula.root.type
    entities = site.draft.entities
    if not kind and isinstance(root, Path) and root.entity in entities:
        named = entities[root.entity].fields[root.field]
        return replace(named, key=key, formula=formula, required=False, default=None, show=None, span=formula.span)
    choices = value_type.name if isinstance(value_type, ChoiceType | SetType) else ""
    target = value_type.entity if isinstance(value_type, RefType) else ""
    return Field(
        key,
        kind or _kind_of(value_type),
        Text((("", formula.text),)),
        value_type,
        formula.span,
        scale=getattr(value_type, "scale", 0),
        choices=choices,
        target=target,
        formula=formula,
    )


def _kind_of(value_type: ValueType) -> str:
    match value_type:
        case NumberType(unit="money"):
            return "money"
        case NumberType(scale=0):
            return "integer"
        case NumberType():
            return "number"
        case YesNoType():
            return "yesno"
        case DateType():
            return "date"
        case TimeType():
            return "time"
        case DurationType():
            return "duration"
        case ChoiceType():
            return "choice"
        case SetType():
            return "choices"
        case PersonType():
            return "person"
        case RefType(entity=entity):
            return "department" if entity == DEPARTMENT_ENTITY else "ref"
        case _:
            return "text"

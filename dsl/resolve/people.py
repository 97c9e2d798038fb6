"""Whom a text names: a role, a path to a person, `manager of` a path, `head of` a unit, `customer`."""

from __future__ import annotations

import re

from dsl.flow import Who
from dsl.formula.value_types import PERSON
from dsl.nodes import Node, Scalar
from dsl.resolve.site import Site

_OF = re.compile(r"(manager|head)\s+of\s+(\S.*)")
CUSTOMER = "customer"


def resolve_people(site: Site, node: Node | None, entity: str) -> tuple[Who, ...]:
    """Each that is named, over records of `entity` ("" where there is no record); others are reported."""
    found = (_who(site, word, entity) for word in site.reading.words(node))
    return tuple(who for who in found if who is not None)


def _who(site: Site, word: Scalar, entity: str) -> Who | None:
    match = _OF.fullmatch(word.text)
    if match is not None:
        rest = word.cut(match.start(2))
        if match.group(1) == "head":
            return Who("head", word.span, unit=rest.text)
        if not entity:
            site.reading.unknown("M24", word, site.draft.roles)
            return None
        path = site.formula(rest, entity, PERSON)
        return None if path is None else Who("manager", word.span, path=path)
    if word.text in site.draft.roles:
        return Who("role", word.span, role=word.text)
    if not entity:
        site.reading.unknown("M24", word, site.draft.roles)
        return None
    fields = site.draft.entities[entity].fields
    field = fields.get(word.text)
    if word.text == CUSTOMER and (field is None or field.kind != "person"):
        return Who("customer", word.span)
    if field is None and "." not in word.text:
        if word.text not in site.reading.poisoned:
            people = [key for key, each in fields.items() if each.kind == "person"]
            site.reading.unknown("M24", word, [*site.draft.roles, *people, CUSTOMER])
        return None
    path = site.formula(word, entity, PERSON)
    return None if path is None else Who("person", word.span, path=path)

"""The fields that a person may filter by: her own entity's, and those of the records it refers to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dsl.app import Entity, Field
from web.pages.frame import rights_of
from web.pages.operators import operators_of
from web.pages.showing import label_of
from web.session import current_engine, current_language

_ABOVE = frozenset({"table", "file", "files", "image", "place"})
"""Kinds that are asked about only on the record itself."""


@dataclass(frozen=True, slots=True)
class FilterField:
    """name: as a formula writes it, `grade` or `customer.grade`. group: the reference that leads there, for people."""

    name: str
    entity: Entity
    field: Field
    label: str
    group: str = ""

    @property
    def whole_label(self) -> str:
        return f"{self.group} › {self.label}" if self.group else self.label


def filter_fields(entity: Entity) -> Mapping[str, FilterField]:
    """Name → field, without any that the actor may not read: to her those are not there."""
    found = {made.name: made for made in _fields(entity, "", "")}
    for key, field in entity.fields.items():
        if key in found and field.kind == "ref" and field.target in current_engine().app.entities:
            target = current_engine().app.entities[field.target]
            if rights_of(target.key).see:
                found.update((made.name, made) for made in _fields(target, f"{key}.", found[key].label))
    return found


def _fields(entity: Entity, prefix: str, group: str) -> Iterator[FilterField]:
    rights, language = rights_of(entity.key), current_language()
    for key, field in entity.fields.items():
        if key in rights.hidden or key in rights.masked or not operators_of(field):
            continue
        if not prefix or field.kind not in _ABOVE:
            yield FilterField(f"{prefix}{key}", entity, field, label_of(entity, key, language), group)

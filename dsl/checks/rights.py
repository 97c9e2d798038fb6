"""What roles may do, as the analyses need it: an entity without access of its own follows its parent."""

from __future__ import annotations

from collections.abc import Mapping

from dsl.app import Access, App, Entity


def access_of(app: App, entity: Entity) -> Mapping[str, Access]:
    """The rows that hold for the entity: its own, else those of the nearest entity above that has any."""
    seen = {entity.key}
    while not entity.has_own_access and entity.parent and entity.parent not in seen:
        seen.add(entity.parent)
        entity = app.entities[entity.parent]
    return entity.access


def hidden_from(app: App, entity: Entity, role: str) -> frozenset[str]:
    """Fields of the entity that the role never reads; without a row of its own, what all rows it includes hide."""
    by_field = frozenset(field.key for field in entity.fields.values() if role in field.hide)
    if not entity.has_own_access:
        return by_field
    if role in entity.access:
        return by_field | entity.access[role].hide
    rows = [entity.access[key].hide for key in app.roles[role].includes if key in entity.access]
    return by_field | (frozenset.intersection(*rows) if rows else frozenset())


def sees(app: App, entity: Entity, role: str) -> bool:
    """Whether the role has any row for the entity."""
    rows = access_of(app, entity)
    return any(key in rows for key in app.roles[role].includes)


def may_edit_field(app: App, entity: Entity, role: str, field: str) -> bool:
    """Whether the role may ever write the field of a record."""
    rows = access_of(app, entity)
    for key in app.roles[role].includes:
        row = rows.get(key)
        if row is None or row.edit is False:
            continue
        if isinstance(row.edit, frozenset):
            if entity.has_own_access and field not in row.edit:
                continue
            return True
        if not row.edit_fields or not entity.has_own_access or field in row.edit_fields:
            return True
    return False

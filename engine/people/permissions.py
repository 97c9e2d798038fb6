"""Permissions: what roles grant, put together for one person. Closed by default: no `access` entry, no right.

How entries add up:
- A person holds roles; `also:` brings in others, and everybody holds `everyone`. Rights to create, edit, delete and
  export are the union over all entries of the roles held.
- Sight is the union of the `sees` of the roles held (where an entry says `see:`, that instead of its role's). What
  nobody owns (no owner field, no parent: regions, materials) is seen whole by every role that has an entry.
- `hide` and `mask` follow the nearest entry of each role that stands at the top of what the person holds: an area
  manager who is *also* a salesperson is bound by the manager's entry, not freed by the salesperson's.
- A part (`part_of`) without `access` of its own follows its parent: whoever may edit the parent may create, edit and
  delete it, whoever sees the parent sees it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from dsl.app import Access, App, Entity, Move
from dsl.formula.through import through
from dsl.formula.tree import Formula
from engine.answers import Rights
from engine.context import Actor
from engine.flow.case import Case
from engine.people.sight import NO_SIGHT, SYSTEM_SIGHT, Sight
from engine.values import is_written

EVERYONE = "everyone"


@dataclass(frozen=True, slots=True)
class EditScope:
    """Which fields of a record a person may edit: all, or some."""

    all: bool
    fields: frozenset[str] = frozenset()

    def allows(self, field: str) -> bool:
        return self.all or field in self.fields

    @property
    def is_nothing(self) -> bool:
        return not self.all and not self.fields


def governing(app: App, entity: Entity) -> Entity:
    """The entity whose `access` decides: its own, or the nearest one above that has a say."""
    while not entity.access and not entity.has_own_access and entity.parent:
        entity = app.entity(entity.parent)
    return entity


def entries(app: App, actor: Actor, entity: Entity) -> list[Access]:
    """The access entries of the governing entity that are the actor's."""
    return [access for role, access in governing(app, entity).access.items() if role in actor.roles]


# --- sight -----------------------------------------------------------------------------------------------------------


def sight_of(app: App, actor: Actor, entity: Entity) -> Sight:
    """Which records of the entity the actor sees."""
    if actor.is_system:
        return SYSTEM_SIGHT
    held = entries(app, actor, entity)
    if not held:
        return NO_SIGHT
    own_say = {access.role: access.see for access in held if access.see}
    scopes: set[str] = set()
    conditions: list[Formula] = []
    for role in sorted(actor.roles):
        scope = own_say.get(role) or (app.roles[role].sees if role in app.roles else "")
        if isinstance(scope, Formula):
            conditions.append(scope)
        elif scope:
            scopes.add(scope)
    if not governing(app, entity).owner_field and any(not access.see for access in held):
        scopes.add("all")
    return _sight(
        actor, scopes, tuple(said for each in conditions if (said := _said_of(app, entity, each)) is not None)
    )


def _said_of(app: App, entity: Entity, condition: Formula) -> Formula | None:
    """A condition of the governing entity as one on this entity, up through its parents; None if it cannot be said."""
    if entity.key == condition.entity:
        return condition
    above = _said_of(app, app.entity(entity.parent), condition)
    return through(above, entity.parent, entity.key) if above is not None else None


def _sight(actor: Actor, scopes: set[str], conditions: tuple[Formula, ...]) -> Sight:
    if "all" in scopes:
        return SYSTEM_SIGHT
    units = (set(actor.unit_ids) if "team" in scopes else set()) | (set(actor.area_ids) if "area" in scopes else set())
    sees_own = bool(scopes & {"own", "team", "area"})
    return Sight(own_of=actor.id if sees_own else None, unit_ids=tuple(sorted(units)), conditions=conditions)


# --- fields ----------------------------------------------------------------------------------------------------------


def hidden_fields(app: App, actor: Actor, entity: Entity) -> frozenset[str]:
    """Fields of the entity that the actor never reads, in any form."""
    return _covered(app, actor, entity, "hide")


def masked_fields(app: App, actor: Actor, entity: Entity) -> frozenset[str]:
    """Fields the actor reads only in part."""
    return _covered(app, actor, entity, "mask") - hidden_fields(app, actor, entity)


def covers(app: App, actor: Actor, entity_key: str, field: str) -> bool:
    """Whether a field is not the actor's to read: hidden, masked, or of an entity of which he sees nothing."""
    entity = app.entities.get(entity_key)
    if entity is None or actor.is_system:
        return False
    if field in hidden_fields(app, actor, entity) | masked_fields(app, actor, entity):
        return True
    return sight_of(app, actor, entity).is_nothing


def _covered(app: App, actor: Actor, entity: Entity, how: Literal["hide", "mask"]) -> frozenset[str]:
    if actor.is_system:
        return frozenset()
    tops = _top_roles(app, actor.roles)
    covered: frozenset[str] | None = None
    for role in tops:
        for access in _nearest(app, entity, role):
            keys = (access.hide if how == "hide" else access.mask) | _by_field(entity, role, how)
            covered = keys if covered is None else covered & keys
    return covered or frozenset()


def _by_field(entity: Entity, role: str, how: Literal["hide", "mask"]) -> frozenset[str]:
    """Fields that name the role in their own `hide:`."""
    if how == "mask":
        return frozenset()
    return frozenset(key for key, field in entity.fields.items() if role in field.hide)


def _top_roles(app: App, roles: frozenset[str]) -> list[str]:
    """The roles held that no other role held brings in."""
    brought = {below for role in roles if role in app.roles for below in app.roles[role].includes - {role}}
    return sorted(roles - brought - {EVERYONE}) or [EVERYONE]


def _nearest(app: App, entity: Entity, role: str) -> list[Access]:
    """The role's own entry, else those of the roles it brings in, else everyone's."""
    access = governing(app, entity).access
    if role in access:
        return [access[role]]
    below = app.roles[role].includes - {role} if role in app.roles else frozenset()
    found = [entry for top in _top_roles(app, below) if top != EVERYONE for entry in _nearest(app, entity, top)]
    if found:
        return found
    return [access[EVERYONE]] if EVERYONE in access else []


# --- doing -----------------------------------------------------------------------------------------------------------


def rights(app: App, actor: Actor, entity: Entity) -> Rights:
    """What the actor may do before any record is looked at; a condition on the record counts as "perhaps"."""
    hidden, masked = hidden_fields(app, actor, entity), masked_fields(app, actor, entity)
    editable = frozenset(k for k, field in entity.fields.items() if is_written(entity, field) or field.kind == "table")
    if actor.is_system:
        return Rights(entity.key, True, True, "all", editable, True, True, hidden, masked)
    held = entries(app, actor, entity)
    follows = governing(app, entity) is not entity
    everything = any(access.edit is True or isinstance(access.edit, Formula) for access in held)
    named = _named_fields(held, app, entity)
    fields = (editable if everything or (follows and named) else named & editable) - hidden - masked
    may_create = any(access.create is not False for access in held) if not follows else bool(everything or named)
    return Rights(
        entity=entity.key,
        see=not sight_of(app, actor, entity).is_nothing,
        create=may_create,
        edit="all" if fields == editable - hidden - masked and fields else "fields" if fields else "none",
        edit_fields=fields,
        delete=any(access.delete is not False for access in held) if not follows else bool(everything or named),
        export=any(access.export for access in held),
        hidden=hidden,
        masked=masked,
    )


def _named_fields(held: list[Access], app: App, entity: Entity) -> frozenset[str]:
    """Fields that entries name one by one; for a part, whether they name the table it stands in."""
    named: set[str] = set()
    for access in held:
        named |= access.edit_fields
        if isinstance(access.edit, frozenset):
            named |= access.edit
    owner = governing(app, entity)
    if owner is entity:
        return frozenset(named)
    return frozenset(key for key in named if key in owner.fields and owner.fields[key].target == entity.key)


def edit_scope(app: App, actor: Actor, entity: Entity, governing_case: Case) -> EditScope:
    """What of this record the actor may edit. governing_case: the record itself, or the parent it follows."""
    if actor.is_system:
        return EditScope(all=True)
    held = entries(app, actor, entity)
    if any(access.edit is True for access in held):
        return EditScope(all=True)
    if any(isinstance(access.edit, Formula) and governing_case.holds(access.edit) for access in held):
        return EditScope(all=True)
    named = _named_fields(held, app, entity)
    if governing(app, entity) is not entity:
        return EditScope(all=bool(named))
    return EditScope(all=False, fields=named)


def may_create(app: App, actor: Actor, entity: Entity, governing_case: Case) -> bool:
    """Whether the actor may create this record; for a part that follows its parent: whether he may edit the parent."""
    if actor.is_system:
        return True
    if governing(app, entity) is not entity:
        return edit_scope(app, actor, entity, governing_case).all
    return any(_grants(access.create, governing_case) for access in entries(app, actor, entity))


def creates_freely(app: App, actor: Actor, entity: Entity) -> bool:
    """Whether `may_create` is true of every record."""
    if actor.is_system:
        return True
    return governing(app, entity) is entity and any(access.create is True for access in entries(app, actor, entity))


def may_delete(app: App, actor: Actor, entity: Entity, governing_case: Case) -> bool:
    if actor.is_system:
        return True
    if governing(app, entity) is not entity:
        return edit_scope(app, actor, entity, governing_case).all
    return any(_grants(access.delete, governing_case) for access in entries(app, actor, entity))


def may_move(app: App, actor: Actor, entity: Entity, governing_case: Case, rule: Move) -> bool:
    """Whether the actor may take the step: one of its roles; else who may move; else who may edit the record."""
    if actor.is_system:
        return True
    if rule.by:
        return bool(rule.by & actor.roles)
    said = [access.move for access in entries(app, actor, entity) if access.move is not None]
    if said and governing(app, entity) is entity:
        return any(_grants(grant, governing_case) for grant in said)
    return edit_scope(app, actor, entity, governing_case).all


def _grants(grant: bool | Formula, case: Case) -> bool:
    return case.holds(grant) if isinstance(grant, Formula) else grant


def conditions(app: App, actor: Actor, entity: Entity) -> Iterator[Formula]:
    """The formulas on the governing record that decide this person's rights: what must be read to judge them."""
    for access in entries(app, actor, entity):
        for grant in (access.create, access.edit, access.delete, access.move):
            if isinstance(grant, Formula):
                yield grant

"""What follows from roles alone: worked out once for each set of roles in a revision, not for each record."""

from __future__ import annotations

from collections.abc import Mapping

from dsl.app import App, Entity, Field
from engine.answers import Rights
from engine.context import Actor
from engine.people import permissions
from engine.values import is_written

Holding = tuple[frozenset[str], bool]
"""The roles held, and whether it is the engine itself."""


class RoleRights:
    """The rights of one revision of an app. Safe to share between threads: the same key always gives the same answer.

    No person is kept, so there is nothing to forget when somebody's roles change.
    """

    def __init__(self, app: App) -> None:
        self._app = app
        self._known: dict[tuple[Holding, str], Rights] = {}
        self._fillable: dict[tuple[Holding, str], Mapping[str, Field]] = {}
        self._free: dict[tuple[Holding, str], bool] = {}

    def of(self, actor: Actor, entity: Entity) -> Rights:
        """As `permissions.rights`: what the actor may do with the entity before any record is looked at."""
        key = ((actor.roles, actor.is_system), entity.key)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = permissions.rights(self._app, actor, entity)
        return found

    def covered(self, actor: Actor, entity: Entity) -> frozenset[str]:
        """The fields that are hidden from the actor or shown only as a mask."""
        found = self.of(actor, entity)
        return found.hidden | found.masked

    def fillable(self, actor: Actor, entity: Entity) -> Mapping[str, Field]:
        """The fields that people fill in, without those that are covered from the actor."""
        key = ((actor.roles, actor.is_system), entity.key)
        found = self._fillable.get(key)
        if found is None:
            covered = self.covered(actor, entity)
            found = {each.key: each for each in entity.fields.values() if is_written(entity, each)}
            found = self._fillable[key] = {each: field for each, field in found.items() if each not in covered}
        return found

    def creates_freely(self, actor: Actor, entity: Entity) -> bool:
        """Whether the actor may create whatever record of the entity, so that none need be looked at."""
        key = ((actor.roles, actor.is_system), entity.key)
        found = self._free.get(key)
        if found is None:
            found = self._free[key] = permissions.creates_freely(self._app, actor, entity)
        return found

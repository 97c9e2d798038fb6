"""A seat: one person acting in one transaction. What who reads and who writes have in common."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial

from dsl.app import App, Entity
from dsl.formula.env import Env
from dsl.formula.tree import Formula, Read
from engine.context import Actor, Context
from engine.errors import BadInput
from engine.flow.case import Case, Row
from engine.flow.sentences import say
from engine.installed import Installed
from engine.people import permissions
from engine.people.sight import SYSTEM_SIGHT, Sight
from engine.store.connection import Connection
from engine.verdict import Finding


@dataclass(slots=True)
class Seat:
    """explains: cases carry the operand values of what they judge. waive: rule → the actor's reason to pass it by."""

    installed: Installed
    conn: Connection
    context: Context
    env: Env
    explains: bool = False
    waive: Mapping[str, str] = field(default_factory=dict)
    _sights: dict[str, Sight] = field(default_factory=dict, init=False)

    @property
    def app(self) -> App:
        return self.installed.app

    @property
    def actor(self) -> Actor:
        return self.context.actor

    @property
    def language(self) -> str:
        return self.actor.language

    def entity(self, key: str) -> Entity:
        """Raises BadInput for a kind of record that the app does not have."""
        found = self.app.entities.get(key)
        if found is None:
            raise BadInput((Finding(key, "unmet", say(self.language, "input.entity", entity=key)),))
        return found

    def sight(self, entity: Entity) -> Sight:
        if entity.key not in self._sights:
            self._sights[entity.key] = permissions.sight_of(self.app, self.actor, entity)
        return self._sights[entity.key]

    def whole(self, entity: Entity, record_id: int) -> Mapping[str, object] | None:
        """The record with all its fields whatever the actor sees: for judging, never for showing."""
        return self.installed.records.find(self.conn, SYSTEM_SIGHT, entity.key, record_id, self.env)

    # --- judging -----------------------------------------------------------------------------------------------------

    def nested(self, entity: Entity, row: Mapping[str, object], reads: Iterable[Read]) -> Row:
        return self.installed.related.nested(self.conn, entity.key, row, reads, self.env)

    def case(
        self,
        entity: Entity,
        row: Mapping[str, object],
        formulas: Iterable[Formula],
        reads: Iterable[Read] = (),
        *,
        explains: bool = False,
    ) -> Case:
        """A case over the record with everything nested that the formulas (and further reads) ask for."""
        wanted = frozenset(reads).union(*(formula.reads for formula in formulas))
        return Case(
            app=self.app,
            entity=entity,
            row=self.nested(entity, row, wanted),
            env=self.env,
            actor=self.actor,
            formulas=self.installed.formulas,
            waive=self.waive,
            covers=partial(permissions.covers, self.app, self.actor),
            explains=explains or self.explains,
        )

    def governing_case(self, entity: Entity, row: Mapping[str, object]) -> Case:
        """The case on which rights to the record are judged: itself, or the nearest record above with a say."""
        governing = permissions.governing(self.app, entity)
        at: Mapping[str, object] | None = row
        while entity is not governing and at is not None:
            parent_id = at.get(entity.parent)
            entity = self.app.entity(entity.parent)
            at = self.whole(entity, parent_id) if isinstance(parent_id, int) else None
        return self.case(entity, at or {"id": 0}, list(permissions.conditions(self.app, self.actor, entity)))

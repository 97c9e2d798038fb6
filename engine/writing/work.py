"""Work: one command inside its transaction. It carries what was read, written and found, and nothing outlives it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from dsl.app import App, Entity
from dsl.formula.env import Env
from dsl.formula.tree import Formula, Read
from engine.context import Actor, Context
from engine.errors import BadInput, NotThere
from engine.flow.case import Case, Row
from engine.flow.evidence import Proof
from engine.flow.sentences import say
from engine.installed import Installed
from engine.people import permissions
from engine.people.sight import SYSTEM_SIGHT, Sight
from engine.store.connection import Connection
from engine.verdict import Finding, Verdict

Record = dict[str, Any]
"""A record with all its fields and system columns in stored form, as `Records.find` gives it."""


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing done to one record: what becomes an event. `changes` holds before and after by field key."""

    kind: str
    entity: str
    id: int
    changes: Mapping[str, tuple[object, object]]
    answer: str = ""
    proofs: tuple[Proof, ...] = ()
    passed: tuple[Finding, ...] = ()
    """Requirements that were open and let pass: waived, or only told."""


@dataclass(frozen=True, slots=True)
class Image:
    """A record written by this work, to be judged when all of it is written.

    before: its case for required fields before the write; None for a new record. where: its place in the parent's form.
    """

    entity: Entity
    id: int
    before: Case | None = None
    written: tuple[str, ...] = ()
    where: str = ""

    @property
    def is_new(self) -> bool:
        return self.before is None


@dataclass(slots=True)
class Work:
    installed: Installed
    conn: Connection
    context: Context
    env: Env
    explains: bool = False
    waive: Mapping[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    faults: list[Finding] = field(default_factory=list)
    """Input that cannot be read at all: reported by BadInput, all of it at once."""
    touched: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    deeds: list[Deed] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)
    created: set[tuple[str, object]] = field(default_factory=set)
    """Records this work has made: their parts come along without a further right."""
    withheld: dict[tuple[str, int], dict[str, object]] = field(default_factory=dict)
    """Values that are not written but judged as if they were: another record holds them, or all is imagined."""
    removed: set[tuple[str, int]] = field(default_factory=set)
    numberless: list[tuple[str, int]] = field(default_factory=list)
    """Records that still want their document number."""
    imagines: bool = False
    """Nothing is locked or written: a step is imagined over the record as read (see `engine.writing.foresight`)."""
    _sights: dict[str, Sight] = field(default_factory=dict)

    @property
    def app(self) -> App:
        return self.installed.app

    @property
    def actor(self) -> Actor:
        return self.context.actor

    @property
    def language(self) -> str:
        return self.actor.language

    @property
    def is_brought_in(self) -> bool:
        """Whether the record was made elsewhere: it may stand in any stage and keeps the options of its time."""
        return self.context.channel in ("import", "sample")

    @property
    def verdict(self) -> Verdict:
        return Verdict(not any(finding.blocks for finding in self.findings), tuple(self.findings))

    def say(self, key: str, **values: object) -> str:
        return say(self.language, key, **values)

    def has_changed(self, entity: Entity, record_id: int) -> bool:
        """Whether this work has written fields of that record itself."""
        return any((deed.entity, deed.id) == (entity.key, record_id) for deed in self.deeds)

    def refuse(self, rule: str, said: str, entity: Entity, field_key: str = "") -> None:
        """A refusal that is no gate's: of a right, of a lock."""
        span = entity.fields[field_key].span if field_key in entity.fields else entity.span
        self.findings.append(Finding(rule, "unmet", said, span=span, field=field_key))

    def fault(self, rule: str, said: str, field_key: str = "") -> None:
        """Input that cannot be read."""
        self.faults.append(Finding(rule, "unmet", said, field=field_key))

    def stop_on_faults(self) -> None:
        if self.faults:
            raise BadInput(tuple(self.faults))

    # --- reading -----------------------------------------------------------------------------------------------------

    def entity(self, key: str) -> Entity:
        """Raises BadInput for a kind of record that the app does not have."""
        found = self.app.entities.get(key)
        if found is None:
            raise BadInput((Finding(key, "unmet", self.say("input.entity", entity=key)),))
        return found

    def sight(self, entity: Entity) -> Sight:
        if entity.key not in self._sights:
            self._sights[entity.key] = permissions.sight_of(self.app, self.actor, entity)
        return self._sights[entity.key]

    def find(self, entity: Entity, record_id: int, *, seen: bool = True, lock: bool = False) -> Record | None:
        """The record now: as the actor may see it, or (seen=False) whatever the actor sees."""
        sight = self.sight(entity) if seen else SYSTEM_SIGHT
        lock = lock and not self.imagines
        found = self.installed.records.find(self.conn, sight, entity.key, record_id, self.env, lock=lock)
        return None if found is None else {**found, **self.withheld.get((entity.key, record_id), {})}

    def get(self, entity: Entity, record_id: int) -> Record:
        """The record now, whoever asks. It was there a moment ago in this transaction."""
        record = self.find(entity, record_id, seen=False)
        if record is None:
            raise NotThere(f"{entity.key} {record_id}")
        return record

    def nested(self, entity: Entity, record: Mapping[str, object], reads: Iterable[Read]) -> Row:
        return self.installed.related.nested(self.conn, entity.key, record, reads, self.env)

    def case(
        self, entity: Entity, record: Mapping[str, object], formulas: Iterable[Formula], reads: Iterable[Read] = ()
    ) -> Case:
        """A case over the record with everything nested that the formulas (and further reads) ask for."""
        wanted = frozenset(reads).union(*(formula.reads for formula in formulas))
        return Case(
            app=self.app,
            entity=entity,
            row=self.nested(entity, record, wanted),
            env=self.env,
            actor=self.actor,
            formulas=self.installed.formulas,
            waive=self.waive,
            covers=partial(permissions.covers, self.app, self.actor),
            explains=self.explains,
        )

    # --- after a write -----------------------------------------------------------------------------------------------

    def recompute(self) -> None:
        """Bring every stored computed field that depends on what was touched up to date."""
        self.installed.derived.recompute(self.conn, {key: set(ids) for key, ids in self.touched.items()}, self.env)

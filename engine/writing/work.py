"""Work: one command inside its transaction. It carries what was read, written and found, and nothing outlives it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dsl.app import Entity
from dsl.formula.tree import Read
from engine.errors import BadInput, NotThere
from engine.flow.case import Case, Row
from engine.flow.evidence import Proof
from engine.flow.sentences import say
from engine.people.sight import SYSTEM_SIGHT, Sight
from engine.seat import Seat
from engine.store.tables import has_backup
from engine.store.visits import Arrival, Departure
from engine.verdict import Finding, Verdict
from engine.writing.glances import Glances

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
class Work(Seat):
    findings: list[Finding] = field(default_factory=list)
    faults: list[Finding] = field(default_factory=list)
    """Input that cannot be read at all: reported by BadInput, all of it at once."""
    touched: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    recomputed: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    """Records of which a computed field got another value, whether this work wrote them or not."""
    deeds: list[Deed] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)
    created: set[tuple[str, object]] = field(default_factory=set)
    """Records this work has made: their parts come along without a further right."""
    withheld: dict[tuple[str, int], dict[str, object]] = field(default_factory=dict)
    """Values that are not written but judged as if they were: another record holds them, or all is imagined."""
    removed: set[tuple[str, int]] = field(default_factory=set)
    restored: set[tuple[str, int]] = field(default_factory=set)
    """Records brought back, with their parts: they are to be found by their words again."""
    arrivals: list[Arrival] = field(default_factory=list)
    departures: list[Departure] = field(default_factory=list)
    """Visits that begin, to be written with their event, and those that ended: both still to be counted."""
    numberless: list[tuple[str, int]] = field(default_factory=list)
    """Records that still want their document number."""
    glances: Glances = field(default_factory=Glances)
    is_terse: bool = False
    """Only what speaks against it is told of it: nobody reads what was found in its favour."""
    imagines: bool = False
    """Nothing is locked or written: a step is imagined over the record as read (see `engine.writing.foresight`)."""
    _whole: dict[tuple[str, int], Record] = field(default_factory=dict, init=False)
    """Records as they were last read, whoever sees them."""
    _nested: dict[tuple[str, int], tuple[frozenset[Read], Row]] = field(default_factory=dict, init=False)
    """The same records with what is read around them, and which reads that were."""
    _writes: int = field(default=0, init=False)
    """`Connection.record_writes` when they were read."""

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

    def find(self, entity: Entity, record_id: int, *, seen: bool = True) -> Record | None:
        """The record now: as the actor may see it, or (seen=False) whatever the actor sees."""
        key = (entity.key, record_id)
        if self._writes != self.conn.record_writes:
            self.read_again()
        if key not in self._whole:
            found = self.installed.records.find(self.conn, SYSTEM_SIGHT, entity.key, record_id, self.env)
            if found is None:
                return None
            self._whole[key] = found
        if seen and not self._covers(entity, self._whole[key]):
            return None
        return {**self._whole[key], **self.withheld.get(key, {})}

    def have_read(
        self, entity: str, record: Record, reads: frozenset[Read] = frozenset(), row: Row | None = None
    ) -> None:
        """It was read on the connection a moment ago, together with those of other works. row: with what it reads."""
        if self._writes != self.conn.record_writes:
            self.read_again()
        key = entity, int(record["id"])
        self._whole[key] = record
        if row is not None:
            self._nested[key] = reads, row

    def nested(self, entity: Entity, row: Mapping[str, object], reads: Iterable[Read]) -> Row:
        key, wanted = (entity.key, row.get("id")), frozenset(reads)
        if self._writes == self.conn.record_writes and key in self._nested and key not in self.withheld:
            known, nested = self._nested[key]
            if wanted <= known:
                return nested
        return Seat.nested(self, entity, row, wanted)

    def sight(self, entity: Entity) -> Sight:
        return self.glances.at(self.conn, ("sight", entity.key), lambda: Seat.sight(self, entity))

    def stored(self, entity: Entity, record_id: int) -> Record:
        """What is stored of the record, whoever asks: read without the live fields unless they were read already."""
        key = (entity.key, record_id)
        if self._writes == self.conn.record_writes and key in self._whole:
            return self._whole[key]
        found = self.installed.records.find(self.conn, SYSTEM_SIGHT, entity.key, record_id, self.env, fields=())
        if found is None:
            raise NotThere(f"{entity.key} {record_id}")
        return found

    def _covers(self, entity: Entity, record: Record) -> bool:
        """Whether the record as it is stored lies in the actor's sight."""
        inside = self.sight(entity).covers(record, has_backup=has_backup(self.app, entity))
        return self.sees(entity, int(record["id"])) if inside is None else inside

    def sees(self, entity: Entity, record_id: int) -> bool:
        """Whether the record is there and in the actor's sight."""
        return record_id in self.installed.records.visible(
            self.conn, self.sight(entity), entity.key, [record_id], self.env
        )

    def read_again(self) -> None:
        """Forget what was read of records: some were written here, or others had time to write them."""
        self._whole.clear()
        self._nested.clear()
        self._writes = self.conn.record_writes

    def get(self, entity: Entity, record_id: int) -> Record:
        """The record now, whoever asks. It was there a moment ago in this transaction."""
        record = self.find(entity, record_id, seen=False)
        if record is None:
            raise NotThere(f"{entity.key} {record_id}")
        return record

    def whole(self, entity: Entity, record_id: int) -> Record | None:
        """As this work has it: with what it imagines."""
        return self.find(entity, record_id, seen=False)

    # --- after a write -----------------------------------------------------------------------------------------------

    def recompute(self) -> None:
        """Bring every stored computed field that depends on what was touched up to date."""
        touched = {key: set(ids) for key, ids in self.touched.items()}
        for key, ids in self.installed.derived.recompute(self.conn, touched, self.env).items():
            self.recomputed[key].update(ids)

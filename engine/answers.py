"""What the engine answers with: frozen values, in stored form, already cut to what the actor may read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias

from dsl.app import Move
from engine.verdict import Verdict

EditRight: TypeAlias = Literal["all", "fields", "none"]
EntryKind: TypeAlias = Literal["created", "changed", "moved", "removed", "restored", "commented"]


@dataclass(frozen=True, slots=True)
class Person:
    """A user as others see him or her. `role` is a role key, `unit` the unit's name."""

    id: int
    name: str
    role: str
    unit: str
    login: str = ""
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class Session:
    """One open sign-in of a person. `agent` is what the browser called itself."""

    id: str
    user_id: int
    agent: str
    opened_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class FileNote:
    """What people need to know about a stored file. size in bytes."""

    id: int
    name: str
    size: int
    mime: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Record:
    """One record as the actor may read it.

    values: field key → stored form, given and computed fields included; hidden fields are absent, masked fields hold
    their mask (text such as "•••• 5678") and are named in `masked`. titles: field key of a reference or a person →
    how that record is called (absent when it is empty or out of sight). files: the files its fields hold, by id.
    closed: references that are named but not the actor's to open: the record is removed or out of sight.
    """

    entity: str
    id: int
    version: int
    title: str
    values: Mapping[str, object]
    titles: Mapping[str, str] = field(default_factory=dict)
    masked: frozenset[str] = frozenset()
    files: Mapping[int, FileNote] = field(default_factory=dict)
    closed: frozenset[str] = frozenset()

    @property
    def stage(self) -> str:
        """The stage's key, or "" for a record without stages."""
        return str(self.values.get("stage") or "")


@dataclass(frozen=True, slots=True)
class Page:
    """Records in the order asked for; `next` and `previous` are cursors, None at an end."""

    items: tuple[Record, ...]
    next: str | None = None
    previous: str | None = None


@dataclass(frozen=True, slots=True)
class Total:
    """One group of `Engine.totals`: its key in stored form, how many records, and the sums by field key."""

    key: object
    count: int
    sums: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Rights:
    """What the actor may do with an entity before any record is looked at.

    edit "fields": only `edit_fields` of it: fields that people fill in (for a new record the parent too), and tables
    whose rows they may change. Conditions on the record are judged by `Engine.may`.
    """

    entity: str
    see: bool
    create: bool
    edit: EditRight
    edit_fields: frozenset[str]
    delete: bool
    export: bool
    hidden: frozenset[str]
    masked: frozenset[str]


@dataclass(frozen=True, slots=True)
class RecordRights:
    """What the actor may do with one record. moves: stages it may be asked to go to; children: entities addable."""

    edit_fields: frozenset[str]
    delete: bool
    moves: tuple[str, ...]
    children: frozenset[str] = frozenset()

    @property
    def edit(self) -> bool:
        return bool(self.edit_fields)


@dataclass(frozen=True, slots=True)
class Change:
    """One field before and after, in stored form; `before_title` and `after_title` name references and people."""

    field: str
    before: object
    after: object
    before_title: str = ""
    after_title: str = ""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One time that a field was given a value: who, when, from what to what."""

    at: datetime
    actor: Person | None
    change: Change


@dataclass(frozen=True, slots=True)
class Mention:
    """Somebody called the reader to a record, in a comment; `title` is the record's."""

    entity: str
    record_id: int
    title: str
    at: datetime
    actor: Person | None
    text: str


@dataclass(frozen=True, slots=True)
class Proof:
    """Evidence kept with a move: which requirement it met, and the file or the record that met it."""

    rule: str
    label: str
    file: FileNote | None = None
    entity: str = ""
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Waived:
    """A requirement that a person let pass, with his or her reason."""

    rule: str
    said: str
    reason: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened to a record or to one beneath it; `id` is the event's and the key for paging."""

    id: int
    at: datetime
    kind: EntryKind
    actor: Person | None
    entity: str
    record_id: int
    title: str
    changes: tuple[Change, ...] = ()
    source: str = ""
    target: str = ""
    text: str = ""
    proofs: tuple[Proof, ...] = ()
    waived: tuple[Waived, ...] = ()
    files: tuple[FileNote, ...] = ()
    called: tuple[str, ...] = ()
    """Names of those whom a comment mentions."""


@dataclass(frozen=True, slots=True)
class NextStep:
    """The most natural move from where a record stands, what it would find, and the other moves from there."""

    move: Move
    verdict: Verdict
    others: tuple[Move, ...]


@dataclass(frozen=True, slots=True)
class OpenRecord:
    """A record with what its page tells, all of one moment. entries: what happened, newest first."""

    record: Record
    rights: RecordRights
    entries: list[Entry]
    next_step: NextStep | None


@dataclass(frozen=True, slots=True)
class Hit:
    """Where the words that were searched for stand: a field, its text (cut, if it is long), the places that match."""

    field: str
    text: str
    marked: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A record found by its words: for reference pickers and the search box, which also says where they stand."""

    entity: str
    id: int
    title: str
    subtitle: str = ""
    hit: Hit | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """What a search found in one entity, best first."""

    entity: str
    found: tuple[Found, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a form would compute, show and demand if it were saved as it stands.

    values: computed fields, stored form. shown and required: only fields whose state a formula decides or that are
    always required. children: table field → one mapping of computed values for each row given. defaults: what the
    untouched fields take, stored form.
    """

    values: Mapping[str, object]
    shown: Mapping[str, bool]
    required: Mapping[str, bool]
    children: Mapping[str, tuple[Mapping[str, object], ...]] = field(default_factory=dict)
    defaults: Mapping[str, object] = field(default_factory=dict)

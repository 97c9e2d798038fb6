"""App: a definition with every name resolved and every formula checked. Immutable; the engine reads nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from dsl.formula.tree import Formula
from dsl.formula.value_types import ValueType
from dsl.source import NOWHERE, Span

if TYPE_CHECKING:
    from dsl.flow import Approval, Cadence, Rule
    from dsl.outlets import (
        Content,
        Dashboard,
        Document,
        Export,
        Handover,
        Import,
        Metric,
        OwnCalendar,
        Page,
        Report,
    )


@dataclass(frozen=True, slots=True)
class Text:
    """A label in several languages: `中文 | English`. The first language stands in for a missing one."""

    by_language: tuple[tuple[str, str], ...] = ()

    def say(self, language: str) -> str:
        for key, text in self.by_language:
            if key == language:
                return text
        return self.by_language[0][1] if self.by_language else ""


@dataclass(frozen=True, slots=True)
class Option:
    """One entry of a choice list. `parent` is the key of the group it stands under in a tree, or ""."""

    key: str
    label: Text
    color: str = ""
    retired: bool = False
    parent: str = ""
    is_group: bool = False


@dataclass(frozen=True, slots=True)
class Choices:
    key: str
    options: tuple[Option, ...]
    span: Span = NOWHERE

    def find(self, key: str) -> Option | None:
        return next((o for o in self.options if o.key == key), None)


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `value_type` follows from `kind`; a computed field has `formula` and no input.

    kind: text long email url phone number integer percent money yesno date time duration choice choices tags
    person department ref table file files image place code rich.
    required/show: True, False or a formula on the record. default: a stored-form value or a formula.
    given: made by the engine (code, stage, days_in_stage, tags, created_at …), not by a `fields:` entry.
    is_live: computed at reading because it depends on the clock, on `me`, or on a live field; else stored.
    """

    key: str
    kind: str
    label: Text
    value_type: ValueType
    span: Span
    scale: int = 0
    choices: str = ""
    target: str = ""
    required: bool | Formula = False
    unique: bool = False
    default: object | Formula | None = None
    formula: Formula | None = None
    is_live: bool = False
    minimum: int | None = None
    maximum: int | None = None
    show: Formula | None = None
    help: Text = Text()
    hide: frozenset[str] = frozenset()
    mask: str = ""
    is_personal: bool = False
    was: str = ""
    given: bool = False
    allow_filler: bool = False
    max_length: int = 0
    remembers: bool = False
    """A new record's form begins with what its maker gave the last one."""

    @property
    def is_computed(self) -> bool:
        return self.formula is not None


# --- gates -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fill:
    """The field must not be empty (filler words such as 暂无 count as empty)."""

    rule: str
    field: str
    span: Span


@dataclass(frozen=True, slots=True)
class Must:
    """The formula must be true; `say` is what people read when it is not."""

    rule: str
    that: Formula
    say: Text
    span: Span


@dataclass(frozen=True, slots=True)
class Evidence:
    """Typed proof.

    kind "file" / "image" / "live_photo": `field` of the record holds it. kind "record": a related record of `entity`
    (child by `link`) that meets `where`. Others (mail, approval, opened, task) name their own subject in `subject`.
    """

    rule: str
    kind: Literal["file", "image", "live_photo", "record", "mail", "approval", "opened", "task"]
    label: Text
    span: Span
    field: str = ""
    entity: str = ""
    link: str = ""
    where: Formula | None = None
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """any_of (1), at_least n, or all_of (all) of the parts."""

    rule: str
    kind: Literal["any_of", "all_of", "at_least"]
    least: int
    parts: tuple["Requirement", ...]
    span: Span
    label: Text = Text()


Requirement: TypeAlias = Fill | Must | Evidence | Group
Mode: TypeAlias = Literal["observe", "warn", "enforce"]


@dataclass(frozen=True, slots=True)
class Gate:
    """What must hold to enter or leave a stage or to take a move. All requirements, each with its own finding.

    mode observe: findings are recorded only; warn: shown, never block; enforce: block.
    teams: unit names the gate is for (empty: everybody). waive: roles that may waive a finding with a reason.
    """

    rule: str
    requirements: tuple[Requirement, ...]
    span: Span
    mode: Mode = "enforce"
    teams: tuple[str, ...] = ()
    waive: frozenset[str] = frozenset()


# --- stages ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stage:
    """limit: standard dwell in seconds (None: no limit). chance: scale-4 int (0.4 = 4000) or None."""

    key: str
    label: Text
    span: Span
    chance: int | None = None
    limit: int | None = None
    limit_in_workdays: bool = False
    end: Literal["", "won", "lost", "cancelled", "done"] = ""
    is_locked: bool = False
    approval: str = ""
    module: str = ""
    sop: tuple[Text, ...] = ()
    enter: Gate | None = None
    leave: Gate | None = None
    color: str = ""


@dataclass(frozen=True, slots=True)
class Move:
    """One allowed step between two stages.

    by: roles (empty: whoever may edit). ask: a question answered in the dialog.
    """

    rule: str
    source: str
    target: str
    span: Span
    by: frozenset[str] = frozenset()
    ask: Text | None = None
    when: Formula | None = None
    need: Gate | None = None


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Stages in order and the moves between them; `condition` picks the pipeline when a record is created."""

    key: str
    label: Text
    stages: tuple[Stage, ...]
    moves: tuple[Move, ...]
    span: Span
    condition: Formula | None = None

    @property
    def first(self) -> Stage:
        return self.stages[0]

    def stage(self, key: str) -> Stage | None:
        return next((s for s in self.stages if s.key == key), None)

    def moves_from(self, key: str) -> tuple[Move, ...]:
        return tuple(m for m in self.moves if m.source == key)

    def move(self, source: str, target: str) -> Move | None:
        return next((m for m in self.moves if m.source == source and m.target == target), None)


# --- the rest of an entity -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Validation:
    """`validations: [{that, say}]` refuses a write; `warn` rules only mark the record yellow."""

    rule: str
    that: Formula
    say: Text
    span: Span
    mode: Mode = "enforce"
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OneOpen:
    """`at_most: {one: per FIELD, where: formula}`: a partial unique index over a reference (S0-02)."""

    rule: str
    field: str
    stages: tuple[str, ...]
    say: Text
    span: Span


@dataclass(frozen=True, slots=True)
class Point:
    condition: Formula
    add: int
    label: Text
    span: Span


@dataclass(frozen=True, slots=True)
class Band:
    """low..high inclusive; None is open."""

    key: str
    label: Text
    low: int | None
    high: int | None
    color: str = ""


@dataclass(frozen=True, slots=True)
class Score:
    """A score card. The engine gives the entity two fields: KEY (integer) and KEY_band (choice `band:ENTITY.KEY`)."""

    key: str
    label: Text
    base: int
    points: tuple[Point, ...]
    bands: tuple[Band, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Access:
    """What one role may do with records of the entity it can see. Absent role = nothing.

    see overrides the role's `sees` for this entity. edit: True, False, a set of fields, or a condition on the record.
    """

    role: str
    span: Span
    see: str | Formula = ""
    create: bool | Formula = False
    edit: bool | frozenset[str] | Formula = False
    edit_fields: frozenset[str] = frozenset()
    delete: bool | Formula = False
    export: bool = False
    hide: frozenset[str] = frozenset()
    mask: frozenset[str] = frozenset()
    move: bool | Formula | None = None


@dataclass(frozen=True, slots=True)
class ListView:
    """A declared list: it gets its index. sort: field keys, "-" before for descending."""

    key: str
    label: Text
    columns: tuple[str, ...]
    filters: tuple[str, ...]
    sort: tuple[str, ...]
    span: Span
    condition: Formula | None = None
    group: str = ""


@dataclass(frozen=True, slots=True)
class BoardView:
    """A kanban over stages (`by` = "stage") or a choice field."""

    key: str
    label: Text
    by: str
    card: tuple[str, ...]
    span: Span
    red: Formula | None = None
    total: str = ""


@dataclass(frozen=True, slots=True)
class FormSection:
    label: Text
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NumberSeries:
    """`C<yyyy>-<####>`: parts are ("text", s) | ("date", "yyyy"|"mm"|"dd") | ("counter", digits)."""

    pattern: str
    parts: tuple[tuple[str, str], ...]
    period: Literal["", "year", "month", "day"]


@dataclass(frozen=True, slots=True)
class Snippet:
    key: str
    text: Text


@dataclass(frozen=True, slots=True)
class Entity:
    """fields: in order, written and given alike.

    parent: key of the entity it is part of; the reference to it has that key.
    """

    key: str
    label: Text
    fields: Mapping[str, Field]
    title: str
    span: Span
    parent: str = ""
    owner_field: str = ""
    backup_field: str = ""
    series: NumberSeries | None = None
    pipelines: tuple[Pipeline, ...] = ()
    validations: tuple[Validation, ...] = ()
    one_open: tuple[OneOpen, ...] = ()
    scores: Mapping[str, Score] = field(default_factory=dict)
    access: Mapping[str, Access] = field(default_factory=dict)
    lists: tuple[ListView, ...] = ()
    boards: tuple[BoardView, ...] = ()
    form: tuple[FormSection, ...] = ()
    quick: tuple[str, ...] = ()
    """What a new record is asked for first, besides what is required; the rest of the form waits behind a button."""
    snippets: tuple[Snippet, ...] = ()
    module: str = ""
    was: str = ""
    icon: str = ""
    has_own_access: bool = False
    rules: tuple[Rule, ...] = ()
    """Rules that act; those that only warn are validations."""

    @property
    def has_stages(self) -> bool:
        return bool(self.pipelines)

    def stage(self, key: str) -> Stage | None:
        return next((s for p in self.pipelines for s in p.stages if s.key == key), None)

    def pipeline_of(self, key: str) -> Pipeline:
        """The pipeline under `key`; the first one for an unknown or empty key."""
        return next((p for p in self.pipelines if p.key == key), self.pipelines[0])


@dataclass(frozen=True, slots=True)
class Role:
    """sees: own | team | area | all | assigned. includes: this role and all it inherits by `also`."""

    key: str
    label: Text
    sees: str
    includes: frozenset[str]
    span: Span


@dataclass(frozen=True, slots=True)
class DecisionTable:
    """rows: (cells, result); a cell is None (any), a stored-form value, a tuple of values, or a Bounds for numbers."""

    key: str
    label: Text
    columns: tuple[tuple[str, ValueType], ...]
    gives: ValueType
    rows: tuple[tuple[tuple[object, ...], object], ...]
    hit: Literal["first", "unique"]
    span: Span


@dataclass(frozen=True, slots=True)
class Menu:
    """An entry of the navigation: an entity, with the icon of the set that the web ships."""

    entity: str
    icon: str


@dataclass(frozen=True, slots=True)
class App:
    key: str
    label: Text
    version: int
    languages: tuple[str, ...]
    timezone: str
    calendar: str
    currency: str
    modules: Mapping[str, bool]
    roles: Mapping[str, Role]
    choices: Mapping[str, Choices]
    entities: Mapping[str, Entity]
    tables: Mapping[str, DecisionTable]
    filler: frozenset[str]
    """Words that count as empty where a real answer is needed (S4-23)."""
    menu: tuple[str, ...]
    """Entity keys in the order of the navigation."""
    digest: str
    """SHA-256 of the source text, and of the CSV files whose rows it takes."""
    source: str
    """The text itself, for excerpts and the line of a rule."""
    span: Span
    plugins: tuple[str, ...] = ()
    approvals: Mapping[str, Approval] = field(default_factory=dict)
    cadences: Mapping[str, Cadence] = field(default_factory=dict)
    documents: Mapping[str, Document] = field(default_factory=dict)
    pages: Mapping[str, Page] = field(default_factory=dict)
    handovers: Mapping[str, Handover] = field(default_factory=dict)
    metrics: Mapping[str, Metric] = field(default_factory=dict)
    dashboards: Mapping[str, Dashboard] = field(default_factory=dict)
    reports: Mapping[str, Report] = field(default_factory=dict)
    imports: Mapping[str, Import] = field(default_factory=dict)
    exports: Mapping[str, Export] = field(default_factory=dict)
    calendars: Mapping[str, OwnCalendar] = field(default_factory=dict)
    library: Mapping[str, Content] = field(default_factory=dict)

    def entity(self, key: str) -> Entity:
        return self.entities[key]

    def children_of(self, key: str) -> tuple[Entity, ...]:
        return tuple(e for e in self.entities.values() if e.parent == key)

"""The definition: an app as it was written, names still words with places. `dsl.resolve` makes the App of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dsl.app import Choices, Role, Text
from dsl.nodes import Scalar
from dsl.read import Block
from dsl.source import Span


@dataclass(frozen=True, slots=True)
class FieldDef:
    """`kind` is always a known kind; `is_poisoned`: something about it was wrong, so nothing more is said about it.

    subject: the list or entity that the text names. required: True, False or the text of a formula. block: the long
    form, empty for the short one.
    """

    key: Scalar
    kind: str
    block: Block
    scale: int = 0
    subject: Scalar | None = None
    is_required: bool = False
    required_if: Scalar | None = None
    is_unique: bool = False
    formula: Scalar | None = None
    label: Text = field(default_factory=Text)
    is_poisoned: bool = False


@dataclass(frozen=True, slots=True)
class StageDef:
    key: Scalar
    block: Block
    label: Text


@dataclass(frozen=True, slots=True)
class PipelineDef:
    """key "" and an empty label for the only pipeline of an entity."""

    key: Scalar
    label: Text
    stages: tuple[StageDef, ...]
    block: Block
    """The block that holds `moves` (the entity's own for its only pipeline)."""


@dataclass(frozen=True, slots=True)
class ScoreDef:
    key: Scalar
    block: Block
    label: Text
    bands: tuple["BandDef", ...]


@dataclass(frozen=True, slots=True)
class BandDef:
    """low..high with both ends in; None is open."""

    key: Scalar
    low: int | None
    high: int | None
    label: Text
    color: str


@dataclass(frozen=True, slots=True)
class EntityDef:
    key: Scalar
    block: Block
    label: Text
    fields: Mapping[str, FieldDef]
    pipelines: tuple[PipelineDef, ...]
    scores: tuple[ScoreDef, ...]
    tags: Choices | None


@dataclass(frozen=True, slots=True)
class AppDef:
    """head: the block of the whole file."""

    head: Block
    key: str
    label: Text
    languages: tuple[str, ...]
    timezone: str
    modules: Mapping[str, bool]
    filler: frozenset[str]
    roles: Mapping[str, Role]
    choices: Mapping[str, Choices]
    entities: Mapping[str, EntityDef]
    span: Span

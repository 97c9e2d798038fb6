"""Commands: what is wanted. Every door (form, API, import, bulk edit, board, rule) makes one and calls execute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

Values: TypeAlias = Mapping[str, object]
"""Field key → value in stored form (see dsl.kinds): scaled int, str, bool, date, datetime, id, tuple of keys or ids."""


@dataclass(frozen=True, slots=True)
class ChildRow:
    """A child row inside a parent's form: id None creates, `delete` removes, else the given values are set."""

    values: Values
    id: int | None = None
    delete: bool = False


Children: TypeAlias = Mapping[str, Sequence[ChildRow]]
"""Table field of the parent → its rows that change (rows not named stay as they are)."""


@dataclass(frozen=True, slots=True)
class Create:
    entity: str
    values: Values
    children: Children = field(default_factory=dict)
    stage: str = ""
    """Only imports and the sample company may start elsewhere than in the first stage."""


@dataclass(frozen=True, slots=True)
class Update:
    entity: str
    id: int
    version: int | None
    values: Values
    children: Children = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Delete:
    entity: str
    id: int
    version: int | None


@dataclass(frozen=True, slots=True)
class Move:
    """One step along the stages.

    fill: values given in the gate dialog (files by id). waive: rule of a finding → reason. answer: to the move's `ask`.
    """

    entity: str
    id: int
    to: str
    version: int | None = None
    fill: Values = field(default_factory=dict)
    waive: Mapping[str, str] = field(default_factory=dict)
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Restore:
    """Brings a removed record back, with the parts that were removed with it: the inverse of Delete."""

    entity: str
    id: int


Command: TypeAlias = Create | Update | Delete | Move | Restore

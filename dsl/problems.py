"""Problems: what is wrong with a text, as values. The dsl never raises on user text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, Literal, TypeVar

from dsl.source import Span

T = TypeVar("T")
Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Related:
    """Another place that belongs to a problem, with a note about it."""

    span: Span
    note: str


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake at one place.

    The sentences (zh, en) are made from the template that `dsl.catalog` keeps for `code`,
    filled with `values`; so a test can compare codes and places, and no sentence is written twice.
    """

    code: str
    span: Span
    values: Mapping[str, object] = field(default_factory=dict)
    severity: Severity = "error"
    near: tuple[str, ...] = ()
    related: tuple[Related, ...] = ()


@dataclass(frozen=True, slots=True)
class Checked(Generic[T]):
    """A value and all that is wrong with its text. `value` is None when an error leaves nothing usable."""

    value: T | None
    problems: tuple[Problem, ...] = ()

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(p for p in self.problems if p.severity == "error")

    @property
    def is_ok(self) -> bool:
        return self.value is not None and not self.errors

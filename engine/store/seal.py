"""The seal of the query gate, and the guard that refuses a statement which reads protected tables without it.

A statement may name a protected table (an entity table or one of its links) only inside a select that the gate sealed,
or as a whole `as_system` with one of the named reasons. SQL text and literal columns are refused everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.sql.visitors import HasTraverseInternals

PROTECTED = "protected"
"""Mark (Table.info) of tables that only the query gate may hand out."""

_SEAL = "sealed_by_the_gate"


class Unsealed(Exception):
    """A statement that goes around the query gate: a mistake in the engine, never of a user."""


class Reason(Enum):
    """Why a statement may see every row. A test lists the call sites of each."""

    WRITE = "the one write path: permission and version were judged before"
    JUDGE = "a gate sees every row under its lock root, whoever asks"
    RECOMPUTE = "stored computed fields are the same for everybody"
    TITLES = "a reference shows its title to whoever sees the referring record"
    SEARCH_INDEX = "the index holds every record; finding goes through the gate"
    FILES = "who holds a file is asked first, and each holder's sight after"
    CHECK = "the data check holds every row against what was written of it"
    MATCH = "a double is found whoever sees it; nothing of it is shown"
    COPY = "the whole of the data goes out or comes in as one"
    SCHEMA = "a retyped column is filled from the old one"


@dataclass(frozen=True, slots=True)
class SystemStatement:
    """A statement that may read and write protected tables."""

    statement: sa.Executable
    reason: Reason


Statement = sa.Executable | SystemStatement
S = TypeVar("S", bound=sa.Select[Any])


def as_system(statement: sa.Executable, reason: Reason) -> SystemStatement:
    return SystemStatement(statement, reason)


def seal(select: S) -> S:
    """Only for the query gate: what is inside may read protected tables."""
    sealed: S = select._annotate({_SEAL: True})
    return sealed


def guard(statement: Statement) -> None:
    """Raises Unsealed unless the statement keeps to the rules above."""
    if isinstance(statement, SystemStatement):
        _walk(statement.statement, is_sealed=True)
    else:
        _walk(statement, is_sealed=False)


def _walk(element: Any, *, is_sealed: bool) -> None:
    if isinstance(element, sa.TextClause) or (getattr(element, "is_literal", False) and element.name != "*"):
        raise Unsealed("SQL text in a statement")
    is_sealed = is_sealed or _SEAL in getattr(element, "_annotations", {})
    if not is_sealed:
        table = element if isinstance(element, sa.Table) else getattr(element, "table", None)
        if isinstance(table, sa.Table) and PROTECTED in table.info:
            raise Unsealed(f"{table.name} outside the query gate")
    if isinstance(element, sa.Table):
        return
    if isinstance(element, HasTraverseInternals):
        for child in element.get_children():
            _walk(child, is_sealed=is_sealed)

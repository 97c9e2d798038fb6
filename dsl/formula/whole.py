"""Figures over all records of an entity: `sum(amount where stage != "lost")`, `count(where …) / count()`.

Such a formula has no record of its own. Its aggregates stand over the rows `*`, which are all records of the entity;
in the value and the `where` of one, bare names are those of a record.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from dsl.app import App
from dsl.formula.aggregates import AGGREGATES
from dsl.formula.check import Checker
from dsl.formula.parse import SyntaxFault, parse
from dsl.formula.paths import Frame
from dsl.formula.reads import reads_of, volatile_of
from dsl.formula.report import Report
from dsl.formula.scope import AppScope, FieldInfo, StageInfo, TableInfo
from dsl.formula.syntax import (
    BetweenTest,
    Binary,
    CallSyntax,
    Chain,
    EmptyTest,
    Membership,
    NamePath,
    Step,
    Syntax,
    Unary,
    parts_of,
)
from dsl.formula.tree import Formula
from dsl.formula.value_types import RowsType
from dsl.problems import Checked
from dsl.source import Span

ALL_ROWS = "*"
"""The name of the rows that are all records; no key can be so called."""


@dataclass(frozen=True, slots=True)
class WholeScope:
    """Names of a formula over all records of `whole`; outside of an aggregate there are none."""

    app: App
    whole: str
    entity: str = ""

    def has(self, entity: str) -> bool:
        return AppScope(self.app, self.whole).has(entity)

    def field(self, entity: str, name: str) -> FieldInfo | None:
        if entity == "":
            return FieldInfo(RowsType(self.whole), nullable=False, given=True) if name == ALL_ROWS else None
        return AppScope(self.app, self.whole).field(entity, name)

    def names(self, entity: str) -> Iterable[str]:
        return () if entity == "" else AppScope(self.app, self.whole).names(entity)

    def stages(self, entity: str) -> tuple[StageInfo, ...]:
        return AppScope(self.app, self.whole).stages(entity)

    def table(self, name: str) -> TableInfo | None:
        return AppScope(self.app, self.whole).table(name)

    def tables(self) -> Iterable[str]:
        return AppScope(self.app, self.whole).tables()


def check_figure(text: str, span: Span, app: App, entity: str) -> Checked[Formula]:
    """Reads and checks a formula over all records of the entity; span is where its text begins in its file."""
    report = Report(text, span)
    syntax = parse(text)
    if isinstance(syntax, SyntaxFault):
        report.add_at(syntax.code, syntax.start, syntax.end, dict(syntax.values))
        return Checked(None, report.sorted())
    if lonely := _outside(syntax):
        for path in lonely:
            report.add("M39", path, {"name": ".".join(path.names)})
        return Checked(None, report.sorted())
    root = Checker(WholeScope(app, entity), report).node(_over_all(syntax), Frame(""))
    if root is None or report.problems:
        return Checked(None, report.sorted())
    whole = report.span(0, len(text))
    return Checked(Formula(text, "", root, reads_of(root, ""), volatile_of(root), whole))


def _is_aggregate(written: Syntax) -> bool:
    if not isinstance(written, CallSyntax) or written.name.name not in AGGREGATES:
        return False
    return written.name.name not in ("min", "max") or written.where is not None or len(written.args) == 1


def _outside(written: Syntax) -> list[NamePath]:
    """Names of fields that stand in no aggregate: they would be of no record."""
    if isinstance(written, NamePath):
        return [written]
    return [] if _is_aggregate(written) else [path for part in _parts(written) for path in _outside(part)]


def _parts(written: Syntax) -> tuple[Syntax, ...]:
    """The parts that are of the row around: all but the `where` of a call."""
    return written.args if isinstance(written, CallSyntax) else parts_of(written)


def _over_all(written: Syntax) -> Syntax:
    """The tree with the rows `*` named in every aggregate."""
    if isinstance(written, CallSyntax) and _is_aggregate(written):
        if not written.args:
            at = written.name
            rows = NamePath(start=at.start, end=at.end, steps=(Step(ALL_ROWS, at.start, at.end),))
            return replace(written, args=(rows,))
        return replace(written, args=(_of_a_row(written.args[0]), *written.args[1:]))
    return _with_parts(written, tuple(_over_all(part) for part in _parts(written)))


def _of_a_row(written: Syntax) -> Syntax:
    """The value of an aggregate with every field named as one of the rows."""
    if isinstance(written, NamePath):
        if written.steps[0].name in ("me", "submitter", "this"):
            return written
        return replace(written, steps=(Step(ALL_ROWS, written.start, written.start), *written.steps))
    return _with_parts(written, tuple(_of_a_row(part) for part in _parts(written)))


def _with_parts(written: Syntax, parts: tuple[Syntax, ...]) -> Syntax:
    match written:
        case Unary() | EmptyTest():
            return replace(written, arg=parts[0])
        case Binary():
            return replace(written, left=parts[0], right=parts[1])
        case Chain():
            return replace(written, parts=parts)
        case Membership():
            return replace(written, arg=parts[0], options=parts[1:])
        case BetweenTest():
            return replace(written, arg=parts[0], low=parts[1], high=parts[2])
        case CallSyntax():
            return replace(written, args=parts)
        case _:
            return written

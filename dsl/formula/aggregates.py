"""Aggregates over child rows: count exists sum avg min max latest first join."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dsl.formula.bounds import ROWS_LIMIT, UNBOUNDED, may_overflow, rescaled
from dsl.formula.operators import DIVISION_SCALE, concat, not_ordered
from dsl.formula.paths import Frame, Rows
from dsl.formula.syntax import CallSyntax, NamePath, Step, Syntax, TextLiteral, parts_of
from dsl.formula.tree import Aggregate, Bounds, IsEmpty, Logic, Node
from dsl.formula.typing_rules import Fault, Typing
from dsl.formula.value_types import (
    DURATION,
    INTEGER,
    TEXT,
    YESNO,
    DateType,
    DurationType,
    FileType,
    NumberType,
    PlaceType,
    RowsType,
    SetType,
    TimeType,
)
from dsl.formula.words import say_type

if TYPE_CHECKING:
    from dsl.formula.check import Checker

MAX_AGGREGATES = 10
AGGREGATES = frozenset({"count", "exists", "sum", "avg", "min", "max", "latest", "first", "join"})
JOINED_LENGTH = 100_000
"""Characters that `join` is taken to give at most; the bound of its text."""


class AggregateChecker:
    """Checks `count(rows where …)` and its kin."""

    def __init__(self, checker: Checker) -> None:
        self.checker = checker
        self.report = checker.report
        self.count = 0

    def takes(self, written: CallSyntax, frame: Frame) -> bool:
        """Whether the call works over rows: min and max also take values beside each other."""
        name = written.name.name
        if name not in AGGREGATES:
            return False
        if name not in ("min", "max") or written.where is not None:
            return True
        return len(written.args) == 1 and bool(self._prefixes(written.args[0], frame))

    def exists(self, written: NamePath, frame: Frame) -> Aggregate | None:
        """`rows is not empty` as exists(rows); None if the path is no table field."""
        rows = self.checker.paths.rows(written.steps, frame)
        if rows is None:
            return None
        return self._made("exists", rows, None, None, Typing(YESNO, nullable=False), written)

    def node(self, written: CallSyntax, frame: Frame) -> Node | None:
        name = written.name.name
        expected = 2 if name == "join" else 1
        if not 1 <= len(written.args) <= expected:
            self.report.add("F44", written, {"name": name})
            return None
        self.count += 1
        if self.count == MAX_AGGREGATES + 1:
            self.report.add("F45", written, {"limit": MAX_AGGREGATES})
        prefixes = self._prefixes(written.args[0], frame)
        steps = prefixes[0] if prefixes else ()
        if len({tuple(step.name for step in prefix) for prefix in prefixes}) != 1:
            self._no_rows(written, frame)
            return None
        rows = self.checker.paths.rows(steps, frame)
        return None if rows is None else self._checked(written, rows, steps, frame)

    def _no_rows(self, written: CallSyntax, frame: Frame) -> None:
        """Says why the argument has no rows; an unknown name in it is the better news."""
        before = len(self.report.problems)
        node = self.checker.node(written.args[0], frame)
        if len(self.report.problems) == before or node is not None:
            self.report.add("F44", written.args[0], {"name": written.name.name})

    def _prefixes(self, written: Syntax, frame: Frame) -> list[tuple[Step, ...]]:
        if isinstance(written, NamePath):
            prefix = self.checker.paths.rows_prefix(written, frame)
            return [prefix] if prefix else []
        if isinstance(written, CallSyntax) and written.name.name in AGGREGATES and self.takes(written, frame):
            return []
        return [prefix for part in parts_of(written) for prefix in self._prefixes(part, frame)]

    def _checked(self, written: CallSyntax, rows: Rows, steps: tuple[Step, ...], frame: Frame) -> Node | None:
        name = written.name.name
        [first, *_] = written.args
        is_bare = isinstance(first, NamePath) and len(first.steps) == len(steps)
        where = None
        if written.where is not None:
            where = self.checker.condition(written.where, Frame(rows.entity, outer=frame))
        value = None
        if not is_bare:
            inner = Frame(rows.entity, outer=frame, prefix=tuple(step.name for step in steps))
            value = self.checker.node(first, inner)
        if (written.where is not None and where is None) or (not is_bare and value is None):
            return None
        if name in ("count", "exists"):
            typing = Typing(INTEGER, False, Bounds(0, ROWS_LIMIT)) if name == "count" else Typing(YESNO, nullable=False)
            return self._made(name, rows, None, _and_present(where, value), typing, written)
        if value is None:
            self.report.add("F46", written, {"name": name, "rows": rows.field})
            return None
        if name == "join":
            return self._join(written, rows, value, where)
        checked = self._typing(name, value)
        if isinstance(checked, Fault):
            self.report.fault(checked, first)
            return None
        order = self._order(rows.entity) if name in ("latest", "first") else None
        return self._made(name, rows, value, where, checked, written, order=order)

    def _typing(self, name: str, value: Node) -> Typing | Fault:
        kind = value.type
        match name:
            case "sum" if isinstance(kind, NumberType | DurationType):
                limits = _summed(value.bounds)
                return Typing(kind, may_overflow(limits), limits)
            case "avg" if isinstance(kind, NumberType):
                scale = DIVISION_SCALE
                limits = rescaled(value.bounds, scale - kind.scale)
                return Typing(replace(kind, scale=scale), nullable=True, bounds=limits)
            case "avg" if isinstance(kind, DurationType):
                return Typing(DURATION, nullable=True, bounds=value.bounds)
            case "min" | "max":
                fault = not_ordered(kind)
                return fault or Typing(kind, nullable=True, bounds=value.bounds)
            case "latest" | "first" if not isinstance(kind, FileType | PlaceType | RowsType | SetType):
                return Typing(kind, nullable=_has_none(value), bounds=value.bounds)
            case _:
                return Fault("F47", {"name": name, "type": say_type(kind)})

    def _join(self, written: CallSyntax, rows: Rows, value: Node, where: Node | None) -> Node | None:
        separator = "、"
        if len(written.args) == 2:
            second = written.args[1]
            if not isinstance(second, TextLiteral):
                self.report.add("F42", second, {"parameter": "separator", "choices": '"、"'})
                return None
            separator = second.value
        text = concat((value,), value.span)
        if isinstance(text, Fault):
            self.report.fault(text, written.args[0])
            return None
        typing = Typing(TEXT, nullable=False, bounds=Bounds(0, JOINED_LENGTH))
        made = self._made("join", rows, text, where, typing, written)
        return replace(made, separator=separator)

    def _order(self, entity: str) -> str | None:
        """The child's first date or instant field as declared; given ones (created_at …) do not count."""
        scope = self.checker.scope
        for name in scope.names(entity):
            info = scope.field(entity, name)
            if info is not None and not info.given and isinstance(info.value_type, DateType | TimeType):
                return name
        return None

    def _made(
        self,
        name: str,
        rows: Rows,
        value: Node | None,
        where: Node | None,
        typing: Typing,
        written: Syntax,
        order: str | None = None,
    ) -> Aggregate:
        return Aggregate(
            type=typing.type,
            nullable=typing.nullable,
            span=self.report.of(written),
            bounds=typing.bounds,
            function=name,
            start=rows.start,
            hops=rows.hops,
            rows=rows.field,
            entity=rows.entity,
            link=rows.link,
            value=value,
            where=where,
            order=order,
        )


def _summed(bounds: Bounds) -> Bounds:
    if bounds.low is None or bounds.high is None:
        return UNBOUNDED
    return Bounds(min(0, bounds.low * ROWS_LIMIT), max(0, bounds.high * ROWS_LIMIT))


def _has_none(value: Node) -> bool:
    """Whether the empty value of the node's type is None: over no rows the result is then None."""
    return value.type not in (TEXT, YESNO)


def _and_present(where: Node | None, value: Node | None) -> Node | None:
    """count(rows.field) counts the rows where the field is not empty."""
    if value is None or value.type == YESNO:
        return where
    present = IsEmpty(type=YESNO, nullable=False, span=value.span, arg=value, negated=True)
    if where is None:
        return present
    return Logic(type=YESNO, nullable=False, span=where.span, op="and", parts=(where, present))

"""Names → typed paths: fields of the row, of the records it refers to, of the row around, of the acting person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from dsl.formula.functions import FUNCTIONS
from dsl.formula.report import Report
from dsl.formula.scope import (
    LIMIT_DAYS_SCALE,
    PERSON_ENTITY,
    UNBOUNDED,
    FieldInfo,
    Scope,
    default_nullable,
    limit_days,
)
from dsl.formula.syntax import NamePath, Step
from dsl.formula.tree import Bounds, Hop, Node, Now, Path, StageFact
from dsl.formula.value_types import (
    PERCENT,
    PERSON,
    ChoiceType,
    NumberType,
    PersonType,
    RefType,
    RowsType,
)
from dsl.formula.words import say_type
from dsl.names import suggest

MAX_HOPS = 3
Start: TypeAlias = Literal["row", "this", "me", "submitter"]


@dataclass(frozen=True, slots=True)
class Frame:
    """The rows whose names are in reach.

    entity: where bare names live. outer: the frame around an aggregate, reached by `this.`. prefix: set while the value
    of an aggregate is checked, as `lines` in `sum(lines.qty * rate)`: names that begin so are the child's, others are
    of the row around.
    """

    entity: str
    outer: "Frame | None" = None
    prefix: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Route:
    """Where a path begins and the names still to follow."""

    start: Start
    entity: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """A path that ends at a table field: the parent's place, the field and the child."""

    start: Literal["row", "this"]
    hops: tuple[Hop, ...]
    parent: str
    field: str
    entity: str
    link: str


class PathResolver:
    """Resolves the names of one formula against a scope."""

    def __init__(self, scope: Scope, report: Report) -> None:
        self.scope = scope
        self.report = report

    def node(self, written: NamePath, frame: Frame) -> Node | None:
        """The typed path; None after reporting why there is none."""
        if len(written.steps) == 1 and written.steps[0].name in ("me", "submitter"):
            name: Literal["me", "submitter"] = "me" if written.steps[0].name == "me" else "submitter"
            return Now(type=PERSON, nullable=True, span=self.report.of(written), name=name)
        route = self.route(written, frame)
        return None if route is None else self._follow(route, written)

    def route(self, written: NamePath, frame: Frame) -> Route | None:
        """Where the path begins, after `this`, `me`, `submitter` and the rows of an aggregate's value."""
        first, *rest = written.steps
        if first.name in ("me", "submitter"):
            start: Start = "me" if first.name == "me" else "submitter"
            return Route(start, PERSON_ENTITY, tuple(rest))
        if first.name == "this":
            if not rest:
                self.report.add("F34", written)
                return None
            if frame.prefix and frame.outer is not None:
                return self._around(frame.outer, tuple(rest), written)
            return self._outside(frame, tuple(rest))
        size = len(frame.prefix)
        if frame.prefix and written.names[:size] == frame.prefix:
            return Route("row", frame.entity, written.steps[size:])
        if frame.prefix:
            return self._outside(frame, written.steps)
        return Route("row", frame.entity, written.steps)

    def _outside(self, frame: Frame, steps: tuple[Step, ...]) -> Route:
        """A path from the row around; outside of an aggregate `this` is the row itself."""
        return Route("this", frame.outer.entity, steps) if frame.outer else Route("row", frame.entity, steps)

    def _around(self, outer: Frame, steps: tuple[Step, ...], written: NamePath) -> Route | None:
        """`this.` in the value of an aggregate: bare names are already the row around; further out is out of reach."""
        if outer.outer is not None:
            self.report.add("F33", written)
            return None
        return Route("this", outer.entity, steps)

    def rows(self, names: tuple[Step, ...], frame: Frame) -> Rows | None:
        """The rows that a path leads to, without reporting; None if it leads to none."""
        if names and names[0].name in ("me", "submitter"):
            return None
        if frame.prefix:
            return None
        start: Literal["row", "this"] = "row"
        entity, steps = frame.entity, names
        if names[0].name == "this":
            steps = names[1:]
            if frame.outer is not None:
                start, entity = "this", frame.outer.entity
        hops: list[Hop] = []
        for index, step in enumerate(steps):
            info = self.scope.field(entity, step.name)
            if info is None:
                return None
            if isinstance(info.value_type, RowsType):
                if index != len(steps) - 1:
                    return None
                return Rows(start, tuple(hops), entity, step.name, info.value_type.entity, info.link)
            target = self._target(info)
            if target is None:
                return None
            hops.append(Hop(step.name, target))
            entity = target
        return None

    def rows_prefix(self, written: NamePath, frame: Frame) -> tuple[Step, ...]:
        """The shortest beginning of the path that leads to rows; () if none does."""
        for size in range(1, len(written.steps) + 1):
            if self.rows(written.steps[:size], frame):
                return written.steps[:size]
        return ()

    def _follow(self, route: Route, written: NamePath) -> Node | None:
        entity, hops = route.entity, list[Hop]()
        if not route.steps:
            self.report.add("F30", written, {"name": ".".join(written.names)})
            return None
        for step in route.steps[:-1]:
            info = self._field(entity, step, route)
            if info is None:
                return None
            if _is_stage(info) and step is route.steps[-2]:
                return self._stage_fact(route, tuple(hops), entity, written)
            target = self._target(info)
            if target is None:
                code = "F30" if isinstance(info.value_type, RowsType) else "F29"
                self.report.add(code, step, {"name": step.name, "type": say_type(info.value_type)})
                return None
            hops.append(Hop(step.name, target))
            entity = target
        last = route.steps[-1]
        if len(hops) > MAX_HOPS:
            self.report.add("F12", written, {"limit": MAX_HOPS, "count": len(hops)})
            return None
        info = self._field(entity, last, route)
        return None if info is None else self._path(route, tuple(hops), entity, last, info, written)

    def _path(
        self, route: Route, hops: tuple[Hop, ...], entity: str, last: Step, info: FieldInfo, written: NamePath
    ) -> Path:
        through_empty = bool(hops) or route.start in ("me", "submitter")
        nullable = info.nullable or (through_empty and default_nullable(info.value_type))
        return Path(
            type=info.value_type,
            nullable=nullable,
            span=self.report.of(written),
            bounds=info.bounds,
            start=route.start,
            hops=hops,
            entity=entity,
            field=last.name,
        )

    def _target(self, info: FieldInfo) -> str | None:
        match info.value_type:
            case RefType(entity=entity):
                return entity
            case PersonType():
                return PERSON_ENTITY
            case _:
                return None

    def _field(self, entity: str, step: Step, route: Route) -> FieldInfo | None:
        info = self.scope.field(entity, step.name)
        if info is None:
            self._unknown(entity, step, route)
        return info

    def _unknown(self, entity: str, step: Step, route: Route) -> None:
        if step.name in FUNCTIONS or self.scope.table(step.name):
            self.report.add("F16", step, {"name": step.name})
            return
        names = [*self.scope.names(entity)]
        if step is route.steps[0]:
            names += ["me", "submitter", "this"]
        near = tuple(suggest(step.name, names))
        self.report.add("F15", step, {"name": step.name, "entity": entity}, near)

    def _stage_fact(self, route: Route, hops: tuple[Hop, ...], entity: str, written: NamePath) -> StageFact | None:
        fact = route.steps[-1]
        if fact.name not in ("limit_days", "chance") or route.start in ("me", "submitter"):
            self.report.add("F15", fact, {"name": fact.name, "entity": "stage"}, ("limit_days", "chance"))
            return None
        stages = self.scope.stages(entity)
        chosen: Literal["limit_days", "chance"] = "chance" if fact.name == "chance" else "limit_days"
        values = [s.chance if chosen == "chance" else limit_days(s.limit) for s in stages]
        known = [value for value in values if value is not None]
        return StageFact(
            type=PERCENT if chosen == "chance" else NumberType(LIMIT_DAYS_SCALE),
            nullable=True,
            span=self.report.of(written),
            bounds=Bounds(min(known), max(known)) if known else UNBOUNDED,
            start="this" if route.start == "this" else "row",
            hops=hops,
            entity=entity,
            fact=chosen,
        )


def _is_stage(info: FieldInfo) -> bool:
    return isinstance(info.value_type, ChoiceType) and info.value_type.name.startswith("stage:")

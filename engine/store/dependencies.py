"""What a change touches: stored computed fields, what they read, and the way back from there.

A node is a stored computed field (entity, field). An edge is one `Read` of its formula: in the record itself, along
references, or over child rows. The references and table fields on the way are reads of their own, so that a record
which comes to point elsewhere is an edge like any other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter

from dsl.app import App
from dsl.formula.scope import DEPARTMENT_ENTITY, PERSON_ENTITY, link_of
from dsl.formula.tree import Formula, Read
from dsl.formula.value_types import RowsType

Place = tuple[str, str]
"""(entity, field)."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a way, forwards from `entity` by `field` to `target`.

    link: for a table field the child's reference back; "" for a reference that `entity` itself holds.
    """

    entity: str
    field: str
    target: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Edge:
    """A formula of the node reads `source` at the end of `way`; no steps: in its own record."""

    source: Place
    way: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Level:
    """Fields of one entity that do not read one another: one statement recomputes them together."""

    entity: str
    fields: tuple[str, ...]
    edges: frozenset[Edge]


class Graph:
    """The stored computed fields of an app in the order in which they can be recomputed."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.formulas: Mapping[Place, Formula] = {
            (entity.key, field.key): field.formula
            for entity in app.entities.values()
            for field in entity.fields.values()
            if field.formula is not None and not field.is_live
        }
        self.edges: Mapping[Place, tuple[Edge, ...]] = {
            place: tuple(Edge((read.entity, read.field), way_of(app, place[0], read)) for read in sorted_reads(formula))
            for place, formula in self.formulas.items()
        }
        self.levels = tuple(self._levels())

    def _levels(self) -> Iterator[Level]:
        order: TopologicalSorter[Place] = TopologicalSorter(
            {place: [e.source for e in edges if e.source in self.formulas] for place, edges in self.edges.items()}
        )
        order.prepare()
        while order.is_active():
            ready = order.get_ready()
            for entity in sorted({entity for entity, _ in ready}):
                fields = tuple(sorted(field for owner, field in ready if owner == entity))
                edges = frozenset(edge for field in fields for edge in self.edges[entity, field])
                yield Level(entity, fields, edges)
            order.done(*ready)


def sorted_reads(formula: Formula) -> list[Read]:
    return sorted(formula.reads, key=lambda read: (read.via, read.entity, read.field))


def way_of(app: App, entity: str, read: Read) -> tuple[Step, ...]:
    """The steps from a record of `entity` to what it reads."""
    steps: list[Step] = []
    for name in read.via:
        step = step_of(app, entity, name)
        steps.append(step)
        entity = step.target
    return tuple(steps)


def step_of(app: App, entity: str, name: str) -> Step:
    """Where the field `name` of an entity leads to."""
    if entity == PERSON_ENTITY:
        return Step(entity, name, DEPARTMENT_ENTITY if name == "unit" else PERSON_ENTITY)
    field = app.entity(entity).fields[name]
    if isinstance(field.value_type, RowsType):
        child = field.value_type.entity
        return Step(entity, name, child, link_of(app.entities, entity, child))
    if field.kind == "person":
        return Step(entity, name, PERSON_ENTITY)
    if field.kind == "department":
        return Step(entity, name, DEPARTMENT_ENTITY)
    return Step(entity, name, field.target)

"""What reads what: the graph of computed fields, in which order they are computed, and which of them are live."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeAlias

from dsl.app import App
from dsl.problems import Related
from dsl.read import Reading

Place: TypeAlias = tuple[str, str]
"""(entity, field)"""


def computed_reads(app: App) -> dict[Place, frozenset[Place]]:
    """For each computed field, the fields that its formula reads."""
    return {
        (entity.key, field.key): frozenset((read.entity, read.field) for read in field.formula.reads)
        for entity in app.entities.values()
        for field in entity.fields.values()
        if field.formula is not None
    }


def recalculation_order(reads: Mapping[Place, Iterable[Place]]) -> tuple[list[Place], list[Place]]:
    """Computed fields, each after those it reads; and those that stand in a circle or behind one."""
    inner = {place: {read for read in found if read in reads} for place, found in reads.items()}
    readers: dict[Place, list[Place]] = {}
    for place, found in inner.items():
        for read in found:
            readers.setdefault(read, []).append(place)
    missing = {place: len(found) for place, found in inner.items()}
    order = [place for place, count in missing.items() if not count]
    for place in order:
        for reader in readers.get(place, ()):
            missing[reader] -= 1
            if not missing[reader]:
                order.append(reader)
    done = set(order)
    return order, [place for place in inner if place not in done]


def circle(start: Place, reads: Mapping[Place, Iterable[Place]], among: set[Place]) -> list[Place]:
    """One circle met by walking from `start` over fields that are `among`: its members in reading order."""
    path, at = [start], start
    while True:
        following = [place for place in sorted(reads[at]) if place in among]
        if not following:
            return []
        at = following[0]
        if at in path:
            return path[path.index(at) :]
        path.append(at)


def tell_live(reading: Reading, app: App) -> App:
    """The App with every computed field marked live or stored; circles are reported and lose their formulas.

    A field is live when its formula depends on the moment (the clock, `me`) or reads a live field.
    """
    reads = computed_reads(app)
    order, stuck = recalculation_order(reads)
    _report_circles(reading, app, reads, set(stuck))
    live: set[Place] = {(e.key, f.key) for e in app.entities.values() for f in e.fields.values() if f.is_live}
    for place in order:
        formula = app.entities[place[0]].fields[place[1]].formula
        if (formula is not None and formula.volatile) or not live.isdisjoint(reads[place]):
            live.add(place)
    broken = set(stuck)
    entities = {}
    for entity in app.entities.values():
        fields = {
            key: replace(
                field, is_live=(entity.key, key) in live, formula=None if (entity.key, key) in broken else field.formula
            )
            for key, field in entity.fields.items()
        }
        entities[entity.key] = replace(entity, fields=fields)
    return replace(app, entities=entities)


def _report_circles(reading: Reading, app: App, reads: Mapping[Place, frozenset[Place]], stuck: set[Place]) -> None:
    told: set[Place] = set()
    for place in sorted(stuck):
        members = circle(place, reads, stuck)
        if not members or told.intersection(members):
            continue
        told.update(members)
        first = min(members, key=lambda p: app.entities[p[0]].fields[p[1]].span.line)
        at = members.index(first)
        names = [f"{entity}.{field}" for entity, field in members[at:] + members[:at]]
        related = tuple(Related(app.entities[e].fields[f].span, f"{e}.{f}") for e, f in members if (e, f) != first)
        span = app.entities[first[0]].fields[first[1]].span
        reading.report("M09", span, related=related, fields=" → ".join([*names, names[0]]))

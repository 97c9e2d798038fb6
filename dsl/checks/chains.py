"""Rules that set each other off: what a rule writes, directly or through computed fields, another one waits for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import takewhile
from typing import TypeAlias

from dsl.app import App, Entity
from dsl.flow import Action, AddTags, AskApproval, Assign, Create, MoveTo, Put, Rule, SetFields, WaitFor
from dsl.graph import Place, computed_reads
from dsl.problems import Problem, Related

Event: TypeAlias = tuple[str, str, str]
"""("field", entity, field), ("enter" | "leave", entity, stage), ("create", entity, ""), ("submitted", approval, "")."""


def rules_that_set_each_other_off(app: App) -> Iterator[Problem]:
    """A22, once for each ring; a warning where a condition may end it."""
    rules = {rule.rule: rule for entity in app.entities.values() for rule in entity.rules}
    readers = _readers(app)
    written = {key: _with_computed(set(_writes(app, rule)), readers) for key, rule in rules.items()}
    follows = {
        key: [other for other, rule in rules.items() if not events.isdisjoint(_listens(rule))]
        for key, events in written.items()
    }
    told: set[str] = set()
    for start in rules:
        ring = [] if start in told else _ring(start, follows)
        if ring:
            told.update(ring)
            yield _problem(rules, ring)


def _problem(rules: dict[str, Rule], ring: list[str]) -> Problem:
    members = [rules[key] for key in ring]
    path = " → ".join([*(rule.rule for rule in members), members[0].rule])
    is_open = any(rule.condition is not None for rule in members)
    related = tuple(Related(rule.span, rule.rule) for rule in members[1:])
    return Problem("A22", members[0].span, {"path": path}, "warning" if is_open else "error", related=related)


def _ring(start: str, follows: dict[str, list[str]]) -> list[str]:
    """The shortest way from a rule back to itself; empty where there is none."""
    ways = [[start]]
    seen: set[str] = set()
    for way in ways:
        for following in follows[way[-1]]:
            if following == start:
                return way
            if following not in seen:
                seen.add(following)
                ways.append([*way, following])
    return []


def _writes(app: App, rule: Rule) -> Iterator[Event]:
    """What the rule writes before it waits for anything; what follows a task waits for a person."""
    for action in takewhile(lambda action: not isinstance(action, WaitFor), rule.actions):
        yield from _written_by(app.entities[rule.entity], action)


def _written_by(entity: Entity, action: Action) -> Iterator[Event]:
    match action:
        case SetFields():
            yield from _put(action.puts)
        case Assign():
            yield ("field", entity.key, action.field)
        case AddTags():
            yield ("field", entity.key, "tags")
        case Create():
            yield ("create", action.entity, "")
            yield from _put(action.puts)
        case MoveTo():
            yield ("enter", entity.key, action.stage)
            yield ("field", entity.key, "stage")
            moves = (move for pipeline in entity.pipelines for move in pipeline.moves)
            yield from (("leave", entity.key, move.source) for move in moves if move.target == action.stage)
        case AskApproval():
            yield ("submitted", action.approval, "")
        case _:
            pass


def _put(puts: Iterable[Put]) -> Iterator[Event]:
    return (("field", put.entity, put.field) for put in puts)


def _listens(rule: Rule) -> frozenset[Event]:
    trigger, entity = rule.trigger, rule.entity
    match trigger.verb:
        case "create":
            return frozenset({("create", entity, "")})
        case "change":
            return frozenset(("field", entity, field) for field in trigger.fields)
        case "enter" | "leave":
            return frozenset((trigger.verb, entity, stage) for stage in trigger.stages)
        case "score":
            return frozenset({("field", entity, f"{trigger.score}_band")})
        case "submitted":
            return frozenset({("submitted", trigger.name, "")})
        case _:
            return frozenset()


def _readers(app: App) -> dict[Place, list[Place]]:
    """For each field the computed fields that read it."""
    found: dict[Place, list[Place]] = {}
    for place, reads in computed_reads(app).items():
        for read in reads:
            found.setdefault(read, []).append(place)
    return found


def _with_computed(events: set[Event], readers: dict[Place, list[Place]]) -> frozenset[Event]:
    waiting = [(entity, field) for kind, entity, field in events if kind == "field"]
    seen = set(waiting)
    while waiting:
        for reader in readers.get(waiting.pop(), ()):
            if reader not in seen:
                seen.add(reader)
                waiting.append(reader)
    return frozenset(events | {("field", entity, field) for entity, field in seen})

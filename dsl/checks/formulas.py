"""All formulas and all actions of an App, wherever they stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass

from dsl.app import App
from dsl.flow import Action, Task
from dsl.formula.tree import Formula
from dsl.source import Span


def all_formulas(app: App) -> Iterator[Formula]:
    """Every checked formula of the App: found by walking its values, so that none can be forgotten."""
    waiting: list[object] = [app]
    while waiting:
        value = waiting.pop()
        if isinstance(value, Formula):
            yield value
        elif isinstance(value, Mapping):
            waiting += value.values()
        elif isinstance(value, tuple | frozenset):
            waiting += value
        elif is_dataclass(value) and not isinstance(value, Span | type):
            waiting += (getattr(value, part.name) for part in fields(value))


def actions_of(app: App, without: AbstractSet[Span] = frozenset()) -> Iterator[tuple[str, Action]]:
    """Every action with the entity whose records it is over; without those of the rules that stand there."""
    waiting: list[tuple[str, Action]] = []
    for entity in app.entities.values():
        waiting += [(entity.key, action) for r in entity.rules if r.span not in without for action in r.actions]
    for cadence in app.cadences.values():
        waiting += [(cadence.entity, action) for step in cadence.steps for action in step.actions]
    while waiting:
        key, action = waiting.pop()
        yield key, action
        if isinstance(action, Task):
            waiting += [(key, following) for following in action.then]

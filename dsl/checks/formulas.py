"""All formulas and all actions of an App, wherever they stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass

from dsl.app import App, Text
from dsl.checks.once import once_for_each_app
from dsl.flow import Action, Task
from dsl.formula.tree import Formula
from dsl.source import Span


@once_for_each_app
def all_formulas(app: App) -> tuple[Formula, ...]:
    """Every checked formula of the App: found by walking its values, so that none can be forgotten."""
    found: list[Formula] = []
    waiting: list[object] = [app]
    while waiting:
        value = waiting.pop()
        if isinstance(value, Formula):
            found.append(value)
        elif isinstance(value, Mapping):
            waiting += value.values()
        elif isinstance(value, tuple | frozenset):
            waiting += value
        else:
            waiting += [getattr(value, name) for name in _parts_of(type(value))]
    return tuple(found)


_PARTS: dict[type, tuple[str, ...]] = {}


def _parts_of(kind: type) -> tuple[str, ...]:
    """The fields of a dataclass; none of a plain value, of a place in a text, or of a label."""
    found = _PARTS.get(kind)
    if found is None:
        is_whole = is_dataclass(kind) and not issubclass(kind, Span | Text)
        found = _PARTS[kind] = tuple(part.name for part in fields(kind)) if is_whole else ()
    return found


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

"""Entities that nobody sees or nobody can begin."""

from __future__ import annotations

from collections.abc import Iterator

from dsl.app import App
from dsl.checks.rights import access_of
from dsl.problems import Problem


def entities_nobody_sees(app: App) -> Iterator[Problem]:
    """A05: no access of its own and no parent whose access it could follow."""
    for entity in app.entities.values():
        if not access_of(app, entity):
            yield Problem("A05", entity.span, {"entity": entity.label, "key": entity.key})


def entities_nobody_creates(app: App) -> Iterator[Problem]:
    """A06: it has access, but no role may create a record."""
    for entity in app.entities.values():
        rows = access_of(app, entity)
        if not rows:
            continue
        follows = not entity.has_own_access
        if not any((row.edit if follows else row.create) is not False for row in rows.values()):
            yield Problem("A06", entity.span, {"entity": entity.label, "key": entity.key}, severity="warning")

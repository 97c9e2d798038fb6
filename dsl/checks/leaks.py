"""A hidden field that a computed field or a score shows after all."""

from __future__ import annotations

from collections.abc import Iterator

from dsl.app import App, Entity, Field
from dsl.checks.rights import hidden_from, sees
from dsl.graph import Place, computed_reads, recalculation_order
from dsl.problems import Problem, Related


def hidden_fields_that_show(app: App) -> Iterator[Problem]:
    """A09: the role may not read a field, but reads one computed from it. A19, a warning: a score made with it."""
    hidden_by_role = {
        role: {(entity.key, key) for entity in app.entities.values() for key in hidden_from(app, entity, role)}
        for role in app.roles
    }
    inputs = _inputs(app, set[Place]().union(*hidden_by_role.values()))
    for role, hidden in hidden_by_role.items():
        if not hidden:
            continue
        for entity in app.entities.values():
            if sees(app, entity, role):
                yield from _shown_to(app, entity, role, hidden, inputs)


def _shown_to(
    app: App, entity: Entity, role: str, hidden: set[Place], inputs: dict[Place, frozenset[Place]]
) -> Iterator[Problem]:
    for field in entity.fields.values():
        place = (entity.key, field.key)
        if field.formula is None or place in hidden or field.key.endswith("_band"):
            continue
        for through in sorted(inputs.get(place, frozenset()) & hidden):
            source = app.entities[through[0]].fields[through[1]]
            yield _leak(app, entity, field, role, source)


def _leak(app: App, entity: Entity, field: Field, role: str, source: Field) -> Problem:
    is_score = field.key in entity.scores
    related = (Related(source.span, source.key),) if source.span.line else ()
    values = {"role": app.roles[role].label, "source": source.label, "field": field.label, "key": field.key}
    code = "A19" if is_score else "A09"
    return Problem(code, field.span, values, severity="warning" if is_score else "error", related=related)


def _inputs(app: App, wanted: set[Place]) -> dict[Place, frozenset[Place]]:
    """For each computed field those of the wanted fields that it is made from, through other computed fields too."""
    if not wanted:
        return {}
    reads = computed_reads(app)
    order, _stuck = recalculation_order(reads)
    inputs: dict[Place, frozenset[Place]] = {}
    for place in order:
        found = wanted.intersection(reads[place])
        for read in reads[place]:
            found |= inputs.get(read, frozenset())
        inputs[place] = frozenset(found)
    return inputs

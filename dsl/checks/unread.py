"""Fields that nobody ever sees, and views, titles and rights that a hidden field spoils."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dsl.app import App, Entity, Evidence, Field, Fill, Gate, Group, Requirement
from dsl.checks.formulas import actions_of, all_formulas
from dsl.checks.rights import access_of, hidden_from, sees
from dsl.flow import AskApproval, Assign
from dsl.formula.tree import Formula
from dsl.graph import Place
from dsl.problems import Problem, Related


def fields_nobody_sees(app: App) -> Iterator[Problem]:
    """A34, a warning: a field that no form, view, formula, gate or paper has; or that is hidden from everybody."""
    read = {(r.entity, r.field) for formula in all_formulas(app) for r in formula.reads}
    shown = set(_shown(app))
    for entity in app.entities.values():
        roles = [role for role in app.roles if sees(app, entity, role)]
        hidden = [hidden_from(app, entity, role) for role in roles]
        nobody = frozenset.intersection(*hidden) if hidden else frozenset()
        for key, field in entity.fields.items():
            place = (entity.key, key)
            is_exempt = field.given or field.kind == "table" or not field.span.line or key in _named_by(entity)
            if place in read or is_exempt:  # the rows of a table stand on its record's page without being named
                continue
            if key in nobody:
                yield Problem("A35", field.span, {"field": field.label, "key": key}, severity="warning")
            elif place not in shown and not _is_of_a_score(entity, field):
                yield Problem("A34", field.span, {"field": field.label, "key": key}, severity="warning")


def _named_by(entity: Entity) -> tuple[str, ...]:
    """Fields that the entity itself needs."""
    counted = (limit.field for limit in entity.one_open)
    return (entity.title, entity.owner_field, entity.backup_field, entity.parent, *counted)


def _is_of_a_score(entity: Entity, field: Field) -> bool:
    return field.key in entity.scores or field.key.removesuffix("_band") in entity.scores


def _shown(app: App) -> Iterator[Place]:
    """Fields that some part of the app shows, asks for, or goes by."""
    for entity in app.entities.values():
        for key in _on_screens(entity):
            yield entity.key, key
        for gate in _gates(entity):
            for key in _asked_by(gate):
                yield entity.key, key
        for rule in entity.rules:
            yield from ((entity.key, key) for key in (*rule.trigger.fields, rule.trigger.without))
        for field in entity.fields.values():
            if field.kind == "table":  # its rows are found by their reference back
                yield from (
                    (field.target, f.key) for f in app.entities[field.target].fields.values() if f.kind == "ref"
                )
    yield from _outside(app)
    for key, action in actions_of(app):
        if isinstance(action, Assign):
            yield from ((key, field) for field in (action.field, action.match))


def _on_screens(entity: Entity) -> Iterator[str]:
    for section in entity.form:
        yield from section.fields
    for view in entity.lists:
        yield from (*view.columns, *view.filters, view.group, *(key.removeprefix("-") for key in view.sort))
    for board in entity.boards:
        yield from (board.by, *board.card, board.total)


def _gates(entity: Entity) -> Iterator[Gate]:
    for pipeline in entity.pipelines:
        found = [gate for stage in pipeline.stages for gate in (stage.enter, stage.leave)]
        yield from (gate for gate in (*found, *(move.need for move in pipeline.moves)) if gate is not None)


def _asked_by(gate: Gate) -> Iterator[str]:
    waiting: list[Requirement] = list(gate.requirements)
    while waiting:
        part = waiting.pop()
        if isinstance(part, Group):
            waiting += part.parts
        elif isinstance(part, Fill | Evidence):
            yield part.field


def _outside(app: App) -> Iterator[Place]:
    for document in app.documents.values():
        yield from ((document.entity, key) for key in document.fields)
    for page in app.pages.values():
        yield from ((page.entity, key) for key in (*page.show, str(page.until)))
    for board in app.dashboards.values():
        yield from ((card.entity, key) for card in board.cards for key in (card.field, card.rows, card.by))
    for report in app.reports.values():
        keys = (*report.columns, report.group, *(key.removeprefix("-") for key in report.sort))
        yield from ((report.entity, key) for key in keys)
    for export in app.exports.values():
        yield from ((export.entity, key) for key in export.columns.values() if key not in export.made)
    for approval in app.approvals.values():
        yield from ((approval.entity, key) for step in approval.steps for key in step.fields)


# --- what a hidden field spoils ---------------------------------------------------------------------------------------


def views_nobody_opens(app: App) -> Iterator[Problem]:
    """A36, a warning: whoever sees the entity may not read what the view goes by, so that it is offered to nobody.

    For a role that may not read it a view is left out at run time, as are columns, filters, sorting and sums.
    """
    hidden = _hidden_by_role(app)
    for entity in app.entities.values():
        roles = [role for role in app.roles if sees(app, entity, role)]
        views = [(v.label, v.span, _reads(v.condition)) for v in entity.lists]
        views += [(b.label, b.span, frozenset({(entity.key, b.by)})) for b in entity.boards]
        for label, span, needs in views:
            blind = [role for role in roles if not hidden[role].isdisjoint(needs)]
            if roles and len(blind) == len(roles):
                entity_key, key = min(hidden[blind[0]] & needs)
                source = app.entities[entity_key].fields[key]
                yield Problem("A36", span, {"view": label, "source": source.label}, severity="warning")


def titles_that_are_hidden(app: App) -> Iterator[Problem]:
    """A37, a warning: to a role the records have no name, since it does not read the field that names them."""
    for entity in app.entities.values():
        for role in app.roles:
            if sees(app, entity, role) and entity.title in hidden_from(app, entity, role):
                field = entity.fields[entity.title]
                values = {"field": field.label, "role": app.roles[role].label, "entity": entity.label}
                yield Problem("A37", field.span if field.span.line else entity.span, values, severity="warning")
                break


def rights_that_tell(app: App) -> Iterator[Problem]:
    """A38, a warning: what a role may do goes by a field that is hidden from it, and so tells of its value."""
    hidden = _hidden_by_role(app)
    for entity in app.entities.values():
        for role, row in access_of(app, entity).items() if entity.has_own_access else ():
            for right in (row.see, row.create, row.edit, row.delete, row.move):
                found = sorted(hidden[role] & _reads(right)) if isinstance(right, Formula) and role in hidden else []
                if isinstance(right, Formula) and found:
                    source = app.entities[found[0][0]].fields[found[0][1]]
                    values = {"text": right.text, "source": source.label, "role": app.roles[role].label}
                    related = (Related(source.span, source.key),) if source.span.line else ()
                    yield Problem("A38", right.span, values, severity="warning", related=related)


def approvals_nobody_asks_for(app: App) -> Iterator[Problem]:
    """A39, a warning: no stage and no rule asks for the approval."""
    asked = {stage.approval for e in app.entities.values() for p in e.pipelines for stage in p.stages}
    asked |= {action.approval for _entity, action in actions_of(app) if isinstance(action, AskApproval)}
    for approval in app.approvals.values():
        signers = any(step.by for step in approval.steps)  # without any it is told that nobody may approve
        if approval.key not in asked and signers:
            yield Problem("A39", approval.span, {"name": approval.key, "of": approval.entity}, severity="warning")


def _reads(formula: Formula | None) -> frozenset[Place]:
    return frozenset((read.entity, read.field) for read in formula.reads) if formula else frozenset()


def _hidden_by_role(app: App) -> Mapping[str, set[Place]]:
    return {
        role: {(entity.key, key) for entity in app.entities.values() for key in hidden_from(app, entity, role)}
        for role in app.roles
    }

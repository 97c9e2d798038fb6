"""Why: a requirement, a validation, a computed field or a score as a tree with the values of its operands."""

from __future__ import annotations

from collections.abc import Iterable

from dsl.app import Entity, Evidence, Fill, Group, Must, Requirement, Score
from dsl.formula.tree import Formula
from dsl.kinds import text_value
from engine.errors import NotThere
from engine.flow.case import Case, FormulaBroken
from engine.flow.requirements import find_requirement, find_validation
from engine.flow.sentences import say
from engine.reading.desk import Desk, Raw
from engine.store.given import formula_of
from engine.verdict import Explanation


def why(desk: Desk, entity: Entity, record_id: int, rule_or_field: str) -> Explanation:
    """Raises NotThere for a record out of sight, an unknown rule, and a field the actor may not read."""
    row = desk.raw(entity, record_id)
    if row is None:
        raise NotThere(f"{entity.key} {record_id}")
    field = entity.fields.get(rule_or_field)
    if field is not None and _is_readable(desk, entity, field.key):
        if field.key in entity.scores:
            return _score(desk, entity, row, entity.scores[field.key])
        formula = formula_of(entity, field)
        label = field.label.say(desk.language)
        if formula is not None:
            return _formula(desk, entity, row, formula, label)
        return Explanation(field.key, text_value(desk.app, field, row.get(field.key), desk.language), label=label)
    return _rule(desk, entity, row, rule_or_field)


def _is_readable(desk: Desk, entity: Entity, field: str) -> bool:
    return field not in desk.hidden(entity) | desk.masked(entity)


def _rule(desk: Desk, entity: Entity, row: Raw, rule: str) -> Explanation:
    validation = find_validation(entity, rule)
    if validation is not None:
        return _formula(desk, entity, row, validation.that, validation.say.say(desk.language))
    move = next((m for p in entity.pipelines for m in p.moves if rule == f"{m.rule}.when" and m.when is not None), None)
    if move is not None and move.when is not None:
        return _formula(desk, entity, row, move.when, "")
    found = find_requirement(entity, rule)
    if found is None:
        raise NotThere(f"{entity.key} {rule}")
    return _requirement(desk, entity, row, found[1])


def _requirement(desk: Desk, entity: Entity, row: Raw, requirement: Requirement) -> Explanation:
    match requirement:
        case Must(that=that):
            return _formula(desk, entity, row, that, requirement.say.say(desk.language))
        case Fill(field=key):
            field = entity.fields[key]
            is_open = _is_readable(desk, entity, key)
            value = (
                text_value(desk.app, field, row.get(key), desk.language) if is_open else say(desk.language, "hidden")
            )
            return Explanation(f"fill: {key}", value, label=field.label.say(desk.language))
        case Evidence(label=label, where=where):
            subject = where.text if where else requirement.field or requirement.entity
            return Explanation(subject, "", label=label.say(desk.language))
        case Group(label=label, parts=parts):
            explained = tuple(_requirement(desk, entity, row, part) for part in parts)
            return Explanation(requirement.kind, "", explained, label.say(desk.language))


def _formula(desk: Desk, entity: Entity, row: Raw, formula: Formula, label: str) -> Explanation:
    case = desk.case(entity, row, [formula], explains=True)
    return _explained(case, formula, label)


def _explained(case: Case, formula: Formula, label: str) -> Explanation:
    """The formula's tree; without values where it reads a field that the actor may not."""
    try:
        found = case.why(formula)
    except FormulaBroken:
        return Explanation(formula.text, say(case.language, "broken", label=label), label=label)
    if found is None or (not found.value and not found.parts):
        return Explanation(formula.text, say(case.language, "hidden"), label=label)
    return Explanation(found.text, found.value, found.parts, label or found.label)


def _score(desk: Desk, entity: Entity, row: Raw, score: Score) -> Explanation:
    """The score card: the base and every point, met or not, with what it adds."""
    case = desk.case(entity, row, _conditions(score), explains=True)
    parts = [Explanation("base", str(score.base), label=say(desk.language, "points.base"))]
    total = score.base
    for point in score.points:
        explained = _explained(case, point.condition, point.label.say(desk.language))
        is_met = _is_met(case, point.condition)
        total += point.add if is_met else 0
        value = say(desk.language, "points.met" if is_met else "points.unmet", add=f"{point.add:+d}")
        parts.append(Explanation(explained.text, value, explained.parts, explained.label))
    band = next((b for b in score.bands if _holds(b.low, b.high, total)), None)
    value = f"{total} {band.label.say(desk.language)}" if band else str(total)
    return Explanation(score.key, value, tuple(parts), score.label.say(desk.language))


def _conditions(score: Score) -> Iterable[Formula]:
    return [point.condition for point in score.points]


def _is_met(case: Case, condition: Formula) -> bool:
    try:
        return case.holds(condition)
    except FormulaBroken:
        return False


def _holds(low: int | None, high: int | None, total: int) -> bool:
    return (low is None or total >= low) and (high is None or total <= high)

"""What records are split by: an option, person, record or yes/no of their own or of what they refer to.

`owner`, `grade`, `customer.region`, `owner.unit`: any path of the formula language that the actor may read.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TypeAlias

from dsl.app import Entity
from dsl.formula.check import check_formula
from dsl.formula.scope import DEPARTMENT_ENTITY, PERSON_ENTITY, AppScope
from dsl.formula.tree import Formula, Path
from dsl.formula.value_types import ChoiceType, PersonType, RefType, YesNoType
from dsl.source import Span
from engine.errors import BadInput
from engine.flow.sentences import say
from engine.reading.desk import Desk
from engine.reading.lists import ReadableScope
from engine.verdict import Finding

Key: TypeAlias = str | int | bool | None
"""A part in stored form: an option, an id, yes or no; None where the value is empty."""

SPLIT_BY = ChoiceType | PersonType | RefType | YesNoType


def part_formula(desk: Desk, entity: Entity, text: str) -> Formula:
    """The path as a formula. Raises BadInput for what is no such path, or reads what the actor may not."""
    span = Span("part", 1, 1, 1, 1 + len(text))
    found = check_formula(text, span, ReadableScope(desk, AppScope(desk.app, entity.key))).value
    if found is None or not isinstance(found.root, Path) or not isinstance(found.root.type, SPLIT_BY):
        said = say(desk.language, "input.unknown", field=text)
        raise BadInput((Finding(f"{entity.key}.parts", "unmet", said, field=text),))
    return found


def part_names(desk: Desk, part: Formula, keys: Collection[Key]) -> Mapping[Key, str]:
    """How each part is called; options in the actor's language, "" for what has no name of its own (yes, no, none)."""
    kind = part.root.type
    if isinstance(kind, ChoiceType):
        listed = desk.app.choices.get(kind.name)
        options = {str(key): listed.find(str(key)) if listed else None for key in keys if key is not None}
        return {key: option.label.say(desk.language) if option else key for key, option in options.items()}
    ids = [key for key in keys if isinstance(key, int) and not isinstance(key, bool)]
    target = kind.entity if isinstance(kind, RefType) else PERSON_ENTITY if isinstance(kind, PersonType) else ""
    if not target:
        return {}
    found = desk.titles_of((target, key) for key in ids)
    return {key: found.get((target, key), f"#{key}") for key in ids}


def is_of_people(part: Formula) -> bool:
    """Whether the parts are people or their units."""
    kind = part.root.type
    return isinstance(kind, PersonType) or (isinstance(kind, RefType) and kind.entity == DEPARTMENT_ENTITY)

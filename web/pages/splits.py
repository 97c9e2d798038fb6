"""What the records of an entity can be split by: swim lanes of a board, bars of a chart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dsl.app import Entity, Field
from dsl.formula.scope import DEPARTMENT_ENTITY
from dsl.formula.tree import Formula
from dsl.formula.value_types import PersonType, RefType, ValueType, YesNoType
from engine.insight.parts import Key
from web.pages.frame import rights_of
from web.pages.showing import label_of
from web.session import current_context, current_engine, current_language
from web.words import say

_KINDS = frozenset({"choice", "person", "ref", "yesno"})
_NOT = frozenset({"stage", "pipeline", "created_by", "changed_by"})


@dataclass(frozen=True, slots=True)
class Split:
    """path: as the formula language writes it."""

    path: str
    label: str
    value_type: ValueType


def splits_of(entity: Entity) -> tuple[Split, ...]:
    """Its owner and his unit first, then its own options and people, then those of the record it is a part of."""
    own = list(_fields(entity, ""))
    owner = next((split for split in own if split.path == (entity.owner_field or "owner")), None)
    found = [owner] if owner else []
    if owner:
        unit = RefType(DEPARTMENT_ENTITY)
        found.append(Split(f"{owner.path}.unit", say("{label}的部门", label=owner.label), unit))
    found += [split for split in own if split is not owner and split.path != entity.parent]
    above = current_engine().app.entities.get(entity.parent) if entity.parent else None
    if above is not None and rights_of(above.key).see:
        found += _fields(above, f"{entity.parent}.")
    return tuple(found)


def _fields(entity: Entity, prefix: str) -> Iterable[Split]:
    rights, language = rights_of(entity.key), current_language()
    covered = rights.hidden | rights.masked
    for key, field in entity.fields.items():
        if key in covered or key in _NOT or not _splits(field):
            continue
        label = label_of(entity, key, language)
        if prefix:
            label = say("{parent}的{label}", parent=entity.label.say(language), label=label)
        yield Split(prefix + key, label, field.value_type)


def _splits(field: Field) -> bool:
    return field.kind in _KINDS and (field.kind != "ref" or isinstance(field.value_type, RefType))


def split_named(entity: Entity, path: str) -> Split | None:
    """The split with this path, as an address names it; None for any other text."""
    return next((split for split in splits_of(entity) if split.path == path), None) if path else None


def condition_text(split: Split, key: Key) -> str:
    """The condition that a record is in this part, as a list's filter is written."""
    path, kind = split.path, split.value_type
    if key is None:
        return f"{path} is empty"
    if isinstance(kind, YesNoType):
        return path if key else f"not {path}"
    if isinstance(kind, PersonType | RefType):
        return f"{path}.id = {key}"
    return f'{path} = "{key}"'


def condition(entity: Entity, text: str) -> Formula | None:
    """The condition as the engine asks it, None for what does not read."""
    return current_engine().filter(current_context(), entity.key, text).value


def key_text(key: Key) -> str:
    """A part's key as an address carries it."""
    if key is None:
        return ""
    return ("yes" if key else "no") if isinstance(key, bool) else str(key)


def part_label(split: Split, key: Key, names: Mapping[Key, str]) -> str:
    """What a part is called; what has no name of its own is named by its split."""
    if key is None:
        return say("没有{label}", label=split.label)
    if isinstance(key, bool):
        return say("{label}：是", label=split.label) if key else say("{label}：否", label=split.label)
    return names.get(key, str(key))

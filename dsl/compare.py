"""Two Apps → what changed, by stable id: a key, or the key it had before (`was:`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from dsl.app import Access, App, Entity, Field

ChangeKind = Literal[
    "entity_added", "entity_retired", "entity_renamed", "field_added", "field_retired", "field_renamed",
    "field_retyped", "formula_changed", "stage_added", "stage_retired", "option_added", "option_retired",
    "access_widened", "access_narrowed",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """path: `entity` or `entity.field`, as the new App calls it (the old one for what is retired).

    before / after: what stood and stands there, as text. loses: old values stop being visible or may not convert.
    """

    kind: ChangeKind
    path: str
    before: str = ""
    after: str = ""
    loses: bool = False


def compare(old: App, new: App) -> tuple[Change, ...]:
    """All changes, entity by entity in the order of the new App, then what is retired."""
    return tuple(_changes(old, new))


def _changes(old: App, new: App) -> Iterator[Change]:
    kept: set[str] = set()
    for entity in new.entities.values():
        before = _entity_before(old, entity)
        if before is None:
            yield Change("entity_added", entity.key)
            continue
        kept.add(before.key)
        if before.key != entity.key:
            yield Change("entity_renamed", entity.key, before.key, entity.key)
        yield from _fields(before, entity)
        yield from _stages(before, entity)
        yield from _access(before, entity)
    for key in old.entities:
        if key not in kept:
            yield Change("entity_retired", key, loses=True)
    yield from _options(old, new)


def _entity_before(old: App, entity: Entity) -> Entity | None:
    return old.entities.get(entity.key) or old.entities.get(entity.was)


def _fields(old: Entity, new: Entity) -> Iterator[Change]:
    kept: set[str] = set()
    for field in new.fields.values():
        path = f"{new.key}.{field.key}"
        before = old.fields.get(field.key) or old.fields.get(field.was)
        if before is None:
            yield Change("field_added", path, after=field.kind)
            continue
        kept.add(before.key)
        if before.key != field.key:
            yield Change("field_renamed", path, before.key, field.key)
        if _type_text(before) != _type_text(field):
            yield Change("field_retyped", path, _type_text(before), _type_text(field), loses=not _widens(before, field))
        elif _formula_text(before) != _formula_text(field):
            yield Change("formula_changed", path, _formula_text(before), _formula_text(field))
    for key, field in old.fields.items():
        if key not in kept:
            yield Change("field_retired", f"{new.key}.{key}", before=field.kind, loses=not field.is_computed)


def _type_text(field: Field) -> str:
    scale = f".{field.scale}" if field.kind == "number" and field.scale else ""
    subject = field.choices or field.target
    return f"{field.kind}{scale} {subject}".strip()


def _formula_text(field: Field) -> str:
    return field.formula.text if field.formula is not None else ""


def _widens(old: Field, new: Field) -> bool:
    """Whether every old value is a value of the new type."""
    if old.kind == new.kind == "number":
        return new.scale >= old.scale
    return (old.kind, new.kind) in {("text", "long"), ("integer", "number"), ("choice", "text"), ("image", "file")}


def _stages(old: Entity, new: Entity) -> Iterator[Change]:
    before = [stage.key for pipeline in old.pipelines for stage in pipeline.stages]
    after = [stage.key for pipeline in new.pipelines for stage in pipeline.stages]
    for key in dict.fromkeys(after):
        if key not in before:
            yield Change("stage_added", f"{new.key}.{key}")
    for key in dict.fromkeys(before):
        if key not in after:
            yield Change("stage_retired", f"{new.key}.{key}", loses=True)


def _options(old: App, new: App) -> Iterator[Change]:
    for name, choices in new.choices.items():
        before = old.choices.get(name)
        if before is None or name.startswith("stage:"):
            continue
        known = {option.key for option in before.options}
        offered = {option.key for option in choices.options}
        yield from (Change("option_added", f"{name}.{o.key}") for o in choices.options if o.key not in known)
        yield from (
            Change("option_retired", f"{name}.{o.key}", loses=True) for o in before.options if o.key not in offered
        )


_RIGHTS = ("see", "create", "edit", "delete", "export", "move")


def _access(old: Entity, new: Entity) -> Iterator[Change]:
    """Rights gained and lost by role; a condition that changed counts as both, for a person to judge."""
    for role in dict.fromkeys((*new.access, *old.access)):
        before, after = old.access.get(role), new.access.get(role)
        hidden = (before.hide if before else frozenset()) | (after.hide if after else frozenset())
        had, has = _rights(before, hidden), _rights(after, hidden)
        gained, lost = has - had, had - has
        path = f"{new.key}.{role}"
        if gained:
            yield Change("access_widened", path, after=", ".join(sorted(gained)))
        if lost:
            yield Change("access_narrowed", path, before=", ".join(sorted(lost)))


def _rights(access: Access | None, hidden: frozenset[str]) -> frozenset[str]:
    """What a row grants, each as a word. hidden: fields that either App hides, so that reading them is told."""
    if access is None:
        return frozenset()
    granted = {"read", *(f"read {field}" for field in hidden - access.hide)}
    for right in _RIGHTS:
        value = getattr(access, right)
        if value is True:
            granted.add(right)
        elif isinstance(value, frozenset):
            granted |= {f"{right} {field}" for field in value}
        elif value:
            granted.add(f"{right}: {getattr(value, 'text', value)}")
    return frozenset(granted)

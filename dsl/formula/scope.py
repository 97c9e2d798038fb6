"""What names a formula may use: the protocol that the checker asks, and its answer over a finished App."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from dsl.app import App, DecisionTable, Entity, Field, Stage
from dsl.formula.decimals import divide_half_away
from dsl.formula.tree import Bounds
from dsl.formula.value_types import (
    INTEGER,
    PERSON,
    TEXT,
    ChoiceType,
    DurationType,
    NumberType,
    RefType,
    RowsType,
    SetType,
    TextType,
    ValueType,
    YesNoType,
)

FIELD_LIMIT = 10**18 - 1
"""Greatest absolute value a number field holds, in scaled units: what fits a 64-bit column with room for a sum."""
TEXT_LENGTH = 20_000
"""Characters a text field holds when it declares no limit."""
UNBOUNDED = Bounds()
PERSON_ENTITY = "person"
DEPARTMENT_ENTITY = "department"
ID = "id"


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """What the checker must know of one field.

    nullable: the stored value may be None (never for text, yes/no, sets). bounds: least and greatest value of a number
    in scaled units; for a text 0..length. link: for a table field, the child's reference back to the parent (the child
    is in `value_type.entity`). given: made by the engine, not written under `fields:`.
    """

    value_type: ValueType
    nullable: bool
    bounds: Bounds = UNBOUNDED
    link: str = ""
    given: bool = False


@dataclass(frozen=True, slots=True)
class StageInfo:
    """chance: scale-4 int or None. limit: seconds or None."""

    key: str
    chance: int | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class TableInfo:
    """A decision table called like a function. nullable: some arguments fit no row, or a row gives nothing."""

    columns: tuple[tuple[str, ValueType], ...]
    gives: ValueType
    nullable: bool = True
    bounds: Bounds = UNBOUNDED


class Scope(Protocol):
    """Names that a formula may use. `entity` is where bare names live ("" for a formula without a record)."""

    @property
    def entity(self) -> str: ...

    def has(self, entity: str) -> bool:
        """Whether the entity exists ("person" and "department" always do)."""
        ...

    def field(self, entity: str, name: str) -> FieldInfo | None:
        """A field by its key, written or given; None if there is none."""
        ...

    def names(self, entity: str) -> Iterable[str]:
        """Field keys of an entity in declaration order: for near names, and for the order of latest/first."""
        ...

    def stages(self, entity: str) -> tuple[StageInfo, ...]:
        """All stages of an entity, over its pipelines; () if it has none."""
        ...

    def table(self, name: str) -> TableInfo | None: ...

    def tables(self) -> Iterable[str]:
        """Names of the decision tables, for near names."""
        ...


def person_field(name: str, role_keys: tuple[str, ...]) -> FieldInfo | None:
    """Fields of people: id is not a value; `role` is a choice among the app's roles."""
    known: dict[str, FieldInfo] = {
        "name": FieldInfo(TEXT, False, Bounds(0, TEXT_LENGTH), given=True),
        "role": FieldInfo(ChoiceType("role", role_keys), True, given=True),
        "unit": FieldInfo(RefType(DEPARTMENT_ENTITY), True, given=True),
        "manager": FieldInfo(PERSON, True, given=True),
    }
    return known.get(name)


def department_field(name: str) -> FieldInfo | None:
    """Fields of organisation units."""
    return FieldInfo(TEXT, False, Bounds(0, TEXT_LENGTH), given=True) if name == "name" else None


PERSON_NAMES = ("name", "role", "unit", "manager")
DEPARTMENT_NAMES = ("name",)


def default_nullable(value_type: ValueType) -> bool:
    """Whether a stored value of the type may be None."""
    return not isinstance(value_type, TextType | YesNoType | SetType | RowsType)


def default_bounds(
    value_type: ValueType, minimum: int | None = None, maximum: int | None = None, max_length: int = 0
) -> Bounds:
    """Bounds of a field of that type: its declared limits, else what a column holds."""
    if isinstance(value_type, NumberType | DurationType):
        low = -FIELD_LIMIT if minimum is None else minimum
        high = FIELD_LIMIT if maximum is None else maximum
        return Bounds(low, high)
    if isinstance(value_type, TextType):
        return Bounds(0, max_length or TEXT_LENGTH)
    return UNBOUNDED


@dataclass(frozen=True, slots=True)
class AppScope:
    """The scope of one entity of a finished App.

    has_ids: records, people and departments have a number field `id`, as in `customer.id = 5`: for filters of programs.
    The text of an app has no ids: they are no part of what it says.
    """

    app: App
    entity: str
    has_ids: bool = False

    def has(self, entity: str) -> bool:
        return entity in self.app.entities or entity in (PERSON_ENTITY, DEPARTMENT_ENTITY)

    def field(self, entity: str, name: str) -> FieldInfo | None:
        if self.has_ids and name == ID and self.has(entity):
            return FieldInfo(INTEGER, False, Bounds(1, FIELD_LIMIT), given=True)
        if entity == PERSON_ENTITY:
            return person_field(name, tuple(self.app.roles))
        if entity == DEPARTMENT_ENTITY:
            return department_field(name)
        owner = self.app.entities.get(entity)
        field = owner.fields.get(name) if owner else None
        return self._info(entity, field) if field else None

    def _info(self, entity: str, field: Field) -> FieldInfo:
        link = ""
        if isinstance(field.value_type, RowsType):
            link = link_of(self.app.entities, entity, field.value_type.entity)
        return FieldInfo(
            field.value_type,
            default_nullable(field.value_type),
            default_bounds(field.value_type, field.minimum, field.maximum, field.max_length),
            link,
            given=field.given,
        )

    def names(self, entity: str) -> Iterable[str]:
        if entity == PERSON_ENTITY:
            return PERSON_NAMES
        if entity == DEPARTMENT_ENTITY:
            return DEPARTMENT_NAMES
        owner = self.app.entities.get(entity)
        return tuple(owner.fields) if owner else ()

    def stages(self, entity: str) -> tuple[StageInfo, ...]:
        owner = self.app.entities.get(entity)
        return tuple(stage_info(s) for p in owner.pipelines for s in p.stages) if owner else ()

    def table(self, name: str) -> TableInfo | None:
        found = self.app.tables.get(name)
        return table_info(found) if found else None

    def tables(self) -> Iterable[str]:
        return tuple(self.app.tables)


LIMIT_DAYS_SCALE = 4


def limit_days(limit: int | None) -> int | None:
    """`stage.limit_days` of a stage: its limit (seconds) as a scale-4 number of days, None without a limit."""
    return None if limit is None else divide_half_away(limit * 10**LIMIT_DAYS_SCALE, 86_400)


def stage_info(stage: Stage) -> StageInfo:
    return StageInfo(stage.key, stage.chance, stage.limit)


def table_info(table: DecisionTable) -> TableInfo:
    """The signature of a resolved decision table."""
    results = [result for _cells, result in table.rows]
    catches_all = any(all(cell is None for cell in cells) for cells, _result in table.rows)
    numbers = [r for r in results if isinstance(r, int) and not isinstance(r, bool)]
    has_numbers = isinstance(table.gives, NumberType | DurationType) and len(numbers) == len(results) > 0
    bounds = Bounds(min(numbers), max(numbers)) if has_numbers else UNBOUNDED
    never_empty = not default_nullable(table.gives)
    return TableInfo(table.columns, table.gives, not never_empty and not (catches_all and None not in results), bounds)


def link_of(entities: Mapping[str, Entity], parent: str, child: str) -> str:
    """The child's reference back to `parent`: the part_of reference, else its first reference to that entity."""
    entity = entities.get(child)
    if entity is None:
        return ""
    if entity.parent == parent:
        return parent
    links = (f.key for f in entity.fields.values() if f.kind == "ref" and f.target == parent)
    return next(links, "")

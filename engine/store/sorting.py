"""What a list may be sorted by: values as they are, options in their order, people and records by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from dsl.app import App
from dsl.formula.scope import DEPARTMENT_ENTITY, PERSON_ENTITY
from dsl.formula.tree import Hop, Path
from dsl.formula.value_types import (
    INTEGER,
    TEXT,
    TIME,
    ChoiceType,
    DateType,
    DurationType,
    NumberType,
    PersonType,
    RefType,
    TextType,
    TimeType,
    ValueType,
    YesNoType,
)
from dsl.source import NOWHERE
from engine.errors import BadInput
from engine.store.live import SqlFormulas
from engine.store.sql_formula import to_sql
from engine.store.tables import EntityTable, Tables
from engine.verdict import Finding

SYSTEM_SORTS: dict[str, ValueType] = {"id": INTEGER, "row_version": INTEGER, "stage_since": TIME}


@dataclass(frozen=True, slots=True)
class SortKey:
    """One key of a sort.

    value_type: of the expression sorted by (a place for an option, a name for a person or record). title: the field
    that names the record referred to.
    """

    field: str
    is_descending: bool
    value_type: ValueType
    never_empty: bool
    options: tuple[str, ...] = ()
    target: str = ""
    title: str = ""

    def expression(self, rows: sa.FromClause, found: EntityTable) -> sa.ColumnElement[Any]:
        """What is compared, over the readable rows of the entity."""
        column: sa.ColumnElement[Any] = rows.c[found.aliases.get(self.field, self.field)]
        if not self.options:
            return column
        places = {key: sa.literal(place, sa.BigInteger()) for place, key in enumerate(self.options)}
        return sa.type_coerce(sa.case(places, value=column, else_=sa.null()), sa.BigInteger())

    def name(self, rows: sa.FromClause, found: EntityTable, formulas: SqlFormulas) -> sa.ColumnElement[Any]:
        """How the person or record referred to is called: whoever sees the reference sees its name."""
        path = Path(
            type=TEXT,
            nullable=False,
            span=NOWHERE,
            start="row",
            hops=(Hop(self.field, self.target),),
            entity=self.target,
            field=self.title,
        )
        return to_sql(path, formulas.scope.over(found.entity.key, rows))


def sort_keys(app: App, tables: Tables, entity: str, sort: Sequence[str]) -> tuple[SortKey, ...]:
    """The keys of a sort such as ("-amount", "name"); BadInput for what cannot be sorted by."""
    return tuple(_sort_key(app, tables, entity, key.removeprefix("-"), key.startswith("-")) for key in sort)


def _sort_key(app: App, tables: Tables, entity: str, name: str, is_descending: bool) -> SortKey:
    if name in SYSTEM_SORTS:
        return SortKey(name, is_descending, SYSTEM_SORTS[name], name != "stage_since")
    field = app.entity(entity).fields.get(name)
    match field.value_type if field else None:
        case TextType() | YesNoType() as kind:
            return SortKey(name, is_descending, kind, never_empty=True)
        case NumberType() | DateType() | TimeType() | DurationType() as kind:
            return SortKey(name, is_descending, kind, name in ("created_at", "changed_at"))
        case ChoiceType(keys=keys) if keys:
            return SortKey(name, is_descending, INTEGER, never_empty=False, options=keys)
        case PersonType():
            return SortKey(name, is_descending, TEXT, True, target=PERSON_ENTITY, title="name")
        case RefType(entity=target):
            if target == DEPARTMENT_ENTITY:
                return SortKey(name, is_descending, TEXT, True, target=target, title="name")
            title = app.entity(target).title
            if tables.entity(target).has_column(title):
                return SortKey(name, is_descending, TEXT, True, target=target, title=title)
            return SortKey(name, is_descending, INTEGER, never_empty=False)
    said = f"不能按 {name} 排序 | {name} cannot be sorted by"
    raise BadInput((Finding(f"{entity}.fields.{name}.sort", "unmet", said, field=name),))

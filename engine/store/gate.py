"""The query gate: the only way to read an entity's records with a person's sight.

It hands out a sealed subquery per entity: the records that exist and that the sight covers, with every stored field,
every set field as one tuple column, and the live fields asked for. All other reading is built on top of it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from dsl.app import App, Entity
from dsl.formula.env import Env
from dsl.formula.tree import Formula
from engine.people.sight import Sight
from engine.store.columns import POSTGRESQL, SetValue, is_one_of
from engine.store.layers import conjuncts, live_fields_read, names_read
from engine.store.plans import Plans
from engine.store.seal import seal
from engine.store.tables import EntityTable, Tables, has_backup

FormulaSql = Callable[[Formula, sa.FromClause], sa.ColumnElement[bool]]
"""A condition in WHERE form over the rows of a source that has the columns of the formula's entity."""

Moment = Callable[[Env], Mapping[str, object]]
"""The bind parameters that formulas read: today, now, me, submitter."""


class LiveColumns(Protocol):
    """(entity, rows, fields) → rows with these live fields as further columns; `rows` selects all stored columns."""

    def __call__(
        self, entity: str, rows: sa.Select[Any], fields: Collection[str], *, is_fenced: bool
    ) -> sa.Select[Any]: ...


ColumnOf = Callable[[sa.FromClause], sa.ColumnElement[Any]]
"""A column made over the rows of a source."""


def _no_formulas(formula: Formula, _source: sa.FromClause) -> sa.ColumnElement[bool]:
    raise ValueError(f"this gate cannot read conditions: {formula.text}")


def _no_live(entity: str, rows: sa.Select[Any], fields: Collection[str], *, is_fenced: bool) -> sa.Select[Any]:  # noqa: ARG001
    return rows


def _no_moment(_env: Env) -> Mapping[str, object]:
    return {}


class Gate:
    """One per revision of an app, with the plans of its statements.

    Formulas and live fields come from outside, so that the gate stays below them.
    """

    def __init__(
        self,
        app: App,
        tables: Tables,
        *,
        formula_sql: FormulaSql = _no_formulas,
        live: LiveColumns = _no_live,
        moment: Moment = _no_moment,
    ) -> None:
        self.app = app
        self.tables = tables
        self.plans = Plans(is_for_one=True)
        self._formula_sql = formula_sql
        self._live = live
        self._moment = moment

    def readable(
        self,
        entity: str,
        sight: Sight,
        *,
        live: Collection[str] = (),
        where: Sequence[Formula] = (),
        more: Mapping[str, ColumnOf] | None = None,
        stored: Collection[str] | None = None,
        among: sa.FromClause | None = None,
        is_fenced: bool = False,
        name: str = "readable",
    ) -> sa.Subquery:
        """The entity's records in this sight, as a sealed subquery keyed by field.

        Its parameters come from `params`. Only the sight's shape decides its text: it may be kept in a plan under
        `sight.shape`. live: the live fields wanted. where: conditions that the records must meet as well. more: further
        columns, made over the records. stored: the stored fields wanted (None: all), besides those that the live fields
        and conditions read. among: only the records whose id is in it, with its other columns as well.
        is_fenced: the live fields are worked out once for every record, as they always are where a condition reads
        them: for fields that are compared, and for few records. name: the subquery's name, where a statement has
        several.
        """
        found = self.tables.entity(entity)
        parts = [part for condition in where for part in conjuncts(condition)]
        late = [part for part in parts if live_fields_read(self.app, entity, part.root)]
        rows = self._rows(found, sight, [part for part in parts if part not in late])
        if stored is not None:
            read = names_read(self.app, entity, live, *late)
            kept = {"id", *stored, *read, *(found.aliases.get(key, key) for key in (*stored, *read))}
            rows = rows.with_only_columns(*(column for column in rows.selected_columns if column.key in kept))
        if among is not None:
            others = [column for column in among.c if column.key != "id"]
            rows = rows.add_columns(*others).select_from(among.join(found.table, found.table.c.id == among.c.id))
        if live:
            rows = self._live(entity, rows, live, is_fenced=is_fenced or bool(late))
        if late or more:
            seen = rows.subquery("seen")
            added = [make(seen).label(key) for key, make in (more or {}).items()]
            rows = sa.select(*seen.c, *added).where(*(self._formula_sql(condition, seen) for condition in late))
        return seal(rows).subquery(name)

    def _rows(self, found: EntityTable, sight: Sight, where: Sequence[Formula]) -> sa.Select[Any]:
        """The records that exist, with all that is stored of them."""
        rows = sa.select(*found.table.c, *link_columns(found)).where(found.table.c.deleted_at.is_(None))
        return rows.where(*self._covered(found, sight), *(self._formula_sql(each, found.table) for each in where))

    def params(self, sight: Sight, env: Env | None = None) -> dict[str, object]:
        """The values of the parameters of `readable` for this sight and moment."""
        values: dict[str, object] = {} if env is None else dict(self._moment(env))
        values["sight_person"] = sight.own_of
        values["sight_units"] = sight.unit_ids
        values |= {f"sight_unit_{place}": unit_id for place, unit_id in enumerate(sight.unit_slots)}
        values["sight_records"] = sight.record_ids
        return values

    def live_fields(self, entity: str) -> tuple[str, ...]:
        """The fields of an entity that are computed at reading."""
        return tuple(field.key for field in self.app.entity(entity).fields.values() if field.is_live)

    def _covered(self, found: EntityTable, sight: Sight) -> tuple[sa.ColumnElement[bool], ...]:
        """The predicate of a sight: nothing to check, or an OR of its parts; no EXISTS among them."""
        if sight.all:
            return ()
        columns = found.table.c
        parts: list[sa.ColumnElement[bool]] = []
        if sight.own_of is not None:
            me = sa.bindparam("sight_person", type_=sa.BigInteger())
            parts.append(columns.owner_id == me)
            if has_backup(self.app, found.entity):
                parts.append(columns.backup_id == me)
        if slots := sight.unit_slots:
            places = [sa.bindparam(f"sight_unit_{place}", type_=sa.BigInteger()) for place in range(len(slots))]
            parts.append(columns.unit_id.in_(places))
        elif sight.unit_ids:
            parts.append(is_one_of(columns.unit_id, "sight_units"))
        if sight.record_ids:
            parts.append(is_one_of(columns.id, "sight_records"))
        parts += [self._holds(condition, found.entity, found.table) for condition in sight.conditions]
        return (sa.or_(*parts),) if parts else (sa.false(),)

    def _holds(self, condition: Formula, entity: Entity, rows: sa.FromClause) -> sa.ColumnElement[bool]:
        """The condition on `rows` of the entity; one of an entity above it is asked of the record it is a part of."""
        if condition.entity in ("", entity.key):
            return self._formula_sql(condition, rows)
        if not entity.parent:
            raise ValueError(f"a condition on {condition.entity} says nothing about {entity.key}")
        parent = self.tables.entity(entity.parent)
        above = parent.table.alias()
        seen = sa.select(above.c.id).where(self._holds(condition, parent.entity, above))
        return rows.c[entity.parent].in_(seen)


class Gathered(FunctionElement[tuple[Any, ...]]):
    """All values of a column as one: a JSON array or an array."""

    name = "gathered"
    inherit_cache = True


@compiles(Gathered)
def _gathered_json(element: Gathered, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_group_array({compiler.process(element.clauses, **options)})"


@compiles(Gathered, POSTGRESQL)
def _gathered_array(element: Gathered, compiler: SQLCompiler, **options: Any) -> str:
    return f"array_agg({compiler.process(element.clauses, **options)})"


def link_columns(found: EntityTable) -> list[sa.ColumnElement[Any]]:
    """A column per set field of the entity: the sorted tuple of its values."""
    columns: list[sa.ColumnElement[Any]] = []
    for key, link in found.links.items():
        gathered = sa.type_coerce(Gathered(link.c.value), SetValue(link.c.value.type))
        mine = sa.select(gathered).where(link.c.record_id == found.table.c.id)
        columns.append(mine.scalar_subquery().label(key))
    return columns

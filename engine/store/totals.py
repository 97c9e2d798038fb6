"""Records in sight counted by group, with exact sums: columns of a board, rows of a summary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.elements import UnaryExpression
from sqlalchemy.sql.operators import custom_op

from dsl.app import App, Field
from dsl.formula.env import Env
from dsl.formula.function_row import PERIODS
from dsl.formula.tree import Call, Const, Formula, Node, Path
from dsl.formula.value_types import (
    DATE,
    TEXT,
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
from engine.people.sight import Sight
from engine.store.connection import Connection
from engine.store.gate import Gate
from engine.store.layers import own_reads
from engine.store.live import SqlFormulas
from engine.store.plans import Plans
from engine.store.sql_formula import WideNumber, to_sql
from engine.store.sql_numbers import sum_in_halves
from engine.store.sql_types import sql_call
from engine.store.tables import Tables
from engine.verdict import Finding

MOST_GROUPS = 1_000


@dataclass(frozen=True, slots=True)
class Group:
    """One group: its key in stored form (None: the field is empty), how many records, the sums by field."""

    key: object
    count: int
    sums: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Cell:
    """One group split once more: `part` is the stored value of the path it was split by."""

    key: object
    part: Any
    count: int
    sums: Mapping[str, int]


class Totals:
    """Counts and sums. One per revision of an app and database."""

    def __init__(self, app: App, tables: Tables, gate: Gate, formulas: SqlFormulas, plans: Plans | None = None) -> None:
        self.app = app
        self.tables = tables
        self._gate = gate
        self._formulas = formulas
        self._plans = plans or Plans(is_for_one=True)

    def group(
        self,
        conn: Connection,
        sight: Sight,
        entity: str,
        where: Formula | None,
        by: str,
        sums: Sequence[str],
        env: Env,
        hidden: frozenset[str] = frozenset(),
    ) -> list[Group]:
        """Groups by the value of a field ("": all in one), in order of the key, the empty one last.

        by `day:month` groups a date or an instant by the first day of its month (week, quarter, year). A sum of nothing
        is 0. BadInput for a field that is unknown, hidden, or cannot be grouped or summed by.
        """
        self._refuse(entity, where, by, sums, hidden)
        shape = ("totals", entity, sight.shape, where.root if where else None, by, tuple(sums))
        plan = self._plans.get(shape, partial(self._select, sight, entity, where, by, tuple(sums)))
        rows = conn.rows(plan, self._gate.params(sight, env))
        groups = [Group(row[0], row[1], dict(zip(sums, row[2:], strict=True))) for row in rows]
        return sorted(groups, key=partial(_place, None if ":" in by else self._type_of(entity, by)))

    def cross(
        self,
        conn: Connection,
        sight: Sight,
        entity: str,
        where: Formula | None,
        by: str,
        part: Formula,
        sums: Sequence[str],
        env: Env,
        hidden: frozenset[str] = frozenset(),
    ) -> list[Cell]:
        """Groups by the value of a field and, within each, by a path such as `customer.region`; in no order.

        BadInput as for `group`. That the path may be read is for the caller to know.
        """
        self._refuse(entity, where, by, sums, hidden)
        shape = ("cross", entity, sight.shape, where.root if where else None, by, part.root, tuple(sums))
        plan = self._plans.get(shape, partial(self._select, sight, entity, where, by, tuple(sums), part))
        rows = conn.rows(plan, self._gate.params(sight, env))
        return [Cell(row[0], row[1], row[2], dict(zip(sums, row[3:], strict=True))) for row in rows]

    def _type_of(self, entity: str, key: str) -> ValueType | None:
        field = self.app.entity(entity).fields.get(key)
        return field.value_type if field else None

    def _refuse(self, entity: str, where: Formula | None, by: str, sums: Sequence[str], hidden: frozenset[str]) -> None:
        kinds = ChoiceType | PersonType | RefType | YesNoType | DateType | TextType | NumberType
        bad = [key for key in sums if not isinstance(self._type_of(entity, key), NumberType | DurationType)]
        key, _, period = by.partition(":")
        if by and not isinstance(self._type_of(entity, key), kinds if not period else DateType | TimeType):
            bad.append(key)
        if period and period not in PERIODS:
            bad.append(by)
        read = {r.field for r in where.reads if not r.via} if where else set()
        bad += [key for key in (*sorted(read), key, *sums) if key in hidden]
        if bad:
            said = f"没有可汇总的字段 {bad[0]} | There is no field {bad[0]} to total by"
            raise BadInput((Finding(f"{entity}.fields.{bad[0]}.totals", "unmet", said, field=bad[0]),))

    def _select(
        self,
        sight: Sight,
        entity: str,
        where: Formula | None,
        by: str,
        sums: tuple[str, ...],
        part: Formula | None = None,
    ) -> sa.Select[tuple[Any, ...]]:
        fields = self.app.entity(entity).fields
        read = {r.field for r in where.reads if not r.via} if where else set()
        own, _, period = by.partition(":")
        read |= own_reads(part) if part else set()
        live = tuple(f.key for f in fields.values() if f.is_live and f.key in {own, *sums, *read})
        found = self.tables.entity(entity)
        more = {"part": partial(self._formulas.value, part, entity)} if part else None
        rows = self._gate.readable(entity, sight, live=live, where=(where,) if where else (), more=more)
        summed = [self._sum(rows.c[found.aliases.get(key, key)], fields[key]) for key in sums]
        keys: list[sa.ColumnElement[Any]] = []
        if by:
            column = rows.c[found.aliases.get(own, own)]
            keys.append(self._first_day(entity, rows, own, period) if period else column)
        keys += [rows.c["part"]] if part else []
        if not keys:
            return sa.select(sa.null(), sa.func.count(), *summed).select_from(rows)
        grouped = sa.select(*keys, sa.func.count(), *summed).select_from(rows)
        return grouped.group_by(*map(self._group_key, keys)).limit(MOST_GROUPS)

    def _first_day(self, entity: str, rows: sa.FromClause, key: str, period: str) -> sa.ColumnElement[Any]:
        """The first day of the period that the field's day lies in, in the app's zone."""
        kind = self.app.entity(entity).fields[key].value_type
        path: Node = Path(type=kind, nullable=True, span=NOWHERE, start="row", hops=(), entity=entity, field=key)
        if isinstance(kind, TimeType):
            path = Call(type=DATE, nullable=True, span=NOWHERE, function="date", args=(path,))
        named = Const(type=TEXT, nullable=False, span=NOWHERE, value=period)
        day = Call(type=DATE, nullable=True, span=NOWHERE, function="start_of", args=(path, named))
        return to_sql(day, self._formulas.scope.over(entity, rows))

    def _group_key(self, key: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
        """As `+key` on SQLite, which would else walk an index in the order of the key, past every record out of sight,
        where the index of the sight finds the few that count.
        """
        if self._formulas.scope.dialect != "sqlite":
            return key
        return UnaryExpression(key, operator=custom_op("+"), type_=key.type)

    def _sum(self, column: sa.ColumnElement[Any], field: Field) -> sa.ColumnElement[Any]:
        """An exact sum: SQLite's own would raise where it passes 64 bits."""
        kind = WideNumber(field.value_type.scale if isinstance(field.value_type, NumberType) else 0)
        if self._formulas.scope.dialect != "sqlite":
            summed = sql_call("sum", column, gives=kind)
        elif field.is_live:
            summed = sql_call("x_sum", column, gives=kind)
        else:
            summed = sum_in_halves(sa.type_coerce(column, kind))
        return sa.type_coerce(sa.func.coalesce(summed, 0), kind)


def _place(kind: ValueType | None, group: Group) -> tuple[bool, Any]:
    """Options in their order, other keys as they compare; the empty group last."""
    if group.key is None:
        return True, 0
    if isinstance(kind, ChoiceType) and group.key in kind.keys:
        return False, kind.keys.index(str(group.key))
    return False, -1 if isinstance(kind, ChoiceType) else group.key

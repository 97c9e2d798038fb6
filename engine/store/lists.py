"""Lists of records: filtered, sorted, searched, and paged by key, within the sight of whoever asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from typing import Any

import sqlalchemy as sa

from dsl.app import App, Field
from dsl.formula.env import Env
from dsl.formula.tree import Formula, Node
from dsl.formula.value_types import INTEGER, TextType, ValueType
from engine.errors import BadInput
from engine.people.sight import Sight
from engine.store import cursors
from engine.store.connection import Connection
from engine.store.cursors import Cursor, Direction
from engine.store.gate import Gate
from engine.store.layers import live_fields_read, names_read
from engine.store.live import SqlFormulas
from engine.store.plans import Plans
from engine.store.sorting import SortKey, sort_keys
from engine.store.tables import Tables
from engine.verdict import Finding

MOST_ROWS = 200
SYSTEM_KEYS = ("id", "row_version", "owner_id", "backup_id", "unit_id", "pipeline", "stage", "stage_since")
SEARCHED_KINDS = frozenset({"text", "code", "email", "phone", "url"})
_FOLDED: dict[int, int | None] = {0: None} | {capital: capital + 32 for capital in range(ord("A"), ord("Z") + 1)}
"""How a searched text is folded: ASCII in small letters, without NUL, which no text holds and PostgreSQL refuses."""


@dataclass(frozen=True, slots=True)
class Query:
    """What a list asks for.

    sort: field keys, "-" before for descending; empty values stand last either way. limit: at most 200. cursor: where
    an earlier page ended. fields: the fields wanted (none: all). search: text that one of the record's short texts
    must hold. view: the key of the declared list, for whoever shows it. made: further columns by
    their names, each a formula over the record; whoever asks for one has seen to it that its reads are his to read.
    """

    entity: str
    where: Formula | None = None
    sort: tuple[str, ...] = ()
    limit: int = 50
    cursor: str | None = None
    fields: tuple[str, ...] = ()
    search: str = ""
    view: str = ""
    made: tuple[tuple[str, Formula], ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """rows: field key → stored form, with the system columns. next and previous: cursors, None at an end."""

    rows: tuple[Mapping[str, Any], ...]
    next: str | None
    previous: str | None


@dataclass(frozen=True, slots=True)
class _Shape:
    """All of a list's statement that is not a value; the key of its plan. live: shown; compared: filtered, sorted."""

    entity: str
    sight: tuple[object, ...]
    where: Node | None
    sort: tuple[str, ...]
    columns: tuple[str, ...]
    live: tuple[str, ...]
    compared: tuple[str, ...]
    direction: Direction
    empties: tuple[bool, ...] | None
    searched: tuple[str, ...]
    made: tuple[tuple[str, Node], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """All that is shown of a record, in the order of the statement's columns."""
        return (*self.columns, *(name for name, _ in self.made))


class Lists:
    """Pages of records. One per revision of an app and database."""

    def __init__(self, app: App, tables: Tables, gate: Gate, formulas: SqlFormulas, plans: Plans | None = None) -> None:
        self.app = app
        self.tables = tables
        self._gate = gate
        self._formulas = formulas
        self._plans = plans or Plans(is_for_one=True)

    def page(
        self,
        conn: Connection,
        sight: Sight,
        query: Query,
        env: Env,
        hidden: frozenset[str] = frozenset(),
        unsearched: frozenset[str] = frozenset(),
        most: int = MOST_ROWS,
    ) -> Page:
        """One page of at most `most` rows. unsearched: fields that may be shown, but not be found by.

        BadInput for a sort, filter or field that is unknown or hidden, or a cursor that is none.
        """
        keys = sort_keys(self.app, self.tables, query.entity, query.sort)
        self._refuse(query, keys, hidden)
        types: tuple[ValueType, ...] = (*(key.value_type for key in keys), INTEGER)
        cursor = cursors.read(query.cursor, query.sort, types) if query.cursor else None
        limit = max(1, min(query.limit, most))
        shape = self._shape(sight, query, keys, cursor, hidden, unsearched)
        plan = self._plans.get(("list", shape), partial(self._select, sight, query, keys, shape))
        params = {**self._gate.params(sight, env), "most": limit + 1, "searched": _folded(query.search)}
        if cursor is not None:
            params |= {f"after_{place}": value for place, value in enumerate(cursor.values)}
        return self._page(query, shape, conn.rows(plan, params), limit, cursor)

    # --- what may be asked -------------------------------------------------------------------------------------------

    def _refuse(self, query: Query, keys: Sequence[SortKey], hidden: frozenset[str]) -> None:
        entity = self.app.entity(query.entity)
        read = {r.field for r in query.where.reads if r.entity == query.entity} if query.where else set()
        bad = [key for key in (*sorted(read), *query.fields, *(k.field for k in keys)) if key in hidden]
        bad += [key for key in query.fields if key not in entity.fields and key not in SYSTEM_KEYS]
        if bad:
            rule = f"{query.entity}.fields.{bad[0]}.access"
            raise BadInput((Finding(rule, "unmet", f"没有字段 {bad[0]} | There is no field {bad[0]}", field=bad[0]),))

    def _shape(
        self,
        sight: Sight,
        query: Query,
        keys: Sequence[SortKey],
        cursor: Cursor | None,
        hidden: frozenset[str],
        unsearched: frozenset[str],
    ) -> _Shape:
        entity = self.app.entity(query.entity)
        wanted = [key for key in entity.fields if (not query.fields or key in query.fields) and key not in hidden]
        shown = tuple(key for key in wanted if entity.fields[key].kind != "table")
        compared = {*live_fields_read(self.app, query.entity, query.where.root)} if query.where else set()
        compared |= {key.field for key in keys}
        live = [field.key for field in entity.fields.values() if field.is_live]
        texts = (f.key for f in entity.fields.values() if is_searched(f) and f.key not in hidden | unsearched)
        return _Shape(
            entity=query.entity,
            sight=sight.shape,
            where=query.where.root if query.where else None,
            sort=query.sort,
            columns=shown,
            live=tuple(key for key in live if key in shown),
            compared=tuple(key for key in live if key in compared),
            direction=cursor.direction if cursor else "next",
            empties=tuple(value is None for value in cursor.values) if cursor else None,
            searched=tuple(texts) if _folded(query.search) else (),
            made=tuple((name, formula.root) for name, formula in query.made),
        )

    # --- the statement -----------------------------------------------------------------------------------------------

    def _select(self, sight: Sight, query: Query, keys: Sequence[SortKey], shape: _Shape) -> sa.Select[tuple[Any, ...]]:
        """The page's records are chosen by what is filtered and sorted; only those are then read with all fields."""
        found = self.tables.entity(shape.entity)
        chosen = self._chosen(sight, query.where, keys, shape).subquery("chosen")
        formulas = [formula for _, formula in query.made]
        live = (*shape.live, *live_fields_read(self.app, shape.entity, *(formula.root for formula in formulas)))
        rows = self._gate.readable(
            shape.entity,
            sight,
            live=tuple(dict.fromkeys(live)),
            more={name: partial(self._formulas.value, formula, shape.entity) for name, formula in query.made},
            stored=(*shape.columns, *SYSTEM_KEYS, *names_read(self.app, shape.entity, live, *formulas)),
            among=chosen,
            is_fenced=True,
        )
        columns = [rows.c[found.aliases.get(key, key)].label(key) for key in shape.names]
        system = [rows.c[key].label(f"system_{key}") for key in SYSTEM_KEYS]
        values = [rows.c[f"sort_{place}"] for place in range(len(keys))]
        order = _order([*values, rows.c.id], keys, shape)
        return sa.select(*columns, *system, *values).order_by(*order)

    def _chosen(
        self, sight: Sight, where: Formula | None, keys: Sequence[SortKey], shape: _Shape
    ) -> sa.Select[tuple[Any, ...]]:
        """The ids of the page's records, with what they are sorted by."""
        conditions = () if where is None else (where,)
        found = self.tables.entity(shape.entity)
        named = {
            f"name_{place}": partial(key.name, found=found, formulas=self._formulas)
            for place, key in enumerate(keys)
            if key.title
        }
        rows = self._gate.readable(
            shape.entity,
            sight,
            live=shape.compared,
            where=conditions,
            more=named,
            stored=(*(key.field for key in keys), *shape.searched),
            is_fenced=bool(shape.compared),
            name="candidate",
        )
        sorted_by = [
            rows.c[f"name_{place}"] if key.title else key.expression(rows, found) for place, key in enumerate(keys)
        ]
        values = [value.label(f"sort_{place}") for place, value in enumerate(sorted_by)]
        select = sa.select(rows.c.id, *values)
        if shape.searched:
            select = select.where(self._holds([rows.c[found.aliases.get(key, key)] for key in shape.searched]))
        ends = [*sorted_by, rows.c.id]
        if shape.empties is not None:
            select = select.where(_beyond(ends, _falls(keys), shape, keys))
        order = _order(ends, keys, shape)
        return select.order_by(*order).limit(sa.bindparam("most", type_=sa.BigInteger()))

    def _holds(self, columns: Sequence[sa.ColumnElement[Any]]) -> sa.ColumnElement[bool]:
        """One of the texts holds the searched one; ASCII letters of either case alike."""
        part = sa.bindparam("searched", type_=sa.Text())
        place = sa.func.instr if self._formulas.scope.dialect == "sqlite" else sa.func.strpos
        return sa.or_(*(place(sa.func.lower(column), part) > 0 for column in columns))

    # --- the answer --------------------------------------------------------------------------------------------------

    def _page(
        self,
        query: Query,
        shape: _Shape,
        rows: Sequence[tuple[Any, ...]],
        limit: int,
        cursor: Cursor | None,
    ) -> Page:
        kept = list(rows[:limit])
        has_more = len(rows) > limit
        is_back = shape.direction == "previous"
        if is_back:
            kept.reverse()
        names = (*shape.names, *SYSTEM_KEYS)
        sizes = list(accumulate((len(shape.names), len(SYSTEM_KEYS))))

        def at(row: tuple[Any, ...], direction: Direction) -> str:
            values = (*row[sizes[1] :], row[sizes[0]])
            return cursors.written(query.sort, Cursor(direction, values))

        follows = has_more if not is_back else cursor is not None
        precedes = has_more if is_back else cursor is not None
        return Page(
            tuple(dict(zip(names, row, strict=False)) for row in kept),
            at(kept[-1], "next") if kept and follows else None,
            at(kept[0], "previous") if kept and precedes else None,
        )


def is_searched(field: Field) -> bool:
    """Whether `Query.search` looks into the field."""
    return field.kind in SEARCHED_KINDS and isinstance(field.value_type, TextType) and not field.is_live


def _folded(text: str) -> str:
    return text.strip().translate(_FOLDED)


def _falls(keys: Sequence[SortKey]) -> list[bool]:
    """Whether each end of the order is descending: the keys, then the id that decides between equals."""
    return [*(key.is_descending for key in keys), keys[-1].is_descending if keys else True]


def _order(
    ends: Sequence[sa.ColumnElement[Any]], keys: Sequence[SortKey], shape: _Shape
) -> list[sa.ColumnElement[Any]]:
    is_back = shape.direction == "previous"
    return [_ordered(end, is_descending=fall, is_back=is_back) for end, fall in zip(ends, _falls(keys), strict=True)]


def _ordered(end: sa.ColumnElement[Any], *, is_descending: bool, is_back: bool) -> sa.ColumnElement[Any]:
    """Empty values last; read backwards they come first."""
    ordered = end.desc() if is_descending != is_back else end.asc()
    return ordered.nulls_first() if is_back else ordered.nulls_last()


def _beyond(
    ends: Sequence[sa.ColumnElement[Any]],
    falls: Sequence[bool],
    shape: _Shape,
    keys: Sequence[SortKey],
) -> sa.ColumnElement[bool]:
    """The rows after (or before) the cursor's row in the order of the list."""
    is_back = shape.direction == "previous"
    bound = [sa.bindparam(f"after_{place}", type_=end.type) for place, end in enumerate(ends)]
    never_empty = [*(key.never_empty for key in keys), True]
    if all(never_empty) and len(set(falls)) == 1:
        pair = sa.tuple_(*ends), sa.tuple_(*bound)
        return pair[0] < pair[1] if falls[0] != is_back else pair[0] > pair[1]
    found: list[sa.ColumnElement[bool]] = []
    equal: list[sa.ColumnElement[bool]] = []
    for place, (end, value) in enumerate(zip(ends, bound, strict=True)):
        is_empty = (shape.empties or ())[place]
        further = end < value if falls[place] != is_back else end > value
        if is_back:
            step = end.is_not(None) if is_empty else further
        elif is_empty:
            step = sa.false()
        else:
            step = further if never_empty[place] else sa.or_(further, end.is_(None))
        found.append(sa.and_(*equal, step))
        equal.append(end.is_(None) if is_empty else end == value)
    return sa.or_(*found)

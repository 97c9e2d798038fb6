"""The nested row that generated Python evaluates over: what is read around a record, in as few queries as it takes.

One query per reference or table field that is read, whatever the number of records behind it. Sight plays no part: a
gate is judged by what is so, not by what the person may see.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import sqlalchemy as sa

from dsl.app import App
from dsl.formula.env import Env
from dsl.formula.scope import DEPARTMENT_ENTITY, PERSON_ENTITY
from dsl.formula.tree import Formula, Read
from engine.store.columns import is_one_of
from engine.store.connection import Connection
from engine.store.dependencies import Step, step_of
from engine.store.gate import link_columns
from engine.store.given import formula_of
from engine.store.live import SqlFormulas
from engine.store.plans import Plans
from engine.store.seal import Reason, SystemStatement, as_system
from engine.store.sql_formula import moment
from engine.store.system_tables import org_unit, user_account
from engine.store.tables import Tables

Nested = dict[str, Any]
Overlay = Mapping[str, Sequence[Mapping[str, Any]]]
"""Table field of the record → all its rows as they would be saved, in stored form; a new row has no id."""

REFERENCE_KINDS = frozenset({"ref", "person", "department"})


@dataclass
class Need:
    """What is read of one kind of row: field keys, and what is read behind its references and table fields."""

    fields: set[str] = field(default_factory=set)
    behind: dict[str, Need] = field(default_factory=dict)


class Related:
    """Nests records of one app. One per revision and database."""

    def __init__(self, app: App, tables: Tables, formulas: SqlFormulas, plans: Plans | None = None) -> None:
        self.app = app
        self.tables = tables
        self._formulas = formulas
        self._plans = plans or Plans(is_for_one=True)

    def nested(
        self,
        conn: Connection,
        entity: str,
        row: Mapping[str, Any],
        reads: Iterable[Read],
        env: Env,
        overlay: Overlay | None = None,
    ) -> Nested:
        """`row` (stored form, as `Records.find` gives it) with mappings for references and people, lists for rows.

        reads: of every formula that will be evaluated. overlay: unsaved child rows that stand for the saved ones.
        """
        return self.nested_many(conn, entity, [row], reads, env, overlay)[0]

    def nested_many(
        self,
        conn: Connection,
        entity: str,
        rows: Sequence[Mapping[str, Any]],
        reads: Iterable[Read],
        env: Env,
        overlay: Overlay | None = None,
    ) -> list[Nested]:
        """The same for many records of one entity at once."""
        found = [dict(row) for row in rows]
        self._fill(conn, entity, found, needed(reads), env, overlay or {})
        return found

    def _fill(self, conn: Connection, entity: str, rows: list[Nested], need: Need, env: Env, overlay: Overlay) -> None:
        """Puts mappings and lists into rows of an entity, level by level."""
        for key in self._references(entity) - need.behind.keys():
            for row in rows:
                row[key] = None if row.get(key) is None else {"id": row[key]}
        for key, behind in need.behind.items():
            step = step_of(self.app, entity, key)
            if step.link:
                self._put_rows(conn, rows, step, behind, env, overlay.get(key))
            else:
                self._put_targets(conn, rows, step, behind, env)

    def _references(self, entity: str) -> set[str]:
        if entity == PERSON_ENTITY:
            return {"unit", "manager"}
        if entity == DEPARTMENT_ENTITY:
            return set()
        return {f.key for f in self.app.entity(entity).fields.values() if f.kind in REFERENCE_KINDS}

    def _put_targets(self, conn: Connection, rows: list[Nested], step: Step, need: Need, env: Env) -> None:
        ids = {row[step.field] for row in rows if row.get(step.field) is not None}
        found = self._read(conn, step.target, "id", ids, need, env)
        self._fill(conn, step.target, found, need, env, {})
        by_id = {row["id"]: row for row in found}
        for row in rows:
            row[step.field] = by_id.get(row.get(step.field))

    def _put_rows(
        self,
        conn: Connection,
        rows: list[Nested],
        step: Step,
        need: Need,
        env: Env,
        unsaved: Sequence[Mapping[str, Any]] | None,
    ) -> None:
        if unsaved is not None:
            found = [dict(row) for row in unsaved]
            for row in rows:
                row[step.field] = found
        else:
            found = self._read(conn, step.target, step.link, {row["id"] for row in rows if row.get("id")}, need, env)
            by_parent: dict[int, list[Nested]] = {}
            for child in found:
                by_parent.setdefault(child[step.link], []).append(child)
            for row in rows:
                row[step.field] = by_parent.get(row.get("id", 0), [])
        self._fill(conn, step.target, found, need, env, {})

    # --- reading -----------------------------------------------------------------------------------------------------

    def _read(
        self, conn: Connection, entity: str, column: str, ids: Collection[int], need: Need, env: Env
    ) -> list[Nested]:
        """Rows whose `column` is one of the ids, oldest first: stored fields, and the live ones that are read."""
        if not ids:
            return []
        live = tuple(sorted(self._live(entity, need)))
        shape = ("related", entity, column, live)
        plan = self._plans.get(shape, partial(self._select, entity, column, live))
        keys = self._keys(entity, live)
        rows = conn.rows(plan, {**moment(env), "ids": sorted(ids)})
        return [self._row(entity, dict(zip(keys, row, strict=True))) for row in rows]

    def _live(self, entity: str, need: Need) -> Iterable[str]:
        if entity in (PERSON_ENTITY, DEPARTMENT_ENTITY):
            return ()
        fields = self.app.entity(entity).fields
        return (key for key in need.fields if key in fields and fields[key].is_live)

    def _keys(self, entity: str, live: tuple[str, ...]) -> tuple[str, ...]:
        if entity == PERSON_ENTITY:
            return ("id", "name", "role", "unit", "manager")
        if entity == DEPARTMENT_ENTITY:
            return ("id", "name")
        found = self.tables.entity(entity)
        return (*found.table.c.keys(), *found.links, *live)

    def _select(self, entity: str, column: str, live: tuple[str, ...]) -> SystemStatement:
        if entity in (PERSON_ENTITY, DEPARTMENT_ENTITY):
            return as_system(_people() if entity == PERSON_ENTITY else _departments(), Reason.JUDGE)
        found = self.tables.entity(entity)
        rows = sa.select(*found.table.c, *link_columns(found)).where(is_one_of(found.column(column), "ids"))
        if column != "id":
            rows = rows.where(found.table.c.deleted_at.is_(None))
        if live:
            rows = self._formulas.add_live(entity, rows, live)
        return as_system(rows.order_by(rows.selected_columns["id"]), Reason.JUDGE)

    def _row(self, entity: str, row: Nested) -> Nested:
        """One row by field keys: system columns under the names of the fields they keep, too."""
        if entity == PERSON_ENTITY:
            row["role"] = row["role"] or None
        elif entity != DEPARTMENT_ENTITY:
            for key, column in self.tables.entity(entity).aliases.items():
                row[key] = row[column]
        return row


def _people() -> sa.Select[Any]:
    people = user_account.c
    select = sa.select(people.id, people.name, people.role, people.unit_id, people.manager_id)
    return select.where(is_one_of(people.id, "ids")).order_by(people.id)


def _departments() -> sa.Select[Any]:
    return sa.select(org_unit.c.id, org_unit.c.name).where(is_one_of(org_unit.c.id, "ids")).order_by(org_unit.c.id)


def needed(reads: Iterable[Read]) -> Need:
    """Reads as a tree along the ways."""
    root = Need()
    for read in reads:
        need = root
        for name in read.via:
            need = need.behind.setdefault(name, Need())
        need.fields.add(read.field)
    return root


def all_reads(app: App, formulas: Iterable[Formula]) -> frozenset[Read]:
    """What the formulas read, and what the live fields that they read in their own record read in turn.

    For evaluating live fields of an unsaved record in Python.
    """
    found: set[Read] = set()
    queue = list(formulas)
    seen: set[tuple[str, str]] = set()
    while queue:
        formula = queue.pop()
        found |= formula.reads
        for read in formula.reads:
            place = (formula.entity, read.field)
            if read.via or place in seen or not formula.entity:
                continue
            seen.add(place)
            entity = app.entity(formula.entity)
            known = entity.fields.get(read.field)
            further = formula_of(entity, known) if known is not None and known.is_computed else None
            if further is not None:
                queue.append(further)
    return frozenset(found)

"""Stored computed fields: recomputed for the records that a change touches, in sets, until nothing else changes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import partial
from typing import Any

import sqlalchemy as sa

from dsl.app import App
from dsl.formula.env import Env
from dsl.formula.scope import PERSON_ENTITY
from engine.store.columns import is_one_of
from engine.store.connection import Connection
from engine.store.dependencies import Graph, Level, Place, Step
from engine.store.live import SqlFormulas
from engine.store.plans import Plans
from engine.store.seal import Reason, SystemStatement, as_system
from engine.store.sql_formula import moment
from engine.store.system_tables import user_account
from engine.store.tables import Tables

Touched = Mapping[str, set[int]]
BATCH = 5_000
"""Records that one statement of a rebuild computes."""


class Derived:
    """Recomputes stored computed fields. One per revision of an app and database."""

    def __init__(self, app: App, tables: Tables, formulas: SqlFormulas, plans: Plans | None = None) -> None:
        self.app = app
        self.tables = tables
        self.graph = Graph(app)
        self._formulas = formulas
        self._plans = plans or Plans(is_for_one=True)

    def recompute(self, conn: Connection, changed: Mapping[str, Collection[int]], env: Env) -> Touched:
        """Brings every computed field up to date that may depend on the changed records.

        changed: ids of written records by entity; for a child that moved or went, its old parent's id as well. The
        answer: ids of the records whose computed fields got another value.
        """
        seen: dict[Place, set[int]] = {}
        touched: dict[str, set[int]] = {}
        for level in self.graph.levels:
            ids = self._reached(conn, level, changed, seen)
            if not ids:
                continue
            altered = self._update(conn, level, ids, env)
            for field in level.fields:
                seen[level.entity, field] = altered
            if altered:
                touched.setdefault(level.entity, set()).update(altered)
        return touched

    def rebuild_all(self, conn: Connection, env: Env) -> int:
        """Recomputes every computed field of the app, each after those it reads; how many updates it took."""
        ids: dict[str, list[int]] = {}
        return sum(self._rebuild(conn, level, env, ids) for level in self.graph.levels)

    def rebuild_changed(self, conn: Connection, places: Collection[Place], env: Env) -> set[Place]:
        """Recomputes these fields for every record, and what reads them; those that got another value somewhere."""
        ids: dict[str, list[int]] = {}
        altered: set[Place] = set()
        for level in self.graph.levels:
            own = {(level.entity, field) for field in level.fields}
            is_reached = bool(own & set(places)) or any(edge.source in altered for edge in level.edges)
            if is_reached and self._rebuild(conn, level, env, ids):
                altered |= own
        return altered

    def _rebuild(self, conn: Connection, level: Level, env: Env, ids: dict[str, list[int]]) -> int:
        """One level for every record, in batches; how many changed. ids: those of the entities met so far."""
        if level.entity not in ids:
            table = self.tables.entity(level.entity).table
            every = as_system(sa.select(table.c.id).order_by(table.c.id), Reason.RECOMPUTE)
            ids[level.entity] = [row[0] for row in conn.rows(every)]
        own = ids[level.entity]
        return sum(
            len(self._update(conn, level, own[start : start + BATCH], env)) for start in range(0, len(own), BATCH)
        )

    def disagreements(self, conn: Connection, env: Env) -> Iterator[tuple[Place, int, object, object]]:
        """Stored computed fields that are not what their formula gives now: (place, record id, stored, computed).

        In a snapshot; every field is held against what the stored values give, so one wrong value is named once
        itself and once wherever it is read.
        """
        for level in self.graph.levels:
            for field in level.fields:
                plan = self._plans.get(("disagree", level.entity, field), partial(self._compare, level.entity, field))
                for record_id, stored, computed in conn.stream(plan, moment(env)):
                    yield (level.entity, field), record_id, stored, computed

    def _compare(self, entity: str, field: str) -> SystemStatement:
        found = self.tables.entity(entity)
        source = found.table.alias("source")
        kept = source.c[found.aliases.get(field, field)]
        computed = self._formulas.value(self.graph.formulas[entity, field], entity, source)
        both = sa.select(source.c.id, kept.label("kept"), computed.label("computed")).subquery("both")
        differ = sa.select(both).where(both.c.kept.is_distinct_from(both.c.computed)).order_by(both.c.id)
        return as_system(differ, Reason.CHECK)

    # --- which records -----------------------------------------------------------------------------------------------

    def _reached(
        self, conn: Connection, level: Level, changed: Mapping[str, Collection[int]], seen: Mapping[Place, set[int]]
    ) -> set[int]:
        """Records of the level's entity that read something which changed."""
        found: set[int] = set(changed.get(level.entity, ()))
        by_way: dict[tuple[Step, ...], set[int]] = {}
        for edge in level.edges:
            sources = set(changed.get(edge.source[0], ())) | seen.get(edge.source, set())
            by_way.setdefault(edge.way, set()).update(sources)
        for way, sources in by_way.items():
            found |= self._back(conn, way, sources) if sources else set()
        return found

    def _back(self, conn: Connection, way: tuple[Step, ...], ids: set[int]) -> set[int]:
        """The records at the beginning of a way, from those at its end."""
        for step in reversed(way):
            if not ids:
                return ids
            plan = self._plans.get(("back", step), partial(self._step_back, step))
            ids = {row[0] for row in conn.rows(plan, {"ids": sorted(ids)}) if row[0] is not None}
        return ids

    def _step_back(self, step: Step) -> SystemStatement:
        if step.link:
            child = self.tables.entity(step.target)
            select = sa.select(child.column(step.link)).distinct().where(is_one_of(child.table.c.id, "ids"))
        elif step.entity == PERSON_ENTITY:
            column = user_account.c["unit_id" if step.field == "unit" else "manager_id"]
            select = sa.select(user_account.c.id).where(is_one_of(column, "ids"))
        else:
            holder = self.tables.entity(step.entity)
            select = sa.select(holder.table.c.id).where(is_one_of(holder.column(step.field), "ids"))
        return as_system(select, Reason.RECOMPUTE)

    # --- the update --------------------------------------------------------------------------------------------------

    def _update(self, conn: Connection, level: Level, ids: Iterable[int], env: Env) -> set[int]:
        """Writes the fields of one level where they differ; the ids of the records that got another value."""
        plan = self._plans.get(("recompute", level.entity, level.fields), lambda: self._statement(level))
        return {row[0] for row in conn.rows(plan, {**moment(env), "ids": sorted(ids)})}

    def _statement(self, level: Level) -> SystemStatement:
        target = self.tables.entity(level.entity)
        source = target.table.alias("source")
        computed: list[sa.ColumnElement[Any]] = []
        for field in level.fields:
            formula = self.graph.formulas[level.entity, field]
            computed.append(self._formulas.value(formula, level.entity, source).label(f"new_{field}"))
        fresh = sa.select(source.c.id, *computed).where(is_one_of(source.c.id, "ids")).subquery("fresh")
        columns = [(target.column(field), fresh.c[f"new_{field}"]) for field in level.fields]
        differs = sa.or_(*(column.is_distinct_from(new) for column, new in columns))
        update = sa.update(target.table).where(target.table.c.id == fresh.c.id, differs)
        update = update.values({column: new for column, new in columns}).returning(target.table.c.id)  # noqa: C416
        return as_system(update, Reason.RECOMPUTE)

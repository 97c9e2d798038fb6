"""What is kept beside what people wrote, because the app defines it: computed values and search entries.

When the definition of one changes, it is made anew for every record; all others stay. One row of `setting` tells by
which definitions the kept ones were made, so a change is noticed however it came: an edit, a newer engine, a restore.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256

import sqlalchemy as sa

from dsl.app import App
from dsl.formula.env import Env
from dsl.formula.unparse import unparse
from dsl.formula.workdays import KNOWN_UNTIL
from engine.store import search
from engine.store.connection import Connection
from engine.store.database import Database
from engine.store.dependencies import Graph, Place
from engine.store.derived import Derived
from engine.store.reindex import reindex_entity
from engine.store.system_tables import app_revision, setting
from engine.store.tables import Tables

MAKING = 1
"""Counts up when the engine makes other values or entries from the same definitions."""

_KEY = "kept_by"


@dataclass(frozen=True, slots=True)
class Stale:
    """Computed fields and entities' search entries whose definition is another than the one they were made by."""

    computed: frozenset[Place]
    searched: frozenset[str]

    def __bool__(self) -> bool:
        return bool(self.computed or self.searched)

    def __iter__(self) -> Iterator[str]:
        """One line each, as a plan shows it."""
        yield from (f"recompute {entity}.{field}" for entity, field in sorted(self.computed))
        yield from (f"index {entity}" for entity in sorted(self.searched))


@dataclass(frozen=True, slots=True)
class _Definitions:
    """place or entity → a digest of what defines it. app: a digest of all of it, so that most starts compare one."""

    app: str
    computed: Mapping[str, str]
    searched: Mapping[str, str]


def find_stale(conn: Connection, app: App) -> Stale:
    """What `renew` would make anew."""
    kept = _read(conn) if conn.has_table(setting.name) else None
    if kept is not None and kept.app == _digest_of_app(app):
        return Stale(frozenset(), frozenset())
    wanted = _definitions(app)
    computed, searched = (kept.computed, kept.searched) if kept is not None else ({}, {})
    return Stale(
        frozenset(_place(key) for key, digest in wanted.computed.items() if computed.get(key) != digest),
        frozenset(key for key, digest in wanted.searched.items() if searched.get(key) != digest),
    )


def renew(database: Database, app: App, tables: Tables, derived: Derived, env: Env) -> None:
    """Makes anew what is stale, in one transaction; a second process that comes to it finds nothing left to make."""
    with database.read() as conn:
        kept = _read(conn)
    if kept is not None and kept.app == _digest_of_app(app):
        return
    with database.write(is_long=True, turn_at=app_revision.name) as conn:
        stale = find_stale(conn, app)
        altered = derived.rebuild_changed(conn, stale.computed, env)
        for entity in sorted(stale.searched | _entities_searched_by(app, altered)):
            reindex_entity(conn, tables.entity(entity))
        _keep(conn, _definitions(app))


def _entities_searched_by(app: App, places: Collection[Place]) -> set[str]:
    return {entity for entity, field in places if field in search.searchable(app.entity(entity))}


# --- definitions -----------------------------------------------------------------------------------------------------


def _definitions(app: App) -> _Definitions:
    around = (MAKING, app.timezone, app.calendar, KNOWN_UNTIL, [_of_table(app, key) for key in sorted(app.tables)])
    computed = {
        f"{entity}.{field}": _digest(around, app.entity(entity).fields[field].value_type, unparse(formula.root))
        for (entity, field), formula in Graph(app).formulas.items()
    }
    searched = {
        entity.key: _digest(MAKING, entity.title, search.searchable(entity)) for entity in app.entities.values()
    }
    return _Definitions(_digest_of_app(app), computed, searched)


def _of_table(app: App, key: str) -> tuple[object, ...]:
    """A decision table without its place in the file: any formula may read it."""
    table = app.tables[key]
    return (key, table.columns, table.gives, table.rows, table.hit)


def _digest_of_app(app: App) -> str:
    return _digest(MAKING, KNOWN_UNTIL, app.digest)


def _digest(*parts: object) -> str:
    return sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _place(key: str) -> Place:
    entity, _, field = key.partition(".")
    return entity, field


# --- the row ---------------------------------------------------------------------------------------------------------


def _read(conn: Connection) -> _Definitions | None:
    row = conn.one(sa.select(setting.c.value).where(setting.c.key == _KEY))
    return _Definitions(**json.loads(row[0])) if row is not None else None


def _keep(conn: Connection, made_by: _Definitions) -> None:
    told = {"app": made_by.app, "computed": made_by.computed, "searched": made_by.searched}
    conn.execute(sa.delete(setting).where(setting.c.key == _KEY))
    conn.execute(sa.insert(setting).values(key=_KEY, value=json.dumps(told, sort_keys=True)))

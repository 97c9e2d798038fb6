"""What is there already: people and records by name, and records as they are compared with rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from dsl.app import App
from dsl.formula.scope import DEPARTMENT_ENTITY, PERSON_ENTITY
from dsl.outlets import Import, ImportColumn
from engine.context import Context
from engine.flow.sentences import say
from engine.installed import Installed
from engine.intake.cleaning import Fault
from engine.intake.company_names import CompanyName, company_name
from engine.intake.duplicates import Item
from engine.intake.plain_text import folded
from engine.intake.traits import Traits, key_fields
from engine.people import permissions, users
from engine.people.moment import env_of
from engine.store.connection import Connection
from engine.store.seal import Reason, as_system
from engine.store.system_tables import org_unit

_BATCH = 5_000


@dataclass(frozen=True, slots=True)
class _Names:
    """Everything of one kind by its name."""

    exact: Mapping[str, tuple[int, ...]]
    companies: Mapping[str, tuple[tuple[CompanyName, int], ...]]

    def find(self, name: str, *, as_company: bool) -> tuple[int, ...]:
        found = self.exact.get(folded(name), ())
        if found or not as_company:
            return found
        asked = company_name(name)
        return tuple(record_id for other, record_id in self.companies.get(asked.core, ()) if asked.may_be(other))


@dataclass(slots=True)
class Lookup:
    """Finds people, units and records in the actor's sight by name; each kind is read once."""

    installed: Installed
    conn: Connection
    context: Context
    _kinds: dict[str, _Names] = field(default_factory=dict)

    def find(self, entity: str, column: ImportColumn, name: str) -> int | Fault | None:
        """The only one of that name; None if there is none; a Fault if there are several."""
        if entity not in self._kinds:
            self._kinds[entity] = _indexed(self._named(entity))
        found = set(self._kinds[entity].find(name, as_company=column.alike == "company"))
        if len(found) > 1:
            return Fault(say(self.context.actor.language, "import.several", name=name[:60], count=len(found)))
        return found.pop() if found else None

    def _named(self, entity: str) -> Iterator[tuple[str, int]]:
        if entity == PERSON_ENTITY:
            for person in users.active_people(self.conn):
                yield person.name, person.id
                yield person.login, person.id
        elif entity == DEPARTMENT_ENTITY:
            yield from ((row[1], row[0]) for row in self.conn.rows(sa.select(org_unit.c.id, org_unit.c.name)))
        else:
            yield from self._titles(entity)

    def _titles(self, key: str) -> Iterator[tuple[str, int]]:
        """Titles of the records that the actor sees; nobody refers to what he does not."""
        gate, entity = self.installed.gate, self.installed.app.entity(key)
        sight = permissions.sight_of(self.installed.app, self.context.actor, entity)
        titles = [each for each in (entity.title, "code" if entity.series else "") if each in entity.fields]
        rows = gate.readable(key, sight, stored=titles)
        params = gate.params(sight, env_of(self.conn, self.context, self.installed.app))
        for record_id, *names in self.conn.rows(sa.select(rows.c.id, *(rows.c[each] for each in titles)), params):
            yield from ((name, record_id) for name in names if isinstance(name, str) and name)


def _indexed(named: Iterator[tuple[str, int]]) -> _Names:
    exact: defaultdict[str, set[int]] = defaultdict(set)
    companies: defaultdict[str, list[tuple[CompanyName, int]]] = defaultdict(list)
    for name, record_id in named:
        exact[folded(name)].add(record_id)
        found = company_name(name)
        companies[found.core].append((found, record_id))
    return _Names(
        {name: tuple(sorted(ids)) for name, ids in exact.items()},
        {core: tuple(each) for core, each in companies.items()},
    )


def people_names(conn: Connection) -> frozenset[str]:
    return frozenset(person.name for person in users.active_people(conn))


def records_like(
    installed: Installed, conn: Connection, wanted: Import, items: Collection[Item], seer: Context | None = None
) -> list[Item]:
    """The records that share a key, a name or a hint with one of the items.

    seer: only those in this person's sight. Without one, whoever sees them: then nothing of them may be shown, and
    whether the actor may change one is judged where it is written.
    """
    sought = {block for item in items for block in _blocks(item)}
    records = _all_records(installed, conn, wanted) if seer is None else _seen_records(installed, conn, wanted, seer)
    return [item for item in records if not sought.isdisjoint(_blocks(item))]


def _blocks(item: Item) -> Iterator[tuple[object, str]]:
    yield from item.keys.items()
    if item.name is not None:
        yield "name", item.name.core
    yield from (("hint", hint) for hint in item.hints)


def _seen_records(installed: Installed, conn: Connection, wanted: Import, seer: Context) -> Iterator[Item]:
    app, gate = installed.app, installed.gate
    sight = permissions.sight_of(app, seer.actor, app.entity(wanted.entity))
    fields = [key for key in key_fields(app, wanted) if installed.tables.entity(wanted.entity).has_column(key)]
    traits = Traits(app, wanted)
    rows = gate.readable(wanted.entity, sight, stored=fields)
    params = gate.params(sight, env_of(conn, seer, app))
    chosen = sa.select(rows.c.id, *(rows.c[key] for key in fields)).order_by(rows.c.id)
    for record_id, *values in conn.rows(chosen, params) if fields else ():
        yield traits.item(-record_id, dict(zip(fields, values, strict=True)))


def _all_records(installed: Installed, conn: Connection, wanted: Import) -> Iterator[Item]:
    app: App = installed.app
    found = installed.tables.entity(wanted.entity)
    fields = [key for key in key_fields(app, wanted) if found.has_column(key)]
    traits = Traits(app, wanted)
    after: Any = 0
    while fields:
        rows = conn.rows(
            as_system(
                sa.select(found.table.c.id, *(found.column(key) for key in fields))
                .where(found.table.c.id > after, found.table.c.deleted_at.is_(None))
                .order_by(found.table.c.id)
                .limit(_BATCH),
                Reason.MATCH,
            )
        )
        for record_id, *values in rows:
            yield traits.item(-record_id, dict(zip(fields, values, strict=True)))
        if len(rows) < _BATCH:
            return
        after = rows[-1][0]

"""Lists, titles and lookup: many records at once, within sight."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from dsl.app import Entity
from dsl.formula.check import check_formula
from dsl.formula.scope import AppScope, FieldInfo, StageInfo, TableInfo, link_of
from dsl.formula.tree import Formula
from dsl.formula.value_types import YESNO
from dsl.problems import Checked
from dsl.source import Span
from engine.answers import Found, Page, Person, Record, Total
from engine.errors import BadInput
from engine.flow.sentences import say
from engine.people import organisation, users
from engine.reading import finding
from engine.reading.desk import Desk
from engine.reading.links import DEPARTMENT, PERSON
from engine.reading.matches import match_of
from engine.store import lists as store_lists
from engine.store.lists import MOST_ROWS, Query
from engine.verdict import Finding

MOST_FOUND = 50


def page(desk: Desk, query: Query) -> Page:
    """Raises BadInput for a filter, sort or field that is unknown or not the actor's to read."""
    entity = desk.entity(query.entity)
    found = raw_page(desk, entity, query)
    return Page(tuple(desk.show(entity, found.rows)), found.next, found.previous)


def raw_page(desk: Desk, entity: Entity, query: Query, most: int = MOST_ROWS) -> store_lists.Page:
    """Rows as they are stored, without hidden fields; whoever shows them masks them.

    Masked fields may be shown as masks, but not be filtered, sorted or searched by.
    """
    masked = desk.masked(entity)
    used = {read.field for read in query.where.reads if not read.via} if query.where else set()
    used |= {key.removeprefix("-").partition(".")[0] for key in query.sort}
    unreadable = desk.hidden(entity) | (masked & used)
    return desk.installed.lists.page(desk.conn, desk.sight(entity), query, desk.env, unreadable, masked, most)


def children(desk: Desk, entity_key: str, record_id: int, table_field: str) -> list[Record]:
    """The rows of a table field, oldest first. Raises BadInput if the field is no table."""
    entity = desk.entity(entity_key)
    field = entity.fields.get(table_field)
    if field is None or field.kind != "table" or table_field in desk.hidden(entity):
        said = say(desk.language, "input.unknown", field=table_field)
        raise BadInput((Finding(f"{entity.key}.fields.{table_field}.input", "unmet", said, field=table_field),))
    if desk.raw(entity, record_id) is None:
        return []
    child = desk.entity(field.target)
    return desk.show(child, _linked(desk, entity, child, record_id))


def _linked(desk: Desk, entity: Entity, child: Entity, record_id: int) -> list[Mapping[str, object]]:
    """Rows that are parts of the record, or that refer to it by a field of theirs."""
    records = desk.installed.records
    if child.parent == entity.key:
        return list(records.children(desk.conn, desk.sight(child), child.key, record_id, desk.env))
    link, sight = link_of(desk.app.entities, entity.key, child.key), desk.sight(child)
    rows = desk.installed.gate.readable(child.key, sight)
    mine = sa.select(rows.c.id).where(rows.c[link] == record_id).order_by(rows.c.id)
    ids = desk.conn.rows(mine, desk.installed.gate.params(sight, desk.env))
    return [row for (each,) in ids if (row := desk.raw(child, int(each))) is not None]


def totals(desk: Desk, entity_key: str, where: Formula | None, by: str, sums: Sequence[str]) -> list[Total]:
    """Groups in the order of their keys, the empty one last. Raises BadInput for a field that is not there to read.

    by: a field, `day:month` for the months of a date (week, quarter, year too), "" for all in one.
    """
    entity = desk.entity(entity_key)
    covered = desk.hidden(entity) | desk.masked(entity)
    refuse_covered(desk, entity, where, (*((by.partition(":")[0],) if by else ()), *sums))
    sight, installed = desk.sight(entity), desk.installed
    groups = installed.totals.group(desk.conn, sight, entity_key, where, by, sums, desk.env, covered)
    return [Total(group.key, group.count, group.sums) for group in groups]


def refuse_covered(desk: Desk, entity: Entity, where: Formula | None, keys: Iterable[str] = ()) -> None:
    """Raises BadInput for a field that is not there to read, among the keys or in the condition."""
    covered = desk.hidden(entity) | desk.masked(entity)
    read = sorted({read.field for read in where.reads if not read.via}) if where else []
    for key in (*keys, *read):
        if key in covered or (key in keys and key not in entity.fields):
            said = say(desk.language, "input.unknown", field=key)
            raise BadInput((Finding(f"{entity.key}.fields.{key}.input", "unmet", said, field=key),))


def count(desk: Desk, entity_key: str, where: Formula | None) -> int:
    """All records in sight that the filter finds. Raises BadInput for a filter over what is not the actor's to read."""
    entity = desk.entity(entity_key)
    covered = desk.hidden(entity) | desk.masked(entity)
    refuse_covered(desk, entity, where)
    groups = desk.installed.totals.group(desk.conn, desk.sight(entity), entity_key, where, "", (), desk.env, covered)
    return sum(group.count for group in groups)


# --- filters ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReadableScope:
    """The names of an app without those that a person may not read: to a filter they are simply not there."""

    desk: Desk
    inner: AppScope

    @property
    def entity(self) -> str:
        return self.inner.entity

    def has(self, entity: str) -> bool:
        return self.inner.has(entity)

    def field(self, entity: str, name: str) -> FieldInfo | None:
        return None if name in self._covered(entity) else self.inner.field(entity, name)

    def names(self, entity: str) -> Iterable[str]:
        covered = self._covered(entity)
        return tuple(name for name in self.inner.names(entity) if name not in covered)

    def stages(self, entity: str) -> tuple[StageInfo, ...]:
        return self.inner.stages(entity)

    def table(self, name: str) -> TableInfo | None:
        return self.inner.table(name)

    def tables(self) -> Iterable[str]:
        return self.inner.tables()

    def _covered(self, key: str) -> frozenset[str]:
        entity = self.desk.app.entities.get(key)
        if entity is None:
            return frozenset()
        if self.desk.sight(entity).is_nothing:
            return frozenset(entity.fields)
        return self.desk.hidden(entity) | self.desk.masked(entity)


def filter_formula(desk: Desk, entity: Entity, text: str) -> Checked[Formula]:
    """A condition that a person typed, over fields that he or she may read.

    Checked once for all who hold the same roles: which names there are follows from nothing else.
    """
    key = (entity.key, text, desk.actor.roles, desk.actor.is_system)
    known = desk.installed.filters.find(key)
    if known is not None:
        return known
    span = Span("filter", 1, 1, 1, 1 + len(text))
    scope = ReadableScope(desk, AppScope(desk.app, entity.key, has_ids=True))
    return desk.installed.filters.keep(key, check_formula(text, span, scope, YESNO))


# --- by title --------------------------------------------------------------------------------------------------------


def titles(desk: Desk, pairs: Iterable[tuple[str, int]]) -> Mapping[tuple[str, int], str]:
    """Titles of the records in sight, and of people."""
    wanted = {pair for pair in pairs if pair[0] not in desk.app.entities or desk.sees(*pair)}
    return desk.titles_of(wanted)


def lookup(desk: Desk, entity_key: str, text: str, limit: int, where: Formula | None) -> list[Found]:
    """Records that hold the text or whose title sounds like it (all of them for no text), people, or departments."""
    limit = max(1, min(limit, MOST_FOUND))
    if entity_key == PERSON:
        return [_as_found(person) for person in users.active_people(desk.conn) if _is_named(person, text)][:limit]
    if entity_key == DEPARTMENT:
        return _departments(desk, text)[:limit]
    entity = desk.entity(entity_key)
    if text.strip() and where is None and (best := finding.find_in(desk, entity, text, limit)):
        return best
    sort = (entity.title,) if entity.title in entity.fields and entity.title not in desk.hidden(entity) else ()
    found = page(desk, Query(entity_key, where=where, sort=sort, limit=limit, search=text))
    return [_found(entity_key, record.id, record.title, record.values) for record in found.items]


def _as_found(person: Person) -> Found:
    return Found(PERSON, person.id, person.name, person.unit)


def _is_named(person: Person, text: str) -> bool:
    fits = match_of(person.name, text, by_sound=True) or match_of(person.login, text)
    return not text.strip() or fits is not None


def _departments(desk: Desk, text: str) -> list[Found]:
    """Units by name or its sound, with the unit above each."""
    units = organisation.all_units(desk.conn)
    names = {unit.path: unit.name for unit in units}
    return [
        Found(DEPARTMENT, unit.id, unit.name, names.get(unit.path.rstrip("/").rpartition("/")[0] + "/", ""))
        for unit in units
        if not text.strip() or match_of(unit.name, text, by_sound=True)
    ]


def _found(entity: str, record_id: int, title: str, values: Mapping[str, object]) -> Found:
    """The document number stands beneath the title, where there is one and it is not the title itself."""
    code = str(values.get("code") or "")
    return Found(entity, record_id, title, "" if code == title else code)

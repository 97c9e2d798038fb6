"""Exports: a list as it is seen, or a declared file, as rows of cells; who took what out is kept.

Everything is read through the desk of the person who asks: sight, hidden fields and masks are those of the screen.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO

import sqlalchemy as sa

from dsl.app import Entity, Field
from dsl.formula.tree import Formula
from dsl.formula.value_types import RowsType
from dsl.outlets import Export
from engine.context import Context
from engine.errors import BadInput, NotAllowed
from engine.flow.sentences import say
from engine.installed import Installed
from engine.intake.export_cells import Cell, Cells, Column
from engine.intake.export_files import Format, write_file
from engine.people import permissions
from engine.people.moment import env_of
from engine.reading.desk import Desk
from engine.reading.links import files_of, link_of
from engine.reading.lists import raw_page
from engine.store.lists import Page, Query
from engine.store.system_tables import export_log
from engine.verdict import Finding

PAGE = 2_000
"""Records read at once; more than these are never in memory."""
KEPT_BESIDE = "exports.ndjson"
"""In the data directory: who took what out by command while the server held the SQLite file and alone may write."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to go out.

    query: entity, condition, sort and search; its `fields` are the columns in their order. heads: what the columns are
    called, where that is not their label. made: the columns among them that are formulas. reveals: the columns are
    shown to whoever may take the file out, as the app says with a reason.
    """

    name: str
    query: Query
    heads: tuple[str, ...] = ()
    roles: frozenset[str] = frozenset()
    reveals: bool = False
    made: Mapping[str, Field] = field(default_factory=dict)


def declared(export: Export, language: str) -> Wish:
    """The wish that a declared export stands for."""
    query = Query(export.entity, where=export.condition, fields=tuple(export.columns.values()), view=export.key)
    heads, reveals = tuple(export.columns), bool(export.reveals)
    return Wish(export.label.say(language), query, heads, export.roles, reveals, export.made)


def may_export(installed: Installed, context: Context, entity: Entity, roles: frozenset[str] = frozenset()) -> bool:
    """Whoever has `export` in the entity's access; of a declared export, whoever has one of its roles."""
    if roles:
        return bool(roles & context.actor.roles)
    return permissions.rights(installed.app, context.actor, entity).export


def exports_of(installed: Installed, context: Context, entity: Entity) -> tuple[Export, ...]:
    """The declared exports of an entity that the actor may take out."""
    found = (export for export in installed.app.exports.values() if export.entity == entity.key)
    return tuple(export for export in found if may_export(installed, context, entity, export.roles))


def export(installed: Installed, context: Context, wish: Wish, form: Format, target: IO[bytes]) -> int:
    """Writes the file and keeps who took it out; the number of rows.

    NotAllowed without the right to export; BadInput for a filter or sort over fields that the actor may not read.
    """
    entity = installed.app.entities.get(wish.query.entity)
    language = context.actor.language
    if entity is None:
        said = say(language, "input.entity", entity=wish.query.entity)
        raise BadInput((Finding(wish.query.entity, "unmet", said),))
    if not may_export(installed, context, entity, wish.roles):
        raise NotAllowed(say(language, "access.export", entity=entity.label.say(language)))
    with installed.database.snapshot() as conn:
        desk = Desk(installed, conn, context, env_of(conn, context, installed.app))
        columns = _columns(desk, entity, wish)
        count = write_file(form, wish.name, columns, _rows(desk, entity, wish, columns), target)
    _keep(installed, context, wish, columns, form, count)
    return count


def _columns(desk: Desk, entity: Entity, wish: Wish) -> tuple[Column, ...]:
    """The columns that the actor may read, in the order asked for."""
    hidden = frozenset[str]() if wish.reveals else desk.hidden(entity)
    masked = frozenset[str]() if wish.reveals else desk.masked(entity)
    found = []
    for place, key in enumerate(wish.query.fields):
        known = wish.made.get(key) or entity.fields.get(key)
        if known is not None and key in wish.made and not wish.reveals and not _may_read(desk, known.formula):
            continue
        if known is None:
            said = say(desk.language, "input.unknown", field=key)
            raise BadInput((Finding(f"{entity.key}.fields.{key}.input", "unmet", said, field=key),))
        if key not in hidden and not isinstance(known.value_type, RowsType):
            head = wish.heads[place] if wish.heads else known.label.say(desk.language) or key
            found.append(Column(head, known, key in masked))
    return tuple(found)


def _may_read(desk: Desk, formula: Formula | None) -> bool:
    """Whether all that a formula reads, on its way too, is the actor's to read; a masked value may not be in one."""
    for read in formula.reads if formula else ():
        at = formula.entity if formula else ""
        for key in (*read.via, read.field):
            if permissions.covers(desk.app, desk.actor, at, key):
                return False
            hop = desk.app.entities[at].fields.get(key) if at in desk.app.entities else None
            at = hop.target if hop else ""
    return True


def _rows(desk: Desk, entity: Entity, wish: Wish, columns: tuple[Column, ...]) -> Iterator[tuple[Cell, ...]]:
    """The records in sight that the wish asks for, a page of them in memory at a time."""
    keys = tuple(dict.fromkeys(column.field.key for column in columns))
    made = tuple((key, wish.made[key].formula) for key in keys if key in wish.made)
    query = replace(
        wish.query,
        fields=tuple(key for key in keys if key not in wish.made) or (entity.title,),
        made=tuple((key, formula) for key, formula in made if formula is not None),
        limit=PAGE,
        cursor=None,
    )
    while True:
        found = _page(desk, entity, query, wish)
        cells = _cells(desk, columns, found.rows)
        for row in found.rows:
            yield tuple(cells.of(column, row[column.field.key]) for column in columns)
        if found.next is None:
            return
        query = replace(query, cursor=found.next)


def _page(desk: Desk, entity: Entity, query: Query, wish: Wish) -> Page:
    if not wish.reveals:
        return raw_page(desk, entity, query, PAGE)
    return desk.installed.lists.page(desk.conn, desk.sight(entity), query, desk.env, most=PAGE)


def _cells(desk: Desk, columns: tuple[Column, ...], rows: Sequence[Mapping[str, object]]) -> Cells:
    fields = [column.field for column in columns if not column.is_masked]
    pairs = {pair for row in rows for known in fields if (pair := link_of(known, row[known.key])) is not None}
    held = {each for row in rows for known in fields for each in files_of(known, row[known.key])}
    return Cells(desk.app, desk.language, desk.titles_of(pairs), desk.file_notes(held))


def _told(wish: Wish, column: Column) -> str:
    """The key of the column's field; of a made one its formula."""
    made = wish.made.get(column.field.key)
    return f"= {made.formula.text}" if made and made.formula else column.field.key


def _keep(
    installed: Installed, context: Context, wish: Wish, columns: tuple[Column, ...], form: Format, count: int
) -> None:
    """A file is handed over only after it is kept who took it."""
    query = wish.query
    what = {
        "columns": [_told(wish, column) for column in columns],
        "where": query.where.text if query.where else "",
        "search": query.search,
        "sort": list(query.sort),
    }
    values = {"actor_id": context.actor.id, "at": context.at, "channel": context.channel, "entity": query.entity}
    more = {"name": wish.name, "what": what, "format": form, "row_count": count, "request_id": context.request_id}
    if installed.database.is_onlooker:
        _keep_beside(installed.files.data_dir / KEPT_BESIDE, {**values, **more, "at": context.at.isoformat()})
    else:
        installed.database.run(lambda conn: conn.execute(sa.insert(export_log).values(**values, **more)))


def _keep_beside(path: Path, line: Mapping[str, object]) -> None:
    """A line of JSON, on the disk before the file is handed over."""
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False, sort_keys=True) + "\n")
        file.flush()
        os.fsync(file.fileno())

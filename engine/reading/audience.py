"""Who may see a record: whom a comment can call to it, and which calls wait for the reader."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import sqlalchemy as sa

from dsl.app import Entity
from engine.answers import Mention, Person
from engine.errors import NotThere
from engine.people import permissions, users
from engine.people.moment import env_of
from engine.reading.desk import Desk
from engine.reading.matches import match_of
from engine.store.connection import Connection
from engine.store.database import Database
from engine.store.plans import Plan
from engine.store.system_tables import comment, mention

LOOKED_AT = 60
"""People of a fitting name whose sight is worked out for one list to choose from."""


def may_see(desk: Desk, entity: Entity, record_id: int, person_id: int) -> bool:
    """Whether the record is in that person's sight now."""
    other = users.find_actor(desk.conn, desk.app, person_id, desk.context.at)
    if other is None:
        return False
    context, sight = replace(desk.context, actor=other), permissions.sight_of(desk.app, other, entity)
    env = env_of(desk.conn, context, desk.app)
    return bool(desk.installed.records.visible(desk.conn, sight, entity.key, {record_id}, env))


def audience(desk: Desk, entity: Entity, record_id: int, text: str, limit: int) -> list[Person]:
    """People who may see the record, by a part of the name or its pinyin, without the asker. Raises NotThere."""
    if desk.raw(entity, record_id) is None:
        raise NotThere(f"{entity.key} {record_id}")
    fitting = [person for person in users.active_people(desk.conn) if person.id != desk.actor.id]
    if text.strip():
        fitting = [p for p in fitting if match_of(p.name, text, by_sound=True) or match_of(p.login, text)]
    found: list[Person] = []
    for person in fitting[:LOOKED_AT]:
        if len(found) < limit and may_see(desk, entity, record_id, person.id):
            found.append(person)
    return found


def people_named(conn: Connection, text: str) -> list[Person]:
    """Active people whose name stands after an "@"; of two names that begin alike the longer one is meant."""
    found: list[Person] = []
    rest = text
    for person in sorted(users.active_people(conn), key=lambda one: -len(one.name)):
        called = f"@{person.name}"
        if person.name and (called in rest or any(one.name == person.name for one in found)):
            found.append(person)
            rest = rest.replace(called, " ")
    return found


_NEW = Plan(
    sa.select(mention.c.id)
    .where(mention.c.user_id == sa.bindparam("user", type_=sa.BigInteger()), mention.c.read_at.is_(None))
    .limit(1)
)


def has_new_mentions(database: Database, user_id: int) -> bool:
    """Whether any waits, be it at a record in sight or not."""
    with database.read() as conn:
        return conn.one(_NEW, {"user": user_id}) is not None


def mentions(desk: Desk, limit: int) -> list[Mention]:
    """The reader's new mentions, the last first, as far as the records are still in sight."""
    return list(_in_sight(desk, limit))


def _in_sight(desk: Desk, limit: int) -> Iterator[Mention]:
    m = mention.c
    joined = mention.join(comment, comment.c.event_id == m.event_id)
    mine = sa.select(m.entity, m.record_id, m.at, m.actor_id, comment.c.text).select_from(joined)
    mine = mine.where(m.user_id == desk.actor.id, m.read_at.is_(None)).order_by(m.id.desc()).limit(limit)
    rows = [row for row in desk.conn.rows(mine) if row[0] in desk.app.entities and desk.sees(row[0], row[1])]
    people = users.people(desk.conn, {row[3] for row in rows})
    titles = desk.titles_of({(row[0], row[1]) for row in rows})
    for entity, record_id, at, actor_id, text in rows:
        yield Mention(entity, record_id, titles.get((entity, record_id), ""), at, people.get(actor_id), text)

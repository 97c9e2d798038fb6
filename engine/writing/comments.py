"""Comments: what people say about a record, and whom they call to it.

The event, the comment and a row for each person mentioned are one transaction. A name counts as a mention when "@"
stands before it and its bearer may see the record; nobody learns of a record by being named.
"""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from dsl.app import Entity
from engine.answers import Person
from engine.context import Context
from engine.errors import BadInput
from engine.flow.sentences import say
from engine.installed import Installed
from engine.reading.audience import may_see, people_named
from engine.reading.desk import Desk
from engine.store import history
from engine.store.connection import Connection
from engine.store.history import NewEvent
from engine.store.plans import Plan
from engine.store.system_tables import comment, mention
from engine.verdict import Finding

LONGEST_COMMENT = 10_000
_MINE_HERE = (
    mention.c.user_id == sa.bindparam("user", type_=sa.BigInteger()),
    mention.c.entity == sa.bindparam("kind"),
    mention.c.record_id == sa.bindparam("record", type_=sa.BigInteger()),
    mention.c.read_at.is_(None),
)
_UNREAD = Plan(sa.select(mention.c.id).where(*_MINE_HERE).limit(1))
_READ = Plan(sa.update(mention).where(*_MINE_HERE).values(read_at=sa.bindparam("at", type_=mention.c.read_at.type)))


def read_comment(context: Context, entity: Entity, text: str) -> str:
    """What will be kept of it. Raises BadInput when it says nothing."""
    said = text.strip()[:LONGEST_COMMENT]
    if not said:
        sentence = say(context.actor.language, "input.comment")
        raise BadInput((Finding(f"{entity.key}.comment", "unmet", sentence, field="text"),))
    return said


def called_by(desk: Desk, entity: Entity, record_id: int, text: str, meant: Collection[int]) -> list[int]:
    """Ids of those whom the text calls, without its writer. meant: ids that tell apart people of one name."""
    named = people_named(desk.conn, text)
    unsure = {person.name for person in named if sum(other.name == person.name for other in named) > 1}
    return [
        person.id
        for person in named
        if person.id != desk.actor.id
        and (person.name not in unsure or person.id in meant or not _is_settled(named, person, meant))
        and may_see(desk, entity, record_id, person.id)
    ]


def _is_settled(named: Collection[Person], person: Person, meant: Collection[int]) -> bool:
    """Whether one of the bearers of this name was picked from the list."""
    return any(other.id in meant for other in named if other.name == person.name)


def add_comment(
    installed: Installed,
    context: Context,
    entity: str,
    record_id: int,
    text: str,
    called: Collection[int],
    conn: Connection,
) -> int:
    """Writes the event, the comment and a mention for each person called; the event's id."""
    event = NewEvent(
        entity=entity,
        record_id=record_id,
        kind="commented",
        at=context.at,
        actor_id=context.actor.id,
        channel=context.channel,
        revision=context.revision,
        request_id=context.request_id,
    )
    event_id = history.append(conn, event)
    where = {"entity": entity, "record_id": record_id, "event_id": event_id, "actor_id": context.actor.id}
    conn.execute(sa.insert(comment).values(**where, text=text, at=context.at))
    for user_id in called:
        conn.execute(sa.insert(mention).values(**where, user_id=user_id, at=context.at))
    installed.announcer.announce(conn, [(event_id, entity, "commented")])
    return event_id


def note_read(installed: Installed, context: Context, entity: str, record_id: int) -> None:
    """The mentions of the actor at this record are no longer new. Writes only where there are any."""
    here = {"user": context.actor.id, "kind": entity, "record": record_id}
    with installed.database.read() as conn:
        if conn.one(_UNREAD, here) is None:
            return
    installed.database.run(lambda conn: conn.execute(_READ, {**here, "at": context.at}))

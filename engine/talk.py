"""Talk about records: comments, and the people whom they call."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from functools import partial

from engine.answers import Mention, Person
from engine.context import Context
from engine.errors import NotThere
from engine.people.moment import env_of
from engine.reading.audience import audience, has_new_mentions, mentions
from engine.reading.desk import Desk
from engine.reception import Reception
from engine.store.driver import DuplicateValue
from engine.writing import idempotency
from engine.writing.comments import add_comment, called_by, note_read, read_comment


class Talk(Reception):
    """A desk for whoever reads, and what people say to each other beside a record."""

    @contextmanager
    def _desk(self, context: Context) -> Iterator[Desk]:
        installed = self.installed
        with installed.database.read() as conn:
            yield Desk(installed, conn, context, env_of(conn, context, installed.app))

    def comment(
        self, context: Context, entity: str, record_id: int, text: str, meant: Collection[int] = (), key: str = ""
    ) -> int:
        """Add a comment to a record in sight; returns the event's id. Raises NotThere, BadInput when empty.

        "@" before the name of somebody who sees the record calls him or her; meant: ids that tell namesakes apart.
        key: of the form that it comes from; the same words sent from it again are the comment that is there.
        """
        with self._desk(context) as desk:
            if desk.raw(desk.entity(entity), record_id) is None:
                raise NotThere(f"{entity} {record_id}")
            said = read_comment(context, desk.entity(entity), text)
            called = called_by(desk, desk.entity(entity), record_id, said, meant)
        write = partial(add_comment, self.installed, context, entity, record_id, said, called)
        if not key:
            return self.database.run(write)
        once = partial(idempotency.once, context, key, (entity, record_id, said), write)
        try:
            return self.database.run(once, is_keyed=True)
        except DuplicateValue:  # the same form was sent twice at the same moment
            return self.database.run(once, is_keyed=True)

    def audience(self, context: Context, entity: str, record_id: int, text: str, limit: int = 8) -> list[Person]:
        """People who may see the record, by a part of the name: whom a comment may call. Raises NotThere."""
        with self._desk(context) as desk:
            return audience(desk, desk.entity(entity), record_id, text, limit)

    def mentions(self, context: Context, limit: int = 20) -> list[Mention]:
        """The comments that call the actor and that he or she has not seen, the last first."""
        with self._desk(context) as desk:
            return mentions(desk, limit)

    def is_called(self, context: Context) -> bool:
        """Whether such a comment waits, be it at a record in sight or not: a look for every page."""
        return has_new_mentions(self.database, context.actor.id)

    def note_read(self, context: Context, entity: str, record_id: int) -> None:
        """The actor has the record open: what called him or her there is no longer new."""
        note_read(self.installed, context, entity, record_id)

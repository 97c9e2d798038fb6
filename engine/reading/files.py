"""Files in and out: taken by content, given only to those who see a record that holds them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import BinaryIO, Final

from engine.answers import FileNote
from engine.context import Context
from engine.installed import Installed
from engine.reading.desk import Desk
from engine.store.files import StoredFile, holders

OWN_UPLOAD: Final = timedelta(hours=1)
"""How long an upload that no record holds yet stays readable for whoever sent it."""


def put_file(installed: Installed, context: Context, stream: BinaryIO, name: str, declared_type: str) -> FileNote:
    """Raises FileRefused. The type that the sender declares is not believed: the content is looked at."""
    del declared_type
    content = installed.files.take(stream, name)
    actor_id = None if context.actor.is_system else context.actor.id
    stored = installed.database.run(
        lambda conn: installed.files.record(conn, content, actor_id=actor_id, at=context.at)
    )
    return note_of(stored)


def open_file(desk: Desk, file_id: int) -> tuple[FileNote, Path] | None:
    """None when it is not there or not the actor's to read: the two are never told apart."""
    stored = desk.installed.files.find(desk.conn, file_id)
    if stored is None or not (_is_fresh_own(desk, stored) or _is_held_in_sight(desk, file_id)):
        return None
    return note_of(stored), desk.installed.files.path_of(stored)


def note_of(stored: StoredFile) -> FileNote:
    return FileNote(stored.id, stored.name, stored.size, stored.mime, stored.sha256)


def _is_fresh_own(desk: Desk, stored: StoredFile) -> bool:
    return stored.actor_id == desk.actor.id and desk.context.at - stored.at <= OWN_UPLOAD


def _is_held_in_sight(desk: Desk, file_id: int) -> bool:
    """A record in sight holds the file in a field that the actor may read."""
    for key, record_id in holders(desk.conn, desk.installed.tables, file_id):
        entity = desk.entity(key)
        row = desk.raw(entity, record_id)
        if row is not None and any(file_id in note.files for note in desk.show(entity, [row])):
            return True
    return False

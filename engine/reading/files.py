"""Files out: given only to those who see a record that holds them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Final

from engine.answers import FileNote
from engine.reading.desk import Desk
from engine.store.files import StoredFile, holders
from engine.writing.uploads import note_of

OWN_UPLOAD: Final = timedelta(hours=1)
"""How long an upload that no record holds yet stays readable for whoever sent it."""


def open_file(desk: Desk, file_id: int) -> tuple[FileNote, Path] | None:
    """None when it is not there or not the actor's to read: the two are never told apart."""
    stored = desk.installed.files.find(desk.conn, file_id)
    if stored is None or not (_is_fresh_own(desk, stored) or _is_held_in_sight(desk, file_id)):
        return None
    return note_of(stored), desk.installed.files.path_of(stored)


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

"""Uploads: content kept on the disk, then named in the database. A file is no record: nobody holds it yet."""

from __future__ import annotations

from dataclasses import asdict
from hashlib import sha256
from typing import BinaryIO

from engine.answers import FileNote
from engine.context import Context
from engine.installed import Installed
from engine.store.connection import Connection
from engine.store.driver import DuplicateValue
from engine.store.files import Content, StoredFile
from engine.writing import idempotency


def put_file(installed: Installed, context: Context, stream: BinaryIO, name: str, key: str | None = None) -> FileNote:
    """The file that records may hold. Raises FileRefused, KeyReused for a key that came with another file, StoreFull.

    key: idempotency key; the same key, name and content answer with the same file.
    """
    with installed.database.minding_room():
        content = installed.files.take(stream, name)

    def put(conn: Connection) -> FileNote:
        return _named(installed, context, conn, content, key)

    try:
        return installed.database.run(put, is_keyed=key is not None)
    except DuplicateValue:  # the same key came twice at once: the other one's file is there now
        return installed.database.run(put, is_keyed=True)


def note_of(stored: StoredFile) -> FileNote:
    return FileNote(stored.id, stored.name, stored.size, stored.mime, stored.sha256)


def _named(installed: Installed, context: Context, conn: Connection, content: Content, key: str | None) -> FileNote:
    digest = sha256(f"file {content.sha256} {content.name}".encode()).hexdigest()
    if key and (kept := idempotency.find_kept(conn, context, key, digest)) is not None:
        return FileNote(**kept)
    actor_id = None if context.actor.is_system else context.actor.id
    note = note_of(installed.files.record(conn, content, actor_id=actor_id, at=context.at))
    if key:
        idempotency.keep(conn, context, key, digest, asdict(note))
    return note

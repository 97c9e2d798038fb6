"""Files: content kept once under its hash, names kept as people gave them.

Content lies in `DATA/files/ab/abcdef…` (SHA-256), independent of any name; it is on the disk before a row names it
(write, fsync, rename, fsync of the directory), so that a power cut leaves at most content that nothing names.
"""

from __future__ import annotations

import math
import os
import tempfile
import time
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import IO, BinaryIO

import sqlalchemy as sa

from dsl.formula import value_types
from engine.errors import FileRefused
from engine.store.connection import Connection
from engine.store.file_types import TYPES, BadContent, check_content, content_of
from engine.store.seal import Reason, as_system
from engine.store.system_tables import file
from engine.store.tables import Tables

MOST_BYTES = 20 * 1024 * 1024
MOST_NAME = 200
UNNAMED_FOR = timedelta(days=1)
"""How long content may lie about that no row names."""
_CHUNK = 256 * 1024


@dataclass(frozen=True, slots=True)
class Content:
    """Content that lies on the disk and has no row yet."""

    name: str
    size: int
    mime: str
    sha256: str


@dataclass(frozen=True, slots=True)
class StoredFile:
    """size in bytes; name is the last part of what the sender called it."""

    id: int
    name: str
    size: int
    mime: str
    sha256: str
    actor_id: int | None
    at: datetime


class FileStore:
    """The files of one data directory."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self._root = data_dir / "files"
        self._incoming = data_dir / "files" / "incoming"

    def take(self, stream: BinaryIO, name: str) -> Content:
        """Reads an upload to its end and keeps its content. Outside any transaction: it may be slow.

        FileRefused, with nothing kept, for a name with a path or an unknown extension, content that is not what the
        extension says, more than 20 MB, too many pixels, or an archive that unpacks to too much.
        """
        name = checked_name(name)
        extension = name.rpartition(".")[2].lower() if "." in name else ""
        expected = TYPES.get(extension)
        if expected is None:
            known = ", ".join(TYPES)
            raise FileRefused(
                f"不接受“{name}”这类文件,可用:{known} | Files like “{name}” are not taken; these are: {known}"
            )
        self._incoming.mkdir(parents=True, exist_ok=True)
        handle, raw = tempfile.mkstemp(dir=self._incoming)
        path = Path(raw)
        try:
            with os.fdopen(handle, "wb") as target:
                digest, size = _copy(stream, target)
            _check(path, name, extension, expected.content)
            self._settle(path, digest)
        finally:
            path.unlink(missing_ok=True)
        return Content(name, size, expected.mime, digest)

    def record(self, conn: Connection, content: Content, *, actor_id: int | None, at: datetime) -> StoredFile:
        """Names the content in the database; the file that records may hold."""
        values = {"sha256": content.sha256, "size": content.size, "mime": content.mime, "name": content.name}
        file_id: int = conn.value(sa.insert(file).values(**values, actor_id=actor_id, at=at).returning(file.c.id))
        return StoredFile(file_id, content.name, content.size, content.mime, content.sha256, actor_id, at)

    def find(self, conn: Connection, file_id: int) -> StoredFile | None:
        return next(iter(self.find_many(conn, [file_id])), None)

    def find_many(self, conn: Connection, ids: list[int]) -> list[StoredFile]:
        if not ids:
            return []
        c = file.c
        columns = (c.id, c.name, c.size, c.mime, c.sha256, c.actor_id, c.at)
        rows = conn.rows(sa.select(*columns).where(c.id.in_(ids)).order_by(c.id))
        return [StoredFile(*row) for row in rows]

    def sweep(self, conn: Connection, age: timedelta = UNNAMED_FOR) -> int:
        """Removes content that no row names and nobody has sent for that long; how many files went.

        It is left by an upload whose transaction failed, or that a stop cut short.
        """
        before = time.time() - age.total_seconds()
        old = [path for path in self._root.glob("*/*") if _changed_at(path) < before]
        if not old:
            return 0
        named = {row[0] for row in conn.rows(sa.select(file.c.sha256).distinct())}
        gone = [path for path in old if path.name not in named]
        for path in gone:
            path.unlink(missing_ok=True)
        return len(gone)

    def path_of(self, stored: StoredFile) -> Path:
        """Where the content lies; for reading only."""
        return self.place_of(stored.sha256)

    def place_of(self, digest: str) -> Path:
        """Where content of this hash lies, if it is there."""
        return self._root / digest[:2] / digest

    def all_places(self) -> Iterator[Path]:
        """Everything that lies there, also what an interrupted upload left."""
        return (path for path in sorted(self._root.glob("*/*")) if path.is_file())

    def keep(self, stream: IO[bytes], digest: str) -> None:
        """Keeps content that was checked when it first came in: of a bundle. ValueError if it is not of this hash."""
        self._incoming.mkdir(parents=True, exist_ok=True)
        handle, raw = tempfile.mkstemp(dir=self._incoming)
        path = Path(raw)
        try:
            with os.fdopen(handle, "wb") as target:
                found = sha256()
                while chunk := stream.read(_CHUNK):
                    found.update(chunk)
                    target.write(chunk)
                target.flush()
                os.fsync(target.fileno())
            if found.hexdigest() != digest:
                raise ValueError(digest)
            self._settle(path, digest)
        finally:
            path.unlink(missing_ok=True)

    def _settle(self, path: Path, digest: str) -> None:
        """Moves checked content to its place, durably; the same content is already there or is written once."""
        place = self.place_of(digest)
        place.parent.mkdir(parents=True, exist_ok=True)
        if place.exists():
            os.utime(place)  # wanted again: not to be swept before a row names it
        else:
            path.replace(place)
        for directory in (place.parent, self._root):
            _sync_directory(directory)


def checked_name(name: str) -> str:
    """The name as it may be shown: NFC, no control characters. FileRefused for a path or no name at all."""
    name = "".join(character for character in unicodedata.normalize("NFC", name) if character.isprintable()).strip()
    if "/" in name or "\\" in name or name in ("", ".", ".."):
        raise FileRefused(f"文件名不能带路径:“{name}” | A file's name may not hold a path: “{name}”")
    if len(name) > MOST_NAME:
        raise FileRefused(f"文件名超过 {MOST_NAME} 个字 | The file's name is longer than {MOST_NAME} characters")
    return name


def holders(conn: Connection, tables: Tables, file_id: int) -> Iterator[tuple[str, int]]:
    """(entity, id) of every living record that holds the file, whoever asks: the caller checks sight."""
    for found in tables:
        table = found.table
        for field in found.entity.fields.values():
            if not isinstance(field.value_type, value_types.FileType):
                continue
            if field.key in found.links:
                link = found.link(field.key)
                rows = sa.select(link.c.record_id).join(table, table.c.id == link.c.record_id)
                rows = rows.where(link.c.value == file_id)
            elif found.has_column(field.key):
                rows = sa.select(table.c.id).where(found.column(field.key) == file_id)
            else:
                continue
            for (record_id,) in conn.rows(as_system(rows.where(table.c.deleted_at.is_(None)), Reason.FILES)):
                yield found.entity.key, record_id


def _copy(stream: BinaryIO, target: BinaryIO) -> tuple[str, int]:
    """Digest and size. Stops reading as soon as it is too much."""
    digest, size = sha256(), 0
    while chunk := stream.read(_CHUNK):
        size += len(chunk)
        if size > MOST_BYTES:
            most = MOST_BYTES // (1024 * 1024)
            raise FileRefused(f"文件超过 {most} MB | The file is larger than {most} MB")
        digest.update(chunk)
        target.write(chunk)
    target.flush()
    os.fsync(target.fileno())
    if size == 0:
        raise FileRefused("文件是空的 | The file is empty")
    return digest.hexdigest(), size


def _check(path: Path, name: str, extension: str, expected: str) -> None:
    try:
        found = content_of(path)
        if found != expected:
            raise FileRefused(
                f"“{name}”的内容不是 {extension}{f',而是 {found}' if found else ''} | "
                f"The content of “{name}” is not {extension}{f' but {found}' if found else ''}"
            )
        check_content(path, found)
    except BadContent as error:
        raise FileRefused(f"“{name}”:{error}") from error


def _changed_at(path: Path) -> float:
    """Seconds since 1970; never, if somebody else has just removed it."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return math.inf


def _sync_directory(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

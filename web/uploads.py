"""What an upload is called, and where it lies while it is read."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from werkzeug.datastructures import FileStorage

from engine.store.files import checked_name

_NAME = re.compile(r'filename="((?:[^"\\]|\\.)*)"')
_PATH = re.compile(r'\\[^"\\]')


def name_of(part: FileStorage) -> str:
    """The name that the client gave. Of a Windows path only the last part: read as a quoted string, as the standard
    has it, its backslashes would vanish and `C:\\offers\\a.pdf` become `C:offersa.pdf`."""
    raw = _NAME.search(part.headers.get("Content-Disposition", ""))
    if raw is not None and _PATH.search(raw.group(1)):
        return raw.group(1).rpartition("\\")[2]
    return part.filename or ""


@contextmanager
def on_disk(sent: Sequence[FileStorage]) -> Iterator[list[tuple[str, Path]]]:
    """The uploads as (name, path) on the disk for as long as they are read. Raises FileRefused for a wild name."""
    with tempfile.TemporaryDirectory(prefix="sluice-import-") as folder:
        files = []
        for at, each in enumerate(sent):
            path = Path(folder) / str(at)
            each.save(path)
            files.append((checked_name(name_of(each)), path))
        yield files

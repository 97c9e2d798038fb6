"""What an upload is called."""

from __future__ import annotations

import re

from werkzeug.datastructures import FileStorage

_NAME = re.compile(r'filename="((?:[^"\\]|\\.)*)"')
_PATH = re.compile(r'\\[^"\\]')


def name_of(part: FileStorage) -> str:
    """The name that the client gave. Of a Windows path only the last part: read as a quoted string, as the standard
    has it, its backslashes would vanish and `C:\\offers\\a.pdf` become `C:offersa.pdf`."""
    raw = _NAME.search(part.headers.get("Content-Disposition", ""))
    if raw is not None and _PATH.search(raw.group(1)):
        return raw.group(1).rpartition("\\")[2]
    return part.filename or ""

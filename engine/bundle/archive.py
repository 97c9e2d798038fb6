"""The file itself: a zip with a manifest, the app's text, one part of JSON lines for each table, and the files.

The same data makes the same bytes, on either database: fixed order, fixed encoding, no clock.
"""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, Final

from engine.errors import NotReady

FORMAT: Final = "sluice-bundle"
VERSION: Final = 1
MANIFEST: Final = "manifest.json"
APP_TEXT: Final = "app.yaml"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_CHUNK = 256 * 1024
_UNREADABLE = (KeyError, ValueError, OSError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error)
"""What reading a damaged zip may raise."""


@dataclass(frozen=True, slots=True)
class Part:
    """One member of the zip. rows: its lines beside the head; 0 for a file. sha256 of its bytes."""

    name: str
    rows: int
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    app: str
    digest: str
    revision: int
    parts: tuple[Part, ...]

    def as_bytes(self) -> bytes:
        told = {"format": FORMAT, "version": VERSION} | asdict(self)
        return (json.dumps(told, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def damaged(place: str, said: str) -> NotReady:
    return NotReady(
        f"数据包损坏,{place}:{said};什么都没有载入 | the bundle is damaged at {place}: {said}; nothing was loaded"
    )


class Writer:
    """Adds parts to a bundle, and at the end its manifest."""

    def __init__(self, target: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6)
        self.parts: list[Part] = []

    def add_lines(self, name: str, lines: Iterator[bytes]) -> int:
        """A part of lines, the first of which is its head; how many there are beside it."""
        digest, size, rows = sha256(), 0, -1
        with self._zip.open(_member(name), "w", force_zip64=True) as part:
            for line in lines:
                part.write(line)
                digest.update(line)
                size += len(line)
                rows += 1
        self.parts.append(Part(name, max(rows, 0), size, digest.hexdigest()))
        return rows

    def add_bytes(self, name: str, content: bytes) -> None:
        self._zip.writestr(_member(name), content)
        self.parts.append(Part(name, 0, len(content), sha256(content).hexdigest()))

    def add_file(self, name: str, path: Path) -> None:
        """A file as it lies on the disk, already packed kinds as well: the bytes count, not the saving."""
        digest, size = sha256(), 0
        with path.open("rb") as content, self._zip.open(_member(name), "w", force_zip64=True) as part:
            while chunk := content.read(_CHUNK):
                part.write(chunk)
                digest.update(chunk)
                size += len(chunk)
        self.parts.append(Part(name, 0, size, digest.hexdigest()))

    def finish(self, app: str, digest: str, revision: int) -> Manifest:
        manifest = Manifest(app, digest, revision, tuple(self.parts))
        self._zip.writestr(_member(MANIFEST), manifest.as_bytes())
        self._zip.close()
        return manifest

    def close(self) -> None:
        self._zip.close()


def _member(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    info.create_system = 3
    return info


class Reader:
    """A bundle that has been looked through: every part is there, whole, and as the manifest says."""

    def __init__(self, path: Path) -> None:
        """NotReady, with the place, for a file that is no bundle, of a later version, cut short or changed."""
        try:
            self._zip = zipfile.ZipFile(path)
        except (OSError, zipfile.BadZipFile) as error:
            raise damaged(path.name, str(error)) from error
        try:
            self.manifest = self._read_manifest()
            for part in self.manifest.parts:
                self._verify(part)
        except BaseException:
            self._zip.close()
            raise

    def close(self) -> None:
        self._zip.close()

    def text(self, name: str) -> str:
        return self._zip.read(name).decode()

    def open(self, name: str) -> IO[bytes]:
        return self._zip.open(name)

    def _read_manifest(self) -> Manifest:
        try:
            told: dict[str, Any] = json.loads(self._zip.read(MANIFEST))
        except _UNREADABLE as error:
            raise damaged(MANIFEST, str(error)) from error
        if told.get("format") != FORMAT or told.get("version") != VERSION:
            raise damaged(MANIFEST, f"{told.get('format')} {told.get('version')}, not {FORMAT} {VERSION}")
        parts = tuple(Part(**part) for part in told["parts"])
        return Manifest(told["app"], told["digest"], told["revision"], parts)

    def _verify(self, part: Part) -> None:
        digest, size = sha256(), 0
        try:
            with self._zip.open(part.name) as content:
                while chunk := content.read(_CHUNK):
                    digest.update(chunk)
                    size += len(chunk)
        except (KeyError, OSError, zipfile.BadZipFile, EOFError, ValueError) as error:
            raise damaged(part.name, str(error)) from error
        except Exception as error:
            raise damaged(part.name, str(error)) from error
        if (size, digest.hexdigest()) != (part.size, part.sha256):
            raise damaged(part.name, f"{size} bytes {digest.hexdigest()[:12]}, not {part.size} {part.sha256[:12]}")

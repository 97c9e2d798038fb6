"""What a file is, by its first bytes, whatever its name or sender says."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, UnidentifiedImageError

MOST_PIXELS = 60_000_000
MOST_ZIP_ENTRIES = 1_000
MOST_UNPACKED = 200 * 1024 * 1024
MOST_RATIO = 100
"""Unpacked size to packed size; office files stay below 30."""

_HEAD = 4_096


@dataclass(frozen=True, slots=True)
class FileType:
    """content: what the bytes must be (see `content_of`)."""

    mime: str
    content: str


_OFFICE = "application/vnd.openxmlformats-officedocument"

TYPES: Mapping[str, FileType] = {
    "png": FileType("image/png", "png"),
    "jpg": FileType("image/jpeg", "jpeg"),
    "jpeg": FileType("image/jpeg", "jpeg"),
    "gif": FileType("image/gif", "gif"),
    "webp": FileType("image/webp", "webp"),
    "heic": FileType("image/heic", "heic"),
    "pdf": FileType("application/pdf", "pdf"),
    "docx": FileType(f"{_OFFICE}.wordprocessingml.document", "docx"),
    "xlsx": FileType(f"{_OFFICE}.spreadsheetml.sheet", "xlsx"),
    "pptx": FileType(f"{_OFFICE}.presentationml.presentation", "pptx"),
    "doc": FileType("application/msword", "ole"),
    "xls": FileType("application/vnd.ms-excel", "ole"),
    "ppt": FileType("application/vnd.ms-powerpoint", "ole"),
    "zip": FileType("application/zip", "zip"),
    "txt": FileType("text/plain", "text"),
    "csv": FileType("text/csv", "text"),
    "dwg": FileType("image/vnd.dwg", "dwg"),
    "dxf": FileType("image/vnd.dxf", "text"),
    "step": FileType("model/step", "step"),
    "stp": FileType("model/step", "step"),
    "mp3": FileType("audio/mpeg", "mp3"),
    "m4a": FileType("audio/mp4", "mp4"),
    "amr": FileType("audio/amr", "amr"),
    "wav": FileType("audio/wav", "wav"),
    "mp4": FileType("video/mp4", "mp4"),
    "mov": FileType("video/quicktime", "mp4"),
}
"""By extension. No markup that a browser would run (html, svg, xml) is among them."""

IMAGES = frozenset({"png", "jpeg", "gif", "webp"})
PACKED = frozenset({"zip", "docx", "xlsx", "pptx"})

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"%PDF-", "pdf"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"AC10", "dwg"),
    (b"ISO-10303-21", "step"),
    (b"ID3", "mp3"),
    (b"\xff\xfb", "mp3"),
    (b"\xff\xf3", "mp3"),
    (b"\xff\xf2", "mp3"),
    (b"#!AMR", "amr"),
)
_PARTS = (("word/", "docx"), ("xl/", "xlsx"), ("ppt/", "pptx"))


class BadContent(Exception):
    """The bytes are broken, a bomb, or not what they begin as; the message is a sentence (中文 | English)."""


def content_of(path: Path) -> str:
    """The kind of content: png, jpeg, pdf, docx, zip, text …, or "" where it is none that is known."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    for magic, content in _MAGIC:
        if head.startswith(magic):
            return _packed_content(path) if content == "zip" else content
    if head.startswith(b"RIFF"):
        return {b"WEBP": "webp", b"WAVE": "wav"}.get(head[8:12], "")
    if head[4:8] == b"ftyp":
        return "heic" if head[8:12] in (b"heic", b"heix", b"mif1", b"msf1") else "mp4"
    return "text" if _is_text(path) else ""


def check_content(path: Path, content: str) -> None:
    """Raises BadContent for a picture of too many pixels or an archive that unpacks to too much."""
    if content in IMAGES:
        _check_image(path)
    elif content in PACKED:
        _check_archive(path)


def _is_text(path: Path) -> bool:
    data = path.read_bytes()
    if any(byte < 9 or 13 < byte < 32 for byte in set(data)):
        return False
    for encoding in ("utf-8", "gb18030"):
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False


def _packed_content(path: Path) -> str:
    names = [entry.filename for entry in _entries(path)]
    if "[Content_Types].xml" not in names:
        return "zip"
    return next((content for part, content in _PARTS if any(name.startswith(part) for name in names)), "zip")


def _entries(path: Path) -> list[zipfile.ZipInfo]:
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise BadContent("压缩包已损坏 | The archive is broken") from error


def _check_archive(path: Path) -> None:
    entries = _entries(path)
    unpacked = sum(entry.file_size for entry in entries)
    packed = max(path.stat().st_size, 1)
    if len(entries) > MOST_ZIP_ENTRIES or unpacked > MOST_UNPACKED or unpacked > MOST_RATIO * packed:
        raise BadContent("压缩包解开后过大,疑似压缩炸弹 | The archive unpacks to too much: it may be a zip bomb")


def _check_image(path: Path) -> None:
    """Reads the header only: nothing is decoded before its size is known."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(path) as image:
                width, height = image.size
    except (Image.DecompressionBombError, UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise BadContent("图片已损坏或过大 | The picture is broken or too large") from error
    if width * height > MOST_PIXELS:
        raise BadContent(f"图片像素过多({width}×{height}) | The picture has too many pixels ({width}×{height})")

"""Files: what lies about itself is refused, content is kept once, nothing half-written stays."""

from __future__ import annotations

import io
import os
import time
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from engine.errors import FileRefused
from engine.store import files as files_module
from engine.store.files import FileStore, holders
from tests.unit.engine.store.conftest import NOW, Store


def _png(width: int = 4, height: int = 4) -> bytes:
    made = io.BytesIO()
    Image.new("1", (width, height)).save(made, "PNG")
    return made.getvalue()


def _zip(**entries: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return made.getvalue()


DOCX = _zip(**{"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"})


@pytest.mark.parametrize(
    ("name", "data", "mime"),
    [
        ("报价 2026.PDF", b"%PDF-1.7 rest", "application/pdf"),
        ("照片.png", _png(), "image/png"),
        ("a.b.docx", DOCX, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("x.zip", _zip(a=b"1"), "application/zip"),
        ("客户.csv", "名称,等级\n".encode("gb18030"), "text/csv"),
        ("note.txt", "好".encode(), "text/plain"),
        ("voice.amr", b"#!AMR\n....", "audio/amr"),
        ("voice.m4a", b"\0\0\0\x20ftypM4A rest", "audio/mp4"),
    ],
)
def test_an_honest_file_is_kept_under_its_hash(tmp_path: Path, name: str, data: bytes, mime: str) -> None:
    content = FileStore(tmp_path).take(io.BytesIO(data), name)
    assert (content.name, content.size, content.mime) == (name, len(data), mime)
    assert (tmp_path / "files" / content.sha256[:2] / content.sha256).read_bytes() == data


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.pdf", b"MZ\x90 a program", "not pdf"),
        ("a.png", b"%PDF-1.7", "not png but pdf"),
        ("a.docx", _zip(a=b"1"), "not docx but zip"),
        ("a.xlsx", DOCX, "not xlsx but docx"),
        ("a.txt", b"\0\1\2", "not txt"),
        ("a.html", b"<script>", "are not taken"),
        ("a.svg", b"<svg/>", "are not taken"),
        ("noextension", b"x", "are not taken"),
        ("../../etc/passwd.txt", b"x", "may not hold a path"),
        ("C:\\x\\a.txt", b"x", "may not hold a path"),
        ("..", b"x", "may not hold a path"),
        ("a.txt", b"", "empty"),
        ("a.zip", b"PK\x03\x04 broken", "archive is broken"),
        ("a.png", b"\x89PNG\r\n\x1a\n broken", "picture is broken"),
        ("a.zip", _zip(bomb=b"\0" * 30_000_000), "zip bomb"),
        ("a.docx", _zip(**{"[Content_Types].xml": b"1", **{f"word/{n}.xml": b"1" for n in range(3_000)}}), "zip bomb"),
        ("a.png", _png(9_000, 9_000), "too many pixels"),
        (f"{'长' * 300}.txt", b"x", "longer than"),
    ],
)
def test_a_file_that_lies_or_bursts_is_refused_with_a_sentence(
    tmp_path: Path, name: str, data: bytes, said: str
) -> None:
    with pytest.raises(FileRefused, match=said):
        FileStore(tmp_path).take(io.BytesIO(data), name)
    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []


def test_a_file_that_is_too_large_is_refused_before_it_is_read_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files_module, "MOST_BYTES", 1024 * 1024)
    stream = io.BytesIO(b"a" * 10 * 1024 * 1024)
    with pytest.raises(FileRefused, match="larger than 1 MB"):
        FileStore(tmp_path).take(stream, "a.txt")
    assert stream.tell() < 2 * 1024 * 1024


def test_a_control_character_in_a_name_is_dropped(tmp_path: Path) -> None:
    assert FileStore(tmp_path).take(io.BytesIO(b"x"), "a\r\nb\0.txt").name == "ab.txt"


def test_the_same_content_is_kept_once_under_many_names(store: Store, tmp_path: Path) -> None:
    files = FileStore(tmp_path)
    with store.database.write() as conn:
        stored = [
            files.record(conn, files.take(io.BytesIO(b"same"), name), actor_id=1, at=NOW) for name in ("a.txt", "b.csv")
        ]
        assert [found.name for found in files.find_many(conn, [one.id for one in stored])] == ["a.txt", "b.csv"]
        assert files.find(conn, 99) is None
    assert len([path for path in (tmp_path / "files").rglob("*") if path.is_file()]) == 1
    assert files.path_of(stored[0]).read_bytes() == b"same"


def test_the_holders_of_a_file_are_the_living_records_that_name_it(store: Store) -> None:
    store.insert("customer", name="a", photo=7)
    listed = store.insert("customer", name="b", papers=(6, 7))
    gone = store.insert("customer", name="c", photo=7)
    with store.database.write() as conn:
        store.records.remove(conn, "customer", gone, 1, at=NOW, by=1)
        assert sorted(holders(conn, store.tables, 7)) == [("customer", 1), ("customer", listed)]
        assert list(holders(conn, store.tables, 8)) == []


def test_content_that_nobody_names_is_swept_after_a_day(store: Store, tmp_path: Path) -> None:
    files, yesterday = FileStore(tmp_path), time.time() - 90_000
    contents = [files.take(io.BytesIO(data), "a.txt") for data in (b"named", b"unnamed", b"again", b"new")]
    with store.database.write() as conn:
        files.record(conn, contents[0], actor_id=1, at=NOW)
    paths = [tmp_path / "files" / each.sha256[:2] / each.sha256 for each in contents]
    leftover = tmp_path / "files" / "incoming" / "half"
    leftover.write_bytes(b"half an upl")
    for path in (*paths[:3], leftover):
        os.utime(path, (yesterday, yesterday))
    files.take(io.BytesIO(b"again"), "b.txt")  # on its way to a row
    with store.database.read() as conn:
        assert files.sweep(conn) == 2
        assert files.sweep(conn) == 0
    assert [path.exists() for path in (*paths, leftover)] == [True, False, True, True, False]

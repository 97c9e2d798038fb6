"""Where a SQLite file may lie, and what is looked at after an unclean stop."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from engine.errors import NotReady
from engine.store import sqlite_file
from engine.store.sqlite import SqliteDriver
from engine.store.sqlite_file import HeldFile, file_system_of, refuse_network

ROOT = Path(__file__).parents[4]
MOUNTS = """\
overlay / overlay rw 0 0
/dev/sda1 /srv ext4 rw 0 0
files:/export /srv/far\\040away nfs4 rw,vers=4.2 0 0
"""


LEFT_OPEN = """
import os, sys
from pathlib import Path
from engine.store.sqlite import SqliteDriver
with SqliteDriver(Path(sys.argv[1])).writer() as raw:
    raw.execute("CREATE TABLE t (a TEXT)")
    raw.executemany("INSERT INTO t VALUES (?)", [("x" * 500,)] * 400)
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    os._exit(1)
"""


def leave_open(path: Path, *, damage: bool) -> None:
    """A process that fills the database and is stopped without a clean end."""
    subprocess.run([sys.executable, "-c", LEFT_OPEN, str(path)], cwd=ROOT, check=False)
    if damage:
        with path.open("r+b") as file:
            file.seek(4096)
            file.write(b"\xff" * 64)


def test_a_whole_file_opens_after_an_unclean_stop(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    leave_open(path, damage=False)
    SqliteDriver(path).close()


def test_a_damaged_file_is_refused_until_it_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    leave_open(path, damage=True)
    for _ in range(2):
        with pytest.raises(NotReady, match="restore it from a backup"):
            SqliteDriver(path)
    path.unlink()
    SqliteDriver(path).close()


def test_a_clean_end_leaves_no_name(tmp_path: Path) -> None:
    held = HeldFile(tmp_path / "a.sqlite")
    assert not held.was_left_open
    held.give_up()
    again = HeldFile(tmp_path / "a.sqlite")
    assert again.was_left_open
    again.release()
    last = HeldFile(tmp_path / "a.sqlite")
    assert not last.was_left_open
    last.release()


@pytest.mark.parametrize(
    ("path", "kind"), [("/home/a", "overlay"), ("/srv/data", "ext4"), ("/srv/far away/x", "nfs4"), ("/srvx", "overlay")]
)
def test_the_innermost_mount_tells_the_file_system(path: str, kind: str) -> None:
    assert file_system_of(Path(path), MOUNTS) == kind
    assert not file_system_of(Path(path), "")


def test_a_network_file_system_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mounts = tmp_path / "mounts"
    monkeypatch.setattr(sqlite_file, "_MOUNTS", mounts)
    mounts.write_text(f"files:/x {tmp_path.resolve()} nfs rw 0 0\n", encoding="utf-8")
    with pytest.raises(NotReady, match="network file system nfs"):
        SqliteDriver(tmp_path / "a.sqlite")
    mounts.unlink()
    refuse_network(tmp_path)

"""The place of a SQLite file: on a disk of this machine, held by one process, whole after an unclean stop."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import IO, Any, Final

from engine.errors import NotReady, StoreLocked

NETWORK: Final = frozenset(
    {"afs", "beegfs", "ceph", "cifs", "fuse.glusterfs", "fuse.s3fs", "fuse.sshfs", "gfs2", "lustre", "ncpfs"}
    | {"nfs", "nfs4", "ocfs2", "smb2", "smb3", "smbfs"}
)
"""File systems on which locks and fsync do not hold what SQLite asks of them."""

_MOUNTS = Path("/proc/self/mounts")


class HeldFile:
    """The lock beside a database: held until `release`. While it is held it names the process.

    A process that ends without `release` leaves its name behind: then `was_left_open` tells the next one.
    """

    def __init__(self, path: Path) -> None:
        """Raises StoreLocked while another process (or engine) holds it."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file: IO[str] = path.with_name(path.name + ".lock").open("a+", encoding="utf-8")
        self._file.seek(0)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = self._file.read().strip() or "?"
            self._file.close()
            raise StoreLocked(
                f"数据 {path} 正被进程 {holder} 使用,请先停止它 | "
                f"{path} is in use by process {holder}: stop that one first"
            ) from error
        self.was_left_open = bool(self._file.read().strip())
        self._write(str(os.getpid()))

    def give_up(self) -> None:
        """Lets go as a stopped process does: the next one looks again."""
        self._file.close()

    def release(self) -> None:
        self._write("")
        self._file.close()

    def _write(self, text: str) -> None:
        self._file.truncate(0)
        self._file.write(text)
        self._file.flush()


def check_whole(raw: Any, path: Path) -> None:
    """Raises NotReady if the database is damaged."""
    found = [str(row[0]) for row in raw.execute("PRAGMA quick_check(3)")]
    if found != ["ok"]:
        said = "; ".join(found)
        raise NotReady(
            f"数据库文件 {path} 已损坏,请从备份恢复:{said} | {path} is damaged, restore it from a backup: {said}"
        )


def refuse_missing(path: Path) -> None:
    """Raises NotReady where there is no database to look at."""
    if not path.is_file():
        raise NotReady(f"{path} 处没有数据 | there is no data at {path}")


def refuse_network(path: Path) -> None:
    """Raises NotReady for a place on a network file system. Where the system does not tell, nothing is refused."""
    mounts = _MOUNTS.read_text(encoding="utf-8", errors="replace") if _MOUNTS.exists() else ""
    kind = file_system_of(path.absolute().resolve(), mounts)
    if kind in NETWORK:
        raise NotReady(
            f"{path} 在网络文件系统 {kind} 上,SQLite 会损坏数据;请用本地磁盘或 PostgreSQL | "
            f"{path} lies on the network file system {kind}, where SQLite loses data: "
            "use a disk of this machine, or PostgreSQL"
        )


def file_system_of(path: Path, mounts: str) -> str:
    """The type of the file system that holds the path, by the lines of /proc/mounts; "" if none does."""
    found: tuple[int, str] = (-1, "")
    for line in mounts.splitlines():
        place, _, kind = line.partition(" ")[2].partition(" ")
        point = Path(place.encode().decode("unicode_escape"))  # blanks are written \040
        if path.is_relative_to(point):
            found = max(found, (len(point.parts), kind.partition(" ")[0]), key=lambda each: each[0])
    return found[1]

"""What the house tests look at: the tracked files and the parsed modules of our packages."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("dsl", "engine", "web", "plugins")


@cache
def tracked_files() -> tuple[Path, ...]:
    """Every file that is in the repository or would be added; the whole tree where there is no repository."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    names = [name for name in listed.stdout.split("\0") if name]
    paths = [ROOT / name for name in names] if listed.returncode == 0 else list(ROOT.rglob("*"))
    return tuple(path for path in paths if path.is_file())


def modules() -> Iterator[tuple[Path, ast.Module]]:
    """Our own Python modules (no tests) with their trees."""
    for path in tracked_files():
        if path.suffix == ".py" and (path.relative_to(ROOT).parts[0] in PACKAGES or path.name == "run.py"):
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def place(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT)}:{line}"

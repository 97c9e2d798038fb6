"""The tools that keep the house are tests like any other."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOLS = Path(sys.executable).parent


def _run(*command: str) -> None:
    program = TOOLS / command[0]
    if not program.exists() and shutil.which(command[0]) is None:
        pytest.fail(f"{command[0]} is not installed")
    start = str(program) if program.exists() else command[0]
    done = subprocess.run([start, *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"


def test_ruff_finds_nothing() -> None:
    _run("ruff", "check", "--no-cache", ".")


def test_the_code_is_formatted() -> None:
    _run("ruff", "format", "--no-cache", "--check", ".")


def test_mypy_is_content() -> None:
    _run("mypy")


def test_the_layers_hold() -> None:
    _run("lint-imports", "--no-cache")

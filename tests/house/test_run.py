"""run.py: standard library only, and one line instead of a traceback."""

from __future__ import annotations

import ast
import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("run", ROOT / "run.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    venv = tmp_path / ".venv"
    (venv / "bin").mkdir(parents=True)
    for name, value in {"ROOT": tmp_path, "VENV": venv, "PYTHON": venv / "bin" / "python", "LOG": venv / "log"}.items():
        monkeypatch.setattr(module, name, value)
    (venv / "bin" / "python").symlink_to(sys.executable)
    return module


def test_it_needs_nothing_but_the_standard_library() -> None:
    tree = ast.parse((ROOT / "run.py").read_text(encoding="utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in imported} <= sys.stdlib_module_names


def test_what_has_not_changed_is_not_done_again(run: ModuleType, tmp_path: Path) -> None:
    lock, done = tmp_path / "lock", []
    lock.write_text("a==1", encoding="utf-8")
    for _ in range(2):
        run._once("python", ["lock"], lambda: done.append(1))
    assert len(done) == 1
    lock.write_text("a==2", encoding="utf-8")
    run._once("python", ["lock"], lambda: done.append(1))
    assert len(done) == 2


def test_a_step_that_failed_is_done_again(run: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "lock").write_text("a==1", encoding="utf-8")

    def fail() -> None:
        raise run.SetupFailed("no")

    done: list[int] = []
    with pytest.raises(run.SetupFailed):
        run._once("python", ["lock"], fail)
    run._once("python", ["lock"], lambda: done.append(1))
    assert done


@pytest.mark.parametrize(
    "complaint",
    [
        "ERROR: Could not find a version that satisfies the requirement flask==3.1.3",
        "npm error code EAI_AGAIN",
        "error: Failed to fetch: dns error: failed to lookup address",
    ],
)
def test_a_registry_that_cannot_be_reached_is_one_line(run: ModuleType, complaint: str) -> None:
    line = run._registry_line(f"{complaint}\nmore\n", "the registry")
    assert line.startswith("the registry cannot be reached")
    assert "\n" not in line


def test_start_is_what_it_does_without_a_word(run: ModuleType) -> None:
    assert run._command([]) == ("start", [])
    assert run._command(["--port", "1"]) == ("start", ["--port", "1"])
    assert run._command(["test", "-q"]) == ("test", ["-q"])


def test_an_unknown_command_is_told_how_to_start() -> None:
    done = subprocess.run([sys.executable, "run.py", "strat"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "usage" in done.stdout

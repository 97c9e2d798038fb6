"""The operators' page names every option and every environment variable that the code knows, and no other."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from web.commands import start, worker

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "guide" / "operating.md").read_text(encoding="utf-8")


def _options(module: object) -> set[str]:
    parser = argparse.ArgumentParser()
    module.add_arguments(parser)  # type: ignore[attr-defined]
    return {name for action in parser._actions for name in action.option_strings if name.startswith("--")} - {"--help"}


def test_every_option_of_start_stands_on_the_page_and_no_other() -> None:
    named = set(re.findall(r"^\| `(--[a-z-]+)`", PAGE, flags=re.MULTILINE))
    assert named == _options(start)


def test_options_of_the_worker_are_marked() -> None:
    marked = {
        name
        for name, told in re.findall(r"^\| `(--[a-z-]+)` \|[^|]*\|([^|]*)\|", PAGE, re.MULTILINE)
        if "worker" in told
    }
    assert _options(worker) <= marked


def test_every_environment_variable_stands_on_the_page_and_no_other() -> None:
    named = set(re.findall(r"^\| `(SLUICE_[A-Z_]+)`", PAGE, flags=re.MULTILINE))
    code = [*(ROOT / "web").rglob("*.py"), *(ROOT / "engine").rglob("*.py")]
    known = {each for path in code if "node_modules" not in path.parts for each in _variables(path)}
    assert named == known


def _variables(path: Path) -> set[str]:
    return set(re.findall(r'"(SLUICE_[A-Z_]+)"', path.read_text(encoding="utf-8")))

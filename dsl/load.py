"""From text to App: the pipeline as a visible list. Never raises on what the text says."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from dsl.app import App
from dsl.causes import one_per_cause
from dsl.checks import check_app
from dsl.definition import AppDef
from dsl.later import report_later
from dsl.nodes import Mapping as MappingNode
from dsl.nodes import Scalar
from dsl.problems import Checked, Problem
from dsl.read import MOST_PROBLEMS, Reading
from dsl.read_app import read_app
from dsl.resolve.app import resolve_app
from dsl.scenarios import read_scenarios
from dsl.source import Span
from dsl.yaml_reader import MAX_BYTES, read_yaml


def load_app(path: Path) -> Checked[App]:
    """The App of a file, with the CSV files that stand beside it."""
    try:
        with path.open("rb") as file:
            text = file.read(MAX_BYTES + 1)
        files = {p.name: _read_csv(p) for p in sorted(path.parent.glob("*.csv"))}
    except OSError as error:
        span = Span(path.name, 1, 1, 1, 1)
        return Checked(None, (Problem("Y19", span, {"file": str(path), "said": error.strerror or str(error)}),))
    return load_text(text, path.name, files)


def load_text(text: bytes | str, file: str, files: Mapping[str, str] | None = None) -> Checked[App]:
    """The App, or all that is wrong with the text. files: texts of CSV files by name.

    `value` is None when there is any error: an App with a hole in it must not run.
    """
    csv_files = tuple(sorted((files or {}).items()))
    return _kept(text, file, csv_files) if len(text) <= MAX_BYTES else _loaded(text, file, csv_files)


def forget_loaded() -> None:
    """Empties the cache of `load_text`: for measuring what a first reading costs."""
    _kept.cache_clear()


@lru_cache(maxsize=16)
def _kept(text: bytes | str, file: str, files: tuple[tuple[str, str], ...]) -> Checked[App]:
    """The same text gives the same App, which nobody changes, so it is checked once in a process.

    Kept in memory and not on disk: a start reads an app once, a stored App would have to be trusted (a pickle runs what
    it holds) and made anew with every version of the engine, and reading it takes a third of the time of checking.
    """
    return _loaded(text, file, files)


@contextmanager
def _without_collection() -> Iterator[None]:
    """A text becomes many small lasting values and hardly a circle: to look for some meanwhile takes half the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@_without_collection()
def _loaded(text: bytes | str, file: str, files: tuple[tuple[str, str], ...]) -> Checked[App]:
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    tree = read_yaml(text, file)
    reading = Reading(list(tree.problems))
    if tree.value is None:
        return Checked(None, _in_order(reading.problems))
    definition = read_app(reading, tree.value)
    beside = dict(files)
    app = resolve_app(reading, definition, _digest(data, definition, beside), data.decode("utf-8", "replace"), beside)
    report_later(reading, definition, app)
    read_scenarios(reading, app, definition.head.get("scenarios"))
    if not any(problem.severity == "error" for problem in reading.problems):
        reading.problems += check_app(app)
    problems = _in_order(reading.problems)
    has_errors = any(problem.severity == "error" for problem in problems)
    return Checked(None if has_errors else app, problems)


def _digest(data: bytes, definition: AppDef, files: Mapping[str, str]) -> str:
    """SHA-256 over the text, and over each CSV file that a table takes its rows from."""
    digest = hashlib.sha256(data)
    tables = (entry.value for entry in definition.head.entries("tables") if isinstance(entry.value, MappingNode))
    named = {node.text for table in tables if isinstance(node := table.get("file"), Scalar)}
    for name in sorted(named & files.keys()):
        digest.update(f"\0{name}\0{files[name]}".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _read_csv(path: Path) -> str:
    """UTF-8, or what Excel writes in China where nobody chose "CSV UTF-8": GB 18030."""
    with path.open("rb") as file:
        data = file.read(MAX_BYTES)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030", "replace")


def _in_order(problems: list[Problem]) -> tuple[Problem, ...]:
    """By place, each once."""
    seen = set()
    found = []
    for problem in sorted(problems, key=lambda p: (p.span.file, p.span.line, p.span.column, p.severity)):
        mark = (problem.code, problem.span)
        if mark not in seen:
            seen.add(mark)
            found.append(problem)
    return one_per_cause(found)[:MOST_PROBLEMS]

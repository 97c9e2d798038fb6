"""Nothing goes around the query gate unnoticed: who may read past sight is listed here, and SQL text lives nowhere."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCES = ("dsl", "engine", "web", "plugins", "apps")

PAST_SIGHT = {
    "engine/bundle/export.py": {"COPY"},
    "engine/bundle/load.py": {"COPY"},
    "engine/integrity/beside.py": {"CHECK"},
    "engine/integrity/contents.py": {"CHECK"},
    "engine/integrity/numbering.py": {"CHECK"},
    "engine/integrity/repair.py": {"WRITE"},
    "engine/integrity/rows.py": {"CHECK"},
    "engine/integrity/stories.py": {"CHECK"},
    "engine/intake/known.py": {"MATCH"},
    "engine/sample/bulk.py": {"WRITE"},
    "engine/store/connection.py": {"COPY"},
    "engine/store/derived.py": {"CHECK", "RECOMPUTE"},
    "engine/store/files.py": {"FILES"},
    "engine/store/links.py": {"WRITE"},
    "engine/store/many.py": {"WRITE"},
    "engine/store/records.py": {"WRITE"},
    "engine/store/reindex.py": {"SEARCH_INDEX"},
    "engine/store/related.py": {"JUDGE"},
    "engine/store/retype.py": {"SCHEMA"},
    "engine/store/titles.py": {"TITLES"},
    "engine/store/trial.py": {"JUDGE", "WRITE"},
    "engine/writing/document_numbers.py": {"WRITE"},
    "engine/writing/judgement.py": {"JUDGE"},
    "engine/writing/rows.py": {"WRITE"},
    "engine/writing/uniqueness.py": {"JUDGE"},
}
"""File → why its statements see every row (engine.store.seal.Reason). A new line is a decision: say why in review."""


def _trees() -> Iterator[tuple[str, ast.Module]]:
    for source in SOURCES:
        for path in sorted((ROOT / source).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def test_every_place_that_reads_past_sight_is_listed_with_its_reason() -> None:
    found: dict[str, set[str]] = {}
    for name, tree in _trees():
        for node in ast.walk(tree):
            is_reason = (
                isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Reason"
            )
            if is_reason and name != "engine/store/seal.py":
                found.setdefault(name, set()).add(node.attr)
    assert found == PAST_SIGHT


def test_only_the_gate_seals_a_select() -> None:
    sealing = {
        name
        for name, tree in _trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _called(node) == "seal"
    }
    assert sealing == {"engine/store/gate.py"}


def test_sql_text_is_written_only_by_the_two_dialect_files_and_definitions() -> None:
    text = {
        name
        for name, tree in _trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and _called(node) in ("text", "literal_column", "exec_driver_sql", "SqlText")
        and not (_called(node) == "text" and not _is_sqlalchemy(node))
    }
    assert text <= {"engine/store/search.py"}


def _is_sqlalchemy(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name) and node.func.value.id == "sa"

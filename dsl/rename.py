"""A name changed wherever it stands: the checker says where the old one is missed, until nothing is missed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dsl.app import App
from dsl.edit import Path, Refused, rename
from dsl.load import load_text
from dsl.problems import Problem
from dsl.render import message
from dsl.source import Span

_MOST_ROUNDS = 40
_BY_NAME = frozenset({"owner", "backup"})
"""Fields that an entity takes for its owner and backup because they are called so."""


def rename_everywhere(text: str, path: Path, key: str, files: Mapping[str, str] | None = None) -> str:
    """The text with the last key of the path under another name, and every formula, gate, view and hole that named it.

    A text without errors is what it begins with and what it gives back. Raises Refused, naming the places that cannot
    be followed. Whoever has data under the old name says so with `was:`.
    """
    before = load_text(text, "app.yaml", files)
    if before.value is None:
        raise Refused(f"the text has errors; mend them first: {_told(before.errors)}")
    old = str(path[-1])
    if old in _BY_NAME and "fields" in path:
        raise Refused(f"{old} means what it does by its name: write {old}: {key} at the entity instead")
    text = rename(text, path, key)
    for _round in range(_MOST_ROUNDS):
        after = load_text(text, "app.yaml", files)
        if after.value is not None:
            _keep_meaning(before.value, after.value, old, key, len(after.problems) - len(before.problems))
            return text
        text = _replaced(text, after.errors, old, key)
    raise Refused("the places that name it do not come to an end")


def _keep_meaning(before: App, after: App, old: str, key: str, more: int) -> None:
    """Raises Refused where the app would say something else without an error: it went by the very name."""
    if more > 0:
        raise Refused(f"the app would not mean the same: {more} more warnings")
    titles = [entity.title for entity in before.entities.values()]
    renamed = [entity.title for entity in after.entities.values()]
    if [key if title == old else title for title in titles] != [key if t == old else t for t in renamed]:
        raise Refused(f"records are named by {old} because it is called so: write title: {old} first")


def _replaced(text: str, missed: Iterable[Problem], old: str, key: str) -> str:
    """The old name changed at every place where it is missed. Raises Refused where something else is missed."""
    lines = text.split("\n")
    places = {span for problem in missed for span in (problem.span, *(related.span for related in problem.related))}
    names = {old: key, f'"{old}"': f'"{key}"', f"{old}_band": f"{key}_band"}  # a score gives its band a field
    found = [span for span in places if _reads(lines, span) in names]
    if not found:
        raise Refused(f"these places cannot be followed: {_told(missed)}")
    for span in sorted(found, key=lambda span: (span.line, span.column), reverse=True):
        line = lines[span.line - 1]
        lines[span.line - 1] = f"{line[: span.column - 1]}{names[_reads(lines, span)]}{line[span.end_column - 1 :]}"
    return "\n".join(lines)


def _reads(lines: list[str], span: Span) -> str:
    """What stands there; "" in another file."""
    if span.file != "app.yaml" or not 1 <= span.line <= len(lines) or span.line != span.end_line:
        return ""
    return lines[span.line - 1][span.column - 1 : span.end_column - 1]


def _told(problems: Iterable[Problem]) -> str:
    return "; ".join(f"{problem.span.line}:{problem.span.column} {message(problem, 'en')}" for problem in problems)

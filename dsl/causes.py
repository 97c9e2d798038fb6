"""One problem for one cause: an unknown name that is used in many places is told once, with the other places."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import replace

from dsl.problems import Problem, Related

_SAME_NAME = {
    "M04": "role",
    "M05": "field",
    "F15": "field",
    "M06": "entity",
    "M08": "list",
    "M13": "module",
    "M14": "stage",
}
_MOST_PLACES = 20


def one_per_cause(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """In order; the first place of an unknown name stands for all the others, which become related places."""
    found: list[Problem] = []
    first: dict[Hashable, int] = {}
    for problem in problems:
        cause = _cause(problem)
        if cause is None or cause not in first:
            if cause is not None:
                first[cause] = len(found)
            found.append(problem)
            continue
        told = found[first[cause]]
        if len(told.related) < _MOST_PLACES:
            found[first[cause]] = replace(told, related=(*told.related, Related(problem.span, str(cause[1]))))
    return tuple(found)


def _cause(problem: Problem) -> tuple[str, str, str] | None:
    """What is unknown: its sort, its name, and the entity it was looked for in."""
    if problem.code == "F17" and str(problem.values.get("list", "")).startswith("stage:"):
        return "stage", str(problem.values.get("found")), ""
    sort = _SAME_NAME.get(problem.code)
    if sort is None or "name" not in problem.values:
        return None
    return sort, str(problem.values["name"]), str(problem.values.get("entity", ""))

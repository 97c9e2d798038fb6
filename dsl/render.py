"""Problems told: as text with the excerpt and a caret, as JSON for scripts, as SARIF for editors and CI."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping

from dsl.app import Text
from dsl.catalog import CATALOG
from dsl.problems import Problem
from dsl.source import Span

_LONGEST_LINE = 160
_SEVERITY = {"zh": {"error": "错误", "warning": "警告"}, "en": {"error": "error", "warning": "warning"}}


def message(problem: Problem, language: str) -> str:
    """The sentence at the place, in zh or en."""
    entry = CATALOG.get(problem.code)
    return problem.code if entry is None else _fill(entry.message, problem, language)


def help_text(problem: Problem, language: str) -> str:
    """What to write instead, and the near names."""
    entry = CATALOG.get(problem.code)
    said = "" if entry is None else _fill(entry.help, problem, language)
    if not problem.near:
        return said
    near = ", ".join(problem.near)
    asked = f"是不是 {near}？" if language == "zh" else f"did you mean {near}?"
    return f"{asked} {said}".strip()


def as_text(problems: Iterable[Problem], sources: Mapping[str, str], language: str) -> str:
    """Every problem with its excerpt. sources: text by file name."""
    return "\n\n".join(_one_text(problem, sources, language) for problem in problems)


def as_json(problems: Iterable[Problem], language: str = "en") -> list[dict[str, object]]:
    """`{code, severity, file, line, column, end_line, end_column, message, help}` for each."""
    return [
        {
            "code": problem.code,
            "severity": problem.severity,
            "file": problem.span.file,
            "line": problem.span.line,
            "column": problem.span.column,
            "end_line": problem.span.end_line,
            "end_column": problem.span.end_column,
            "message": message(problem, language),
            "help": help_text(problem, language),
        }
        for problem in problems
    ]


def as_sarif(problems: Iterable[Problem], language: str = "en") -> dict[str, object]:
    """A SARIF 2.1.0 log with one run."""
    listed = list(problems)
    rules = [
        {
            "id": code,
            "shortDescription": {"text": CATALOG[code].title.say(language)},
            "help": {"text": CATALOG[code].why.say(language)},
        }
        for code in sorted({p.code for p in listed if p.code in CATALOG})
    ]
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "sluice", "rules": rules}},
                "columnKind": "unicodeCodePoints",
                "results": [_sarif_result(problem, language) for problem in listed],
            }
        ],
    }


def _sarif_result(problem: Problem, language: str) -> dict[str, object]:
    said = f"{message(problem, language)} {help_text(problem, language)}".strip()
    return {
        "ruleId": problem.code,
        "level": problem.severity,
        "message": {"text": said},
        "locations": [_sarif_place(problem.span)],
        "relatedLocations": [{**_sarif_place(r.span), "message": {"text": r.note}} for r in problem.related],
    }


def _sarif_place(span: Span) -> dict[str, object]:
    region = {
        "startLine": max(span.line, 1),
        "startColumn": max(span.column, 1),
        "endLine": max(span.end_line, 1),
        "endColumn": max(span.end_column, 1),
    }
    return {"physicalLocation": {"artifactLocation": {"uri": span.file}, "region": region}}


def _fill(template: Text, problem: Problem, language: str) -> str:
    values = {key: _shown(value, language) for key, value in problem.values.items()}
    return template.say(language).format_map(_Values(values))


class _Values(dict[str, str]):
    """A value that a template names and the problem lacks is shown as …"""

    def __missing__(self, key: str) -> str:
        return "…"


def _shown(value: object, language: str) -> str:
    text = value.say(language) if isinstance(value, Text) else str(value)
    return "".join(c if c.isprintable() else "�" for c in text)


def _one_text(problem: Problem, sources: Mapping[str, str], language: str) -> str:
    severity = _SEVERITY.get(language, _SEVERITY["en"])[problem.severity]
    lines = [f"{severity}[{problem.code}]: {message(problem, language)}", f"  --> {problem.span}"]
    lines += excerpt(problem.span, sources.get(problem.span.file, ""), help_text(problem, language))
    for related in problem.related:
        lines.append(f"  {related.span}: {related.note}")
    return "\n".join(lines)


def excerpt(span: Span, source: str, note: str) -> list[str]:
    """The line with carets under the right characters (East-Asian width counted) and the note behind them."""
    all_lines = source.split("\n")
    if not 1 <= span.line <= len(all_lines):
        return [f"  = {note}"] if note else []
    line = all_lines[span.line - 1]
    start = min(span.column - 1, len(line))
    end = min(span.end_column - 1 if span.end_line == span.line else len(line), len(line))
    first = max(0, start - _LONGEST_LINE // 2)
    shown = line[first : first + _LONGEST_LINE]
    before = _width(line[first:start])
    carets = max(1, _width(line[start : min(end, first + _LONGEST_LINE)]))
    number = str(span.line)
    margin = " " * len(number)
    return [
        f"{margin} |",
        f"{number} | {_one_column_each(shown)}",
        f"{margin} | {' ' * before}{'^' * carets}{' ' + note if note else ''}",
    ]


def _width(text: str) -> int:
    """Columns on a terminal: two for a wide character, none for a combining one."""
    return sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _one_column_each(line: str) -> str:
    """Tabs and control characters as one blank, so that the caret stays under its character."""
    return "".join(c if c.isprintable() else " " for c in line)

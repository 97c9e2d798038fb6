"""What people get wrong in YAML before it is a tree: encodings, characters, indentation, colons, cut formulas."""

from __future__ import annotations

import re
from typing import TypeGuard

import yaml

from dsl.nodes import Entry, Node, Scalar
from dsl.problems import Problem, Related
from dsl.source import Span

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
_MOST_CHARACTERS_TOLD = 20
_WIDE_COLON = re.compile(r"^[\s-]*[\w.]+：")
_ENGLISH_KEY = re.compile(r"^[A-Za-z_]\w*：")


def decode(text: bytes | str, file: str, most: int) -> tuple[str, Problem | None]:
    """Text without its byte-order mark and with \\n at every line's end; a problem if too long or not UTF-8."""
    start = Span(file, 1, 1, 1, 1)
    if isinstance(text, str):
        decoded = text
        size = len(text.encode("utf-8", "surrogatepass"))
    else:
        size = len(text)
        if size <= most:
            try:
                decoded = text.decode("utf-8")
            except UnicodeDecodeError as error:
                good = text[: error.start].decode("utf-8")
                line = good.count("\n") + 1
                column = len(good) - good.rfind("\n")
                return "", Problem("Y01", Span(file, line, column, line, column + 1))
        else:
            decoded = ""
    if size > most:
        return "", Problem("Y02", start, {"size": size // 1024, "most": most // 1024})
    return decoded.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n"), None


def forbidden_characters(text: str, file: str) -> tuple[Problem, ...]:
    """One problem per line that holds a character that no YAML text may hold."""
    if _FORBIDDEN.search(text) is None:
        return ()
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        if match := _FORBIDDEN.search(line):
            span = Span(file, number, match.start() + 1, number, match.end() + 1)
            found.append(Problem("Y03", span, {"character": f"U+{ord(match.group()):04X}"}))
        if len(found) >= _MOST_CHARACTERS_TOLD:
            break
    return tuple(found)


def forbidden_in_scalar(text: str, span: Span) -> Problem | None:
    """A character written as an escape in quotes that no text may hold."""
    match = _FORBIDDEN.search(text)
    return Problem("Y03", span, {"character": f"U+{ord(match.group()):04X}"}) if match else None


def syntax_problem(error: yaml.MarkedYAMLError, text: str, file: str) -> Problem:
    """The most likely human cause of a syntax error, at its own place where it can be seen."""
    mark = error.problem_mark or error.context_mark
    number = mark.line if mark is not None else 0
    lines = text.split("\n")
    context = error.context_mark.line if error.context_mark is not None else number
    for index in dict.fromkeys((number, number - 1, context)):
        if 0 <= index < len(lines) and (problem := _blame(lines[index], index + 1, file)):
            return problem
    column = mark.column if mark is not None else 0
    span = Span(file, number + 1, column + 1, number + 1, column + 2)
    return Problem("Y04", span, {"said": error.problem or error.context or "?"})


def _blame(line: str, number: int, file: str) -> Problem | None:
    blank = line[: len(line) - len(line.lstrip())]
    for character, code in (("\t", "Y13"), ("\u3000", "Y14")):
        if character in blank:
            at = blank.index(character) + 1
            return Problem(code, Span(file, number, at, number, at + 1))
    if match := _WIDE_COLON.match(line):
        return Problem("Y15", Span(file, number, match.end(), number, match.end() + 1))
    return None


def wide_colon(scalar: Scalar) -> Problem | None:
    """A text that is a key and a full-width colon: `label：客户`."""
    match = _ENGLISH_KEY.match(scalar.text)
    if match is None or scalar.is_quoted:
        return None
    return Problem("Y15", scalar.part(match.end() - 1, match.end()))


def key_problem(entry: Entry) -> Problem | None:
    """A key that cannot be one: a merge key, or a text with a full-width colon in place of a key and a value."""
    key = entry.key
    if key.text == "<<":
        return Problem("Y08", key.span)
    if isinstance(entry.value, Scalar) and entry.value.is_nothing:
        return wide_colon(key)
    return None


def duplicate(key: Scalar, first: Scalar) -> Problem:
    return Problem("Y05", key.span, {"key": key.text}, related=(Related(first.span, "first"),))


def join_cut_entries(entries: list[Entry], text: str) -> tuple[list[Entry], list[Problem]]:
    """Entries of `{ }` with formulas that their own commas cut into several put together again, each a problem."""
    joined: list[Entry] = []
    mended: dict[int, Problem] = {}
    for entry in entries:
        last = joined[-1].value if joined else None
        cut_off = entry.key if isinstance(entry.value, Scalar) and entry.value.is_nothing else entry.value
        if _is_left_open(last) and isinstance(cut_off, Scalar) and not entry.key.is_quoted:
            whole = _stretch(last, cut_off, text)
            joined[-1] = Entry(joined[-1].key, whole)
            mended[len(joined)] = Problem("Y16", whole.span, {"text": whole.text})
        else:
            joined.append(entry)
    return joined, list(mended.values())


def join_cut_items(items: list[Node], text: str) -> tuple[list[Node], list[Problem]]:
    """The same for the items of `[ ]`."""
    joined: list[Node] = []
    mended: dict[int, Problem] = {}
    for item in items:
        last = joined[-1] if joined else None
        if _is_left_open(last) and isinstance(item, Scalar) and not item.is_quoted:
            whole = _stretch(last, item, text)
            joined[-1] = whole
            mended[len(joined)] = Problem("Y16", whole.span, {"text": whole.text})
        else:
            joined.append(item)
    return joined, list(mended.values())


def _is_left_open(node: Node | None) -> TypeGuard[Scalar]:
    return isinstance(node, Scalar) and not node.is_quoted and node.text.count("(") > node.text.count(")")


def _stretch(first: Scalar, last: Scalar, text: str) -> Scalar:
    """The scalar from the start of `first` to the end of `last`, as the source has it."""
    span = Span(first.span.file, first.span.line, first.span.column, last.span.end_line, last.span.end_column)
    if span.line != span.end_line:
        return Scalar(f"{first.text}, {last.text}", span, indent=None)
    line = text.split("\n")[span.line - 1]
    return Scalar(line[span.column - 1 : span.end_column - 1], span)

"""Edits of an app's text by path, spliced in: comments, alignment and every line that is not meant stay as they are.

A path is a tuple of keys and, for items of a list, numbers: ("entities", "customer", "fields", "name"). An edit gives
the new text; `Refused` says why it cannot be made. The new text is read again before it is given back, so that an edit
means what it says and nothing else: its tree is that of the old text with the one change.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from dsl.nodes import Entry, Mapping, Node, Scalar, Sequence
from dsl.source import Span
from dsl.yaml_reader import read_yaml

Path: TypeAlias = tuple[str | int, ...]
Plain: TypeAlias = "str | list[Plain] | dict[str, Plain]"
"""A tree without places: texts, lists, mappings."""

_NEEDS_QUOTES = re.compile(
    r"""^[\s>|&*!%@`"'#,\[\]{}?:-]|[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff：]|:(\s|$)|\s#|\s$|[,\[\]{}]|^$"""
)


class Refused(Exception):
    """The edit cannot be made; the message says why."""


def set_value(text: str, path: Path, value: str) -> str:
    """The text at the path (a scalar, or a key with nothing after its colon) replaced."""
    node = _find(_tree(text), path)
    if not isinstance(node, Scalar):
        raise Refused("only a text can be set; remove and add a block")
    return _proven(text, lambda tree: _put(tree, path, value), _spliced(text, node.span, _written(value), node))


def add(text: str, path: Path, key: str, value: Plain) -> str:
    """A new entry at the end of the mapping at the path, written as the entries before it are; a list or mapping on
    its own line, in brackets."""
    node = _find(_tree(text), path)
    if not isinstance(node, Mapping) or not node.entries:
        raise Refused("an entry can be added where others stand")
    if node.get(key) is not None:
        raise Refused(f"there is already a {key}")
    lines = _lines_of(text)
    last = node.entries[-1]
    if _is_flow(lines, node.span):
        end = lines.offset(last.value.span.end_line, last.value.span.end_column)
        changed = f"{text[:end]}, {_written(key)}: {_flow(value)}{text[end:]}"
    else:
        if lines.text_of(last.key.span.line)[: last.key.span.column - 1].strip():
            raise Refused("the mapping does not begin on a line of its own")
        at = lines.offset(_last_line(last.value, last.key) + 1, 1)
        line_end = lines.line_end
        before = "" if at == 0 or text[at - 1] in "\r\n" else line_end
        line = f"{' ' * (last.key.span.column - 1)}{_written(key)}: {_flow(value)}{line_end}"
        changed = f"{text[:at]}{before}{line}{text[at:]}"
    return _proven(text, lambda tree: _added(tree, path, key, value), changed)


def rename(text: str, path: Path, key: str) -> str:
    """The last key of the path under another name; its value stays. Names elsewhere stay: see `dsl.rename`."""
    tree = _tree(text)
    entry, beside = _entry(tree, path), _find(tree, path[:-1])
    if isinstance(beside, Mapping) and beside.get(key) is not None:
        raise Refused(f"there is already a {key}")
    return _proven(
        text, lambda tree: _renamed(tree, path, key), _spliced(text, entry.key.span, _written(key), entry.key)
    )


def remove(text: str, path: Path) -> str:
    """The entry or item at the path taken away, with the comment on its line."""
    tree = _tree(text)
    parent = _find(tree, path[:-1])
    lines = _lines_of(text)
    begin, end = _extent(parent, path[-1])
    is_last = _count(parent) == 1
    if _is_flow(lines, parent.span):
        changed = _emptied_flow(text, lines, parent) if is_last else _cut_flow(text, lines, parent, path[-1])
    else:
        changed = _cut_lines(text, lines, begin, end)
        if is_last:
            changed = _with_nothing(
                changed, lines, _entry(tree, path[:-1]), "{}" if isinstance(parent, Mapping) else "[]"
            )
    return _proven(text, lambda tree: _removed(tree, path), changed)


def plain(node: Node) -> Plain:
    """The tree without places."""
    match node:
        case Scalar():
            return node.text
        case Sequence():
            return [plain(item) for item in node.items]
        case Mapping():
            return {entry.key.text: plain(entry.value) for entry in node.entries}


# --- reading ---------------------------------------------------------------------------------------------------------


def _tree(text: str) -> Node:
    read = read_yaml(text, "edit")
    if read.value is None or read.errors:
        raise Refused("the text cannot be read; mend it first")
    return read.value


def _find(node: Node, path: Path) -> Node:
    for step in path:
        found = _child(node, step)
        if found is None:
            raise Refused(f"there is no {step}")
        node = found
    return node


def _child(node: Node, step: str | int) -> Node | None:
    match node, step:
        case Mapping(), str():
            return node.get(step)
        case Sequence(), int() if 0 <= step < len(node.items):
            return node.items[step]
        case _:
            return None


def _entry(tree: Node, path: Path) -> Entry:
    if not path:
        raise Refused("the whole has no name")
    parent = _find(tree, path[:-1])
    found = [e for e in parent.entries if e.key.text == path[-1]] if isinstance(parent, Mapping) else []
    if not found:
        raise Refused(f"there is no {path[-1]}")
    return found[0]


def _count(parent: Node) -> int:
    return (
        len(parent.entries) if isinstance(parent, Mapping) else len(parent.items) if isinstance(parent, Sequence) else 0
    )


def _extent(parent: Node, step: str | int) -> tuple[Span, Node]:
    """Where the entry or item begins, and the value that ends it."""
    if isinstance(parent, Mapping) and isinstance(step, str):
        entry = _entry(parent, (step,))
        return entry.key.span, entry.value
    found = _child(parent, step)
    if found is None:
        raise Refused(f"there is no {step}")
    return found.span, found


@dataclass(frozen=True, slots=True)
class _Lines:
    """Offsets of lines in the text as it is, whatever ends them."""

    text: str
    starts: tuple[int, ...]

    @property
    def line_end(self) -> str:
        return "\r\n" if "\r\n" in self.text else "\n"

    def offset(self, line: int, column: int) -> int:
        return self.starts[line - 1] + column - 1 if line <= len(self.starts) else len(self.text)

    def text_of(self, line: int) -> str:
        return self.text[self.offset(line, 1) : self.offset(line + 1, 1)].rstrip("\r\n")


def _lines_of(text: str) -> _Lines:
    mark = 1 if text.startswith("\ufeff") else 0
    return _Lines(text, (mark, *(found.end() for found in re.finditer(r"\r\n|\r|\n", text))))


def _is_flow(lines: _Lines, span: Span) -> bool:
    at = lines.offset(span.line, span.column)
    return lines.text[at : at + 1] in ("{", "[")


def _last_line(value: Node, key: Scalar | None = None) -> int:
    """The last line that belongs to a value of a block, comments after it not counted."""
    match value:
        case Mapping() if value.entries and value.span.end_line != value.span.line:
            inner = _last_line(value.entries[-1].value, value.entries[-1].key)
            return inner if value.span.end_column == 1 or inner >= value.span.end_line else _end_line(value.span)
        case Sequence() if value.items and value.span.end_line != value.span.line:
            inner = _last_line(value.items[-1])
            return inner if value.span.end_column == 1 or inner >= value.span.end_line else _end_line(value.span)
        case Scalar() if value.is_nothing and key is not None:
            return key.span.end_line
        case _:
            return _end_line(value.span)


def _end_line(span: Span) -> int:
    return span.end_line - 1 if span.end_column == 1 and span.end_line > span.line else span.end_line


# --- writing ---------------------------------------------------------------------------------------------------------


def _written(value: str) -> str:
    """The text as YAML: bare where it reads back as it is, else in quotes."""
    if not _NEEDS_QUOTES.search(value):
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]", lambda m: f"\\u{ord(m.group()):04x}", escaped) + '"'


def _flow(value: Plain) -> str:
    """Any value on one line."""
    match value:
        case dict():
            return "{" + ", ".join(f"{_written(key)}: {_flow(inner)}" for key, inner in value.items()) + "}"
        case list():
            return "[" + ", ".join(_flow(inner) for inner in value) + "]"
        case _:
            return _written(value)


def _spliced(text: str, span: Span, written: str, node: Scalar) -> str:
    """The stretch replaced. A comment behind it keeps its column where the room is there."""
    lines = _lines_of(text)
    begin, end = lines.offset(span.line, span.column), lines.offset(span.end_line, span.end_column)
    if node.is_block and end > begin and text[end - 1] in "\r\n":
        end -= 2 if text[:end].endswith("\r\n") else 1
    if node.is_nothing and begin > 0 and text[begin - 1] not in " \t\r\n":
        written = f" {written}"
    tail = text[end:]
    blank = re.match(r" +(?=#)", tail)
    if blank and span.line == span.end_line:
        room = len(blank.group()) - (len(written) - (end - begin))
        tail = " " * max(1, room) + tail[blank.end() :]
    return text[:begin] + written + tail


def _cut_lines(text: str, lines: _Lines, begin: Span, value: Node) -> str:
    """Whole lines of a block; a list item goes with its dash."""
    first = lines.text_of(begin.line)[: begin.column - 1]
    if first.strip() not in ("", "-"):
        raise Refused("it shares its first line with another")
    last = max(begin.line, _last_line(value))
    return text[: lines.offset(begin.line, 1)] + text[lines.offset(last + 1, 1) :]


def _emptied_flow(text: str, lines: _Lines, parent: Node) -> str:
    """The brackets with nothing between them."""
    begin = lines.offset(parent.span.line, parent.span.column)
    end = lines.offset(parent.span.end_line, parent.span.end_column)
    return f"{text[: begin + 1]}{text[end - 1 :]}"


def _with_nothing(text: str, lines: _Lines, holder: Entry, nothing: str) -> str:
    """A key whose block went away says that there is nothing, before the comment on its line."""
    end = lines.offset(holder.key.span.end_line, holder.key.span.end_column)
    colon = text.index(":", end)
    return f"{text[: colon + 1]} {nothing}{text[colon + 1 :]}"


def _cut_flow(text: str, lines: _Lines, parent: Node, step: str | int) -> str:
    """An entry of `{ }` or an item of `[ ]` with one comma beside it."""
    steps: list[str | int] = (
        [e.key.text for e in parent.entries] if isinstance(parent, Mapping) else list(range(_count(parent)))
    )
    place = steps.index(step)
    spans = [_extent(parent, each) for each in steps]
    begins = [lines.offset(span.line, span.column) for span, _ in spans]
    ends = [lines.offset(value.span.end_line, value.span.end_column) for _, value in spans]
    if place + 1 < len(steps):
        return text[: begins[place]] + text[begins[place + 1] :]
    return text[: ends[place - 1]] + text[ends[place] :]


# --- what the edit must mean ------------------------------------------------------------------------------------------


def _proven(text: str, wanted: Callable[[Plain], Plain], changed: str) -> str:
    """The changed text, if it says the old tree with the one change; Refused otherwise."""
    read = read_yaml(changed, "edit")
    if read.value is None or read.errors or not _same(plain(read.value), wanted(plain(_tree(text)))):
        raise Refused("this place cannot be edited without touching others")
    return changed


def _same(one: Plain, other: Plain) -> bool:
    """Equal, keys in the same order."""
    match one, other:
        case dict(), dict():
            return list(one) == list(other) and all(_same(value, other[key]) for key, value in one.items())
        case list(), list():
            return len(one) == len(other) and all(map(_same, one, other))
        case _:
            return one == other


def _at(tree: Plain, path: Path, change: Callable[[Plain], Plain]) -> Plain:
    """The tree with the part at the path changed."""
    if not path:
        return change(tree)
    step, rest = path[0], path[1:]
    match tree, step:
        case dict(), str():
            return {key: _at(value, rest, change) if key == step else value for key, value in tree.items()}
        case list(), int():
            return [_at(value, rest, change) if number == step else value for number, value in enumerate(tree)]
        case _:
            raise Refused(f"there is no {step}")


def _put(tree: Plain, path: Path, value: str) -> Plain:
    return _at(tree, path, lambda _old: value)


def _added(tree: Plain, path: Path, key: str, value: Plain) -> Plain:
    return _at(tree, path, lambda old: {**old, key: value} if isinstance(old, dict) else old)


def _renamed(tree: Plain, path: Path, key: str) -> Plain:
    def change(old: Plain) -> Plain:
        if not isinstance(old, dict) or key in old:
            raise Refused(f"there is already a {key}")
        return {key if name == path[-1] else name: value for name, value in old.items()}

    return _at(tree, path[:-1], change)


def _removed(tree: Plain, path: Path) -> Plain:
    def change(old: Plain) -> Plain:
        if isinstance(old, dict):
            return {name: value for name, value in old.items() if name != path[-1]}
        return [value for number, value in enumerate(old) if number != path[-1]] if isinstance(old, list) else old

    return _at(tree, path[:-1], change)

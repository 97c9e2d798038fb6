"""Why a formula has its value: a tree of its parts, each with its text and its value in people's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dsl.app import App
from dsl.formula.env import Env
from dsl.formula.python_code import compile_node
from dsl.formula.said import field_of, said, word
from dsl.formula.tree import Aggregate, Call, Const, Formula, Hop, Node, Now, Path
from dsl.formula.unparse import unparse
from dsl.formula.value_types import PersonType, RefType
from dsl.formula.walk import parts_of
from dsl.source import Span


@dataclass(frozen=True, slots=True)
class Explained:
    """One part: its text, its value as people read it, the label of the field it reads, and its own parts."""

    text: str
    value: str
    parts: tuple["Explained", ...] = ()
    label: str = ""


def explain(formula: Formula, row: Mapping[str, object], env: Env, app: App, language: str) -> Explained:
    """The formula's value over a nested row, part by part. Literals are left out: their text is their value."""
    return _Explainer(formula, row, env, app, language).part(formula.root)


class _Explainer:
    def __init__(self, formula: Formula, row: Mapping[str, object], env: Env, app: App, language: str) -> None:
        self.formula = formula
        self.row = row
        self.env = env
        self.app = app
        self.language = language

    def part(self, node: Node) -> Explained:
        written = _written(node)
        inner = () if isinstance(written, Aggregate) else parts_of(written)
        parts = tuple(self.part(found) for found in inner if not isinstance(_written(found), Const))
        field = field_of(self.app, written)
        label = field.label.say(self.language) if field else ""
        return Explained(self._text(written), self._value(node), parts, label)

    def _value(self, node: Node) -> str:
        if isinstance(node.type, RefType | PersonType):
            return self._record(node)
        value = compile_node(node, self.app)(self.row, self.env)
        return said(self.app, node, value, self.language)

    def _record(self, node: Node) -> str:
        """A record or person by its title where the row knows it, else by its number."""
        found: object = None
        if isinstance(node, Now):
            found = self.env.me if node.name == "me" else self.env.submitter
        elif isinstance(node, Path):
            found = self._at(node.start, (*node.hops, Hop(node.field, "")))
        else:
            found = compile_node(node, self.app)(self.row, self.env)
        if found is None:
            return word("empty", self.language)
        if not isinstance(found, Mapping):
            return f"#{found}"
        title = found.get("name")
        if isinstance(node.type, RefType) and node.type.entity in self.app.entities:
            title = found.get(self.app.entities[node.type.entity].title) or title
        return str(title or f"#{found.get('id')}")

    def _at(self, start: str, hops: tuple[Hop, ...]) -> object:
        place: object = {"me": self.env.me, "submitter": self.env.submitter}.get(start, self.row)
        for hop in hops:
            if not isinstance(place, Mapping):
                return None
            place = place.get(hop.field)
        return place

    def _text(self, node: Node) -> str:
        if isinstance(node, Now):  # days_since(d) holds a today() that nobody wrote
            return unparse(node)
        return _excerpt(self.formula, node.span) or unparse(node)


def _written(node: Node) -> Node:
    """The node behind a rounding that the checker put around it."""
    while isinstance(node, Call) and node.function in ("stored", "round") and node.span == node.args[0].span:
        node = node.args[0]
    return node


def _excerpt(formula: Formula, span: Span) -> str:
    """The text of a part as it was written; "" if it does not stand in the formula's own text."""
    lines = formula.text.split("\n")
    first, last = span.line - formula.span.line, span.end_line - formula.span.line
    if span.file != formula.span.file or not 0 <= first <= last < len(lines):
        return ""
    begin = span.column - (formula.span.column if first == 0 else 1)
    end = span.end_column - (formula.span.column if last == 0 else 1)
    if begin < 0 or end > len(lines[last]):
        return ""
    if first == last:
        return lines[first][begin:end]
    return "\n".join((lines[first][begin:], *lines[first + 1 : last], lines[last][:end]))

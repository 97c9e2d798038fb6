"""Typed tree → text that reads back to the same tree."""

from __future__ import annotations

from datetime import date
from typing import assert_never

from dsl.formula.decimals import decimal_text
from dsl.formula.tree import (
    Aggregate,
    Arithmetic,
    Between,
    Call,
    Compare,
    Concat,
    Const,
    Entered,
    Hop,
    If,
    In,
    IsEmpty,
    Logic,
    Negate,
    Node,
    Not,
    Now,
    Path,
    StageFact,
    TableLookup,
)
from dsl.formula.value_types import DurationType, NumberType

_OR, _AND, _NOT, _COMPARE, _JOIN, _SUM, _PRODUCT, _MINUS, _ATOM = range(9)


def unparse(node: Node) -> str:
    """The formula as text, with the fewest brackets."""
    return _text(node, ())[0]


def _at(node: Node, level: int, rows: tuple[str, ...]) -> str:
    """The node's text, in brackets if it binds more loosely than `level`."""
    text, own = _text(node, rows)
    return text if own >= level else f"({text})"


def _text(node: Node, rows: tuple[str, ...]) -> tuple[str, int]:  # noqa: C901 - one case for each kind of node
    """The text and how tightly it binds. rows: the way to the rows while an aggregate's value is written."""
    match node:
        case Const():
            return _literal(node), _ATOM
        case Path():
            return _path(node, rows), _ATOM
        case Now():
            return (f"{node.name}()" if node.name in ("today", "now") else node.name), _ATOM
        case Negate():
            return f"-{_at(node.arg, _MINUS, rows)}", _MINUS
        case Arithmetic():
            level = _SUM if node.op in "+-" else _PRODUCT
            return f"{_at(node.left, level, rows)} {node.op} {_at(node.right, level + 1, rows)}", level
        case Compare():
            return f"{_at(node.left, _JOIN, rows)} {node.op} {_at(node.right, _JOIN, rows)}", _COMPARE
        case Logic():
            level = _OR if node.op == "or" else _AND
            return f" {node.op} ".join(_at(part, level + 1, rows) for part in node.parts), level
        case Not():
            return f"not {_at(node.arg, _NOT, rows)}", _NOT
        case IsEmpty():
            return f"{_at(node.arg, _JOIN, rows)} is {'not ' if node.negated else ''}empty", _COMPARE
        case In():
            return _membership(node, rows), _COMPARE
        case Between():
            low, high = _at(node.low, _JOIN, rows), _at(node.high, _JOIN, rows)
            return f"{_at(node.arg, _JOIN, rows)} between {low} and {high}", _COMPARE
        case Concat():
            return " & ".join(_at(part, _SUM, rows) for part in node.parts), _JOIN
        case Call(function="stored"):
            return _text(node.args[0], rows)
        case If():
            return _call("if", (node.condition, node.then, node.otherwise), rows), _ATOM
        case Call():
            return _call(node.function, node.args, rows), _ATOM
        case TableLookup():
            return _call(node.table, node.args, rows), _ATOM
        case Aggregate():
            return _aggregate(node), _ATOM
        case StageFact():
            return ".".join((*_begin(node.start, node.hops, rows), "stage", node.fact)), _ATOM
        case Entered():
            return f"entered({node.stage})", _ATOM
        case _:
            assert_never(node)


def _call(name: str, args: tuple[Node, ...], rows: tuple[str, ...]) -> str:
    return f"{name}({', '.join(_text(arg, rows)[0] for arg in args)})"


def _membership(node: In, rows: tuple[str, ...]) -> str:
    word = "not in" if node.negated else "in"
    arg = _at(node.arg, _JOIN, rows)
    if len(node.options) == 1 and isinstance(node.options[0], Path):
        return f"{arg} {word} {_path(node.options[0], rows)}"
    return f"{arg} {word} ({', '.join(_at(option, _JOIN, rows) for option in node.options)})"


def _begin(start: str, hops: tuple[Hop, ...], rows: tuple[str, ...]) -> tuple[str, ...]:
    """The names before the field. While an aggregate's value is written, bare names are the outer row's."""
    names = tuple(hop.field for hop in hops)
    if rows:
        return names if start == "this" else (*rows, *names)
    return names if start == "row" else (start, *names)


def _path(node: Path, rows: tuple[str, ...]) -> str:
    if node.start in ("me", "submitter"):
        return ".".join((node.start, *(hop.field for hop in node.hops), node.field))
    return ".".join((*_begin(node.start, node.hops, rows), node.field))


def _aggregate(node: Aggregate) -> str:
    way = (*_begin(node.start, node.hops, ()), node.rows)
    value = node.value
    if node.function == "join" and isinstance(value, Concat):
        [value] = value.parts
    inner = ".".join(way) if value is None else _text(value, way)[0]
    if node.function == "join":
        inner += f", {_quoted(node.separator)}"
    if node.where is not None:
        inner += f" where {_text(node.where, ())[0]}"
    return f"{node.function}({inner})"


def _literal(node: Const) -> str:
    match node.value:
        case bool(value):
            return "true" if value else "false"
        case int(value) if isinstance(node.type, DurationType):
            return _duration(value)
        case int(value):
            return decimal_text(value, node.type.scale if isinstance(node.type, NumberType) else 0)
        case date() as value:
            return value.isoformat()
        case value:
            return _quoted(str(value))


def _quoted(text: str) -> str:
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


def _duration(seconds: int) -> str:
    for unit, size in (("w", 604_800), ("d", 86_400), ("h", 3_600)):
        if seconds and seconds % size == 0:
            return f"{seconds // size}{unit}"
    whole, rest = divmod(seconds, 60)
    return f"{whole}min" if rest == 0 else f"{decimal_text(seconds * 10_000 // 60, 4).rstrip('0')}min"

"""Builds the untyped tree while lark reads: one method per rule of grammar.lark, children before parents."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from typing import TypeAlias

from lark import Token, Transformer

from dsl.formula.syntax import (
    BetweenTest,
    Binary,
    CallSyntax,
    Chain,
    DateLiteral,
    DurationLiteral,
    EmptyTest,
    Membership,
    NamePath,
    NumberLiteral,
    Step,
    Syntax,
    TextLiteral,
    TruthLiteral,
    Unary,
)

_COMPARE = {"≠": "!=", "≤": "<=", "≥": ">="}
_UNITS = {"天": "d", "小时": "h", "分钟": "min", "周": "w"}


def _step(token: Token) -> Step:
    return Step(unicodedata.normalize("NFC", str(token)), token.start_pos or 0, token.end_pos or 0)


_Found: TypeAlias = "list[Token | Syntax | list[Syntax]]"


def _place(found: _Found) -> tuple[int, int]:
    """Where the children of a rule begin and end."""
    first, last = found[0], found[-1]
    start = first.start_pos or 0 if isinstance(first, Token) else _at(first).start
    end = last.end_pos or 0 if isinstance(last, Token) else _at(last, -1).end
    return start, end


def _at(found: Syntax | list[Syntax], index: int = 0) -> Syntax:
    return found[index] if isinstance(found, list) else found


def _tokens(found: _Found) -> list[Token]:
    return [part for part in found if isinstance(part, Token)]


def _nodes(found: _Found) -> list[Syntax]:
    """The parts that are nodes; lists of arguments or options are spliced in."""
    nodes: list[Syntax] = []
    for part in found:
        if isinstance(part, list):
            nodes.extend(part)
        elif not isinstance(part, Token):
            nodes.append(part)
    return nodes


def _depth(parts: Iterable[Syntax]) -> int:
    return 1 + max((part.depth for part in parts), default=0)


class SyntaxBuilder(Transformer[Token, Syntax]):
    """Builds the untyped tree while the text is being parsed: children first, so nothing recurses."""

    def number(self, found: _Found) -> NumberLiteral:
        start, end = _place(found)
        digits, suffix = _amount(_tokens(found)[0])
        return NumberLiteral(start=start, end=end, digits=digits, suffix=suffix)

    def duration(self, found: _Found) -> DurationLiteral:
        start, end = _place(found)
        digits, unit = _amount(_tokens(found)[0])
        return DurationLiteral(start=start, end=end, digits=digits, unit=_UNITS.get(unit, unit))

    def date(self, found: _Found) -> DateLiteral:
        start, end = _place(found)
        return DateLiteral(start=start, end=end, text=str(_tokens(found)[0]))

    def text(self, found: _Found) -> TextLiteral:
        start, end = _place(found)
        token = str(_tokens(found)[0])
        inner = token[1:-1].replace('""', '"') if token.startswith('"') else token[1:-1]
        return TextLiteral(start=start, end=end, value=unicodedata.normalize("NFC", inner))

    def truth(self, found: _Found) -> TruthLiteral:
        start, end = _place(found)
        return TruthLiteral(start=start, end=end, value=_tokens(found)[0] == "true")

    def path(self, found: _Found) -> NamePath:
        start, end = _place(found)
        steps = tuple(_step(token) for token in _tokens(found) if token.type == "NAME")
        return NamePath(start=start, end=end, steps=steps)

    def unary(self, found: _Found) -> Unary:
        start, end = _place(found)
        [arg] = _nodes(found)
        return Unary(start=start, end=end, depth=_depth([arg]), op=str(_tokens(found)[0]), arg=arg)

    def binary(self, found: _Found) -> Binary:
        start, end = _place(found)
        left, right = _nodes(found)
        op = str(_tokens(found)[0])
        return Binary(
            start=start, end=end, depth=_depth((left, right)), op=_COMPARE.get(op, op), left=left, right=right
        )

    def chain(self, found: _Found) -> Chain:
        start, end = _place(found)
        first, last = _nodes(found)
        op = str(_tokens(found)[0])
        goes_on = isinstance(first, Chain) and first.op == op and not first.in_brackets
        parts = (*first.parts, last) if isinstance(first, Chain) and goes_on else (first, last)
        return Chain(start=start, end=end, depth=_depth(parts), op=op, parts=parts)

    def empty_test(self, found: _Found) -> EmptyTest:
        start, end = _place(found)
        [arg] = _nodes(found)
        negated = any(token.type == "NOT" for token in _tokens(found))
        return EmptyTest(start=start, end=end, depth=_depth([arg]), arg=arg, negated=negated)

    def membership(self, found: _Found) -> Membership:
        start, end = _place(found)
        arg, *options = _nodes(found)
        return Membership(
            start=start,
            end=end,
            depth=_depth((arg, *options)),
            arg=arg,
            options=tuple(options),
            negated=any(token.type == "NOT" for token in _tokens(found)),
            in_field=not isinstance(found[-1], Token),
        )

    def between(self, found: _Found) -> BetweenTest:
        start, end = _place(found)
        arg, low, high = _nodes(found)
        return BetweenTest(start=start, end=end, depth=_depth((arg, low, high)), arg=arg, low=low, high=high)

    def call(self, found: _Found) -> CallSyntax:
        start, end = _place(found)
        name, *tokens = _tokens(found)
        nodes = _nodes(found)
        where = nodes.pop() if any(token.type == "WHERE" for token in tokens) else None
        depth = _depth(nodes if where is None else (*nodes, where))
        return CallSyntax(start=start, end=end, depth=depth, name=_step(name), args=tuple(nodes), where=where)

    def group(self, found: _Found) -> Syntax:
        start, end = _place(found)
        [inner] = _nodes(found)
        return replace(inner, start=start, end=end, in_brackets=True)

    def arguments(self, found: _Found) -> list[Syntax]:
        return _nodes(found)

    def options(self, found: _Found) -> list[Syntax]:
        return _nodes(found)


def _amount(token: str) -> tuple[str, str]:
    """`1.2亿` as ("1.2", "亿")."""
    digits = token.rstrip("%万亿mindhw天小时分钟周")
    return digits, token[len(digits) :]

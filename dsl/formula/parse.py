"""Text → untyped tree. Always terminates, never raises on text, and reads a Chinese keyboard's punctuation."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from lark import Lark, Token
from lark.exceptions import UnexpectedCharacters, UnexpectedToken

from dsl.formula.build_syntax import SyntaxBuilder
from dsl.formula.syntax import Syntax, parts_of

MAX_CHARACTERS = 2_000
MAX_NODES = 500
MAX_DEPTH = 30

RESERVED = frozenset({"or", "and", "not", "is", "in", "empty", "between", "where", "true", "false"})

_HALF_WIDTH = {full: full - 0xFEE0 for full in range(0xFF01, 0xFF5F) if full != 0xFF02}
_ONE_TO_ONE = {
    **_HALF_WIDTH,
    0x3000: ord(" "),
    ord("。"): ord("."),
    ord("×"): ord("*"),
    ord("÷"): ord("/"),
    ord("−"): ord("-"),
    0xFF02: ord('"'),
}
_UNREADABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class SyntaxFault:
    """Why a text is no formula: a code of `dsl.formula.codes`, the offsets of the place, and what its message needs."""

    code: str
    start: int
    end: int
    values: tuple[tuple[str, object], ...] = ()


def parse(text: str) -> Syntax | SyntaxFault:
    """The untyped tree of a formula, or the first place where it cannot be read."""
    if len(text) > MAX_CHARACTERS:
        return SyntaxFault("F02", 0, MAX_CHARACTERS, (("limit", MAX_CHARACTERS), ("count", len(text))))
    return _parsed(text)


@lru_cache(maxsize=4096)
def _parsed(text: str) -> Syntax | SyntaxFault:
    """A text gives the same tree wherever it stands: an app that is read again after one change parses one formula."""
    if not text.strip():
        return SyntaxFault("F03", 0, len(text))
    normal = _half_width(text)
    if isinstance(normal, SyntaxFault):
        return normal
    try:
        tree: Syntax = _PARSER.parse(normal)  # type: ignore[assignment]
    except UnexpectedToken as error:
        return _unexpected(text, error.token, error.accepts or error.expected)
    except UnexpectedCharacters as error:
        at = error.pos_in_stream or 0
        return _unknown(text, at, 1)
    return _too_large(tree) or tree


def _half_width(text: str) -> str | SyntaxFault:
    """The text with full-width punctuation, digits and letters made half-width outside of text literals.

    Every character stays one character, so that offsets keep their meaning.
    """
    bad = _UNREADABLE.search(text)
    if bad:
        return SyntaxFault("F04", bad.start(), bad.end(), (("found", f"U+{ord(bad.group()):04X}"),))
    result: list[str] = []
    at = 0
    while at < len(text):
        character = text[at]
        if character in "'‘’":
            return SyntaxFault("F05", at, at + 1, (("found", character),))
        if character in '"＂“”':
            closing = {'"': '"', "＂": "＂"}.get(character, "“”")
            end = next((i for i in range(at + 1, len(text)) if text[i] in closing), None)
            if end is None:
                return SyntaxFault("F06", at, len(text))
            result.append(f"“{text[at + 1 : end]}”" if character == "＂" else text[at : end + 1])
            at = end + 1
        else:
            result.append(character.translate(_ONE_TO_ONE))
            at += 1
    return "".join(result)


def _unexpected(text: str, token: Token, expected: set[str]) -> SyntaxFault:
    if token.type == "$END":
        open_brackets = _open_brackets(text)
        if open_brackets:
            at = open_brackets[-1]
            return SyntaxFault("F07", at, at + 1)
        return SyntaxFault("F08", len(text), len(text))
    at = token.start_pos or 0
    found = text[at : at + len(token)]
    if str(token) in RESERVED and "NAME" in expected:
        return SyntaxFault("F09", at, at + len(found), (("name", found),))
    return _unknown(text, at, len(found))


def _open_brackets(text: str) -> list[int]:
    """Offsets of the brackets that are still open at the end."""
    opened: list[int] = []
    normal = _half_width(text)
    for at, character in enumerate(normal if isinstance(normal, str) else ""):
        if character == "(":
            opened.append(at)
        elif character == ")" and opened:
            opened.pop()
    return opened


_CURES = {
    "==": "=", "&&": "and", "||": "or", "|": "or", "!": "not", "[": "(", "]": ")", "{": "(", "}": ")", "、": ",",
    ";": ",", "；": ",", "AND": "and", "OR": "or", "NOT": "not", "且": "and", "或": "or", "非": "not", "并且": "and",
    "或者": "or", "<>": "!=",
}  # fmt: skip


def _unknown(text: str, at: int, length: int) -> SyntaxFault:
    """What stands there does not fit; where it is another language's way of writing, ours is offered."""
    start = at - 1 if text[max(at - 1, 0) : at + 1] in _CURES else at
    found = text[start : at + length]
    cure = _CURES.get(found)
    if cure is None:
        return SyntaxFault("F01", at, at + length, (("found", text[at : at + length]),))
    return SyntaxFault("F48", start, at + length, (("found", found), ("cure", cure)))


def _too_large(tree: Syntax) -> SyntaxFault | None:
    """Refuses trees too deep for recursion, or with too many nodes."""
    if tree.depth > MAX_DEPTH:
        return SyntaxFault("F10", tree.start, tree.end, (("limit", MAX_DEPTH),))
    count = 0
    waiting = [tree]
    while waiting:
        waiting.extend(parts_of(waiting.pop()))
        count += 1
    if count > MAX_NODES:
        return SyntaxFault("F11", tree.start, tree.end, (("limit", MAX_NODES), ("count", count)))
    return None


_PARSER = Lark(
    Path(__file__).with_name("grammar.lark").read_text(encoding="utf-8"),
    parser="lalr",
    lexer="basic",
    transformer=SyntaxBuilder(),
    keep_all_tokens=True,
    maybe_placeholders=False,
)

"""The text as a tree: scalars stay text, every node keeps its place. Made by `dsl.yaml_reader`, read by `dsl.read`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from dsl.source import Span


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text. `is_quoted`: written in quotes; `is_block`: written over several lines with | or >.

    `indent` is how many characters of the source stand before the text's first one (the quote), or None when the
    text does not stand in the source as it is. `pieces` then tells where the stretches of a text over several lines
    begin; without them (escapes) only the whole has a place.
    """

    text: str
    span: Span
    is_quoted: bool = False
    is_block: bool = False
    indent: int | None = 0
    pieces: tuple["Piece", ...] = ()

    @property
    def is_nothing(self) -> bool:
        """A key with nothing after its colon."""
        return not self.text and not self.is_quoted

    def part(self, start: int, end: int) -> Span:
        """The place of text[start:end]; the whole scalar where that cannot be told."""
        if self.indent is None:
            if not self.pieces:
                return self.span
            first, last = self._piece(start), self._piece(max(start, end - 1))
            return Span(
                self.span.file,
                first.line,
                first.column + start - first.offset,
                last.line,
                last.column + end - last.offset,
            )
        column = self.span.column + self.indent
        return Span(self.span.file, self.span.line, column + start, self.span.line, column + end)

    def cut(self, start: int, end: int | None = None) -> "Scalar":
        """text[start:end] without the blanks around it, with its own place."""
        piece = self.text[start:end]
        first = start + len(piece) - len(piece.lstrip())
        piece = piece.strip()
        if self.indent is None:
            pieces = tuple(Piece(p.offset - first, p.line, p.column) for p in self.pieces)
            place = self.part(first, first + len(piece))
            return Scalar(piece, place, is_quoted=True, indent=None, pieces=pieces)
        return Scalar(piece, self.part(first, first + len(piece)), is_quoted=True, indent=0)

    def _piece(self, offset: int) -> "Piece":
        """The stretch that holds text[offset]."""
        before = [piece for piece in self.pieces if piece.offset <= offset]
        return before[-1] if before else self.pieces[0]


@dataclass(frozen=True, slots=True)
class Piece:
    """text[offset:] stands in the source from this line and column on, up to the next piece."""

    offset: int
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Sequence:
    items: tuple["Node", ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Entry:
    key: Scalar
    value: "Node"


@dataclass(frozen=True, slots=True)
class Mapping:
    """Entries in the order of the text; every key once."""

    entries: tuple[Entry, ...]
    span: Span

    def get(self, key: str) -> "Node | None":
        return next((e.value for e in self.entries if e.key.text == key), None)


Node: TypeAlias = Scalar | Sequence | Mapping

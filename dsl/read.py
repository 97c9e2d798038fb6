"""Reading of a tree of nodes: blocks with known keys, and the small shapes their values have.

Every reader reports what is wrong and gives back something usable, so that one mistake does not hide the next.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TypeVar

from dsl.app import Text
from dsl.names import is_name, meant, suggest
from dsl.nodes import Entry, Mapping, Node, Scalar, Sequence
from dsl.parts import PARTS
from dsl.problems import Problem, Related, Severity
from dsl.source import NOWHERE, Span
from dsl.yaml_faults import wide_colon

MOST_PROBLEMS = 500
_T = TypeVar("_T", Entry, Node, Scalar)
_TRUE = {"true", "yes", "on", "是"}
_FALSE = {"false", "no", "off", "否"}
_WHOLE = re.compile(r"[+-]?\d{1,9}")
_LABEL_BAR = re.compile(r"\s+[|｜]\s+|｜")


@dataclass(slots=True)
class Reading:
    """The problems found so far. `languages` is set once the head has been read.

    poisoned: names about which something was said that leaves no telling what they mean; formulas that mention one
    are left unchecked, so that one mistake is one problem.
    """

    problems: list[Problem] = field(default_factory=list)
    languages: tuple[str, ...] = ("zh",)
    poisoned: set[str] = field(default_factory=set)

    def report(
        self,
        code: str,
        span: Span,
        *,
        severity: Severity = "error",
        near: tuple[str, ...] = (),
        related: tuple[Related, ...] = (),
        **values: object,
    ) -> None:
        self.problems.append(Problem(code, span, values, severity, near, related))

    def unknown(self, code: str, word: Scalar, known: Iterable[str], **values: object) -> str:
        """Reports a name that is not known, with the near ones; returns the one that was surely meant, or ""."""
        if self.is_full:
            return ""
        known = list(known)
        found = {"name": word.text[:60], **values}
        self.problems.append(Problem(code, word.span, found, near=suggest(word.text, known)))
        return meant(word.text, known)

    def unknown_warning(self, code: str, word: Scalar, known: Iterable[str]) -> None:
        """A warning at a name that is not known here but may be elsewhere, with the near ones."""
        if not self.is_full:
            near = suggest(word.text, known)
            self.problems.append(Problem(code, word.span, {"name": word.text[:60]}, "warning", near))

    @property
    def is_full(self) -> bool:
        """Enough has been said: nobody reads more, and looking for near names takes its time."""
        return len(self.problems) >= MOST_PROBLEMS

    # --- shapes ------------------------------------------------------------------------------------------------------

    def block(self, node: Node, part: str, span: Span | None = None) -> "Block":
        """A mapping whose keys are those of `part`; an empty block where it is none."""
        if not isinstance(node, Mapping):
            self._not_a(node, "mapping")
            return Block(self, part, Mapping((), span or node.span))
        known = PARTS[part]
        entries = []
        for entry in node.entries:
            right = "" if entry.key.text in known else self.unknown("S02", entry.key, known, part=part)
            is_free = right and node.get(right) is None
            entries.append(Entry(replace(entry.key, text=right), entry.value) if is_free else entry)
        node = Mapping(tuple(entries), node.span)
        block = Block(self, part, node)
        for key in known.values():
            if key.is_required and node.get(key.name) is None:
                self.report("S07", span or _first_place(node), key=key.name, part=part)
        return block

    def entries(self, node: Node | None, *, names: bool = True) -> Iterator[Entry]:
        """The entries of a mapping under names of the author's choosing; those whose key is no name are left out."""
        if node is None or (isinstance(node, Scalar) and node.is_nothing):
            return
        if not isinstance(node, Mapping):
            self._not_a(node, "mapping")
            return
        for entry in node.entries:
            if names and not is_name(entry.key.text):
                self.report("S09", entry.key.span, name=entry.key.text[:60])
            else:
                yield entry

    def limited(self, found: Iterable[_T], most: int) -> list[_T]:
        """The first ones; a problem at the first that is too many. They are entries or nodes."""
        kept = list(found)
        if len(kept) > most:
            extra = kept[most]
            self.report("S41", extra.key.span if isinstance(extra, Entry) else extra.span, most=most)
        return kept[:most]

    def items(self, node: Node | None) -> tuple[Node, ...]:
        """The items of a list; one value alone is a list of one."""
        if node is None or (isinstance(node, Scalar) and node.is_nothing):
            return ()
        return node.items if isinstance(node, Sequence) else (node,)

    def words(self, node: Node | None) -> tuple[Scalar, ...]:
        """A list of words, or one word; in `a, b` written as one text too."""
        scalars = [self.scalar(item) for item in self.items(node)]
        return tuple(scalar for scalar in scalars if scalar is not None and scalar.text)

    def scalar(self, node: Node | None) -> Scalar | None:
        if node is None or isinstance(node, Scalar):
            return node
        self._not_a(node, "text")
        return None

    def label(self, node: Node | None) -> Text:
        """`中文 | English`, in the order of the languages; a warning where a language is missing."""
        scalar = self.scalar(node)
        if scalar is None or not scalar.text.strip():
            return Text()
        said = [part.strip() for part in _LABEL_BAR.split(scalar.text)]
        if len(said) > len(self.languages):
            self.report("S11", scalar.span, count=len(said), languages=", ".join(self.languages))
        elif len(said) < len(self.languages) and not _is_language_free(said[0]):
            missing = ", ".join(self.languages[len(said) :])
            self.report("M20", scalar.span, severity="warning", text=said[0][:60], missing=missing)
        return Text(tuple(zip(self.languages, said, strict=False)))

    def flag(self, node: Node | None, default: bool = False) -> bool:
        scalar = self.scalar(node)
        if scalar is None:
            return default
        if scalar.text.lower() in _TRUE:
            return True
        if scalar.text.lower() in _FALSE:
            return False
        self.report("S04", scalar.span, text=scalar.text[:60])
        return default

    def whole(self, node: Node | None, default: int = 0) -> int:
        scalar = self.scalar(node)
        if scalar is None:
            return default
        if _WHOLE.fullmatch(scalar.text) and scalar.text.isascii():
            return int(scalar.text)
        self.report("S05", scalar.span, text=scalar.text[:60])
        return default

    def one_of(self, node: Node | None, words: tuple[str, ...], default: str) -> str:
        scalar = self.scalar(node)
        if scalar is None:
            return default
        if scalar.text in words:
            return scalar.text
        self.report("S08", scalar.span, near=suggest(scalar.text, words), text=scalar.text[:60], words=", ".join(words))
        return default

    def _not_a(self, node: Node, wanted: str) -> None:
        if isinstance(node, Scalar) and (problem := wide_colon(node)):
            self.problems.append(problem)
            return
        code = {"mapping": "S01", "text": "S03"}[wanted]
        self.report(code, node.span)


@dataclass(frozen=True, slots=True)
class Block:
    """A mapping read as one part of the language."""

    reading: Reading
    part: str
    node: Mapping

    @property
    def span(self) -> Span:
        return self.node.span

    def get(self, key: str) -> Node | None:
        """The value of a key of this part; None where it is absent or has nothing after its colon."""
        if key not in PARTS[self.part]:
            raise KeyError(f"{self.part}.{key} is no part of the language")
        node = self.node.get(key)
        return None if isinstance(node, Scalar) and node.is_nothing else node

    def key_span(self, key: str) -> Span:
        return next((e.key.span for e in self.node.entries if e.key.text == key), self.node.span)

    def has(self, key: str) -> bool:
        return self.get(key) is not None

    def scalar(self, key: str) -> Scalar | None:
        return self.reading.scalar(self.get(key))

    def text(self, key: str, default: str = "") -> str:
        scalar = self.scalar(key)
        return default if scalar is None else scalar.text

    def label(self, key: str = "label") -> Text:
        return self.reading.label(self.get(key))

    def flag(self, key: str, default: bool = False) -> bool:
        return self.reading.flag(self.get(key), default)

    def whole(self, key: str, default: int = 0) -> int:
        return self.reading.whole(self.get(key), default)

    def words(self, key: str) -> tuple[Scalar, ...]:
        return self.reading.words(self.get(key))

    def one_of(self, key: str, default: str = "") -> str:
        words = tuple(PARTS[self.part][key].shape.split("|"))
        return self.reading.one_of(self.get(key), words, default)

    def entries(self, key: str) -> Iterator[Entry]:
        return self.reading.entries(self.get(key))

    def items(self, key: str) -> tuple[Node, ...]:
        return self.reading.items(self.get(key))


def empty_block(reading: Reading, part: str, span: Span = NOWHERE) -> Block:
    return Block(reading, part, Mapping((), span))


def key_text(key: str) -> Text:
    """The label of a thing that has none: its key, the same in every language."""
    return Text((("", key),))


def _first_place(node: Mapping) -> Span:
    return node.entries[0].key.span if node.entries else node.span


def _is_language_free(text: str) -> bool:
    """A label such as `A`, `ERP` or `2026` reads the same in every language."""
    return text.isascii() and (len(text) <= 4 or not any(c.isalpha() for c in text))

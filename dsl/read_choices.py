"""Option lists, flat or as a tree: the lists of `choices:` and the tags of entities."""

from __future__ import annotations

from dsl.app import Choices, Option, Text
from dsl.nodes import Entry, Mapping, Node, Scalar
from dsl.parts import PARTS
from dsl.read import Reading, key_text
from dsl.source import Span

_MOST_OPTIONS = 2_000
_DEEPEST = 3


def read_choices(reading: Reading, key: str, node: Node, span: Span) -> Choices:
    """`[A, B]`, or options by key: a label, or a block with label, color, retired and the options under it."""
    options: list[Option] = []
    _read_level(reading, node, "", options, 1)
    seen: set[str] = set()
    for option in options:
        if option.key in seen:
            reading.report("M02", span, name=option.key, list=key)
        seen.add(option.key)
    if not options:
        reading.report("S16", span, name=key)
    return Choices(key, tuple(options[:_MOST_OPTIONS]), span)


def _read_level(reading: Reading, node: Node, parent: str, options: list[Option], depth: int) -> None:
    if not isinstance(node, Mapping):
        words = [word for word in reading.words(node) if _is_option_key(reading, word)]
        options += [Option(word.text, key_text(word.text), parent=parent) for word in words]
        return
    for entry in node.entries:
        if _is_option_key(reading, entry.key):
            _read_option(reading, entry, parent, options, depth)


def _read_option(reading: Reading, entry: Entry, parent: str, options: list[Option], depth: int) -> None:
    key = entry.key.text
    if not isinstance(entry.value, Mapping):
        options.append(Option(key, _label(reading, entry.value, key), parent=parent))
        return
    if not any(known.key.text in PARTS["option"] for known in entry.value.entries):
        under: Node | None = entry.value
        options.append(Option(key, key_text(key), parent=parent, is_group=True))
    else:
        block = reading.block(entry.value, "option")
        under = block.get("options")
        if block.has("if"):
            reading.report("N01", block.key_span("if"), severity="warning", name="if")
        label = block.label() if block.has("label") else key_text(key)
        options.append(Option(key, label, block.text("color"), block.flag("retired"), parent, under is not None))
    if under is None:
        return
    if depth >= _DEEPEST:
        reading.report("S17", entry.key.span, most=_DEEPEST)
        return
    _read_level(reading, under, key, options, depth + 1)


def _label(reading: Reading, node: Node, key: str) -> Text:
    text = reading.label(node)
    return text if text.by_language else key_text(key)


def _is_option_key(reading: Reading, word: Scalar) -> bool:
    """An option's key may start with a digit, unlike a name in formulas: it is only ever a value."""
    fits = 0 < len(word.text) <= 60 and not any(c in word.text for c in ",;\"'<>|") and word.text.isprintable()
    if not fits:
        reading.report("S09", word.span, name=word.text[:60])
    return fits

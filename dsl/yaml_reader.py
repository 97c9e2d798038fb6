"""Bounded reading of YAML: text → a tree of nodes with places, or problems; never an exception.

Over libyaml's event stream and built without recursion, so that no nesting can overflow anything. Scalars stay text
(`on` is not True, `9:30` is not 570). Tags, anchors, aliases, merge keys and second documents are refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import yaml

from dsl import yaml_faults
from dsl.nodes import Entry, Mapping, Node, Piece, Scalar, Sequence
from dsl.problems import Checked, Problem
from dsl.source import Span

MAX_BYTES = 512 * 1024
MAX_DEPTH = 24
MAX_NODES = 50_000
MAX_SCALAR = 20_000


@dataclass(slots=True)
class _Open:
    """A collection still being read: the nodes met so far, keys and values in turn for a mapping."""

    is_mapping: bool
    start: Span
    is_flow: bool
    nodes: list[Node] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)


class _TooMuch(Exception):
    """A cap was met: reading stops here with this problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


def read_yaml(text: bytes | str, file: str) -> Checked[Node]:
    """The tree of one document. `value` is None when the text is no YAML or is beyond the caps."""
    decoded, problem = yaml_faults.decode(text, file, MAX_BYTES)
    if problem is not None:
        return Checked(None, (problem,))
    if problems := yaml_faults.forbidden_characters(decoded, file):
        return Checked(None, problems)
    return _Builder(decoded, file).build()


class _Builder:
    def __init__(self, text: str, file: str) -> None:
        self._text = text
        self._file = file
        self._problems: list[Problem] = []
        self._open: list[_Open] = []
        self._count = 0
        self._root: Node | None = None

    def build(self) -> Checked[Node]:
        try:
            self._follow(yaml.parse(self._text, Loader=yaml.CSafeLoader))
        except yaml.MarkedYAMLError as error:
            self._problems.append(yaml_faults.syntax_problem(error, self._text, self._file))
            return Checked(None, tuple(self._problems))
        except yaml.YAMLError:
            self._problems.append(Problem("Y04", Span(self._file, 1, 1, 1, 1), {"said": "unreadable"}))
            return Checked(None, tuple(self._problems))
        except _TooMuch as error:
            return Checked(None, (*self._problems, error.problem))
        if self._root is None:
            self._problems.append(Problem("Y18", Span(self._file, 1, 1, 1, 1)))
        return Checked(self._root, tuple(self._problems))

    def _follow(self, events: Iterable[yaml.Event]) -> None:
        for event in events:
            match event:
                case yaml.DocumentStartEvent():
                    if self._root is not None:
                        raise _TooMuch(Problem("Y09", self._span(event)))
                case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                    self._refuse_marks(event)
                    self._enter(event)
                case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                    self._leave(event)
                case yaml.ScalarEvent():
                    self._refuse_marks(event)
                    self._add(self._scalar(event))
                case yaml.AliasEvent():
                    self._problems.append(Problem("Y06", self._span(event), {"name": event.anchor}))
                    self._add(Scalar("", self._span(event), is_quoted=True, indent=None))
                case _:
                    pass

    def _enter(self, event: yaml.MappingStartEvent | yaml.SequenceStartEvent) -> None:
        if len(self._open) >= MAX_DEPTH:
            raise _TooMuch(Problem("Y10", self._span(event), {"most": MAX_DEPTH}))
        is_mapping = isinstance(event, yaml.MappingStartEvent)
        self._open.append(_Open(is_mapping, self._span(event), bool(event.flow_style)))

    def _leave(self, event: yaml.Event) -> None:
        opened = self._open.pop()
        start, end = opened.start, self._span(event)
        span = Span(self._file, start.line, start.column, end.end_line, end.end_column)
        if not opened.is_mapping:
            items = opened.nodes
            if opened.is_flow:
                items, found = yaml_faults.join_cut_items(items, self._text)
                self._problems += found
            self._add(Sequence(tuple(items), span))
            return
        pairs = zip(opened.nodes[::2], opened.nodes[1::2], strict=True)
        entries = [Entry(key, value) for key, value in pairs if isinstance(key, Scalar)]
        if opened.is_flow:
            entries, found = yaml_faults.join_cut_entries(entries, self._text)
            self._problems += found
        self._add(Mapping(tuple(self._keep_once(entries)), span))

    def _keep_once(self, entries: list[Entry]) -> Iterable[Entry]:
        first: dict[str, Entry] = {}
        for entry in entries:
            key = entry.key
            if problem := yaml_faults.key_problem(entry):
                self._problems.append(problem)
            elif key.text in first:
                self._problems.append(yaml_faults.duplicate(key, first[key.text].key))
            else:
                first[key.text] = entry
        return first.values()

    def _add(self, node: Node) -> None:
        self._count += 1
        if self._count > MAX_NODES:
            raise _TooMuch(Problem("Y11", node.span, {"most": MAX_NODES}))
        if not self._open:
            self._root = node
            return
        parent = self._open[-1]
        is_key = parent.is_mapping and len(parent.nodes) % 2 == 0
        if is_key and not isinstance(node, Scalar):
            self._problems.append(Problem("Y17", node.span))
        parent.nodes.append(node)

    def _scalar(self, event: yaml.ScalarEvent) -> Scalar:
        span = self._span(event)
        text: str = event.value
        if len(text) > MAX_SCALAR:
            raise _TooMuch(Problem("Y12", span, {"most": MAX_SCALAR, "length": len(text)}))
        if problem := yaml_faults.forbidden_in_scalar(text, span):
            self._problems.append(problem)
            text = ""
        quote = 1 if event.style in ("'", '"') else 0
        start, end = event.start_mark, event.end_mark
        source = self._text[start.index : end.index] if start is not None and end is not None else ""
        as_written = source[quote : len(source) - quote] == text
        indent = quote if as_written and span.line == span.end_line else None
        pieces = () if indent is not None or quote == 1 else self._pieces(text, source, span)
        return Scalar(text, span, bool(quote), event.style in ("|", ">"), indent, pieces)

    def _pieces(self, text: str, source: str, span: Span) -> tuple[Piece, ...]:
        """Where each line of an unquoted text over several lines begins; () when the two do not run in step."""
        pieces: list[Piece] = []
        offset = 0
        is_block = source[:1] in ("|", ">")
        for number, line in enumerate(source.split("\n")):
            words = line.strip()
            if not words or (is_block and number == 0):
                continue
            at = text.find(words, offset)
            if at < 0 or text[offset:at].strip():
                return ()
            before = len(line) - len(line.lstrip()) + (span.column - 1 if number == 0 else 0)
            pieces.append(Piece(at, span.line + number, before + 1))
            offset = at + len(words)
        return tuple(pieces)

    def _refuse_marks(self, event: yaml.NodeEvent) -> None:
        if event.anchor is not None:
            self._problems.append(Problem("Y06", self._span(event), {"name": event.anchor}))
        tag = getattr(event, "tag", None)
        if tag is not None and not (tag == "!" and isinstance(event, yaml.ScalarEvent) and event.style):
            self._problems.append(Problem("Y07", self._span(event), {"tag": tag}))

    def _span(self, event: yaml.Event) -> Span:
        start, end = event.start_mark, event.end_mark
        if start is None or end is None:
            return Span(self._file, 1, 1, 1, 1)
        return Span(self._file, start.line + 1, start.column + 1, end.line + 1, end.column + 1)

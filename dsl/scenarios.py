"""Scenarios: tests of an app in its own language: what is given, what is done, what then holds.

They are read and resolved here; running them needs an engine with a clock that moves (`engine.testing`).
"""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from dataclasses import dataclass
from typing import Literal, TypeAlias

from dsl.app import App, Field
from dsl.kinds import KINDS, Complaint
from dsl.kinds.times import read_duration
from dsl.nodes import Entry, Mapping, Node, Scalar
from dsl.problems import Checked
from dsl.read import Block, Reading
from dsl.source import Span
from dsl.yaml_reader import read_yaml


@dataclass(frozen=True, slots=True)
class Given:
    """A record that stands before the test: values by field in stored form, child records by table field.

    stage: where it starts, "" for the first. Required references that are not given are the runner's to make.
    """

    entity: str
    values: MappingOf[str, object]
    children: MappingOf[str, tuple["Given", ...]]
    stage: str
    span: Span


@dataclass(frozen=True, slots=True)
class Step:
    """One deed. kind "move": to the stage `target`; "set": `values`; "wait": `seconds` pass.

    role: who does it ("" for the system). entity: whose record ("" for the first given one).
    """

    kind: Literal["move", "set", "wait"]
    span: Span
    role: str = ""
    entity: str = ""
    target: str = ""
    values: MappingOf[str, object] | None = None
    seconds: int = 0


Expected: TypeAlias = MappingOf[str, object]
"""Field → value in stored form; "stage" → key; "missing" → fields or rules of findings; others as written."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """waiting: keys of `then` whose runtime is not built (waits_for, notified …), for which it cannot be run whole."""

    key: str
    given: tuple[Given, ...]
    steps: tuple[Step, ...]
    expected: Expected
    span: Span
    waiting: tuple[str, ...] = ()


_ANSWERS = ("stage", "refused", "missing")
_LATER = ("waits_for", "notified", "tasks", "documents", "sent")


def scenarios_of(app: App) -> tuple[Scenario, ...]:
    """The scenarios of a loaded app, from its source; their mistakes were told when it was loaded."""
    tree = read_yaml(app.source, app.span.file)
    if not isinstance(tree.value, Mapping):
        return ()
    return read_scenarios(Reading(languages=app.languages), app, tree.value.get("scenarios")).value or ()


def read_scenarios(reading: Reading, app: App, node: Node | None) -> Checked[tuple[Scenario, ...]]:
    """The scenarios under `scenarios:`; problems are added to the reading too."""
    before = len(reading.problems)
    found = []
    for entry in reading.entries(node):
        block = reading.block(entry.value, "scenario", entry.key.span)
        given = tuple(one for g in block.entries("given") if (one := _given(reading, app, g.key, g.value)) is not None)
        first = given[0].entity if given else ""
        steps = tuple(s for n in block.items("do") if (s := _step(reading, app, n, first)) is not None)
        expected, waiting = _expected(reading, app, block, first)
        found.append(Scenario(entry.key.text, given, steps, expected, entry.key.span, waiting))
    return Checked(tuple(found), tuple(reading.problems[before:]))


def _given(reading: Reading, app: App, key: Scalar, node: Node) -> Given | None:
    entity = app.entities.get(key.text)
    if entity is None:
        reading.unknown("M06", key, app.entities)
        return None
    stage = ""
    children: dict[str, tuple[Given, ...]] = {}
    values: dict[str, object] = {}
    for entry in reading.entries(node):
        name = entry.key.text
        field = entity.fields.get(name)
        if name == "stage" and entity.has_stages:
            stage = _stage(reading, app, entity.key, entry.value)
        elif field is None:
            reading.unknown("M05", entry.key, entity.fields, entity=entity.key)
        elif field.kind == "table":
            child = Scalar(field.target, entry.key.span)
            rows = (_given(reading, app, child, row) for row in reading.items(entry.value))
            children[name] = tuple(row for row in rows if row is not None)
        else:
            values[name] = _value(reading, app, field, entry.value)
    return Given(entity.key, values, children, stage, key.span)


def _value(reading: Reading, app: App, field: Field, node: Node) -> object:
    raw: object = node.text if isinstance(node, Scalar) else [word.text for word in reading.words(node)]
    value = KINDS[field.kind].read(app, field, raw)
    if isinstance(value, Complaint):
        reading.report("S29", node.span, said=value.said, kind=field.kind)
        return None
    return value


def _stage(reading: Reading, app: App, entity: str, node: Node) -> str:
    word = reading.scalar(node)
    known = {stage.key for pipeline in app.entities[entity].pipelines for stage in pipeline.stages}
    if word is None or word.text in known:
        return word.text if word else ""
    return reading.unknown("M14", word, known)


def _step(reading: Reading, app: App, node: Node, first: str) -> Step | None:
    block = reading.block(node, "deed")
    role = block.scalar("as")
    if role is not None and role.text not in app.roles:
        reading.unknown("M04", role, app.roles)
    of = block.scalar("of")
    if of is not None and of.text not in app.entities:
        reading.unknown("M06", of, app.entities)
        return None
    entity = of.text if of else first
    who = role.text if role else ""
    if block.has("wait"):
        return _wait(reading, block)
    move = block.get("move")
    if move is not None and entity:
        return Step("move", block.span, who, entity, _stage(reading, app, entity, move))
    if block.has("set") and entity:
        values = {
            entry.key.text: _value(reading, app, app.entities[entity].fields[entry.key.text], entry.value)
            for entry in block.entries("set")
            if _is_field(reading, app, entity, entry)
        }
        return Step("set", block.span, who, entity, values=values)
    reading.report("S43", block.span)
    return None


def _wait(reading: Reading, block: Block) -> Step | None:
    text = block.scalar("wait")
    seconds = read_duration(text.text) if text else None
    if text is None or not seconds:
        reading.report("S25", block.span, text=text.text[:60] if text else "")
        return None
    return Step("wait", block.span, seconds=seconds)


def _is_field(reading: Reading, app: App, entity: str, entry: Entry) -> bool:
    fields = app.entities[entity].fields
    if entry.key.text in fields:
        return True
    reading.unknown("M05", entry.key, fields, entity=entity)
    return False


def _expected(reading: Reading, app: App, block: Block, first: str) -> tuple[Expected, tuple[str, ...]]:
    found: dict[str, object] = {}
    waiting = []
    fields = app.entities[first].fields if first in app.entities else {}
    for entry in block.entries("then"):
        name = entry.key.text
        if name in _LATER:
            waiting.append(name)
            _check_names(reading, app, name, entry.value, fields)
        elif name == "stage" and first:
            found[name] = _stage(reading, app, first, entry.value)
        elif name == "refused":
            found[name] = reading.flag(entry.value)
        elif name == "missing":
            found[name] = tuple(word.text for word in reading.words(entry.value))
        elif name in fields:
            found[name] = _value(reading, app, fields[name], entry.value)
        else:
            reading.unknown("M05", entry.key, [*_ANSWERS, *_LATER, *fields], entity=first)
    return found, tuple(waiting)


def _check_names(reading: Reading, app: App, name: str, node: Node, fields: MappingOf[str, Field]) -> None:
    """People and documents that a scenario expects are looked up although nothing acts on them yet."""
    if name == "documents":
        for word in reading.words(node):
            if word.text not in app.documents:
                reading.unknown("M33", word, app.documents)
    if name not in ("waits_for", "notified"):
        return
    people = [key for key, field in fields.items() if field.kind == "person"]
    for word in reading.words(node):
        if word.text.isidentifier() and word.text not in (*app.roles, *people, "customer"):
            reading.unknown("M24", word, [*app.roles, *people, "customer"])

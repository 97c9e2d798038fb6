"""Actions of rules: each a typed value over records of the rule's entity."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, cast

from dsl.flow import (
    Action,
    AddTags,
    AskApproval,
    Assign,
    CallPlugin,
    GivePoints,
    MakeDocument,
    MoveTo,
    Notify,
    StartCadence,
    Task,
    WaitFor,
)
from dsl.formula.value_types import PERSON
from dsl.nodes import Mapping as MappingNode
from dsl.nodes import Node, Scalar
from dsl.parts import PARTS
from dsl.read import Block
from dsl.resolve.durations import read_delay
from dsl.resolve.gates import resolve_evidence
from dsl.resolve.late import resolve_late
from dsl.resolve.people import resolve_people
from dsl.resolve.puts import resolve_create, resolve_set
from dsl.resolve.site import Site
from dsl.resolve.texts import resolve_text

KNOWLEDGE = "knowledge"
_CHANNELS = ("inbox", "mail")
_MOST_RETRIES = 20
_Pick = Literal["least_busy", "round_robin", "by"]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an action stands: over records of `entity`, at the stable path of its rule."""

    site: Site
    entity: str
    path: str


def resolve_actions(site: Site, node: Node | None, entity: str, path: str) -> tuple[Action, ...]:
    """One action or a list; path is the stable path of the rule they stand in."""
    found = []
    for number, item in enumerate(site.reading.items(node), 1):
        action = _action(site, item, entity, f"{path}.do.{number}")
        if action is not None:
            found.append(action)
    return tuple(found)


def _action(site: Site, node: Node, entity: str, path: str) -> Action | None:
    block = site.reading.block(node, "action")
    if not isinstance(node, MappingNode):
        return None
    verbs = [verb for verb in PARTS["action"] if block.has(verb)]
    if len(verbs) != 1:
        if all(entry.key.text in PARTS["action"] for entry in node.entries):
            site.reading.report("S45", node.span, count=len(verbs), verbs=", ".join(PARTS["action"]))
        return None
    return _RESOLVERS[verbs[0]](_Place(site, entity, path), block)


def _task(at: _Place, action: Block) -> Task | None:
    block = at.site.reading.block(_node(action, "task"), "task", action.key_span("task"))
    form = block.scalar("form")
    if form is not None and form.text not in at.site.draft.entities:
        at.site.reading.unknown_warning("M28", form, at.site.draft.entities)
    evidence = block.get("evidence")
    return Task(
        to=resolve_people(at.site, block.get("to"), at.entity),
        title=resolve_text(at.site, block.scalar("title"), at.entity),
        span=action.span,
        cc=resolve_people(at.site, block.get("cc"), at.entity),
        within=read_delay(at.site.reading, block.scalar("within")),
        form=form.text if form else "",
        evidence=tuple(resolve_evidence(at.site, at.entity, evidence, at.path)) if evidence else (),
        late=resolve_late(at.site, block.get("late"), at.entity),
        then=resolve_actions(at.site, block.get("then"), at.entity, f"{at.path}.then"),
    )


def _notify(at: _Place, action: Block) -> Notify:
    block = at.site.reading.block(_node(action, "notify"), "notify", action.key_span("notify"))
    return Notify(
        to=resolve_people(at.site, block.get("to"), at.entity),
        text=resolve_text(at.site, block.scalar("text"), at.entity),
        span=action.span,
        cc=resolve_people(at.site, block.get("cc"), at.entity),
        via=channel_words(at.site, block),
    )


def channel_words(site: Site, block: Block) -> tuple[str, ...]:
    """The channels under `via:`; a warning at those that are no plugin of the app."""
    words = block.words("via")
    known = (*_CHANNELS, *plugins_of(site))
    for word in words:
        if word.text not in known:
            site.reading.unknown_warning("M29", word, known)
    return tuple(word.text for word in words)


def plugins_of(site: Site) -> tuple[str, ...]:
    return tuple(word.text for word in site.definition.head.words("plugins"))


def _assign(at: _Place, action: Block) -> Assign | None:
    block = at.site.reading.block(_node(action, "assign"), "assign", action.key_span("assign"))
    field, among = block.scalar("field"), block.scalar("among")
    pick = cast("_Pick", block.one_of("pick", "least_busy"))
    by = at.site.formula(block.scalar("by"), at.entity, PERSON)
    if pick == "by" and not block.has("by"):
        at.site.reading.report("S07", block.key_span("pick"), key="by", part="assign")
    roles = at.site.role_words((among,)) if among else frozenset()
    match = _match_field(at.site, block.scalar("where"), at.entity)
    within = read_delay(at.site.reading, block.scalar("within"))
    late = resolve_late(at.site, block.get("late"), at.entity)
    if field is None or not at.site.field_word(field, at.entity) or not roles:
        return None
    if at.site.draft.entities[at.entity].fields[field.text].kind != "person":
        at.site.reading.report("M19", field.span, name=field.text)
        return None
    return Assign(field.text, next(iter(roles)), action.span, match, pick, by, within, late)


def _match_field(site: Site, word: Scalar | None, entity: str) -> str:
    """A field of the record, or of the nearest record above it that has one of that name."""
    if word is None:
        return ""
    at: str = entity
    while at:
        if word.text in site.draft.entities[at].fields:
            return word.text
        at = site.draft.entities[at].parent
    return word.text if site.field_word(word, entity) else ""


def _move(at: _Place, action: Block) -> MoveTo | None:
    stages = at.site.stage_words(action.words("move"), at.entity)
    return MoveTo(stages[0], action.span) if stages else None


def _tag(at: _Place, action: Block) -> AddTags | None:
    known = tag_keys(at.site, at.entity)
    words = action.words("tag")
    for word in words:
        if word.text not in known:
            at.site.reading.unknown("M32", word, known, entity=at.entity)
    good = tuple(word.text for word in words if word.text in known)
    return AddTags(good, action.span) if good else None


def tag_keys(site: Site, entity: str) -> tuple[str, ...]:
    """The tags that a record of the entity may have."""
    choices = site.draft.choices.get(f"tags:{entity}")
    return tuple(option.key for option in choices.options if not option.is_group) if choices else ()


def _document(at: _Place, action: Block) -> MakeDocument | None:
    word = action.scalar("document")
    name = at.site.section_word("documents", "M33", word, at.entity) if word else ""
    return MakeDocument(name, action.span) if name else None


def _call(at: _Place, action: Block) -> CallPlugin | None:
    block = at.site.reading.block(_node(action, "call"), "call", action.key_span("call"))
    word = block.scalar("plugin")
    retry = block.whole("retry")
    if not 0 <= retry <= _MOST_RETRIES:
        at.site.reading.report("S51", block.key_span("retry"), count=retry, most=_MOST_RETRIES)
    if word is None:
        return None
    plugin, dot, function = word.text.partition(".")
    if plugin not in plugins_of(at.site):
        name = word.cut(0, len(plugin)) if dot else word
        at.site.reading.unknown_warning("M29", name, plugins_of(at.site))
    return CallPlugin(plugin, function, action.span, retry)


def _approve(at: _Place, action: Block) -> AskApproval | None:
    word = action.scalar("approve")
    if word is None:
        return None
    known = KNOWLEDGE if word.text == KNOWLEDGE else at.site.section_word("approvals", "M23", word, at.entity)
    return AskApproval(known, action.span) if known else None


def _start(at: _Place, action: Block) -> StartCadence | None:
    word = action.scalar("start")
    name = at.site.section_word("cadences", "M34", word, at.entity) if word else ""
    return StartCadence(name, action.span) if name else None


def _points(at: _Place, action: Block) -> GivePoints:
    block = at.site.reading.block(_node(action, "points"), "points", action.key_span("points"))
    to = resolve_people(at.site, block.get("to"), at.entity)
    return GivePoints(to, block.whole("add"), resolve_text(at.site, block.scalar("text"), at.entity), action.span)


def _wait(at: _Place, action: Block) -> WaitFor | None:
    delay = read_delay(at.site.reading, action.scalar("wait"))
    return WaitFor(delay, action.span) if delay else None


def _set(at: _Place, action: Block) -> Action | None:
    return resolve_set(at.site, _node(action, "set"), at.entity, action.span)


def _create(at: _Place, action: Block) -> Action | None:
    return resolve_create(at.site, _node(action, "create"), at.entity, action.span)


def _node(block: Block, key: str) -> Node:
    return block.get(key) or block.node


_RESOLVERS: Mapping[str, Callable[[_Place, Block], Action | None]] = {
    "task": _task,
    "notify": _notify,
    "set": _set,
    "assign": _assign,
    "create": _create,
    "move": _move,
    "tag": _tag,
    "document": _document,
    "call": _call,
    "approve": _approve,
    "start": _start,
    "points": _points,
    "wait": _wait,
}

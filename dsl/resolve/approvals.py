"""Approvals and cadences: steps in order, with the people they name and the conditions under which they are taken."""

from __future__ import annotations

import re
from typing import Literal, cast

from dsl.definition import EntityDef
from dsl.flow import Approval, ApprovalStep, Cadence, CadenceStep, Delay
from dsl.names import suggest
from dsl.nodes import Node, Scalar
from dsl.read import Block
from dsl.read_entity import named
from dsl.resolve.actions import resolve_actions
from dsl.resolve.durations import read_delay
from dsl.resolve.late import resolve_late
from dsl.resolve.people import resolve_people
from dsl.resolve.site import Site

_SIGNS = ("all", "any", "in_order")
_SOME = re.compile(r"(\d{1,2})(?:\s+of\s+(\d{1,2}))?")
_RIGHTS = ("delegate", "add_signer", "transfer", "return", "withdraw")
_Repeat = Literal["skip", "ask"]


def resolve_approvals(site: Site) -> dict[str, Approval]:
    found = {}
    for entry in site.definition.head.entries("approvals"):
        block = site.reading.block(entry.value, "approval", entry.key.span)
        approval = _approval(site, entry.key, block)
        if approval is not None:
            found[entry.key.text] = approval
    return found


def _approval(site: Site, key: Scalar, block: Block) -> Approval | None:
    entity = site.entity_word(block.scalar("of"))
    if not entity:
        return None
    steps = tuple(_step(site, node, entity) for node in block.items("steps"))
    rejected = site.stage_words(block.words("rejected"), entity)
    return Approval(
        key=key.text,
        label=named(block, key),
        entity=entity,
        steps=steps,
        span=key.span,
        cc=resolve_people(site, block.get("cc"), entity),
        same_person=cast("_Repeat", block.one_of("same_person", "ask")),
        repeated=cast("_Repeat", block.one_of("repeated", "ask")),
        nobody=resolve_people(site, block.get("nobody"), entity),
        may=frozenset(known_words(site, block.words("may"), _RIGHTS)),
        rejected=rejected[0] if rejected else "",
    )


def known_words(site: Site, words: tuple[Scalar, ...], known: tuple[str, ...]) -> tuple[str, ...]:
    """The words that are among the known ones; the others are reported."""
    for word in words:
        if word.text not in known:
            near = suggest(word.text, known)
            site.reading.report("S08", word.span, near=near, text=word.text[:60], words=", ".join(known))
    return tuple(word.text for word in words if word.text in known)


def _step(site: Site, node: Node, entity: str) -> ApprovalStep:
    block = site.reading.block(node, "step")
    sign, needed, total = _sign(site, block.scalar("sign"))
    return ApprovalStep(
        by=resolve_people(site, block.get("by"), entity),
        span=node.span,
        cc=resolve_people(site, block.get("cc"), entity),
        condition=site.condition(block.scalar("if"), entity),
        sign=sign,
        needed=needed,
        of_total=total,
        within=read_delay(site.reading, block.scalar("within")),
        late=resolve_late(site, block.get("late"), entity),
        fields=frozenset(site.field_words(block.words("fields"), entity)),
    )


def _sign(site: Site, word: Scalar | None) -> tuple[Literal["all", "any", "in_order", "some"], int, int]:
    if word is None:
        return "any", 0, 0
    if word.text in _SIGNS:
        return cast('Literal["all", "any", "in_order"]', word.text), 0, 0
    match = _SOME.fullmatch(word.text)
    needed, total = (int(match[1]), int(match[2] or 0)) if match else (0, 0)
    if needed < 1 or (total and needed > total):
        site.reading.report("S46", word.span, near=suggest(word.text, _SIGNS), text=word.text[:60])
        return "any", 0, 0
    return "some", needed, total


def check_stage_approvals(site: Site, entity: EntityDef) -> None:
    """`approval:` of a stage must name an approval of this entity."""
    for pipeline in entity.pipelines:
        for stage in pipeline.stages:
            word = stage.block.scalar("approval")
            if word is not None:
                site.section_word("approvals", "M23", word, entity.key.text)


def resolve_cadences(site: Site) -> dict[str, Cadence]:
    found = {}
    for entry in site.definition.head.entries("cadences"):
        block = site.reading.block(entry.value, "cadence", entry.key.span)
        entity = site.entity_word(block.scalar("of"))
        if not entity:
            continue
        path = f"cadences.{entry.key.text}"
        steps = tuple(
            _cadence_step(site, node, entity, f"{path}.{n}") for n, node in enumerate(block.items("steps"), 1)
        )
        stop = site.condition(block.scalar("stop"), entity)
        found[entry.key.text] = Cadence(entry.key.text, named(block, entry.key), entity, steps, entry.key.span, stop)
    return found


def _cadence_step(site: Site, node: Node, entity: str, path: str) -> CadenceStep:
    block = site.reading.block(node, "cadence_step")
    after = read_delay(site.reading, block.scalar("after")) or Delay(0)
    condition = site.condition(block.scalar("if"), entity)
    return CadenceStep(after, resolve_actions(site, block.get("do"), entity, path), node.span, condition)

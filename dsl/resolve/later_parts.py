"""Rules and approvals: read, resolved and type-checked now, so that their mistakes are found before they can act."""

from __future__ import annotations

from collections.abc import Iterator

from dsl.definition import EntityDef
from dsl.formula.tree import Formula
from dsl.nodes import Mapping, Node, Scalar
from dsl.read import Block
from dsl.read_entity import only_warns
from dsl.resolve.site import Site

_TRIGGERS = (
    "create", "change", "enter", "leave", "stay", "after", "every", "score", "webhook", "button", "approved",
    "rejected", "submitted", "opened",
)  # fmt: skip


def check_rules(site: Site, entity: EntityDef) -> None:
    """Every rule but those that only warn: one trigger, its stages and fields, and its condition."""
    for entry in entity.block.entries("rules"):
        if only_warns(entry):
            continue
        block = site.reading.block(entry.value, "rule", entry.key.span)
        block.label()
        site.condition(block.scalar("if"), entity.key.text)
        when = block.get("when")
        if when is None:
            site.reading.report("S07", entry.key.span, key="when", part="rule")
        else:
            _check_when(site, entity, site.reading.block(when, "when", entry.key.span))
        if not block.has("do"):
            site.reading.report("S07", entry.key.span, key="do", part="rule")


def _check_when(site: Site, entity: EntityDef, when: Block) -> None:
    verbs = [key for key in _TRIGGERS if when.has(key)]
    if len(verbs) != 1:
        site.reading.report("S40", when.span, count=len(verbs), verbs=", ".join(_TRIGGERS))
    draft = site.draft.entities[entity.key.text]
    stages = {stage.key for pipeline in draft.pipelines for stage in pipeline.stages}
    for key in ("enter", "leave", "stay"):
        for word in when.words(key):
            if word.text not in stages:
                site.reading.unknown("M14", word, stages)
    for key in ("change", "after"):
        site.field_words(when.words(key), draft.key)
    score = when.scalar("score")
    if score is not None and not any(score.text == s.key.text for s in entity.scores):
        site.reading.unknown("M05", score, (s.key.text for s in entity.scores), entity=draft.key)


def approval_conditions(site: Site) -> Iterator[Formula]:
    """Every condition that decides whether a step of an approval is asked at all."""
    for entry in site.definition.head.entries("approvals"):
        block = site.reading.block(entry.value, "approval", entry.key.span)
        of = block.scalar("of")
        if of is None:
            continue
        if of.text not in site.draft.entities:
            site.reading.unknown("M06", of, site.draft.entities)
            continue
        for step in block.items("steps"):
            condition = _step_condition(site, of.text, step)
            if condition is not None:
                yield condition


def _step_condition(site: Site, entity: str, node: Node) -> Formula | None:
    if not isinstance(node, Mapping):
        return None
    block = site.reading.block(node, "step")
    _check_signer(site, block)
    return site.condition(block.scalar("if"), entity)


def _check_signer(site: Site, block: Block) -> None:
    """A single word names a role; `manager of owner` and paths are read when approvals act."""
    for key in ("by", "cc"):
        for word in block.words(key):
            if word.text.isidentifier() and word.text not in site.draft.roles and not _is_person_field(site, word):
                site.reading.unknown("M04", word, site.draft.roles)


def _is_person_field(site: Site, word: Scalar) -> bool:
    return any(
        field.kind == "person" for e in site.draft.entities.values() for key, field in e.fields.items()
        if key == word.text
    )  # fmt: skip


def check_stage_approvals(site: Site, entity: EntityDef) -> None:
    """`approval:` of a stage must name one of the approvals."""
    known = {entry.key.text for entry in site.reading.entries(site.definition.head.get("approvals"))}
    for pipeline in entity.pipelines:
        for stage in pipeline.stages:
            word = stage.block.scalar("approval")
            if word is not None and word.text not in known:
                site.reading.unknown("M23", word, known)

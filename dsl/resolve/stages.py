"""Pipelines: stages with their gates, and the moves between them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal, cast

from dsl.app import Move, Pipeline, Stage, Text
from dsl.definition import EntityDef, PipelineDef, StageDef
from dsl.nodes import Mapping, Node, Scalar
from dsl.read import Block, empty_block
from dsl.resolve.gates import resolve_gate
from dsl.resolve.site import Site

_STEP = re.compile(r"[^>＞\s][^>＞]*")
_ANY = "any"
_End = Literal["", "won", "lost", "cancelled", "done"]


@dataclass(frozen=True, slots=True)
class _Step:
    """One written step; `is_any`: it stands for a step from every stage that is no end."""

    source: Scalar
    target: Scalar
    block: Block

    @property
    def is_any(self) -> bool:
        return self.source.text == _ANY


def resolve_pipelines(site: Site, entity: EntityDef) -> tuple[Pipeline, ...]:
    key = entity.key.text
    drafts = {p.key: p for p in site.draft.entities[key].pipelines}
    return tuple(
        _resolve_pipeline(site, key, written, drafts[written.key.text])
        for written in entity.pipelines
        if written.key.text in drafts
    )


def _resolve_pipeline(site: Site, entity: str, written: PipelineDef, draft: Pipeline) -> Pipeline:
    path = f"{entity}.pipelines.{written.key.text}" if written.key.text else entity
    stages = tuple(
        _resolve_stage(site, entity, stage, drafted, path)
        for stage, drafted in zip(written.stages, draft.stages, strict=True)
    )
    condition = written.block.scalar("if") if written.key.text else None
    return replace(
        draft,
        stages=stages,
        moves=_resolve_moves(site, entity, written, stages, path),
        condition=site.condition(condition, entity),
    )


def _resolve_stage(site: Site, entity: str, written: StageDef, draft: Stage, path: str) -> Stage:
    block = written.block
    rule = f"{path}.stages.{draft.key}"
    return replace(
        draft,
        end=cast("_End", block.one_of("end")) if block.has("end") else "",
        is_locked=block.flag("locked"),
        approval=block.text("approval"),
        module=site.module_word(block.scalar("module")),
        sop=_sop(site, block),
        enter=resolve_gate(site, entity, block.get("enter"), f"{rule}.enter", block.key_span("enter")),
        leave=resolve_gate(site, entity, block.get("leave"), f"{rule}.leave", block.key_span("leave")),
        color=block.text("color"),
    )


def _sop(site: Site, block: Block) -> tuple[Text, ...]:
    return tuple(text for node in block.items("sop") if (text := site.reading.label(node)).by_language)


def _resolve_moves(
    site: Site, entity: str, written: PipelineDef, stages: tuple[Stage, ...], path: str
) -> tuple[Move, ...]:
    if not written.block.has("moves"):
        return _in_order(stages, path)
    keys = {stage.key: stage for stage in stages}
    steps = [step for step in _steps(site, written.block.get("moves")) if _is_known(site, step, keys)]
    moves: dict[tuple[str, str], Move] = {}
    for step in sorted(steps, key=lambda step: step.is_any):
        sources = [s.key for s in stages if not s.end] if step.is_any else [step.source.text]
        for source in sources:
            target = step.target.text
            if source == target:
                if not step.is_any:
                    site.reading.report("A10", step.source.span, stage=source)
            elif (source, target) not in moves:
                moves[source, target] = _move(site, entity, step, source, f"{path}.moves.{source}.{target}")
            elif not step.is_any:
                site.reading.report("M22", step.target.span, severity="warning", source=source, target=target)
    order = list(keys)
    return tuple(sorted(moves.values(), key=lambda m: (order.index(m.source), m.target not in keys)))


def _in_order(stages: tuple[Stage, ...], path: str) -> tuple[Move, ...]:
    """Without `moves:` each stage leads to the next one, and the last one that is no end to every end."""
    running = [stage for stage in stages if not stage.end]
    pairs = [*pairwise(running), *((running[-1], stage) for stage in stages if stage.end and running)]
    return tuple(Move(f"{path}.moves.{a.key}.{b.key}", a.key, b.key, b.span) for a, b in pairs)


def _move(site: Site, entity: str, step: _Step, source: str, rule: str) -> Move:
    block = step.block
    ask = block.label("ask")
    return Move(
        rule=rule,
        source=source,
        target=step.target.text,
        span=step.target.span,
        by=site.role_words(block.words("by")),
        ask=ask if ask.by_language else None,
        when=site.condition(block.scalar("when"), entity),
        need=resolve_gate(site, entity, block.get("need"), f"{rule}.need", block.key_span("need")),
    )


def _steps(site: Site, node: Node | None) -> Iterator[_Step]:
    """`a > b > c`, or `a > b: {by, ask, when, need}`."""
    for item in site.reading.items(node):
        if isinstance(item, Scalar):
            yield from _chain(site, item, None)
        elif isinstance(item, Mapping):
            for entry in item.entries:
                yield from _chain(site, entry.key, entry.value)
        else:
            site.reading.report("S31", item.span)


def _chain(site: Site, text: Scalar, node: Node | None) -> Iterator[_Step]:
    words = [text.cut(match.start(), match.end()) for match in _STEP.finditer(text.text)]
    if len(words) < 2:
        site.reading.report("S31", text.span)
        return
    if node is None or (isinstance(node, Scalar) and node.is_nothing):
        block = empty_block(site.reading, "move", text.span)
    else:
        block = site.reading.block(node, "move")
    for source, target in pairwise(words):
        yield _Step(source, target, block)


def _is_known(site: Site, step: _Step, stages: dict[str, Stage]) -> bool:
    words = [step.target] if step.is_any else [step.source, step.target]
    unknown = [word for word in words if word.text not in stages]
    for word in unknown:
        site.reading.unknown("M14", word, stages)
    return not unknown

"""What must always hold of a record: validations, yellow marks, and at most one record in some stages."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from dsl.app import Mode, OneOpen, Text, Validation
from dsl.definition import EntityDef
from dsl.formula.tree import Formula, Logic, Node, Not
from dsl.formula.value_types import YESNO
from dsl.nodes import Entry, Mapping, Scalar
from dsl.read import Block
from dsl.read_entity import named, only_warns
from dsl.resolve.site import Site


def resolve_validations(site: Site, entity: EntityDef) -> tuple[Validation, ...]:
    """The entries of `validations:`, then the rules that only `warn:`."""
    found = []
    for entry in _entries(site, entity.block):
        rule = f"{entity.key.text}.validations.{entry.key.text}"
        block = site.reading.block(entry.value, "validation", entry.key.span)
        that = site.condition(block.scalar("that"), entity.key.text)
        say, mode = block.label("say"), cast("Mode", block.one_of("mode", "enforce"))
        if that is not None:
            found.append(Validation(rule, that, say, entry.key.span, mode, _fields(that)))
    for entry in entity.block.entries("rules"):
        if only_warns(entry):
            mark = _mark(site, entity.key.text, entry)
            if mark is not None:
                found.append(mark)
    return tuple(found)


def _entries(site: Site, block: Block) -> list[Entry]:
    """By key, or as a list whose members are numbered."""
    node = block.get("validations")
    if isinstance(node, Mapping):
        return list(site.reading.entries(node))
    return [Entry(Scalar(str(number), item.span), item) for number, item in enumerate(site.reading.items(node), 1)]


def _mark(site: Site, entity: str, entry: Entry) -> Validation | None:
    """`warn: C` marks a record while C holds, so what must hold is `not C` (`not (if and C)`)."""
    block = site.reading.block(entry.value, "rule", entry.key.span)
    if block.has("when") or block.has("do"):
        site.reading.report("S38", block.key_span("warn"))
    warn = site.condition(block.scalar("warn"), entity)
    only = site.condition(block.scalar("if"), entity)
    say = named(block, entry.key)
    if warn is None or (block.has("if") and only is None):
        return None
    mode: Mode = "observe" if block.one_of("mode", "warn") == "observe" else "warn"
    return Validation(f"{entity}.rules.{entry.key.text}", _never(warn, only), say, entry.key.span, mode, _fields(warn))


def _never(warn: Formula, only: Formula | None) -> Formula:
    both: Node = warn.root
    text = warn.text
    if only is not None:
        both = Logic(type=YESNO, nullable=False, span=warn.span, op="and", parts=(only.root, warn.root))
        text = f"({only.text}) and ({warn.text})"
    return replace(
        warn,
        text=f"not ({text})",
        root=Not(type=YESNO, nullable=False, span=warn.span, arg=both),
        reads=warn.reads | (only.reads if only else frozenset()),
        volatile=warn.volatile | (only.volatile if only else frozenset()),
    )


def _fields(formula: Formula) -> tuple[str, ...]:
    """The record's own fields that the formula reads: where the finding is shown."""
    return tuple(sorted({r.field for r in formula.reads if not r.via and r.entity == formula.entity}))


def resolve_one_open(site: Site, entity: EntityDef) -> tuple[OneOpen, ...]:
    """`at_most_one: {valid_quote: {per: customer, while: [checking, sent], say: …}}`"""
    key = entity.key.text
    stages = {s.key for p in site.draft.entities[key].pipelines for s in p.stages}
    found = []
    for entry in entity.block.entries("at_most_one"):
        block = site.reading.block(entry.value, "at_most_one", entry.key.span)
        per = block.scalar("per")
        say: Text = block.label("say")
        words = block.words("while")
        for word in words:
            if word.text not in stages:
                site.reading.unknown("M14", word, stages)
        good = tuple(word.text for word in words if word.text in stages)
        if per is None or not site.field_word(per, key):
            continue
        if site.draft.entities[key].fields[per.text].kind not in ("ref", "person", "department"):
            site.reading.report("M18", per.span, name=per.text)
        elif good:
            found.append(OneOpen(f"{key}.at_most_one.{entry.key.text}", per.text, good, say, entry.key.span))
    return tuple(found)

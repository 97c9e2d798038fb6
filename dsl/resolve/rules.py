"""Rules that act: what they wait for, when they hold, and what they then do."""

from __future__ import annotations

from typing import cast

from dsl.app import Mode
from dsl.definition import EntityDef
from dsl.flow import Rule
from dsl.nodes import Entry
from dsl.read_entity import named, only_warns
from dsl.resolve.actions import resolve_actions
from dsl.resolve.site import Site
from dsl.resolve.triggers import resolve_trigger

MOST_RULES = 500


def resolve_rules(site: Site, entity: EntityDef) -> tuple[Rule, ...]:
    """Every rule of the entity but those that only warn (they are validations)."""
    entries = [entry for entry in entity.block.entries("rules") if not only_warns(entry)]
    found = (_rule(site, entity, entry) for entry in site.reading.limited(entries, MOST_RULES))
    return tuple(rule for rule in found if rule is not None)


def _rule(site: Site, entity: EntityDef, entry: Entry) -> Rule | None:
    block = site.reading.block(entry.value, "rule", entry.key.span)
    path = f"{entity.key.text}.rules.{entry.key.text}"
    label = named(block, entry.key)
    condition = site.condition(block.scalar("if"), entity.key.text)
    mode = cast("Mode", block.one_of("mode", "enforce"))
    for key in ("when", "do"):
        if not block.has(key):
            site.reading.report("S07", entry.key.span, key=key, part="rule")
    when = block.get("when")
    trigger = None
    if when is not None:
        trigger = resolve_trigger(site, entity, site.reading.block(when, "when", entry.key.span))
    actions = resolve_actions(site, block.get("do"), entity.key.text, path)
    if trigger is None:
        return None
    return Rule(
        entry.key.text, path, entity.key.text, label, trigger, actions, entry.key.span, condition, mode,
        block.text("reveals"),
    )  # fmt: skip

"""Conditions under which tags are put by themselves: checked now, so that their mistakes are found before they act."""

from __future__ import annotations

from dsl.definition import EntityDef
from dsl.nodes import Mapping, Node
from dsl.resolve.site import Site


def check_tag_conditions(site: Site, entity: EntityDef) -> None:
    """Every `if:` of a tag of the entity, at any level of the tree."""
    waiting: list[Node | None] = [entity.block.get("tags")]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Mapping):
            for entry in node.entries:
                if entry.key.text == "if":
                    site.condition(site.reading.scalar(entry.value), entity.key.text)
                else:
                    waiting.append(entry.value)

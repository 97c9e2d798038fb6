"""Views that an entity has without anybody declaring them: a board over its stages, charts."""

from __future__ import annotations

from dsl.app import BoardView, Entity, Text
from dsl.source import NOWHERE


def boards_of(entity: Entity) -> tuple[BoardView, ...]:
    """The declared boards; an entity with stages and none of its own gets one."""
    if entity.boards or not entity.has_stages:
        return entity.boards
    money = next((f.key for f in entity.fields.values() if f.kind == "money" and not f.hide), "")
    keys = (entity.title, entity.parent, money, entity.owner_field, "days_in_stage")
    card = tuple(dict.fromkeys(key for key in keys if key in entity.fields))
    return (BoardView("board", Text(), "stage", card, NOWHERE, None, money),)


def has_charts(entity: Entity) -> bool:
    """Whatever goes through stages or is scored has figures worth drawing."""
    return entity.has_stages or bool(entity.scores)

"""From a figure to the records behind it: the list under the same filters."""

from __future__ import annotations

from werkzeug.datastructures import MultiDict

from dsl.app import Entity
from web.pages.address import address
from web.pages.filters import PREFIX
from web.pages.frame import lists_of


def kept_filters(args: MultiDict[str, str]) -> dict[str, tuple[str, ...]]:
    """The chips of an address."""
    return {name: tuple(args.getlist(name)) for name in args if name.startswith(PREFIX) and any(args.getlist(name))}


def list_behind(entity: Entity, args: MultiDict[str, str], *conditions: str) -> str:
    """The list of the records that meet the chips of this address and all the conditions; no declared view narrows it.

    conditions: in the language of formulas; empty ones are left out.
    """
    text = " and ".join(f"({each})" if " or " in each else each for each in conditions if each)
    whole = next((view.key for view in lists_of(entity) if view.condition is None), "")
    asked = {"view": whole, "filter": text}
    return address(
        "lists.show", entity=entity.key, **kept_filters(args), **{key: value for key, value in asked.items() if value}
    )

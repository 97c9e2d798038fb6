"""What people are called, looked up once for each version of the company: lists and records name the same few again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from engine.context import Actor

MOST_KEPT: Final = 50_000

Pair = tuple[str, int]


class KnownNames:
    """Titles of people by ("person", id). Safe between threads: the same pair always gives the same title.

    They are those of one version of the people (`engine.store.people_version`), the one that let the actor in.
    """

    def __init__(self) -> None:
        self._kept: tuple[str, dict[Pair, str]] = ("", {})

    def of(self, actor: Actor) -> Mapping[Pair, str]:
        """Those known so far, the actor's own among them."""
        version, names = self._kept
        return names if version and version == actor.people_version else {actor.pair: actor.title}

    def keep(self, actor: Actor, found: Mapping[Pair, str]) -> None:
        """found: titles of anything, read in a transaction of the actor's request."""
        person, _ = actor.pair
        version, names = self._kept
        if not actor.people_version:
            return
        if version != actor.people_version or len(names) > MOST_KEPT:
            names = {actor.pair: actor.title}
        names |= {pair: title for pair, title in found.items() if pair[0] == person}
        self._kept = (actor.people_version, names)

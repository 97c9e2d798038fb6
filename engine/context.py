"""Context: who acts, when, under which revision and through which door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Channel = Literal["web", "api", "import", "command", "rule", "test", "sample"]


@dataclass(frozen=True, slots=True)
class Actor:
    """A person as the engine knows him or her in one request.

    roles: every role held, `also:` expanded, plus "everyone". unit_ids: own unit and those below (sees: team).
    area_ids: the area of the person's unit and below (sees: area). A system actor sees and may do all; it exists only
    where `engine.people.users.system_actor` is called, and a test counts those places. person: as formulas know him or
    her (id, name, role, unit, manager), read with the rest. people_version: of the people when this was worked out, ""
    where nobody looked (see `engine.store.people_version`).
    """

    id: int
    login: str
    name: str
    role: str
    roles: frozenset[str]
    unit_id: int | None
    unit_name: str
    unit_ids: tuple[int, ...]
    area_ids: tuple[int, ...]
    manager_id: int | None
    language: str = "zh"
    is_admin: bool = False
    is_system: bool = False
    person: Mapping[str, object] | None = None
    people_version: str = ""

    @property
    def pair(self) -> tuple[str, int]:
        """The actor among what records refer to."""
        return "person", self.id

    @property
    def title(self) -> str:
        """What a reference to the actor shows: known already, so nobody asks for it."""
        return self.name or f"#{self.id}"


@dataclass(frozen=True, slots=True)
class Context:
    actor: Actor
    at: datetime
    revision: int
    channel: Channel
    request_id: str = ""
    cause: int | None = None
    """The event that led here, when a rule acts."""
    depth: int = 0

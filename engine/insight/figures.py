"""Figures over many records, within what the actor sees: what charts and boards are drawn from."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from dsl.app import Entity
from dsl.formula.tree import Formula
from engine.answers import Page, Total
from engine.insight.parts import Key, part_formula, part_names
from engine.insight.stays import Passage, Stay, passages, stays
from engine.reading import lists
from engine.reading.desk import Desk
from engine.store.lists import Query
from engine.store.totals import Cell


@dataclass(frozen=True, slots=True)
class Figures:
    """One reading transaction: figures asked of the same one agree with each other.

    All raise BadInput for a condition, field or path that is unknown or not the actor's to read.
    """

    desk: Desk

    def totals(self, entity: str, where: Formula | None, by: str, sums: Sequence[str] = ()) -> list[Total]:
        """Visible records grouped by a field, with sums of other fields."""
        return lists.totals(self.desk, entity, where, by, sums)

    def cells(self, entity: str, where: Formula | None, by: str, part: str, sums: Sequence[str] = ()) -> list[Cell]:
        """Visible records grouped by a field and by a path such as `owner` or `customer.region`."""
        desk, kind = self.desk, self._entity(entity)
        lists.refuse_covered(desk, kind, where, (by, *sums))
        split, covered = part_formula(desk, kind, part), desk.hidden(kind) | desk.masked(kind)
        totals = desk.installed.totals
        return totals.cross(desk.conn, desk.sight(kind), entity, where, by, split, sums, desk.env, covered)

    def stays(self, entity: str, where: Formula | None, part: str, since: datetime) -> list[Stay]:
        """How long visits took that ended since then, by stage and by the path ("": not split)."""
        desk, kind = self.desk, self._entity(entity)
        lists.refuse_covered(desk, kind, where)
        return stays(desk, kind, where, part_formula(desk, kind, part) if part else None, since)

    def passages(self, entity: str, where: Formula | None, since: datetime) -> Mapping[str, Passage]:
        """By stage: how many records entered since then, and how many of them went on."""
        desk, kind = self.desk, self._entity(entity)
        lists.refuse_covered(desk, kind, where)
        return passages(desk, kind, where, since)

    def names(self, entity: str, part: str, keys: Collection[Key]) -> Mapping[Key, str]:
        """How the parts are called in the actor's language; yes, no and empty have no name here."""
        return part_names(self.desk, part_formula(self.desk, self._entity(entity), part), keys)

    def page(self, query: Query) -> Page:
        """A list's records, of the same moment."""
        return lists.page(self.desk, query)

    def filter(self, entity: str, text: str) -> Formula | None:
        """A condition over fields that the actor may read; None for what does not read, or is empty."""
        return lists.filter_formula(self.desk, self._entity(entity), text).value if text else None

    def _entity(self, key: str) -> Entity:
        return self.desk.entity(key)

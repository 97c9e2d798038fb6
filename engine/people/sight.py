"""Sight: which records of one entity a person may see. The query gate turns it into one predicate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dsl.formula.tree import Formula

_SLOTS = (1, 2, 4, 8, 16, 32)


@dataclass(frozen=True, slots=True)
class Sight:
    """The union of its parts; with no part it sees nothing.

    all: every record. own_of: records whose owner or backup is this person. unit_ids: records of these org units.
    record_ids: single records (assigned to the person). conditions: records for which one of the formulas holds.
    """

    all: bool = False
    own_of: int | None = None
    unit_ids: tuple[int, ...] = ()
    record_ids: tuple[int, ...] = ()
    conditions: tuple[Formula, ...] = ()

    @property
    def is_nothing(self) -> bool:
        return not (self.all or self.own_of is not None or self.unit_ids or self.record_ids or self.conditions)

    def covers(self, record: Mapping[str, Any], *, has_backup: bool) -> bool | None:
        """Whether a record that was read lies in this sight, as the query gate says it; None: its conditions decide.

        has_backup: whether the record's kind knows a backup at all.
        """
        is_own = self.own_of is not None and (
            record["owner_id"] == self.own_of or (has_backup and record["backup_id"] == self.own_of)
        )
        if self.all or is_own or record["unit_id"] in self.unit_ids or record["id"] in self.record_ids:
            return True
        return None if self.conditions else False

    @property
    def unit_slots(self) -> tuple[int, ...]:
        """The units as so many values that a statement has a place for each: 1, 2, 4 … 32; none for more units.

        The last is repeated. Written out, a database knows how few they are, and looks them up in an index.
        """
        count = len(self.unit_ids)
        size = next((slots for slots in _SLOTS if slots >= count), 0)
        return self.unit_ids + self.unit_ids[-1:] * (size - count) if size else ()

    @property
    def shape(self) -> tuple[object, ...]:
        """What the predicate looks like, without its values: the part of a plan's key that sight decides."""
        if self.all:
            return ("all",)
        return (
            self.own_of is not None,
            len(self.unit_slots) if self.unit_ids else None,
            bool(self.record_ids),
            tuple(condition.root for condition in self.conditions),
        )


SYSTEM_SIGHT = Sight(all=True)
"""Sees every record: for the engine's own reading (judging, recomputing, titles of references)."""

NO_SIGHT = Sight()

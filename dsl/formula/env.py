"""What a formula may know besides its row: the moment, the people, the calendar and the visits of stages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from zoneinfo import ZoneInfo

Person = Mapping[str, object]


def _never_entered(_entity: str, _record: object, _stage: str) -> datetime | None:
    return None


@dataclass(frozen=True, slots=True)
class Env:
    """The moment and the people of one evaluation.

    today: the day in the app's zone. now: aware UTC, whole seconds. me: the acting person, submitter: who asked for an
    approval; each {"id", "name", "role", "unit", "manager"} or None. entered(entity, record id, stage) gives the
    instant the record last entered the stage, or None. Decision tables and stage facts are compiled into the code.
    """

    today: date
    now: datetime
    me: Person | None = None
    submitter: Person | None = None
    timezone: tzinfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))
    entered: Callable[[str, object, str], datetime | None] = _never_entered

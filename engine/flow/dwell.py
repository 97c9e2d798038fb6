"""The standard dwell of a stage: from when on a record is late there.

Dwell is counted in whole days of the app's zone, or in workdays, as `days_in_stage` counts it: the day of entering is
day 0, and a record is late from the first day on whose number is above the limit. Lists, boards, formulas and the due
instant of a stage visit all follow from that.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dsl.app import App, Stage
from dsl.formula.workdays import CALENDAR

DAY_SECONDS = 86_400


def due_at(app: App, stage: Stage, entered_at: datetime) -> datetime | None:
    """The first instant at which a record that entered the stage then is late; None for a stage without a limit."""
    if stage.limit is None:
        return None
    zone, days = ZoneInfo(app.timezone), stage.limit // DAY_SECONDS + 1
    entered_on = entered_at.astimezone(zone).date()
    late_on = CALENDAR.add(entered_on, days) if stage.limit_in_workdays else entered_on + timedelta(days=days)
    return datetime.combine(late_on, time.min, zone).astimezone(UTC) if late_on is not None else None

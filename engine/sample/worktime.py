"""Days and hours of the sample's past: people work on weekdays between nine and six, Shanghai time."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

SATURDAY = 5


class WorkTime:
    """Picks moments. `now` is the end of the story: nothing happens after it."""

    def __init__(self, rng: Random, now: datetime, timezone: str) -> None:
        self._rng = rng
        self._zone = ZoneInfo(timezone)
        self.now = now
        self.today = now.astimezone(self._zone).date()

    def start_of(self, years: int) -> date:
        """The day, that many years before today."""
        return self.today - timedelta(days=365 * years)

    def on(self, day: date) -> datetime:
        """An office hour of that day, or of the Monday after it."""
        while day.weekday() >= SATURDAY:
            day += timedelta(days=1)
        clock = time(self._rng.randint(9, 17), self._rng.randint(0, 59), self._rng.randint(0, 59))
        return datetime.combine(day, clock, self._zone).astimezone(UTC)

    def later(self, at: datetime, days: float) -> datetime:
        """An office hour about so many days after, and always after."""
        moved = self.on((at + timedelta(days=days)).astimezone(self._zone).date())
        return moved if moved > at else at + timedelta(minutes=self._rng.randint(20, 110))

    def earlier(self, at: datetime, days: float) -> datetime:
        """An office hour about so many days before, and always before; of the Friday before a weekend."""
        day = (at - timedelta(days=days)).astimezone(self._zone).date()
        while day.weekday() >= SATURDAY:
            day -= timedelta(days=1)
        moved = self.on(day)
        return moved if moved < at else at - timedelta(minutes=self._rng.randint(20, 110))

    def day_of(self, at: datetime) -> date:
        return at.astimezone(self._zone).date()

    def dwell(self, mean: float) -> float:
        """A believable time in a stage, in days: many short, a few very long (log-normal)."""
        return min(mean * 6, max(0.1, self._rng.lognormvariate(0.0, 0.65) * mean * 0.81))

    def evening(self, day: date) -> datetime:
        """Closing time of a shop on that day, whatever weekday it is."""
        clock = time(22, self._rng.randint(0, 40), self._rng.randint(0, 59))
        return datetime.combine(day, clock, self._zone).astimezone(UTC)

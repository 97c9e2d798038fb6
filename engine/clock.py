"""The only source of now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo


class Clock(Protocol):
    def now(self) -> datetime:
        """The instant in UTC, whole seconds."""
        ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC).replace(microsecond=0)


@dataclass
class VirtualClock:
    """A clock that moves only when told; for tests and scenarios."""

    at: datetime

    def now(self) -> datetime:
        return self.at

    def wait(self, duration: timedelta) -> None:
        self.at += duration


def day_of(instant: datetime, timezone: str) -> date:
    """The calendar day of an instant in the app's zone."""
    return instant.astimezone(ZoneInfo(timezone)).date()

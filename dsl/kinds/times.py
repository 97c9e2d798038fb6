"""yesno, date, time (an instant) and duration."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from dsl.app import App, Field
from dsl.formula.value_types import DATE, DURATION, TIME, YESNO, DateType, DurationType, TimeType, YesNoType
from dsl.kinds.kind import Complaint, Spec, complain, plain

_YES = {"true", "yes", "on", "1", "是", "对", "有"}
_NO = {"false", "no", "off", "0", "否", "不", "无"}
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?")
_PERIOD = re.compile(r"(\d{1,9})\s*(w|d|h|min|s|周|天|小时|分钟|分|秒)")
SECONDS = {
    "w": 604_800, "周": 604_800, "d": 86_400, "天": 86_400, "h": 3_600, "小时": 3_600,
    "min": 60, "分钟": 60, "分": 60, "s": 1, "秒": 1,
}  # fmt: skip
_LONGEST = 10**12


def read_duration(text: str) -> int | None:
    """Seconds of `2w`, `7d`, `1h 30min`, `3 天`; None if it is no duration."""
    total, at = 0, 0
    while at < len(text):
        match = _PERIOD.match(text, at)
        if match is None:
            return None
        total += int(match.group(1)) * SECONDS[match.group(2)]
        at = match.end()
        while at < len(text) and text[at] == " ":
            at += 1
    return total if text and total < _LONGEST else None


@dataclass(frozen=True, slots=True)
class YesNoKind:
    key: str = "yesno"
    subject: str = ""
    has_scale: bool = False

    def value_type(self, spec: Spec) -> YesNoType:
        return YESNO

    def read(self, app: App, field: Field, raw: object) -> bool | Complaint:
        if isinstance(raw, bool):
            return raw
        text = plain(raw)
        if isinstance(text, Complaint):
            return text
        word = (text or "no").lower()
        if word in _YES or word in _NO:
            return word in _YES
        return complain(f"“{text}”不是“是”或“否”", f"“{text}” is neither yes nor no")

    def to_json(self, app: App, field: Field, value: object) -> object:
        return bool(value)

    def to_text(self, app: App, field: Field, value: object, language: str) -> str:
        return ("是" if value else "否") if language == "zh" else ("Yes" if value else "No")

    def is_empty(self, value: object) -> bool:
        return False


@dataclass(frozen=True, slots=True)
class DateKind:
    key: str = "date"
    subject: str = ""
    has_scale: bool = False

    def value_type(self, spec: Spec) -> DateType:
        return DATE

    def read(self, app: App, field: Field, raw: object) -> date | Complaint | None:
        text = plain(raw)
        if text is None or isinstance(text, Complaint):
            return text
        return _day(text) or complain(f"“{text}”不是日期，请写成 2026-11-21", f"“{text}” is no date; write 2026-11-21")

    def to_json(self, app: App, field: Field, value: object) -> object:
        return value.isoformat() if isinstance(value, date) else None

    def to_text(self, app: App, field: Field, value: object, language: str) -> str:
        return value.isoformat() if isinstance(value, date) else ""

    def is_empty(self, value: object) -> bool:
        return value is None


@dataclass(frozen=True, slots=True)
class TimeKind:
    """Without a zone, what is typed is the app's local time."""

    key: str = "time"
    subject: str = ""
    has_scale: bool = False

    def value_type(self, spec: Spec) -> TimeType:
        return TIME

    def read(self, app: App, field: Field, raw: object) -> datetime | Complaint | None:
        text = plain(raw)
        if text is None or isinstance(text, Complaint):
            return text
        return _instant(text, app.timezone) or complain(
            f"“{text}”不是时间，请写成 2026-11-21 16:20", f"“{text}” is no time; write 2026-11-21 16:20"
        )

    def to_json(self, app: App, field: Field, value: object) -> object:
        if not isinstance(value, datetime):
            return None
        return value.astimezone(UTC).isoformat(timespec="seconds").removesuffix("+00:00") + "Z"

    def to_text(self, app: App, field: Field, value: object, language: str) -> str:
        if not isinstance(value, datetime):
            return ""
        return value.astimezone(ZoneInfo(app.timezone)).strftime("%Y-%m-%d %H:%M")

    def is_empty(self, value: object) -> bool:
        return value is None


@dataclass(frozen=True, slots=True)
class DurationKind:
    """Seconds; a bare number is seconds too."""

    key: str = "duration"
    subject: str = ""
    has_scale: bool = False

    def value_type(self, spec: Spec) -> DurationType:
        return DURATION

    def read(self, app: App, field: Field, raw: object) -> int | Complaint | None:
        text = plain(raw)
        if text is None or isinstance(text, Complaint):
            return text
        seconds = int(text) if re.fullmatch(r"[0-9]{1,12}", text) else read_duration(text)
        if seconds is None:
            return complain(f"“{text}”不是时长，请写成 2h 30min", f"“{text}” is no duration; write 2h 30min")
        if field.maximum is not None and seconds > field.maximum:
            most = duration_text(field.maximum, "zh")
            return complain(f"不能超过 {most}", f"Must be at most {duration_text(field.maximum, 'en')}")
        if field.minimum is not None and seconds < field.minimum:
            least = duration_text(field.minimum, "zh")
            return complain(f"不能少于 {least}", f"Must be at least {duration_text(field.minimum, 'en')}")
        return seconds

    def to_json(self, app: App, field: Field, value: object) -> object:
        return value if isinstance(value, int) else None

    def to_text(self, app: App, field: Field, value: object, language: str) -> str:
        return duration_text(value, language) if isinstance(value, int) else ""

    def is_empty(self, value: object) -> bool:
        return value is None


def duration_text(seconds: int, language: str) -> str:
    """`2天 3小时` or `2d 3h`: from days down to seconds, what is not zero."""
    names = ("天", "小时", "分钟", "秒") if language == "zh" else ("d", "h", "min", "s")
    rest, parts = abs(seconds), []
    for size, name in zip((86_400, 3_600, 60, 1), names, strict=True):
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count}{name}")
    return ("-" if seconds < 0 else "") + (" ".join(parts) or f"0{names[-1]}")


def _day(text: str) -> date | None:
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    year, month, day = (int(part) for part in match.groups())
    try:
        return date(year, month, day) if year >= 1000 else None
    except ValueError:
        return None


def _instant(text: str, timezone: str) -> datetime | None:
    day_text, _, clock_text = text.replace("T", " ", 1).partition(" ")
    day = _day(day_text)
    match = _CLOCK.fullmatch(clock_text.strip() or "0:00")
    if day is None or match is None:
        return None
    hour, minute, second, zone = match.groups()
    try:
        local = datetime(day.year, day.month, day.day, int(hour), int(minute), int(second or 0))  # noqa: DTZ001 zone below
        if zone is None:
            aware = local.replace(tzinfo=ZoneInfo(timezone))
        else:
            aware = datetime.fromisoformat(f"{local.isoformat()}{'+00:00' if zone == 'Z' else zone}")
        return aware.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


KINDS = (YesNoKind(), DateKind(), TimeKind(), DurationKind())

"""date, time, duration, yesno. A day may be typed as people say it: 11-21, 21日, 明天, 下周一, 3天."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from web.controls.control import Asked, Control, Raw, as_typed, one_text

_SAID = {"今天": 0, "today": 0, "明天": 1, "tomorrow": 1, "后天": 2, "昨天": -1, "yesterday": -1}
_WEEKDAY = re.compile(r"(下?)(?:周|星期|礼拜)([一二三四五六日天])")
_LATER = re.compile(r"\+?(\d{1,3})\s*(?:天后|天|d|days?)")
_PARTS = re.compile(r"(?:(\d{4})[-/.年])?(?:(\d{1,2})[-/.月])?(\d{1,2})日?")
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def day_of_words(text: str, today: date) -> date | None:
    """The day that `text` means, or None when it is no day. The scripts of the pages read the same."""
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    if plain in _SAID:
        return today + timedelta(days=_SAID[plain])
    if found := _WEEKDAY.fullmatch(plain):
        weekday = "一二三四五六日".index("日" if found[2] == "天" else found[2])
        return today + timedelta(days=weekday - today.weekday() + (7 if found[1] else 0))
    if found := _LATER.fullmatch(plain):
        return today + timedelta(days=int(found[1]))
    found = _PARTS.fullmatch(plain)
    if found is None or (found[1] and not found[2]):
        return None
    year, month, day = int(found[1] or today.year), int(found[2] or today.month), int(found[3])
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _day_of_raw(asked: Asked, raw: Raw) -> object:
    day = day_of_words(str(raw), asked.today)
    return day.isoformat() if day else raw


def _day_text(_asked: Asked, value: object) -> str:
    return value.isoformat() if isinstance(value, date) else ""


def _local_time(asked: Asked, value: object) -> str:
    if not isinstance(value, datetime):
        return ""
    return value.astimezone(ZoneInfo(asked.app.timezone)).strftime("%Y-%m-%d %H:%M")


def _span_text(_asked: Asked, value: object) -> str:
    """5400 → 1h 30min."""
    if not isinstance(value, int):
        return ""
    parts, rest = [], value
    for seconds, unit in _UNITS:
        whole, rest = divmod(rest, seconds)
        if whole:
            parts.append(f"{whole}{unit}")
    return " ".join(parts) or "0s"


def _ticked(_asked: Asked, value: object) -> str:
    return "yes" if value else ""


def _yes_or_no(_asked: Asked, raw: Raw) -> object:
    return raw == "yes"


CONTROLS = (
    Control("date", "date", one_text, _day_text, _day_of_raw),
    Control("time", "text", one_text, _local_time, as_typed),
    Control("duration", "text", one_text, _span_text, as_typed),
    Control("yesno", "yesno", one_text, _ticked, _yes_or_no),
)

"""Values for people's eyes: Chinese capital amounts, styles, pinyin. Never part of a stored value."""

from __future__ import annotations

import re
from datetime import date, datetime, tzinfo

from dsl import hanzi
from dsl.formula.decimals import rescale

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿", "亿亿")
NUMBER_STYLE = re.compile(r"(#,##)?0(?:\.(0{1,6}))?(%?)")


def yuan(value: int, scale: int) -> str:
    """人民币大写 of an amount, rounded to fen: 10203.40 is 壹万零贰佰零叁元肆角整."""
    cents = rescale(value, 2 - scale)
    sign = "负" if cents < 0 else ""
    whole, rest = divmod(abs(cents), 100)
    jiao, fen = divmod(rest, 10)
    text = _whole(whole) + "元" if whole else ""
    if rest == 0:
        return f"{sign}{text or '零元'}整"
    if jiao:
        text += _DIGITS[jiao] + "角"
    elif whole:
        text += "零"
    return sign + text + (_DIGITS[fen] + "分" if fen else "整")


def _whole(value: int) -> str:
    """A whole number above 0 in capital figures, by groups of four digits."""
    groups: list[int] = []
    while value:
        value, group = divmod(value, 10_000)
        groups.append(group)
    text = ""
    for index in range(len(groups) - 1, -1, -1):
        group = groups[index]
        if group == 0:
            continue
        if text and (group < 1_000 or groups[index + 1] == 0):
            text += "零"
        text += _four(group) + (_GROUPS[index] if index < len(_GROUPS) else "")
    return text


def _four(group: int) -> str:
    """1..9999 in capital figures; a gap of zeros is one 零."""
    text = ""
    gap = False
    for place in range(3, -1, -1):
        digit = group // 10**place % 10
        if digit == 0:
            gap = bool(text)
            continue
        text += ("零" if gap else "") + _DIGITS[digit] + _PLACES[place]
        gap = False
    return text


def format_value(value: object, scale: int, style: str, zone: tzinfo) -> str:
    """A number by `#,##0.00` or `0.0%`, a date or instant by `yyyy-mm-dd hh:mm`; other values as they are."""
    if isinstance(value, datetime):
        return _moment(value.astimezone(zone), style)
    if isinstance(value, date):
        return _moment(datetime(value.year, value.month, value.day, tzinfo=zone), style)
    if isinstance(value, int) and not isinstance(value, bool):
        return _number(value, scale, style)
    return str(value)


def _moment(value: datetime, style: str) -> str:
    parts = {
        "yyyy": f"{value.year:04}", "mm": f"{value.month:02}", "dd": f"{value.day:02}", "m": str(value.month),
        "d": str(value.day), "hh": f"{value.hour:02}",
    }  # fmt: skip
    with_minutes = re.sub(r"(hh[:时])mm", lambda found: f"{found.group(1)}{value.minute:02}", style)
    return re.sub("yyyy|mm|dd|hh|m|d", lambda found: parts[found.group()], with_minutes)


def _number(value: int, scale: int, style: str) -> str:
    found = NUMBER_STYLE.fullmatch(style)
    grouping, decimals, percent = found.groups() if found else ("#,##", "0" * scale, "")
    places = len(decimals or "")
    shown = rescale(value, places - scale + (2 if percent else 0))
    sign = "-" if shown < 0 else ""
    whole, rest = divmod(abs(shown), 10**places)
    text = f"{whole:,}" if grouping else str(whole)
    return f"{sign}{text}{f'.{rest:0{places}}' if places else ''}{percent}"


def pinyin(text: str) -> str:
    return " ".join(hanzi.syllables(text))

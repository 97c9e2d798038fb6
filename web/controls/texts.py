"""text, long, rich, email, url, phone, code."""

from __future__ import annotations

from web.controls.control import Control, as_typed, one_text, plain_text


def _text(kind: str, macro: str, inputmode: str = "", *, is_wide: bool = False) -> Control:
    return Control(kind, macro, one_text, plain_text, as_typed, is_wide=is_wide, inputmode=inputmode)


CONTROLS = (
    _text("text", "text"),
    _text("code", "text"),
    _text("email", "text", "email"),
    _text("url", "text", "url"),
    _text("phone", "text", "tel"),
    _text("long", "long", is_wide=True),
    _text("rich", "rich", is_wide=True),
)

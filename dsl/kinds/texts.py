"""text, long, email, url, phone, rich, code: str in NFC, "" is empty."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from dsl.app import App, Field
from dsl.formula.scope import TEXT_LENGTH
from dsl.formula.value_types import TEXT, TextType
from dsl.kinds.kind import Complaint, Spec, complain

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_EMAIL = re.compile(r"[^@\s<>,;\"]{1,64}@[^@\s<>,;\"]{1,250}")
_URL = re.compile(r"https?://[^\s/<>\"?#@:]{1,250}(?::\d{1,5})?(?:[/?#][^\s<>\"]*)?", re.IGNORECASE)
_PHONE = re.compile(r"\+?[\d ()/-]{5,30}(?:(?:ext|x|转|#)\.? ?\d{1,6})?")


def _no_change(text: str) -> str | Complaint:
    return text


def _email(text: str) -> str | Complaint:
    text = unicodedata.normalize("NFKC", text)
    name, _, domain = text.rpartition("@")
    if not _EMAIL.fullmatch(text) or "." not in domain.strip("."):
        return complain(f"“{text}”不是邮箱地址", f"“{text}” is not a mail address")
    return f"{name}@{domain.lower()}"


def _url(text: str) -> str | Complaint:
    full = text if "://" in text else f"https://{text}"
    host = full.partition("://")[2].partition("/")[0]
    if not _URL.fullmatch(full) or "." not in host.strip("."):
        return complain(f"“{text}”不是网址", f"“{text}” is not a web address")
    return full


def _phone(text: str) -> str | Complaint:
    text = unicodedata.normalize("NFKC", text)
    if not _PHONE.fullmatch(text) or sum(c.isdigit() for c in text) < 5:
        return complain(f"“{text}”不是电话号码", f"“{text}” is not a phone number")
    return text


@dataclass(frozen=True, slots=True)
class TextKind:
    """`form` checks and tidies what was typed; `has_lines`: line breaks are kept."""

    key: str
    form: Callable[[str], str | Complaint] = _no_change
    has_lines: bool = False
    subject: str = ""
    has_scale: bool = False

    def value_type(self, spec: Spec) -> TextType:
        return TEXT

    def read(self, app: App, field: Field, raw: object) -> str | Complaint:
        if raw is None:
            return ""
        if isinstance(raw, int | float) and not isinstance(raw, bool) and abs(raw) < 10**20:
            raw = str(raw)
        if not isinstance(raw, str):
            return complain("这里要文字", "A text is wanted here")
        most = field.max_length or TEXT_LENGTH
        if len(raw) > TEXT_LENGTH * 2 or len(text := _tidy(raw, self.has_lines)) > most:
            return complain(f"最多 {most} 个字", f"At most {most} characters")
        if match := _CONTROL.search(text):
            shown = f"U+{ord(match.group()):04X}"
            return complain(f"不能含有字符 {shown}", f"The character {shown} is not allowed")
        if text in app.filler and field.required is True and not field.allow_filler:
            return complain(f"“{text}”等于没填，请填真实内容", f"“{text}” says nothing; a real answer is needed")
        return self.form(text) if text else ""

    def to_json(self, app: App, field: Field, value: object) -> object:
        return value if isinstance(value, str) else ""

    def to_text(self, app: App, field: Field, value: object, language: str) -> str:
        return value if isinstance(value, str) else ""

    def is_empty(self, value: object) -> bool:
        return not value


def _tidy(raw: str, has_lines: bool) -> str:
    if "\r" in raw:
        raw = raw.replace("\r\n", "\n").replace("\r", "\n")
    text = raw.strip(" \t\n\u3000\u00a0")
    if not has_lines and ("\n" in text or "\t" in text):
        text = re.sub(r"[\n\t]+", " ", text)
    if text.isascii() or _CONTROL.search(text):
        return text
    return unicodedata.normalize("NFC", text)


KINDS = (
    TextKind("text"),
    TextKind("long", has_lines=True),
    TextKind("email", _email),
    TextKind("url", _url),
    TextKind("phone", _phone),
    TextKind("rich", has_lines=True),
    TextKind("code"),
)

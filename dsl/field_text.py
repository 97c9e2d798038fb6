"""The text of a field: `TYPE[.scale] [list or entity] [required] [unique] [= formula]`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dsl.kinds import KINDS
from dsl.names import suggest
from dsl.nodes import Scalar
from dsl.read import Reading

MAX_SCALE = 6
_WORD = re.compile(r"[^\s=＝]+")
_NOT_EQUALS = re.compile(r"[=＝]")
_MARKS = ("required", "unique")


@dataclass(frozen=True, slots=True)
class FieldText:
    """is_guessed: the kind is the one that was probably meant; the mistake has been reported."""

    kind: str = ""
    scale: int = 0
    subject: Scalar | None = None
    is_required: bool = False
    is_unique: bool = False
    formula: Scalar | None = None
    is_guessed: bool = False


def read_field_text(reading: Reading, text: Scalar) -> FieldText | None:
    """The parts of a field text; None when a mistake leaves no field (it has been reported)."""
    equals = _NOT_EQUALS.search(text.text)
    end = equals.start() if equals else len(text.text)
    words = [text.cut(m.start(), m.end()) for m in _WORD.finditer(text.text, 0, end)]
    if not words:
        reading.report("S10", text.span, text=text.text[:60])
        return None
    kind = _read_kind(reading, words[0])
    if kind is None:
        return None
    key, scale = kind
    subject, marks = _read_marks(reading, words[1:], KINDS[key].subject)
    if KINDS[key].subject and subject is None:
        reading.report("S12", words[0].span, kind=key, subject=KINDS[key].subject)
        return None
    formula = text.cut(equals.end()) if equals else None
    if formula is not None and not formula.text:
        reading.report("S13", text.span)
        formula = None
    is_guessed = words[0].text.partition(".")[0] != key
    return FieldText(key, scale, subject, "required" in marks, "unique" in marks, formula, is_guessed)


def _read_kind(reading: Reading, word: Scalar) -> tuple[str, int] | None:
    name, dot, scale = word.text.partition(".")
    if name not in KINDS or name == "code":
        name = reading.unknown("M01", word.cut(0, len(name)), (k for k in KINDS if k != "code"))
        if not name:
            return None
    if not dot:
        return name, 0
    if not KINDS[name].has_scale or not re.fullmatch(r"[0-9]", scale) or int(scale) > MAX_SCALE:
        reading.report("S14", word.span, text=word.text[:60], kind=name, most=MAX_SCALE)
        return name, 0
    return name, int(scale)


def _read_marks(reading: Reading, words: list[Scalar], wanted: str) -> tuple[Scalar | None, set[str]]:
    subject: Scalar | None = None
    marks: set[str] = set()
    for word in words:
        if word.text in _MARKS:
            marks.add(word.text)
        elif wanted and subject is None:
            subject = word
        else:
            reading.report("S15", word.span, near=suggest(word.text, _MARKS), word=word.text[:60])
    return subject, marks

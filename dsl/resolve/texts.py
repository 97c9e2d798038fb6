"""Texts with holes: `<path>` or `<path|format>`, each a typed value shown to people; nothing else is read in them."""

from __future__ import annotations

import re

from dsl.app import Text
from dsl.flow import Hole, HoledText
from dsl.formula.display import NUMBER_STYLE
from dsl.formula.value_types import (
    DateType,
    FileType,
    NumberType,
    PlaceType,
    RowsType,
    SetType,
    TimeType,
    ValueType,
)
from dsl.formula.words import say_type
from dsl.nodes import Scalar
from dsl.resolve.site import Site

_HOLE = re.compile(r"<([^<>\s][^<>]*)>")
_PATH = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_MOMENT_STYLE = re.compile(r"[-/. :年月日时分ymdh]*(?:yyyy|mm|dd|hh|m|d)[-/. :年月日时分ymdh]*")
_YUAN = "yuan"


def resolve_text(site: Site, scalar: Scalar | None, entity: str) -> HoledText:
    """The text in every language, with the value of each hole over records of `entity`."""
    if scalar is None:
        return HoledText(Text())
    has_words = any(letter.isalpha() for letter in _HOLE.sub("", scalar.text))
    everywhere = Text(tuple((language, scalar.text) for language in site.reading.languages))
    text = site.reading.label(scalar) if has_words else everywhere
    holes: dict[str, Hole] = {}
    for match in _HOLE.finditer(scalar.text):
        hole = None if match.group(1) in holes else _hole(site, scalar.cut(*match.span(1)), entity)
        if hole is not None:
            holes[match.group(1)] = hole
    return HoledText(text, tuple(holes.values()))


def _hole(site: Site, written: Scalar, entity: str) -> Hole | None:
    bar = written.text.find("|")
    path = written if bar < 0 else written.cut(0, bar)
    if not _PATH.fullmatch(path.text):
        site.reading.report("S47", written.span, text=written.text[:60])
        return None
    value = site.formula(path, entity, None, display=True)
    if value is None:
        return None
    if isinstance(value.type, RowsType | FileType | PlaceType | SetType):
        site.reading.report("M31", path.span, name=path.text, type=say_type(value.type))
        return None
    style = "" if bar < 0 else written.text[bar + 1 :].strip()
    if style and not _fits(style, value.type):
        site.reading.report("S48", written.cut(bar + 1).span, style=style[:60], type=say_type(value.type))
        return None
    return Hole(written.text, value, style)


def _fits(style: str, value_type: ValueType) -> bool:
    match value_type:
        case NumberType():
            return style == _YUAN or NUMBER_STYLE.fullmatch(style) is not None
        case DateType() | TimeType():
            return _MOMENT_STYLE.fullmatch(style) is not None
        case _:
            return False

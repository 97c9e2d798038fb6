"""Files that go out, calendars of the app itself, and content to offer."""

from __future__ import annotations

import re
from datetime import date

from dsl.nodes import Mapping, Node, Scalar
from dsl.outlets import Content, Export, OwnCalendar
from dsl.read_entity import named
from dsl.resolve.actions import tag_keys
from dsl.resolve.approvals import known_words
from dsl.resolve.columns import resolve_columns
from dsl.resolve.schedules import WEEKDAYS, minute_of_day
from dsl.resolve.site import Site, places_of

_HOURS = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")
_SHIPPED = ("cn",)


def resolve_exports(site: Site) -> dict[str, Export]:
    found = {}
    for entry in site.definition.head.entries("exports"):
        block = site.reading.block(entry.value, "export", entry.key.span)
        entity = site.entity_word(block.scalar("of"))
        if not entity:
            continue
        columns, made = resolve_columns(site, block.get("columns"), entity)
        found[entry.key.text] = Export(
            key=entry.key.text,
            label=named(block, entry.key),
            entity=entity,
            columns=columns,
            made=made,
            span=entry.key.span,
            condition=site.condition(block.scalar("where"), entity),
            roles=site.role_words(block.words("by")),
            reveals=block.text("reveals"),
            at=places_of(_column_words(site, block.get("columns"))),
        )
    return found


def _column_words(site: Site, node: Node | None) -> list[Scalar]:
    if not isinstance(node, Mapping):
        return list(site.reading.words(node))
    return [column.value for column in node.entries if isinstance(column.value, Scalar)]


def resolve_calendars(site: Site) -> dict[str, OwnCalendar]:
    found = {}
    for entry in site.definition.head.entries("calendars"):
        block = site.reading.block(entry.value, "calendar", entry.key.span)
        like = block.scalar("like")
        known = (*_SHIPPED, *site.section("calendars"))
        if like is not None and (like.text not in known or like.text == entry.key.text):
            site.reading.unknown("M40", like, [name for name in known if name != entry.key.text])
        week = known_words(site, block.words("week"), WEEKDAYS)
        hours = (_hours(site, word) for word in block.words("hours"))
        found[entry.key.text] = OwnCalendar(
            key=entry.key.text,
            label=named(block, entry.key),
            span=entry.key.span,
            like=like.text if like else "",
            week=frozenset(WEEKDAYS.index(day) + 1 for day in week),
            hours=tuple(pair for pair in hours if pair is not None),
            off=_days(site, block.words("off")),
            on=_days(site, block.words("on")),
        )
    return found


def check_calendar(site: Site) -> None:
    """`calendar:` of the head names a shipped calendar or one of the app."""
    word = site.definition.head.scalar("calendar")
    known = (*_SHIPPED, *site.section("calendars"))
    if word is not None and word.text not in known:
        site.reading.unknown("M40", word, known)


def _hours(site: Site, word: Scalar) -> tuple[int, int] | None:
    match = _HOURS.fullmatch(word.text)
    start, end = (None, None)
    if match is not None:
        start = minute_of_day(int(match[1]), int(match[2]))
        end = minute_of_day(int(match[3]), int(match[4]))
    if start is None or end is None or start >= end:
        site.reading.report("S55", word.span, text=word.text[:60])
        return None
    return start, end


def _days(site: Site, words: tuple[Scalar, ...]) -> frozenset[date]:
    found = set()
    for word in words:
        try:
            found.add(date.fromisoformat(word.text))
        except ValueError:
            site.reading.report("S56", word.span, text=word.text[:60])
    return frozenset(found)


def resolve_library(site: Site) -> dict[str, Content]:
    found = {}
    for entry in site.definition.head.entries("library"):
        block = site.reading.block(entry.value, "content", entry.key.span)
        entity = site.entity_word(block.scalar("of"))
        if not entity:
            continue
        words = block.words("tags")
        known = tag_keys(site, entity)
        for word in words:
            if word.text not in known:
                site.reading.unknown("M32", word, known, entity=entity)
        if not block.has("file") and not block.has("text"):
            site.reading.report("S07", entry.key.span, key="text", part="content")
        found[entry.key.text] = Content(
            key=entry.key.text,
            label=named(block, entry.key),
            entity=entity,
            span=entry.key.span,
            stages=frozenset(site.stage_words(block.words("stages"), entity)),
            tags=frozenset(word.text for word in words if word.text in known),
            file=block.text("file"),
            text=block.label("text") if block.has("text") else None,
        )
    return found

"""Reading the whole file: the head, roles and option lists, then every entity."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dsl.app import Choices, Role
from dsl.definition import AppDef
from dsl.names import is_name
from dsl.nodes import Node
from dsl.read import Block, Reading
from dsl.read_choices import read_choices
from dsl.read_entity import named, read_entity

DEFAULT_FILLER = frozenset(
    {"暂无", "无", "待跟进", "待定", "待补充", "不详", "未知", "n/a", "N/A", "-", "/", "none", "TBD"}
)
SIGHTS = ("own", "team", "area", "all", "assigned")
_LANGUAGE = re.compile(r"[a-z]{2}(-[A-Za-z]{2,4})?")
_ZONE_LENGTH = 60
MOST_ENTITIES = 500
MOST_ROLES = 100


def read_app(reading: Reading, root: Node) -> AppDef:
    """The definition of the app; every mistake of shape in it has been reported."""
    head = reading.block(root, "app")
    languages = _read_languages(reading, head)
    reading.languages = languages
    key = head.scalar("app")
    if key is not None and not (is_name(key.text) and key.text.isascii()):
        reading.report("S09", key.span, name=key.text[:60])
    _check_language(reading, head)
    choices: dict[str, Choices] = {}
    for entry in head.entries("choices"):
        choices[entry.key.text] = read_choices(reading, entry.key.text, entry.value, entry.key.span)
    entities = {}
    for entry in reading.limited(head.entries("entities"), MOST_ENTITIES):
        if entry.key.text in ("person", "department"):
            reading.report("M03", entry.key.span, name=entry.key.text)
        else:
            entities[entry.key.text] = read_entity(reading, entry)
    if not entities:
        reading.report("S21", head.key_span("entities") if head.has("entities") else head.span)
    return AppDef(
        head=head,
        key=key.text if key else "app",
        label=head.label(),
        languages=languages,
        timezone=_read_timezone(reading, head),
        modules={e.key.text: reading.flag(e.value, True) for e in head.entries("modules")},
        filler=_read_filler(head),
        roles=_read_roles(reading, head),
        choices=choices,
        entities=entities,
        span=head.span,
    )


def _read_languages(reading: Reading, head: Block) -> tuple[str, ...]:
    words = head.words("languages")
    for word in words:
        if not _LANGUAGE.fullmatch(word.text):
            reading.report("S22", word.span, text=word.text[:60])
    return tuple(dict.fromkeys(word.text for word in words)) or ("zh",)


def _read_timezone(reading: Reading, head: Block) -> str:
    scalar = head.scalar("timezone")
    if scalar is None:
        return "Asia/Shanghai"
    try:
        if scalar.text.isascii() and len(scalar.text) <= _ZONE_LENGTH:
            return ZoneInfo(scalar.text).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        pass
    reading.report("S23", scalar.span, text=scalar.text[:60])
    return "Asia/Shanghai"


def _check_language(reading: Reading, head: Block) -> None:
    scalar = head.scalar("language")
    if scalar is not None and scalar.text != "1":
        reading.report("S24", scalar.span, text=scalar.text[:60])


def _read_filler(head: Block) -> frozenset[str]:
    """`filler: [暂无]` replaces the usual words; without it the usual ones hold."""
    return frozenset(word.text for word in head.words("filler")) if head.has("filler") else DEFAULT_FILLER


def _read_roles(reading: Reading, head: Block) -> dict[str, Role]:
    blocks: dict[str, Block] = {}
    roles: dict[str, Role] = {}
    for entry in reading.limited(head.entries("roles"), MOST_ROLES):
        block = reading.block(entry.value, "role", entry.key.span)
        blocks[entry.key.text] = block
        label = named(block, entry.key)
        roles[entry.key.text] = Role(
            entry.key.text, label, block.one_of("sees", "own"), frozenset({entry.key.text}), entry.key.span
        )
    also: dict[str, list[str]] = {}
    for key, block in blocks.items():
        also[key] = []
        for word in block.words("also"):
            if word.text in roles:
                also[key].append(word.text)
            else:
                reading.unknown("M04", word, roles)
    return {
        key: Role(key, role.label, role.sees, frozenset(_reach(key, also)), role.span) for key, role in roles.items()
    }


def _reach(start: str, also: dict[str, list[str]]) -> set[str]:
    """The role and all that it includes; a circle of roles is only a set of equal ones."""
    found, waiting = {start}, [start]
    while waiting:
        for role in also[waiting.pop()]:
            if role not in found:
                found.add(role)
                waiting.append(role)
    return found

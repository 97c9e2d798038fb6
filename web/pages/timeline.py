"""What happened, in sentences: entries of the engine → lines of the timeline."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from dsl.app import App, Entity, Field
from engine.answers import Change, Entry, EntryKind, Record
from engine.reading.masks import DOTS
from web.contexts import Happening, Link, Piece
from web.pages.address import address
from web.pages.showing import file_link, label_of, plain_text
from web.session import current_engine, current_language
from web.words import say

_ICONS = {
    "created": "plus", "changed": "pencil", "moved": "arrow-right", "removed": "trash", "restored": "refresh",
    "commented": "message",
}  # fmt: skip
_QUIET = frozenset({"stage", "stage_since", "days_in_stage", "changed_at", "changed_by", "pipeline"})
CHANGES_SHOWN = 8
KINDS: Mapping[str, tuple[EntryKind, ...]] = {
    "changes": ("changed", "created", "removed"),
    "comments": ("commented",),
    "moves": ("moved",),
}
"""What each tab of the timeline asks for; any other word asks for all."""


def happenings(record: Record, entries: Iterable[Entry]) -> tuple[Happening, ...]:
    return tuple(_line(record, entry) for entry in entries)


def when_text(instant: datetime, *, is_whole: bool = False) -> str:
    """Today 16:20, 11-20 16:20, 2025-11-20: as short as it stays clear, in the app's zone; or 2025-11-20 16:20."""
    engine = current_engine()
    zone = ZoneInfo(engine.app.timezone)
    local, now = instant.astimezone(zone), engine.clock.now().astimezone(zone)
    if is_whole:
        return f"{local:%Y-%m-%d %H:%M}"
    if local.date() == now.date():
        return say("今天 {time}", time=f"{local:%H:%M}")
    return f"{local:%m-%d %H:%M}" if local.year == now.year else f"{local:%Y-%m-%d}"


def _line(record: Record, entry: Entry) -> Happening:
    app, language = current_engine().app, current_language()
    kind = app.entities.get(entry.entity)
    is_here = entry.entity == record.entity and entry.record_id == record.id
    label = kind.label.say(language) if kind else entry.entity
    link = None
    if not is_here and kind is not None and entry.kind != "removed":
        href = address("records.show", entity=entry.entity, record_id=entry.record_id)
        link = Link(f"{label} {entry.title}".strip(), href)
    return Happening(
        icon=(kind.icon if kind and not is_here and entry.kind == "created" else _ICONS[entry.kind]),
        tone="move" if entry.kind == "moved" else "",
        who=entry.actor.name if entry.actor else say("系统"),
        when=when_text(entry.at),
        instant=entry.at.isoformat(),
        text=_sentence(kind, entry, label, is_here=is_here),
        body=tuple(_said(entry)),
        link=link,
        changes=tuple(_change(kind, c) for c in entry.changes if kind and _is_told(kind, c))[:CHANGES_SHOWN]
        if entry.kind == "changed"
        else (),
        files=tuple(file_link(note) for note in entry.files)
        + tuple(file_link(proof.file) for proof in entry.proofs if proof.file),
        notes=tuple(say("放行「{said}」：{reason}", said=w.said, reason=w.reason) for w in entry.waived),
    )


def _said(entry: Entry) -> Iterable[Piece]:
    """The words of a comment or an answer; the people whom it calls are marked."""
    called = [f"@{name}" for name in sorted(entry.called, key=len, reverse=True)]
    parts = re.split(f"({'|'.join(map(re.escape, called))})", entry.text) if called else [entry.text]
    return (Piece(part, part in called) for part in parts if part)


def _sentence(kind: Entity | None, entry: Entry, label: str, *, is_here: bool) -> str:
    if entry.kind == "moved":
        return say("{source} → {target}", source=_stage(kind, entry.source), target=_stage(kind, entry.target))
    words = {
        "created": say("新建") if not is_here else say("新建了这条记录"),
        "changed": say("修改"),
        "removed": say("删除了{label} {title}", label=label, title=entry.title),
        "restored": say("恢复了{label} {title}", label=label, title=entry.title),
        "commented": say("评论"),
    }
    return words[entry.kind]


def _stage(kind: Entity | None, key: str) -> str:
    stage = kind.stage(key) if kind else None
    return stage.label.say(current_language()) if stage else key


def _is_told(kind: Entity, change: Change) -> bool:
    field = kind.fields.get(change.field)
    return field is not None and change.field not in _QUIET and not (field.is_computed or field.kind == "table")


def _change(kind: Entity, change: Change) -> tuple[str, str, str]:
    """(label, before, after)"""
    field = kind.fields[change.field]
    return label_of(kind, field.key, current_language()), *change_texts(field, change)


def change_texts(field: Field, change: Change) -> tuple[str, str]:
    """Before and after for people; of files only that there are others now."""
    app, language = current_engine().app, current_language()
    if field.kind in ("file", "image", "files"):
        return "", say("更新了文件")
    before = change.before_title or _text(app, field, change.before, language)
    after = change.after_title or _text(app, field, change.after, language)
    return before or "—", after or "—"


def _text(app: App, field: Field, value: object, language: str) -> str:
    """A masked value is its own text, whatever the kind of the field."""
    is_mask = isinstance(value, str) and value.startswith(DOTS)
    return str(value) if is_mask else plain_text(app, field, value, language)

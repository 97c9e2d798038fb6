"""Two people saved one record: both values side by side, and a choice for each field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask import url_for

from dsl.app import Entity, Field
from dsl.kinds import text_value
from engine.errors import VersionConflict
from web.contexts import Conflict
from web.controls import Raw
from web.pages.entry import Entry
from web.pages.inputs import is_input, written
from web.pages.showing import label_of
from web.session import current_context, current_engine, current_language

TAKE = "take."
"""Form field `take.KEY` = "mine" or "theirs"."""


def page_values(
    entity: Entity, record_id: int, entry: Entry, conflict: VersionConflict, base: Mapping[str, Raw]
) -> Mapping[str, object]:
    """What conflict.html needs: fields that both sides changed, and everything else typed in hidden fields.

    base: raws when the form was opened; where the other side still has them, there is nothing to choose.
    """
    language = current_language()
    record = current_engine().find(current_context(), entity.key, record_id)
    theirs = record.values if record else conflict.theirs
    names = record.titles if record else {}
    same: list[tuple[str, str]] = []
    differing = []
    for key, raw in entry.raws.items():
        one = entity.fields[key]
        if not is_input(entity, one) or key not in entry.values:
            continue
        their_raw = written(one, theirs.get(key))
        if their_raw == raw or entry.values[key] == theirs.get(key) or their_raw == base.get(key):
            same.extend(_pairs(one, raw))
            continue
        mine = _text(one, entry.values.get(key), entry.titles.get(key, ""), language)
        other = _text(one, theirs.get(key), names.get(key, ""), language)
        differing.append(Conflict(key, label_of(entity, key, language), mine, other, tuple(_pairs(one, raw))))
    return {
        "entity": entity,
        "title": record.title if record else "",
        "action": url_for("forms.update", entity=entity.key, record_id=record_id),
        "cancel_href": url_for("records.show", entity=entity.key, record_id=record_id),
        "version": record.version if record else conflict.version,
        "same": same,
        "differing": differing,
        "fields": tuple(key for key in entry.raws if key in entry.values),
        "lines": _line_pairs(entry),
        "tables": tuple(entry.lines),
    }


def without_theirs(allowed: Iterable[str], form: Mapping[str, str]) -> frozenset[str]:
    """The fields that are written after the choice: those where the other side's value was taken stay as they are."""
    return frozenset(key for key in allowed if form.get(TAKE + key) != "theirs")


def _pairs(one: Field, raw: Raw) -> list[tuple[str, str]]:
    """A raw as hidden fields: (name, value)."""
    if isinstance(raw, str):
        return [(one.key, raw)]
    if isinstance(raw, Mapping):
        return [(f"{one.key}.{part}", text) for part, text in raw.items()]
    return [(one.key, text) for text in raw]


def _line_pairs(entry: Entry) -> list[tuple[str, str]]:
    """Child rows as hidden fields: they are kept as they were typed."""
    pairs = []
    for table, lines in entry.lines.items():
        for line in lines:
            prefix = f"{table}.{line.index}."
            pairs.append((prefix + "id", str(line.id or "")))
            if line.is_gone:
                pairs.append((prefix + "delete", "1"))
            for key, raw in line.raws.items():
                texts = (raw,) if isinstance(raw, str) else tuple(raw.values()) if isinstance(raw, Mapping) else raw
                pairs.extend((prefix + key, text) for text in texts)
    return pairs


def _text(one: Field, value: object, title: str, language: str) -> str:
    if one.kind in ("ref", "person") and title:
        return title
    return text_value(current_engine().app, one, value, language)

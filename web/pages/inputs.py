"""Fields to fill in: from a field and what was typed (or is stored) to `Input`, and back to values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flask import url_for

from dsl.app import App, Entity, Field
from dsl.kinds import Complaint, read_value
from engine.answers import FileNote
from engine.clock import day_of
from web.contexts import Held, Input, Pick
from web.controls import CONTROLS, Asked, Form, Raw
from web.pages.showing import label_of, size_text
from web.session import current_engine, current_language
from web.url_parts import id_in
from web.words import say

SEGMENTS_LONGEST = 14
"""Characters of all the labels together up to which a choice is shown as segments, and up to four of them."""
_CURRENCY = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}


def asked(field: Field) -> Asked:
    engine = current_engine()
    return Asked(engine.app, field, day_of(engine.clock.now(), engine.app.timezone))


def typed(form: Form, field: Field, name: str) -> Raw:
    """What the posted form holds for a field."""
    return CONTROLS[field.kind].typed(form, name)


def written(field: Field, value: object) -> Raw:
    """The raw of a stored value."""
    return CONTROLS[field.kind].written(asked(field), value)


def value_of(field: Field, raw: Raw) -> object:
    """The stored value of what was typed, or a Complaint."""
    question = asked(field)
    return read_value(question.app, field, CONTROLS[field.kind].value_of(question, raw), current_language())


def is_input(entity: Entity, field: Field) -> bool:
    """Whether people fill this field in at all."""
    is_written = not field.given or field.kind == "tags" or field.key == entity.parent
    return is_written and not field.is_computed and field.key != "stage"


def build_input(
    entity: Entity,
    field: Field,
    raw: Raw,
    *,
    name: str = "",
    error: str = "",
    title: str = "",
    files: Mapping[int, FileNote] | None = None,
    prefix: str = "f",
) -> Input:
    """An Input of one field. name: as the form sends it (the key unless in a row). title: of a chosen reference."""
    app, language, control = current_engine().app, current_language(), CONTROLS[field.kind]
    name = name or field.key
    made = Input(
        key=field.key,
        name=name,
        id=f"{prefix}-{name}",
        label=label_of(entity, field.key, language),
        control=control.macro,
        raw=raw if isinstance(raw, str) else "",
        help=field.help.say(language),
        error=error,
        is_required=field.required is True or field.key == entity.parent,
        may_be_required=field.required is not False,
        is_wide=control.is_wide,
        inputmode=control.inputmode,
    )
    if control.macro == "place":
        return replace(made, parts=dict(raw) if isinstance(raw, Mapping) else {})
    if control.macro == "upload":
        return _upload(made, field, raw, files or {})
    if control.macro == "lookup":
        return _lookup(made, field, title)
    if control.macro == "long":
        return replace(made, snippets=tuple(s.text.say(language) for s in entity.snippets))
    if control.macro == "number":
        return _number(app, made, field)
    if control.macro in ("choice", "picks"):
        return _options(app, made, field, raw, language)
    if field.kind == "time":
        return replace(made, help=made.help or say("写成 2026-11-21 16:20"))
    return made


def _lookup(made: Input, field: Field, title: str) -> Input:
    target = field.target if field.kind == "ref" else field.kind
    return replace(made, source=url_for("lookups.find", entity=target), target=target, text=title)


def _upload(made: Input, field: Field, raw: Raw, files: Mapping[int, FileNote]) -> Input:
    ids = raw if isinstance(raw, tuple) else (str(raw),)
    notes = [files[int(one)] for one in ids if id_in(one) in files]
    held = tuple(Held(n.id, n.name, size_text(n.size), n.mime.startswith("image/")) for n in notes)
    return replace(made, files=held, is_many=field.kind == "files", accept="image/*" if field.kind == "image" else "")


def _number(app: App, made: Input, field: Field) -> Input:
    if field.kind == "money":
        return replace(made, prefix=_CURRENCY.get(app.currency, app.currency))
    return replace(made, suffix="%") if field.kind == "percent" else made


def _options(app: App, made: Input, field: Field, raw: Raw, language: str) -> Input:
    """The options to pick from; retired ones only where the record still has them."""
    listed = app.choices.get(field.choices)
    chosen = set(raw) if isinstance(raw, tuple) else {raw}
    groups = {option.key: option.label.say(language) for option in listed.options if option.is_group} if listed else {}
    picks = tuple(
        Pick(o.key, o.label.say(language), o.color, groups.get(o.parent, ""), o.key in chosen)
        for o in (listed.options if listed else ())
        if not o.is_group and (not o.retired or o.key in chosen)
    )
    if made.control == "choice":
        is_short = len(picks) <= 4 and sum(len(pick.text) for pick in picks) <= SEGMENTS_LONGEST
        return replace(made, picks=picks, control="segments" if is_short else "choice")
    return replace(made, picks=picks)


def complaint_of(value: object) -> str:
    """The sentence of a Complaint in the reader's language; "" for a value."""
    return value.said.say(current_language()) if isinstance(value, Complaint) else ""

"""Values drawn as html: a `Shown` whatever it is, and the cells of a list's columns without making one of each.

`show` is the only place that knows how a value looks. A column's drawer gives what `show` would, for less: the look of
an option, a stage or a person is drawn once and kept, and a text or a number is written straight into its place.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from functools import lru_cache, partial
from html import escape as escaped

from markupsafe import Markup, escape

from dsl.app import App, Entity, Field
from engine.answers import Record
from web.contexts import Badge, Cell, Link, Meter, Shown
from web.pages.address import address
from web.pages.showing import NUMBERS, is_plain, plain_text, shown
from web.session import current_language
from web.templating import icon, piece
from web.words import say_in

MOST_KEPT = 2_000
"""Looks of different values that one column keeps."""
_ASKS_NOTHING = frozenset({"choice", "choices", "tags", "yesno"})
"""Kinds whose look follows from the value alone; so does that of a stage."""
_OPENING = {named: f'<span class="{named}">' if named else "<span>" for named in ("", "bad", "nowrap")}
_TONES = frozenset({"ok", "warn", "bad"})


Draw = Callable[[Record], Cell]


def initial(name: str) -> Markup:
    """The sign of a person: the last character of a Chinese name, the first letter of another."""
    return escape(name[-1:] if name and ord(name[0]) > 0x2E80 else name[:1].upper())


# --- one value -------------------------------------------------------------------------------------------------------


def show(value: Shown, *, in_full: bool = False) -> Markup:
    """A value to read. in_full: with what only a page of one record has room for: the band of a score, the marks of a
    rich text."""
    match value.look:
        case "empty":
            return Markup(no_value(current_language()).html)  # noqa: S704 — its text is escaped
        case "badges":
            return Markup('<span class="row tight">{}</span>').format(Markup().join(map(badge, value.badges)))
        case "meter" if value.meter is not None:
            band = value.meter.band if in_full else None
            return meter(value.meter) + (Markup(" ") + badge(band) if band else "")
        case "person":
            return _person(value.text)
        case "links":
            return Markup('<span class="row">{}</span>').format(Markup().join(map(_file, value.links)))
        case "rich" if in_full:
            return Markup('<div class="prose">{}</div>').format(value.html)
        case "yes":
            return Markup('<span class="row tight yes">{}{}</span>').format(icon("check", "s"), value.text)
    if value.href:
        outside = ' target="_blank" rel="noreferrer"' if value.is_outside else ""
        return Markup(f'<a href="{piece(value.href)}"{outside}>{piece(value.text)}</a>')  # noqa: S704 — escaped
    named = "bad" if value.is_bad else "nowrap" if value.is_number else ""
    return Markup(f"{_OPENING[named]}{piece(value.text)}</span>")  # noqa: S704 — escaped


def facts(values: Iterable[Shown]) -> Markup:
    """Values with their labels, to read in their places; of empty ones only that there are so many."""
    language, blank = current_language(), list[str]()
    parts = ['<dl class="facts">\n']
    for value in values:
        if value.look == "empty":
            blank.append(value.label)
        else:
            parts.append(_fact(value, language))
    parts.append("</dl>\n")
    if blank:
        labels, said = say_in(language, "、").join(blank), say_in(language, "{n} 项未填", n=len(blank))
        parts.append(f'<details class="blank"><summary>{said}</summary><p>{piece(labels)}</p></details>\n')
    return Markup("".join(parts))  # noqa: S704 — made of html and of escaped texts


def _fact(value: Shown, language: str) -> str:
    label = piece(value.label)
    name, why, copy = label, "", ""
    if value.history:
        said = say_in(language, "看看以前的值")
        name = (
            f'<button type="button" class="past" data-dialog="{piece(value.history)}" title="{said}">{label}</button>'
        )
    if value.why:
        href, said = piece(value.why), piece(say_in(language, "{label}为什么是这个值？", label=value.label))
        opens = f'<a class="button link why" href="{href}" data-dialog="{href}" aria-label="{said}">'
        why = f"{opens}{icon('help-circle', 's')}</a>"
    if value.copy:
        said = piece(say_in(language, "复制{label}", label=value.label))
        opens = f'<button type="button" class="button quiet icon-only mini copy" data-copy="{piece(value.copy)}"'
        copy = f'{opens} aria-label="{said}">{icon("copy", "s")}</button>'
    wide, long = "wide" if value.is_wide else "", "long" if value.look == "long" else ""
    shown_in_full = show(value, in_full=True)
    return f'<div class="{wide}"><dt>{name}{why}</dt><dd class="{long}">{shown_in_full}{copy}</dd></div>\n'


def badge(value: Badge) -> Markup:
    dot = Markup('<i class="swatch hue-{}"></i>').format(value.hue) if value.hue and value.tone not in _TONES else ""
    return Markup('<span class="badge {}">{}{}</span>').format(value.tone, dot, value.text)


def meter(value: Meter) -> Markup:
    return Markup(
        '<span class="meter {}"><svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        '<rect width="{}" height="10"></rect></svg><span>{}</span></span>'
    ).format(value.level, value.share, value.text)


def _file(link: Link) -> Markup:
    if link.image:
        sign = Markup('<img class="thumb" src="{}" alt="{}" loading="lazy">').format(link.image, link.text)
    else:
        sign = icon("paperclip", "s") + Markup("<span>{}</span>").format(link.text)
    return Markup('<a class="file" href="{}">{}</a>').format(link.href, sign)


@lru_cache(MOST_KEPT)
def _person(name: str) -> Markup:
    return Markup('<span class="avatar-line"><span class="avatar" aria-hidden="true">{}</span>{}</span>').format(
        initial(name), name
    )


# --- a column --------------------------------------------------------------------------------------------------------


def drawer(app: App, entity: Entity, field: Field, language: str) -> Draw:
    """How the cells of a field's column are drawn, in one language."""
    drawn = partial(_drawn, app, field.key, language)
    if field.key == "stage" or (field.kind in _ASKS_NOTHING and field.key not in entity.scores):
        quick = _kept(field.key, drawn)
    elif is_plain(entity, field) or field.kind == "code":
        quick = _plain(app, field, language)
    elif field.kind == "person":
        quick = _by_title(field.key, language)
    elif field.kind == "ref":
        quick = _reference(field, language, drawn)
    else:
        return drawn
    return _unless_masked(field.key, quick, drawn)


def _drawn(app: App, key: str, language: str, record: Record) -> Cell:
    found = shown(app, record, key, language, tells_more=False)
    return Cell(str(show(found)), found.text, found.look == "empty", found.is_number)


def _unless_masked(key: str, quick: Draw, drawn: Draw) -> Draw:
    return lambda record: drawn(record) if record.masked and key in record.masked else quick(record)


def _kept(key: str, drawn: Draw) -> Draw:
    """For looks that follow from the value alone."""
    known: dict[Hashable, Cell] = {}

    def draw(record: Record) -> Cell:
        value = record.values.get(key)
        if isinstance(value, list):
            value = tuple(value)
        cell = known.get(value)
        if cell is None:
            cell = drawn(record)
            if len(known) < MOST_KEPT:
                known[value] = cell
        return cell

    return draw


def _plain(app: App, field: Field, language: str) -> Draw:
    key, nothing, is_number = field.key, no_value(language), field.kind in NUMBERS
    said, opening = partial(plain_text, app, field), _OPENING["nowrap" if is_number else ""]

    def draw(record: Record) -> Cell:
        text = said(record.values.get(key), language)
        return Cell(f"{opening}{escaped(text)}</span>", text, False, is_number) if text else nothing

    return draw


def _by_title(key: str, language: str) -> Draw:
    nothing = no_value(language)

    def draw(record: Record) -> Cell:
        name = record.titles.get(key, "") if isinstance(record.values.get(key), int) else ""
        return Cell(str(_person(name)), name, False) if name else nothing

    return draw


def _reference(field: Field, language: str, drawn: Draw) -> Draw:
    key, nothing = field.key, no_value(language)
    above = escaped(address("records.show", entity=field.target, record_id=0)).removesuffix("0")

    def draw(record: Record) -> Cell:
        value, title = record.values.get(key), record.titles.get(key, "")
        if not isinstance(value, int):
            return nothing
        if not title or key in record.closed:
            return drawn(record)
        return Cell(f'<a href="{above}{value}">{escaped(title)}</a>', title, False)

    return draw


@lru_cache(MOST_KEPT)
def no_value(language: str) -> Cell:
    """What stands for an empty value."""
    return Cell(f'<span class="muted" aria-label="{escaped(say_in(language, "空"))}">—</span>', "", True)

"""Rows of a list: records as a screen shows them, with what may be edited in place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape as escaped

from flask import request
from markupsafe import Markup

from dsl.app import App, Entity
from engine.answers import Record
from web.contexts import Cell, Head, Row
from web.made import made
from web.pages.address import address
from web.pages.drawing import Draw, drawer
from web.pages.showing import ASKED_IF_LATE, NUMBERS, is_number, label_of, shown
from web.session import current_engine, current_language
from web.words import say_in

NEXT_STEP_FIELDS = ("next_step", "next_step_on", "next_day", "next_on")
"""What leads the second line of a phone card, where an entity has it."""
FACTS_SHOWN = 3


def wanted(entity: Entity, columns: tuple[str, ...], hidden: frozenset[str]) -> tuple[str, ...]:
    """The fields to read: the columns, the title, what a column's look asks for, and what leads a card."""
    asked = ASKED_IF_LATE if "days_in_stage" in columns else ()
    extra = (entity.title, entity.parent, *asked, *NEXT_STEP_FIELDS)
    keys = (*columns, *(key for key in extra if key in entity.fields))
    return tuple(dict.fromkeys(key for key in keys if key not in hidden))


def rows_of(
    entity: Entity, records: Iterable[Record], columns: tuple[str, ...], editable: frozenset[str] = frozenset()
) -> tuple[Row, ...]:
    """The records' rows. editable: the columns whose cells may be edited in place."""
    app, language = current_engine().app, current_language()
    key = ("rows", entity.key, columns, editable, language, request.script_root)
    plan = made(key, lambda: RowPlan.of(app, entity, columns, editable, language))
    return tuple(map(plan.row, records))


@dataclass(frozen=True, slots=True)
class _Column:
    """One column of a plan. td: how its cell begins; link: the same of the link to the record, "" without one."""

    draw: Draw
    td: str
    link: str
    name: str = ""
    """On a card, where no head names it: what a figure without a unit is."""


@dataclass(frozen=True, slots=True)
class RowPlan:
    """How the records of one list become rows, with all that their columns settle settled. above: before the id."""

    app: App
    entity: Entity
    language: str
    columns: tuple[_Column, ...]
    above: str
    leads: tuple[str, ...]
    pick: tuple[str, str]
    """What the box says that chooses a row, before and after the row's title."""
    facts: tuple[int, ...]
    """The columns that may stand on a card of the phone, by their places: how the record is before what it is."""

    @staticmethod
    def of(app: App, entity: Entity, columns: tuple[str, ...], editable: frozenset[str], language: str) -> RowPlan:
        lead = entity.title if entity.title in columns else columns[0] if columns else ""
        told = [at for at, key in enumerate(columns) if _may_be_fact(key, lead)]
        return RowPlan(
            app=app,
            entity=entity,
            language=language,
            columns=tuple(_column(app, entity, key, lead, language, may_edit=key in editable) for key in columns),
            above=address("records.show", entity=entity.key, record_id=0).removesuffix("0"),
            leads=tuple(key for key in NEXT_STEP_FIELDS if key in entity.fields),
            pick=_around_title(say_in(language, "选中 {title}")),
            facts=tuple(sorted(told, key=lambda at: columns[at] not in entity.scores)),
        )

    def row(self, record: Record) -> Row:
        href, title = f"{self.above}{record.id}", record.title or f"#{record.id}"
        cells = tuple([column.draw(record) for column in self.columns])
        tds = []
        for column, cell in zip(self.columns, cells, strict=True):
            if column.link:
                tds.append(f'{column.td}{column.link}{escaped(href)}">{escaped(cell.text or title)}</a></td>')
            else:
                tds.append(f'{column.td}<span class="clip">{cell.html}</span></td>')
        facts = [(self.columns[at].name, cells[at]) for at in self.facts if not cells[at].is_empty]
        return Row(
            id=record.id,
            version=record.version,
            href=href,
            title=title,
            pick=f"{self.pick[0]}{title}{self.pick[1]}",
            cells=cells,
            tds=Markup("".join(tds)),  # noqa: S704 — made of html and of escaped texts
            line=_line(facts[:FACTS_SHOWN]),
            next_step=self._next_step(record) if self.leads else "",
        )

    def _next_step(self, record: Record) -> str:
        return _told(self.app, record, self.leads, self.language)


def _line(facts: Sequence[tuple[str, Cell]]) -> Markup:
    """The facts of a card with their names, the last of several at its end."""
    said = []
    for at, (name, fact) in enumerate(facts, start=1):
        push = "push" if at == len(facts) > 1 else ""
        named = f'<span class="muted">{escaped(name)}</span> ' if name else ""
        said.append(f'<span class="{push} {"" if fact.is_number else "clip"}">{named}{fact.html}</span>')
    return Markup("".join(said))  # noqa: S704 — made of the facts' html


def _around_title(text: str) -> tuple[str, str]:
    before, _, after = text.partition("{title}")
    return before, after


def _column(app: App, entity: Entity, key: str, lead: str, language: str, *, may_edit: bool) -> _Column:
    field, has_meter = entity.fields[key], key in entity.scores
    named = " ".join(("num",) * (is_number(field) and not has_meter) + ("lead",) * (key == lead))
    named = f' class="{named}"' if named else ""
    edited = f' data-cell="{escaped(key)}"' if may_edit else ""
    return _Column(
        draw=drawer(app, entity, field, language),
        td=f"<td{named}{edited}>",
        link='<a class="clip" href="' if key == lead else '<a class="nowrap" href="' if key == "code" else "",
        name=label_of(entity, key, language) if _is_bare(entity, key) else "",
    )


def _may_be_fact(key: str, lead: str) -> bool:
    return key != lead and not key.endswith("code")


def _is_bare(entity: Entity, key: str) -> bool:
    return entity.fields[key].kind in NUMBERS - {"money"} and key != "days_in_stage" and key not in entity.scores


def next_step(record: Record, entity: Entity) -> str:
    """What comes next, in one line, from the fields that say so."""
    keys = tuple(key for key in NEXT_STEP_FIELDS if key in entity.fields)
    return _told(current_engine().app, record, keys, current_language())


def _told(app: App, record: Record, keys: tuple[str, ...], language: str) -> str:
    given = (key for key in keys if record.values.get(key))
    return " · ".join(shown(app, record, key, language, tells_more=False).text for key in given)


def head_of(entity: Entity, key: str) -> Head:
    """A column's head as plain text."""
    is_right = is_number(entity.fields[key]) and key not in entity.scores
    return Head(label_of(entity, key, current_language()), is_right, key=key)

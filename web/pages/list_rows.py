"""Rows of a list: records as a screen shows them, with what may be edited in place."""

from __future__ import annotations

from flask import url_for

from dsl.app import Entity
from engine.answers import Record
from web.contexts import Head, Row
from web.pages.showing import days_over, is_number, label_of, shown
from web.session import current_engine, current_language

NEXT_STEP_FIELDS = ("next_step", "next_step_on", "next_day", "next_on")
"""What leads the second line of a phone card, where an entity has it."""
FACTS_SHOWN = 4


def wanted(entity: Entity, columns: tuple[str, ...], hidden: frozenset[str]) -> tuple[str, ...]:
    """The fields to read: the columns, the title, and what marks a row as late or leads its card."""
    extra = (entity.title, entity.parent, "stage", "days_in_stage", *NEXT_STEP_FIELDS)
    keys = (*columns, *(key for key in extra if key in entity.fields))
    return tuple(dict.fromkeys(key for key in keys if key not in hidden))


def row_of(entity: Entity, record: Record, columns: tuple[str, ...]) -> Row:
    app, language = current_engine().app, current_language()
    cells = tuple(shown(app, record, key, language) for key in columns)
    lead = columns.index(entity.title) if entity.title in columns else 0
    facts = tuple(c for at, c in enumerate(cells) if at != lead and c.look != "empty" and not c.key.endswith("code"))
    return Row(
        id=record.id,
        version=record.version,
        href=url_for("records.show", entity=entity.key, record_id=record.id),
        title=record.title or f"#{record.id}",
        cells=cells,
        lead=lead,
        next_step=next_step(record, entity),
        facts=facts[:FACTS_SHOWN],
        is_late=days_over(entity, record.values) > 0,
    )


def next_step(record: Record, entity: Entity) -> str:
    """What comes next, in one line, from the fields that say so."""
    app, language = current_engine().app, current_language()
    keys = [key for key in NEXT_STEP_FIELDS if key in entity.fields and record.values.get(key)]
    return " · ".join(shown(app, record, key, language).text for key in keys)


def head_of(entity: Entity, key: str) -> Head:
    """A column's head as plain text."""
    is_right = is_number(entity.fields[key]) and key not in entity.scores
    return Head(label_of(entity, key, current_language()), is_right, key=key)

"""What programs send about an import: its mapping, its words, answers to its questions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

from dsl.outlets import Found
from web.api.body import json_object, refuse_others, unreadable, whole_number
from web.api.sentences import say
from web.session import current_language

FOUND: tuple[str, ...] = get_args(Found)
LAST_COLUMN = 16_383
"""Of a spreadsheet, counted from 0."""
LONGEST = 1_000


@dataclass(frozen=True, slots=True)
class MappingWish:
    """columns: sheet's id → place → head. fixed: sheet's id → head → text. words: None to keep those that are known."""

    columns: Mapping[int, Mapping[int, str]]
    fixed: Mapping[int, Mapping[str, str]]
    words: Mapping[str, Mapping[str, str]] | None
    found: str


@dataclass(frozen=True, slots=True)
class Answers:
    """answers: question's id → same or other. choices: leading row → field → the row whose value stands."""

    answers: Mapping[int, str]
    choices: Mapping[int, Mapping[str, int]]


def mapping_wish() -> MappingWish:
    """{sheets: [{id, columns: [{at, to}], fixed: {head: text}}], words: {head: {word: meant}}, found}."""
    body = json_object()
    columns: dict[int, dict[int, str]] = {}
    fixed: dict[int, dict[str, str]] = {}
    for sheet in _objects(body, "sheets"):
        sheet_id = whole_number(sheet.pop("id", None), "request.body.sheets.id")
        if "columns" in sheet:
            columns[sheet_id] = dict(_column(each) for each in _objects(sheet, "columns"))
        if "fixed" in sheet:
            fixed[sheet_id] = _texts(sheet.pop("fixed"), "fixed")
        refuse_others(sheet, frozenset())
    words = body.pop("words", None)
    if words is not None and not isinstance(words, dict):
        raise _wrong("words", "object_wanted", key="words")
    found = body.pop("found", "")
    if found not in ("", *FOUND):
        raise _wrong("found", "found_wanted", choices=", ".join(FOUND))
    refuse_others(body, frozenset())
    settled = None if words is None else {_clean(head, "words"): _texts(each, "words") for head, each in words.items()}
    return MappingWish(columns, fixed, settled, str(found))


def _column(column: dict[str, object]) -> tuple[int, str]:
    """What else a column says was said by us."""
    at, to = column.get("at"), column.get("to")
    if isinstance(at, float) and at.is_integer():
        at = int(at)
    if isinstance(at, bool) or not isinstance(at, int) or not 0 <= at <= LAST_COLUMN:
        raise _wrong("sheets.columns.at", "place_wanted", most=LAST_COLUMN)
    return at, _clean(to, "to")


def answers() -> Answers:
    """{answers: [{question, answer}], choices: [{row, field, from}]}."""
    body = json_object()
    given: dict[int, str] = {}
    choices: dict[int, dict[str, int]] = {}
    for each in _objects(body, "answers"):
        question = whole_number(each.pop("question", None), "request.body.answers.question")
        answer = each.pop("answer", None)
        if answer not in ("same", "other"):
            raise _wrong("answers.answer", "answer_wanted")
        given[question] = str(answer)
        refuse_others(each, frozenset())
    for each in _objects(body, "choices"):
        row = whole_number(each.pop("row", None), "request.body.choices.row")
        source = each.pop("from", None)
        chosen = (
            0 if source == 0 and not isinstance(source, bool) else whole_number(source, "request.body.choices.from")
        )
        choices.setdefault(row, {})[_clean(each.pop("field", None), "field")] = chosen
        refuse_others(each, frozenset())
    refuse_others(body, frozenset())
    return Answers(given, choices)


def _objects(body: dict[str, object], key: str) -> list[dict[str, object]]:
    """The list of objects under the key, taken out; none where it is absent."""
    found = body.pop(key, [])
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise _wrong(key, "rows_wanted", most=LAST_COLUMN)
    return [dict(each) for each in found]


def _texts(found: object, key: str) -> dict[str, str]:
    if not isinstance(found, dict):
        raise _wrong(key, "texts_wanted", key=key)
    return {_clean(name, key): _clean(text, key) for name, text in found.items()}


def _clean(text: object, key: str) -> str:
    if not isinstance(text, str) or "\0" in text or len(text) > LONGEST:
        raise _wrong(key, "text_wanted", key=key)
    return text


def _wrong(place: str, sentence: str, **values: object) -> Exception:
    return unreadable(f"request.body.{place}", say(sentence, current_language(), **values), 422)

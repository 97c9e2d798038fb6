"""The app of the formula tests in a database: written cases flattened into tables, and a pool of random records."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from dsl.app import App
from dsl.formula.scope import DEPARTMENT_ENTITY, PERSON_ENTITY, AppScope
from dsl.formula.value_types import (
    ChoiceType,
    DateType,
    DurationType,
    FileType,
    NumberType,
    PersonType,
    RefType,
    RowsType,
    SetType,
    TextType,
    TimeType,
    ValueType,
    YesNoType,
)
from tests.formula_app import APP, ROLE
from tests.formula_cases import ME
from tests.formula_texts import WORDS

Flat = dict[str, list[dict[str, Any]]]


def stored_app() -> App:
    """The app with its stage as the engine gives it: in the system column."""
    entities = {}
    for key, entity in APP.entities.items():
        fields = {
            name: replace(field, given=True) if name == "stage" else field for name, field in entity.fields.items()
        }
        entities[key] = replace(entity, fields=fields)
    return replace(APP, entities=entities)


class Flattener:
    """Nested rows as rows of tables, each with a fresh id; whoever acts keeps his or her own."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.rows: Flat = {PERSON_ENTITY: [], **{key: [] for key in app.entities}}
        self.rows[DEPARTMENT_ENTITY] = []
        self._next = 100
        self._person(ME)

    def _id(self) -> int:
        self._next += 1
        return self._next

    def add(self, entity: str, row: Mapping[str, Any], **links: int) -> int:
        """The id of the row's record, which now stands in `rows` with all that it holds."""
        key = self._id()
        flat: dict[str, Any] = {"id": key, **links}
        tables: list[tuple[str, list[Mapping[str, Any]]]] = []
        for name, field in self.app.entity(entity).fields.items():
            value = row.get(name)
            match field.value_type:
                case RowsType(entity=child):
                    tables.append((child, value or []))
                case PersonType():
                    flat[name] = self._person(value)
                case RefType(entity=target):
                    if name not in links:
                        flat[name] = self.add(target, value) if value else None
                case _:
                    flat[name] = value
        self.rows[entity].append(flat)
        for child, children in tables:
            for each in children:
                self.add(child, each, **{entity: key})
        return key

    def _person(self, person: Mapping[str, Any] | None) -> int | None:
        if person is None:
            return None
        if person.get("id") == ME["id"] and self.rows[PERSON_ENTITY]:
            return 7
        key = 7 if person.get("id") == ME["id"] else self._id()
        row = {"id": key, "login": f"p{key}", "name": person.get("name") or "", "role": person.get("role") or ""}
        row["manager_id"] = self._person(person.get("manager"))
        row["unit_id"] = self._unit(person.get("unit"))
        self.rows[PERSON_ENTITY].append(row)
        return key

    def _unit(self, unit: Mapping[str, Any] | None) -> int | None:
        if unit is None:
            return None
        key = self._id()
        self.rows[DEPARTMENT_ENTITY].append({"id": key, "name": unit["name"], "path": f"/{key}/"})
        return key


def random_records(app: App, seed: int, count: int) -> Flat:
    """`count` deals with customers, lines and people, many of their values at the edges."""
    dice = random.Random(seed)
    people = [{**ME, "login": "me", "unit": None}] + [
        {"id": 10 + place, "login": f"p{place}", "name": dice.choice(WORDS), "role": dice.choice(("", *ROLE.keys))}
        for place in range(6)
    ]
    rows: Flat = {"person": [_person_row(person) for person in people], **{key: [] for key in app.entities}}
    ids = [person["id"] for person in people]
    for place in range(max(2, count // 3)):
        rows["customer"].append(_record(app, dice, "customer", place + 1, ids, {}))
    for place in range(count):
        customer = dice.choice((None, 1, 1, dice.randint(1, len(rows["customer"]))))
        rows["deal"].append(_record(app, dice, "deal", place + 1, ids, {"customer": customer}))
        for _ in range(dice.choice((0, 0, 1, 2, 3, 5))):
            rows["line"].append(_record(app, dice, "line", len(rows["line"]) + 1, ids, {"deal": place + 1}))
    return rows


def _person_row(person: Mapping[str, Any]) -> dict[str, Any]:
    return {key: person[key] for key in ("id", "login", "name", "role")}


def _record(
    app: App, dice: random.Random, entity: str, key: int, people: list[int], links: Mapping[str, int | None]
) -> dict[str, Any]:
    scope = AppScope(app, entity)
    row: dict[str, Any] = {"id": key, **links}
    for name in scope.names(entity):
        info = scope.field(entity, name)
        if info is not None and name not in row and not isinstance(info.value_type, RowsType):
            row[name] = _value(dice, info.value_type, people)
    return row


NUMBERS = (None, 0, 1, -1, 5, 50, 99, 500, 12_345, -99_999, 10**6, 2**31, 10**12 + 1, -(10**15), 10**18 - 1, 1 - 10**18)
DAYS = (None, date(2024, 2, 29), date(2026, 1, 31), date(1, 1, 1), date(9999, 12, 31), date(2026, 11, 21))


def _value(dice: random.Random, kind: ValueType, people: list[int]) -> Any:
    match kind:
        case NumberType():
            return dice.choice((dice.choice(NUMBERS), dice.randint(-1000, 100_000)))
        case TextType():
            return dice.choice(WORDS)
        case YesNoType():
            return dice.random() < 0.5
        case DateType():
            return dice.choice((dice.choice(DAYS), date(2024, 1, 1) + timedelta(days=dice.randint(0, 1400))))
        case TimeType():
            moment = datetime(2026, 11, 1, tzinfo=UTC) + timedelta(seconds=dice.randint(-(10**8), 10**7))
            return dice.choice((None, moment, datetime(2026, 11, 20, 16, tzinfo=UTC)))
        case DurationType():
            return dice.choice((None, 0, 59, 86_400, -86_399, dice.randint(-(10**7), 10**7)))
        case ChoiceType(keys=keys):
            return dice.choice((None, *keys))
        case SetType(keys=keys):
            return tuple(sorted(key for key in keys if dice.random() < 0.4))
        case FileType(many=True):
            return dice.choice(((), (3, 4)))
        case FileType():
            return dice.choice((None, 5))
        case PersonType():
            return dice.choice((None, *people))
        case _:
            return None

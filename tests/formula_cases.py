"""Reads tests/formulas/*.csv: (expression, entity, row, value), for the Python tests and the SQL differential alike.

row: JSON of the fields that are not empty, in people's words: numbers and money as decimal text or JSON numbers, dates
and instants ISO, a reference or person as an object (a new record of its entity), rows as a list of objects. The fields
are those of `tests.formula_app`. value: `empty`, `yes`, `no`, a number with all decimals of its scale, an ISO date, an
ISO instant in UTC, seconds of a duration, or the text itself in double quotes.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from pathlib import Path

from dsl.app import App
from dsl.formula.decimals import decimal_text
from dsl.formula.env import Env
from dsl.formula.runtime import instant_text
from dsl.formula.scope import PERSON_ENTITY, AppScope
from dsl.formula.value_types import (
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
from tests.formula_app import APP

FOLDER = Path(__file__).parent / "formulas"
ME = {"id": 7, "name": "李娜", "role": "sales", "unit": {"id": 3, "name": "华东一组"}, "manager": None}
MOMENT = Env(today=date(2026, 11, 21), now=datetime(2026, 11, 21, 8, 20, tzinfo=UTC), me=ME)
"""The moment of every case: Saturday 2026-11-21 16:20 in Shanghai; 李娜 acts, nobody has submitted."""

_EXAMPLE: Mapping[str, object] = {
    "name": "报价单",
    "qty": 10,
    "rate": "2.50",
    "amount": "1280000",
    "fee": "300",
    "margin": "0.07",
    "due": "2026-11-30",
    "grade": "A",
    "tags": ["hot"],
    "stage": "quoting",
    "days_in_stage": 3,
    "owner": {"id": 8, "name": "王强", "role": "manager"},
    "customer": {"name": "恒远精密", "grade": "B"},
    "created_at": "2026-11-20T00:00:00Z",
    "start_of_work": "2026-11-19T16:30:00+08:00",
    "end_of_work": "2026-11-20T18:00:00+08:00",
    "lines": [
        {"item": "螺丝", "qty": 4, "amount": "100.00", "day": "2026-11-01"},
        {"item": "螺母", "qty": 6, "amount": "180.00"},
        {"item": "垫片", "amount": "300.00", "day": "2026-11-20"},
    ],
}


@dataclass(frozen=True, slots=True)
class Case:
    """One line of a file. `row` is nested, in stored form, with every field of its entity."""

    place: str
    expression: str
    entity: str
    row: Mapping[str, object]
    value: str


def cases(app: App = APP) -> tuple[Case, ...]:
    """Every case of every file."""
    return tuple(case for path in sorted(FOLDER.glob("*.csv")) for case in _read(path, app))


def _read(path: Path, app: App) -> Iterator[Case]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        for line in reader:
            entity = line["entity"] or "deal"
            written = json.loads(line["row"] or "{}")
            row = nested(app, entity, written)
            yield Case(f"{path.name}:{reader.line_num}", line["expression"], entity, row, line["value"])


def nested(app: App, entity: str, written: Mapping[str, object], ids: "count[int] | None" = None) -> dict[str, object]:
    """The whole row in stored form: fields that are not written are empty."""
    ids = ids or count(1)
    row: dict[str, object] = {"id": written.get("id", next(ids))}
    scope = AppScope(app, entity)
    unknown = set(written) - set(scope.names(entity)) - {"id"}
    assert not unknown, f"{entity} has no {unknown}"
    for name in scope.names(entity):
        info = scope.field(entity, name)
        assert info is not None
        row[name] = _stored(app, info.value_type, written.get(name), ids)
    return row


def _stored(app: App, value_type: ValueType, raw: object, ids: "count[int]") -> object:
    match value_type:
        case NumberType(scale=scale):
            return None if raw is None else int(Decimal(str(raw)).scaleb(scale))
        case TextType():
            return raw or ""
        case YesNoType():
            return bool(raw)
        case DateType():
            return None if raw is None else date.fromisoformat(str(raw))
        case TimeType():
            return None if raw is None else datetime.fromisoformat(str(raw)).astimezone(UTC)
        case DurationType():
            return raw
        case SetType():
            return tuple(sorted(raw)) if isinstance(raw, list) else ()
        case FileType(many=True):
            return tuple(raw) if isinstance(raw, list) else ()
        case RefType(entity=entity):
            return nested(app, entity, raw, ids) if isinstance(raw, dict) else None
        case PersonType():
            return nested(app, PERSON_ENTITY, raw, ids) if isinstance(raw, dict) else None
        case RowsType(entity=entity):
            return [nested(app, entity, child, ids) for child in raw] if isinstance(raw, list) else []
        case _:
            return raw


def shown(value: object, value_type: ValueType) -> str:
    """A value of a formula as the files write it."""
    match value_type, value:
        case _, None:
            return "empty"
        case NumberType(scale=scale), int():
            return decimal_text(value, scale)
        case YesNoType(), _:
            return "yes" if value else "no"
        case TimeType(), datetime():
            return instant_text(value)
        case TextType(), str():
            return f'"{value}"'
        case _, date():
            return value.isoformat()
        case _:
            return str(value)


EXAMPLE = nested(APP, "deal", _EXAMPLE)
"""The deal of the guide and of the functions' examples."""
VISITED = replace(MOMENT, entered=lambda _entity, _record, _stage: MOMENT.now)
"""The moment of the cases, for a record that has been in every stage just now."""

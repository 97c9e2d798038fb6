"""Several rows (and a record) as one: which value stands, and where it comes from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from dsl.app import App, Entity
from dsl.formula.value_types import SetType
from dsl.outlets import Import
from engine.commands import ChildRow, Create, Update
from engine.intake.ledger import RowOfRun
from engine.intake.plain_text import folded
from engine.values import is_empty, is_filler
from engine.writing.stored_json import from_json

RECORD = 0
"""In a choice: the value is the record's own."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the values for a field and who says it: rows by number, RECORD for what is there."""

    value: object
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Merge:
    """A field of a group with all that is said of it; `taken` is what stands."""

    path: str
    sides: tuple[Side, ...]
    taken: object

    @property
    def is_contested(self) -> bool:
        return len(self.sides) > 1


def merges(app: App, wanted: Import, rows: Sequence[RowOfRun], record: Mapping[str, object] | None) -> list[Merge]:
    """Every field that the rows give a value, in the order of the import's columns."""
    leader = next((row for row in rows if row.number == row.leader), rows[0])
    entity = app.entity(wanted.entity)
    paths = dict.fromkeys(column.path for column in wanted.columns.values() if not column.rows)
    return [
        merge
        for path in paths
        if (merge := _merge(app, entity, wanted, path, rows, record, leader.choice.get(path))) is not None
    ]


def _merge(
    app: App,
    entity: Entity,
    wanted: Import,
    path: str,
    rows: Sequence[RowOfRun],
    record: Mapping[str, object] | None,
    choice: int | None,
) -> Merge | None:
    field = entity.fields[path]
    said = [(from_json(field.value_type, row.cleaned[path]), row.number) for row in rows if path in row.cleaned]
    said = [(value, number) for value, number in said if not is_empty(value)]
    if not said:
        return None
    present = record.get(path) if record is not None else None
    if is_filler(app, field, present):
        present = None
    if isinstance(field.value_type, SetType):
        union = {key for value, _ in said if isinstance(value, tuple) for key in value}
        mine = set(present) if isinstance(present, tuple) else set()
        return Merge(path, (), tuple(sorted(union | mine)))
    sides = _sides(said)
    if not is_empty(present):
        sides = _with_record(sides, present)
    return Merge(path, tuple(sides), _taken(wanted, sides, choice))


def _sides(said: Sequence[tuple[object, int]]) -> list[Side]:
    """The different values, the most frequent first, of equals the first one."""
    if len(said) == 1:
        return [Side(said[0][0], (said[0][1],))]
    numbers: dict[object, list[int]] = {}
    for value, number in said:
        numbers.setdefault(value, []).append(number)
    often = Counter({value: len(each) for value, each in numbers.items()})
    return [Side(value, tuple(numbers[value])) for value, _ in often.most_common()]


def _with_record(sides: list[Side], present: object) -> list[Side]:
    same = next((side for side in sides if side.value == present), None)
    mine = Side(present, (RECORD, *(same.numbers if same else ())))
    return [mine, *(side for side in sides if side is not same)]


def _taken(wanted: Import, sides: Sequence[Side], choice: int | None) -> object:
    chosen = next((side for side in sides if choice in side.numbers), None) if choice is not None else None
    if chosen is not None:
        return chosen.value
    if wanted.found == "update" and sides[0].numbers[0] == RECORD and len(sides) > 1:
        return sides[0].value if len(sides[0].numbers) > 1 else sides[1].value
    return sides[0].value


PresentRows = Mapping[str, frozenset[str]]
"""Table field → titles (folded) of the rows that the record has."""


class Merger:
    """Makes the commands of one import. What follows from its columns is worked out once."""

    def __init__(self, app: App, wanted: Import) -> None:
        self._app, self._wanted = app, wanted
        fields = app.entity(wanted.entity).fields
        paths = dict.fromkeys(column.path for column in wanted.columns.values() if not column.rows)
        self._paths = [(path, fields[path].value_type) for path in paths]
        self._has_rows = any(column.rows for column in wanted.columns.values())

    def command(
        self, rows: Sequence[RowOfRun], record: Mapping[str, object] | None, present: PresentRows
    ) -> Create | Update:
        """What the group wants written. record: what is there; present: titles of the rows it has, by table field."""
        if record is None and len(rows) == 1 and not rows[0].choice:
            found = self._alone(rows[0])
        else:
            found = {merge.path: merge.taken for merge in merges(self._app, self._wanted, rows, record)}
        stage = str(found.pop("stage", "") or "")
        children = dict(_children(self._app, self._wanted, rows, present)) if self._has_rows else {}
        if record is None:
            return Create(self._wanted.entity, found, children, stage)
        record_id, version = record["id"], record["row_version"]
        assert isinstance(record_id, int)  # noqa: S101 — a record has an id
        assert isinstance(version, int)  # noqa: S101 — and a version
        return Update(self._wanted.entity, record_id, version, found, children)

    def _alone(self, row: RowOfRun) -> dict[str, object]:
        """What one row says where nothing else speaks: the same as its merges, which are much to make."""
        cleaned = row.cleaned
        found = {path: from_json(of, cleaned[path]) for path, of in self._paths if path in cleaned}
        return {path: value for path, value in found.items() if not is_empty(value)}


def _children(
    app: App, wanted: Import, rows: Sequence[RowOfRun], present: PresentRows
) -> Iterator[tuple[str, Sequence[ChildRow]]]:
    """New rows of the tables: one for each different title that is not there yet."""
    entity = app.entity(wanted.entity)
    for table in dict.fromkeys(column.rows for column in wanted.columns.values() if column.rows):
        child = app.entity(entity.fields[table].target)
        known = set(present.get(table, frozenset()))
        made = []
        for row in rows:
            values = row_values(child, table, row)
            title = folded(str(values.get(child.title) or ""))
            if values and title not in known:
                known.add(title)
                made.append(ChildRow(values))
        if made:
            yield table, made


def row_values(child: Entity, table: str, row: RowOfRun) -> dict[str, object]:
    """What a row of the file says of a row of the table."""
    values = {
        path.removeprefix(f"{table}."): from_json(child.fields[path.removeprefix(f"{table}.")].value_type, value)
        for path, value in row.cleaned.items()
        if path.startswith(f"{table}.")
    }
    return {key: value for key, value in values.items() if not is_empty(value)}

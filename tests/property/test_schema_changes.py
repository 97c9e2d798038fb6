"""Any sequence of revisions of an app: each is applied once, twice is nothing, and what a field held it still holds."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from dsl.app import App
from engine.clock import VirtualClock
from engine.people.sight import SYSTEM_SIGHT
from engine.store.apply import apply_app, plan_changes, read_tables
from engine.store.database import Database
from engine.store.gate import Gate
from engine.store.records import Records, SystemValues
from tests.unit.engine.store.apps import app, entity, field
from tests.unit.engine.store.conftest import NOW

Kinds = Mapping[str, str]
"""Field → kind."""

VALUES = {"text": "x", "money": 1_250, "yesno": True, "tags": ("a", "b"), "file": 7, "integer": 4}
EVERY_FIELD = tuple("abcd")

revisions = st.lists(
    st.dictionaries(st.sampled_from(EVERY_FIELD), st.sampled_from(sorted(VALUES)), max_size=4), min_size=1, max_size=5
)


def _app(kinds: Kinds, number: int) -> App:
    fields = [field(key, kind, "t" if kind == "tags" else "") for key, kind in kinds.items()]
    return app(entity("thing", *fields), digest=f"{number}")


def _all_fields(revision: Kinds) -> list[str]:
    return [f"thing.{key}" for key in revision]


def _records(database: Database, made: App) -> Records:
    tables = read_tables(database, made)
    return Records(made, tables, Gate(made, tables))


@settings(max_examples=25, deadline=None)
@given(revisions)
def test_a_field_keeps_its_values_as_long_as_its_type_stays(kinds_of: list[Kinds]) -> None:
    with tempfile.TemporaryDirectory() as directory:
        database = Database.open("sqlite", data_dir=Path(directory))
        written: dict[int, Kinds] = {}
        history: list[Kinds] = []
        for number, kinds in enumerate(kinds_of):
            made = _app(kinds, number)
            apply_app(database, made, VirtualClock(NOW), acknowledged=_all_fields(kinds))
            assert plan_changes(database, made) == []
            history.append(kinds)
            records = _records(database, made)
            with database.write() as conn:
                values = {key: VALUES[kind] for key, kind in kinds.items()}
                written[records.insert(conn, "thing", values, SystemValues(at=NOW, by=1))] = kinds
                for place, record_id in enumerate(written):
                    found = records.find(conn, SYSTEM_SIGHT, "thing", record_id)
                    assert found is not None
                    for key, kind in kinds.items():
                        since = [older.get(key, kind) for older in history[place:]]
                        if key in written[record_id] and set(since) == {kind}:
                            assert found[key] == VALUES[kind]
        database.close()

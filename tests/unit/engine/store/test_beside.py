"""What is kept beside records: one statement on PostgreSQL, some on SQLite, and the same rows."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa

from engine.store import beside, history, visits
from engine.store.beside import Beside
from engine.store.driver import DuplicateValue
from engine.store.history import NewEvent
from engine.store.search import Words
from engine.store.system_tables import event, search_entry, stage_visit, stage_week
from engine.store.visits import Arrival
from tests.unit.engine.store.apps import CUSTOMER, SMALL
from tests.unit.engine.store.conftest import NOW, Store

LATER = NOW + timedelta(hours=2)


def _event(record_id: int, changes: history.Changes | None) -> NewEvent:
    return NewEvent(entity="quote", record_id=record_id, kind="moved", at=LATER, changes=changes, actor_id=1)


def _arrival(record_id: int, stage: str) -> Arrival:
    return Arrival(
        entity="quote", record_id=record_id, pipeline="", stage=stage, source="draft", at=LATER,
        due_at=LATER + timedelta(days=1), unit_id=2,
    )  # fmt: skip


def _new(*arrivals: tuple[Arrival, int | None], words: Words | None = None) -> Beside:
    events = [_event(2, {"b": ["“x”\n", None], "a": [1, [True, "水"]]}), _event(1, None)]
    return Beside(events=events, arrivals=arrivals, departures=[], words=words or Words())


def test_events_visits_and_weeks_are_written_together_and_point_to_one_another(store: Store) -> None:
    with store.database.write() as conn:
        ids = beside.keep(conn, SMALL, _new((_arrival(1, "sent"), 1), (_arrival(2, "sent"), 0)))
        told = [each for entity_id in (2, 1) for each in history.of(conn, "quote", entity_id)]
        began = dict(conn.rows(sa.select(stage_visit.c.record_id, stage_visit.c.event_id)))
        kept = [visit for record_id in (1, 2) for visit in visits.of(conn, "quote", record_id)]
        weeks = conn.rows(sa.select(stage_week))
    assert [each.id for each in told] == ids
    assert [each.changes for each in told] == [{"a": [1, [True, "水"]], "b": ["“x”\n", None]}, {}]
    assert {each.at for each in told} == {LATER}
    assert began == {2: ids[0], 1: ids[1]}
    assert {(v.stage, v.source, v.entered_at, v.due_at, v.unit_id) for v in kept} == {
        ("sent", "draft", LATER, LATER + timedelta(days=1), 2)
    }
    assert weeks == [("quote", "2026-W47", "sent", 2, 2, 0, 0, 0)]


def test_changes_are_kept_in_the_same_bytes_on_either_database(store: Store) -> None:
    with store.database.write() as conn:
        beside.keep(conn, SMALL, _new())
        kept = conn.value(sa.select(sa.cast(event.c.changes, sa.Text)).where(event.c.record_id == 2))
    assert json.loads(kept) == {"a": [1, [True, "水"]], "b": ["“x”\n", None]}
    assert kept == '{"a":[1,[true,"水"]],"b":["“x”\\n",null]}'


def test_words_that_are_gone_make_room_for_new_ones(store: Store) -> None:
    before, after = Words(), Words()
    before.add(CUSTOMER, 1, {"name": "华东轴承", "code": "C-1"})
    after.change(CUSTOMER, 1, {"code": "C-2"})
    fields = sa.select(search_entry.c.field).order_by(search_entry.c.field)
    with store.database.write() as conn:
        beside.keep(conn, SMALL, _new(words=before))
        old = dict(conn.rows(sa.select(search_entry.c.field, search_entry.c.id)))
        beside.keep(conn, SMALL, _new(words=after))
        new = dict(conn.rows(sa.select(search_entry.c.field, search_entry.c.id)))
        assert [row[0] for row in conn.rows(fields)] == sorted(old)
    assert old["name"] == new["name"]
    assert old["code"] != new["code"]


def test_a_second_open_visit_is_refused_with_everything_beside_it(store: Store) -> None:
    with store.database.write() as conn:
        beside.keep(conn, SMALL, _new((_arrival(1, "sent"), 1)))
        with pytest.raises(DuplicateValue), conn.savepoint():
            beside.keep(conn, SMALL, _new((_arrival(1, "accepted"), 1)))
        assert len(history.of(conn, "quote", 1)) == 1


def test_a_visit_that_stands_there_already_is_only_counted(store: Store) -> None:
    with store.database.write() as conn:
        beside.keep(conn, SMALL, _new((_arrival(1, "sent"), None)))
        assert visits.of(conn, "quote", 1) == []
        assert conn.value(sa.select(stage_week.c.entered)) == 1


def test_nothing_to_keep_is_nothing_written(store: Store) -> None:
    with store.database.write() as conn:
        nothing = Beside(events=[], arrivals=[], departures=[], words=Words())
        assert beside.keep(conn, SMALL, nothing) == []

"""What is written beside a record: events, stage visits and their weeks, evidence."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from engine.store import evidence, history, visits
from engine.store.connection import Connection
from engine.store.driver import DuplicateValue
from engine.store.history import NewEvent
from engine.store.system_tables import stage_week
from tests.unit.engine.store.apps import SMALL
from tests.unit.engine.store.conftest import NOW, Store


def _event(record_id: int, kind: history.EventKind = "changed", entity: str = "customer") -> NewEvent:
    return NewEvent(entity=entity, record_id=record_id, kind=kind, at=NOW, changes={"name": ["a", "b"]}, actor_id=1)


def test_events_of_a_record_come_newest_first_and_page_on(store: Store) -> None:
    with store.database.write() as conn:
        made = [history.append(conn, _event(1)) for _ in range(5)]
        history.append(conn, _event(2))
        first = history.of(conn, "customer", 1, limit=3)
        rest = history.of(conn, "customer", 1, limit=3, before=first[-1].id)
    assert [event.id for event in (*first, *rest)] == made[::-1]
    assert first[0].changes == {"name": ["a", "b"]}
    assert (first[0].at, first[0].actor_id, first[0].channel) == (NOW, 1, "web")


def test_events_of_many_records_are_one_line_of_time(store: Store) -> None:
    with store.database.write() as conn:
        made = [history.append(conn, _event(1)), history.append(conn, _event(9, entity="quote"))]
        history.append(conn, _event(3))
        history.append_many(conn, [_event(1, "moved"), _event(1, "file")])
        found = history.of_many(conn, {"customer": [1, 2], "quote": [9]}, limit=3)
    assert [event.kind for event in found] == ["file", "moved", "changed"]
    assert found[-1].id == made[-1]


def _enter(conn: Connection, stage: str, at: datetime, due: timedelta | None = None) -> None:
    new = visits.Arrival(
        entity="quote", record_id=1, pipeline="", stage=stage, source="", at=at,
        due_at=at + due if due is not None else None, owner_id=4, unit_id=2,
    )  # fmt: skip
    visits.enter(conn, [(new, None)])
    visits.count(conn, SMALL, [new], [])


def test_a_visit_lasts_from_entering_to_leaving(store: Store) -> None:
    with store.database.write() as conn:
        _enter(conn, "draft", NOW, timedelta(hours=1))
        left = visits.leave(conn, "quote", 1, NOW + timedelta(hours=2))
        _enter(conn, "sent", NOW + timedelta(hours=2))
        found = visits.of(conn, "quote", 1)
        assert visits.last_entered(conn, "quote", 1, "draft") == NOW
        assert visits.last_entered(conn, "quote", 1, "accepted") is None
    assert left is not None
    assert left.visit.was_late
    assert [(visit.stage, visit.left_at is None) for visit in found] == [("draft", False), ("sent", True)]
    assert (found[0].owner_id, found[0].unit_id) == (4, 2)


def test_a_record_is_in_one_stage_at_a_time(store: Store) -> None:
    with store.database.write() as conn:
        _enter(conn, "draft", NOW)
        with pytest.raises(DuplicateValue), conn.savepoint():
            _enter(conn, "sent", NOW)
        assert visits.leave(conn, "quote", 2, NOW) is None


def test_weeks_add_up_what_visits_did(store: Store) -> None:
    sunday_night = datetime(2026, 11, 22, 15, 59, 59, tzinfo=UTC)  # one second before Monday in Shanghai
    with store.database.write() as conn:
        for entered in (sunday_night, sunday_night + timedelta(seconds=1), NOW):
            _enter(conn, "draft", entered, timedelta(minutes=1))
            left = visits.leave(conn, "quote", 1, entered + timedelta(hours=1))
            assert left is not None
            visits.count(conn, SMALL, [], [left])
        weeks = conn.rows(sa.select(stage_week).order_by(stage_week.c.week))
    assert weeks == [
        ("quote", "2026-W47", "draft", 2, 2, 1, 3600, 1),
        ("quote", "2026-W48", "draft", 2, 1, 2, 7200, 2),
    ]


def test_evidence_is_kept_with_its_hash(store: Store) -> None:
    proof = evidence.Proof(
        entity="quote", record_id=1, rule="quote.leave", kind="file", at=NOW, actor_id=1, file_id=3, sha256="ab"
    )
    with store.database.write() as conn:
        evidence.append(conn, proof)
        assert evidence.of(conn, "quote", 1) == [proof]

"""Eight writers at once on both databases: nothing lost, nothing doubled, everybody gets a turn."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from engine.errors import StoreBusy
from engine.people.sight import SYSTEM_SIGHT
from engine.store.connection import Connection
from engine.store.driver import DuplicateValue
from engine.store.numbers import take
from engine.store.sqlite import TurnLock
from engine.store.system_tables import document_number
from tests.unit.engine.store.conftest import NOW, Store

WRITERS = 8


def _all_at_once(work: Callable[[int], None]) -> None:
    start = threading.Barrier(WRITERS)

    def begin(writer: int) -> None:
        start.wait()
        work(writer)

    with ThreadPoolExecutor(WRITERS) as pool:
        for future in [pool.submit(begin, writer) for writer in range(WRITERS)]:
            future.result()


def test_numbers_are_unique_and_without_gaps_though_some_writers_give_up(store: Store) -> None:
    taken: list[int] = []

    def work(writer: int) -> None:
        for turn in range(15):

            def number(conn: Connection, turn: int = turn) -> int:
                found = take(conn, "quote", "2026-11")
                if (writer + turn) % 5 == 0:
                    conn.rollback_only()
                    return 0
                return found

            taken.append(store.database.run(number))

    _all_at_once(work)
    kept = sorted(number for number in taken if number)
    assert kept == list(range(1, len(kept) + 1))
    with store.database.read() as conn:
        assert conn.value(sa.select(document_number.c.last)) == len(kept)


def test_no_saved_version_is_lost(store: Store) -> None:
    record_id = store.insert("customer", name="a", amount=0)
    accepted: list[int] = []

    def work(writer: int) -> None:
        del writer
        done = 0
        while done < 10:

            def add_one(conn: Connection) -> int | None:
                found = store.records.find(conn, SYSTEM_SIGHT, "customer", record_id)
                assert found is not None
                return store.records.update(
                    conn, "customer", record_id, found["row_version"], {"amount": found["amount"] + 1}
                )

            version = store.database.run(add_one)
            if version is not None:
                accepted.append(version)
                done += 1

    _all_at_once(work)
    with store.database.read() as conn:
        found = store.records.find(conn, SYSTEM_SIGHT, "customer", record_id)
    assert found is not None
    assert (found["amount"], found["row_version"]) == (WRITERS * 10, WRITERS * 10 + 1)
    assert sorted(accepted) == list(range(2, WRITERS * 10 + 2))


def test_a_locked_record_is_read_as_its_last_holder_left_it(store: Store) -> None:
    record_id = store.insert("customer", name="a", amount=0)

    def add_one(conn: Connection) -> None:
        store.records.lock(conn, "customer", [record_id])
        found = store.records.find(conn, SYSTEM_SIGHT, "customer", record_id)
        assert found is not None
        version = found["row_version"]
        assert store.records.update(conn, "customer", record_id, version, {"amount": found["amount"] + 1})

    _all_at_once(lambda _writer: [store.database.run(add_one) for _ in range(10)])
    with store.database.read() as conn:
        found = store.records.find(conn, SYSTEM_SIGHT, "customer", record_id)
    assert found is not None
    assert found["amount"] == WRITERS * 10


def test_one_customer_never_has_two_open_quotes(store: Store) -> None:
    customer = store.insert("customer", name="a")
    refused: list[int] = []

    def work(writer: int) -> None:
        for _ in range(5):
            try:
                quote = store.insert("quote", customer=customer, stage="sent", owner_id=writer)
            except DuplicateValue:
                refused.append(writer)
                continue
            with store.database.read() as conn:
                quotes = store.records.children(conn, SYSTEM_SIGHT, "quote", customer)
            assert len([found for found in quotes if found["stage"] == "sent"]) == 1
            with store.database.write() as conn:
                store.records.update(conn, "quote", quote, None, {"stage": "accepted"})

    _all_at_once(work)
    with store.database.read() as conn:
        quotes = store.records.children(conn, SYSTEM_SIGHT, "quote", customer)
    assert len(quotes) + len(refused) == WRITERS * 5
    assert {quote["stage"] for quote in quotes} == {"accepted"}


def test_the_writer_lock_is_given_in_the_order_of_asking() -> None:
    lock, order = TurnLock(), []
    started = threading.Event()

    def wait_for_turn(number: int) -> None:
        started.set()
        with lock:
            order.append(number)

    threads = []
    with lock:
        for number in range(6):
            started.clear()
            thread = threading.Thread(target=wait_for_turn, args=(number,))
            thread.start()
            threads.append(thread)
            started.wait()
            while lock.waiting < number + 1:
                pass
    for thread in threads:
        thread.join()
    assert order == list(range(6))


def test_a_write_inside_a_write_is_refused_rather_than_waiting_for_itself(store: Store) -> None:
    if store.database.dialect != "sqlite":
        return
    with store.database.write(), pytest.raises(RuntimeError, match="inside a write"), store.database.write():
        pass


def test_a_writer_that_waits_too_long_is_told_to_try_again(store: Store) -> None:
    if store.database.dialect == "sqlite":
        return
    record_id = store.insert("customer", name="a")

    def write_impatiently() -> None:
        with store.database.write() as conn:
            conn.control("SET LOCAL lock_timeout = '50ms'")
            store.records.update(conn, "customer", record_id, None, {"changed_at": NOW})

    with store.database.write() as first:
        store.records.lock(first, "customer", [record_id])
        with pytest.raises(StoreBusy):
            write_impatiently()

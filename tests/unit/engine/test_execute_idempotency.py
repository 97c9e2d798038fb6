"""Idempotency: the same key and body are carried out once and answer as the first time."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest

from dsl.formula.value_types import DATE, TEXT, TIME, FileType, SetType
from engine.commands import ChildRow, Create, Move, Update
from engine.errors import KeyReused
from engine.writing.idempotency import digest_of
from engine.writing.stored_json import from_json, to_json
from tests.unit.engine.conftest import Shop, line, made


def test_a_repeated_command_is_done_once_and_answers_as_the_first_time(shop_on_both: Shop) -> None:
    shop = shop_on_both
    command = Create("deal", {"name": "Gears", "customer": shop.customer()}, {"lines": [line()]})
    first = shop.sales.do(command, key="abc")
    second = shop.sales.do(command, key="abc")
    assert (first.was_repeated, second.was_repeated) == (False, True)
    assert (second.id, second.version, second.values, second.verdict, second.event_ids) == (
        first.id,
        first.version,
        first.values,
        first.verdict,
        first.event_ids,
    )
    assert len(shop.engine.people(shop.sales.context)) == 7


def test_another_body_under_the_same_key_is_refused(shop: Shop) -> None:
    customer = shop.customer()
    shop.sales.do(Update("customer", customer, None, {"grade": "A"}), key="abc")
    with pytest.raises(KeyReused):
        shop.sales.do(Update("customer", customer, None, {"grade": "B"}), key="abc")


def test_a_key_is_its_owners(shop: Shop) -> None:
    customer = shop.customer()
    shop.sales.do(Update("customer", customer, None, {"grade": "A"}), key="abc")
    assert not shop.manager.do(Update("customer", customer, None, {"grade": "B"}), key="abc").was_repeated


def test_a_refused_command_may_come_again_under_its_key(shop: Shop) -> None:
    deal = shop.deal()
    assert not shop.sales.do(Move("deal", deal, "proving"), key="abc").verdict.allowed
    made(shop.sales.update("deal", deal, amount=200_000, reason="new line"))
    outcome = shop.sales.do(Move("deal", deal, "proving"), key="abc")
    assert outcome.verdict.allowed
    assert not outcome.was_repeated


def test_the_digest_is_of_what_is_wanted_not_of_how_it_was_written() -> None:
    one = Create("deal", {"name": "Gears", "amount": 5}, {"lines": [ChildRow({"qty": 1})]})
    same = Create("deal", {"amount": 5, "name": "Gears"}, {"lines": (ChildRow({"qty": 1}),)})
    other = Create("deal", {"amount": 5, "name": "Gears"}, {"lines": (ChildRow({"qty": 2}),)})
    assert digest_of(one) == digest_of(same) != digest_of(other)
    assert digest_of(Update("a", 1, None, {})) != digest_of(Move("a", 1, ""))


@pytest.mark.parametrize(
    ("value_type", "value"),
    [
        (DATE, date(2026, 11, 21)),
        (TIME, datetime(2026, 11, 21, 1, tzinfo=UTC)),
        (TEXT, "华东"),
        (SetType("tags", ("a", "b")), ("a", "b")),
        (FileType(many=True), (3, 4)),
        (FileType(), 3),
        (DATE, None),
    ],
)
def test_a_stored_value_comes_back_from_json_as_it_was(value_type: object, value: object) -> None:
    assert from_json(value_type, to_json(value)) == value  # type: ignore[arg-type]


def test_an_upload_under_a_key_is_taken_once(shop_on_both: Shop) -> None:
    hand = shop_on_both.sales

    def put(name: str = "a.txt", data: bytes = b"text") -> int:
        return hand.engine.put_file(hand.context, io.BytesIO(data), name, "text/plain", key="abc").id

    assert put() == put()
    assert hand.engine.put_file(hand.context, io.BytesIO(b"text"), "a.txt", "text/plain").id != put()
    for name, data in (("b.txt", b"text"), ("a.txt", b"other")):
        with pytest.raises(KeyReused):
            put(name, data)


def test_uploads_under_one_key_at_once_are_one_file(shop_on_both: Shop) -> None:
    hand = shop_on_both.sales
    with ThreadPoolExecutor(4) as pool:
        notes = pool.map(
            lambda _: hand.engine.put_file(hand.context, io.BytesIO(b"text"), "a.txt", "text/plain", key="abc"),
            range(8),
        )
        assert len({note.id for note in notes}) == 1

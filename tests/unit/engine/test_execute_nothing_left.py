"""A refused command changes nothing, a dry run leaves no trace, and every door meets the same judgement."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from engine.commands import Command, Create, Delete, Move, Update
from engine.errors import EngineError
from engine.runtime import Engine
from engine.store.seal import Reason, as_system
from engine.store.system_tables import SYSTEM
from engine.verdict import Outcome
from tests.unit.engine.conftest import Shop, line, made

Contents = dict[str, list[tuple[Any, ...]]]


def contents(engine: Engine) -> Contents:
    """Every row of every table."""
    tables = [*SYSTEM.sorted_tables, *engine.installed.tables.metadata.sorted_tables]
    with engine.database.read() as conn:
        return {table.name: sorted(conn.rows(as_system(sa.select(table), Reason.SCHEMA)), key=repr) for table in tables}


def a_step(shop: Shop) -> Command:
    return Move("deal", shop.deal(), "proving", fill={"amount": 5})


def a_new_record(shop: Shop) -> Command:
    rows = {"lines": [line(), line(item="")]}
    return Create("deal", {"name": "Gears", "customer": shop.customer(), "discount": 9_000}, rows)


def a_change(shop: Shop) -> Command:
    return Update("deal", shop.deal(), None, {"discount": 6_000, "reason": "because"}, {"lines": [line()]})


def a_hand_over(shop: Shop) -> Command:
    return Update("customer", shop.customer(), None, {"owner": shop.as_("sales2").context.actor.id})


def a_second_offer(shop: Shop) -> Command:
    customer = shop.customer()
    shop.offered_deal(customer)
    deal = shop.proving_deal(customer)
    made(shop.sales.do(Update("deal", deal, None, {}, {"lines": [line()]})))
    return Move("deal", deal, "offered", fill={"proof": shop.sales.upload(), "stamp": shop.sales.upload()})


def a_removal(shop: Shop) -> Command:
    return Delete("deal", shop.offered_deal(), None)


REFUSED: list[Callable[[Shop], Command]] = [a_step, a_new_record, a_change, a_hand_over, a_second_offer]


@pytest.mark.parametrize("make", REFUSED)
def test_a_refused_command_changes_nothing(shop_on_both: Shop, make: Callable[[Shop], Command]) -> None:
    shop = shop_on_both
    try:
        command = make(shop)
    except AssertionError as error:
        pytest.fail(f"the stage was not set: {error}")
    before = contents(shop.engine)
    outcome = _execute(shop, command, key="k1")
    assert isinstance(outcome, EngineError) or not outcome.verdict.allowed
    assert contents(shop.engine) == before


ALLOWED: list[Callable[[Shop], Command]] = [
    lambda shop: Create("deal", {"name": "Gears", "customer": shop.customer()}, {"lines": [line()]}),
    lambda shop: Update("deal", shop.deal(), None, {"reason": "because"}, {"lines": [line()]}),
    lambda shop: Move("deal", shop.deal(), "proving", fill={"amount": 200_000, "reason": "new line"}),
    lambda shop: Delete("deal", shop.deal(), None),
]


@pytest.mark.parametrize("make", ALLOWED)
def test_a_dry_run_leaves_no_trace_and_says_what_would_be(shop_on_both: Shop, make: Callable[[Shop], Command]) -> None:
    shop = shop_on_both
    command = make(shop)
    before = contents(shop.engine)
    dry = shop.manager.do(command, dry=True, key="k1")
    assert dry.verdict.allowed
    assert dry.is_dry
    assert contents(shop.engine) == before
    wet = shop.manager.do(command)
    assert wet.verdict == dry.verdict
    assert wet.id == dry.id or isinstance(command, Create)
    assert {k: v for k, v in wet.values.items() if k != "code"} == {k: v for k, v in dry.values.items() if k != "code"}


@pytest.mark.parametrize("make", REFUSED)
def test_every_door_meets_the_same_findings(shop: Shop, make: Callable[[Shop], Command]) -> None:
    command = make(shop)
    alone = _execute(shop, command)
    [in_a_list] = shop.engine.execute_many([command], shop.sales.context)
    dry = _execute(shop, command, dry=True)
    assert _told(alone) == _told(in_a_list) == _told(dry)


def test_in_a_list_one_refused_does_not_stop_the_others(shop: Shop) -> None:
    customer = shop.customer()
    commands = [
        Update("customer", customer, None, {"grade": "A"}),
        Update("customer", 4_711, None, {"grade": "A"}),
        Update("customer", customer, None, {"colour": "red"}),
        Update("customer", customer, None, {"grade": "B"}),
    ]
    done = shop.engine.execute_many(commands, shop.sales.context, "list-1")
    assert [isinstance(each, Outcome) and each.verdict.allowed for each in done] == [True, False, False, True]
    again = shop.engine.execute_many(commands, shop.sales.context, "list-1")
    assert isinstance(again[3], Outcome)
    assert again[3].was_repeated
    assert shop.sales.values("customer", customer)["grade"] == "B"


def _execute(shop: Shop, command: Command, **options: Any) -> Outcome | EngineError:
    try:
        return shop.sales.do(command, **options)
    except EngineError as error:
        return error


def _told(answer: Outcome | EngineError) -> object:
    return answer.verdict if isinstance(answer, Outcome) else (type(answer), vars(answer))

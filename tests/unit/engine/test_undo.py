"""Undo: one's own doing of the last minutes is taken back by judged commands, unless somebody changed it since."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from engine.commands import Command, Create, Delete, Move, Restore, Update
from engine.errors import NotAllowed, NotThere
from engine.runtime import Engine
from engine.testing import acting, engine_for, virtual_clock
from engine.undo import MINUTES
from engine.verdict import Outcome

APP = """
app: shop
label: Shop
roles:
  sales: {label: Sales, sees: own}
  manager: {label: Manager, sees: team}
entities:
  deal:
    label: Deal
    title: name
    fields:
      name:  {label: Name, type: text required}
      code_: {label: Code, type: text unique}
      price: {label: Price, type: money}
      double: {label: Double, type: money = price * 2}
      owner: {label: Owner, type: person, default: = me}
      lines: {label: Lines, type: table line}
    stages:
      lead: {label: Lead}
      talks: {label: Talks}
      won: {label: Won, end: won}
    moves: [lead > talks, talks > lead, talks > won]
    access:
      sales: {create: true, edit: true, delete: true}
      manager: {create: true, edit: true, delete: true}
  line:
    label: Line
    part_of: deal
    title: item
    fields:
      item: {label: Item, type: text}
"""


@pytest.fixture
def engine(tmp_path: Path, database_url: str) -> Iterator[Engine]:
    started = engine_for(APP, tmp_path, database_url)
    yield started
    started.close()


def _do(engine: Engine, command: Command, login: str = "sales") -> Outcome:
    outcome = engine.execute(command, acting(engine, login))
    assert outcome.verdict.allowed, outcome.verdict.findings
    return outcome


def _deal(engine: Engine, **values: object) -> int:
    made = _do(engine, Create("deal", {"name": "Bolts", "price": 100_00, **values})).id
    assert made is not None
    return made


def _undo(engine: Engine, *outcomes: Outcome, login: str = "sales") -> list[object]:
    ids = [each for outcome in outcomes for each in outcome.event_ids]
    return list(engine.undo(acting(engine, login), ids))


def _values(engine: Engine, deal: int) -> dict[str, object]:
    record = engine.find(acting(engine, "sales"), "deal", deal)
    assert record is not None
    return dict(record.values)


def test_changed_fields_take_their_old_values_back_and_what_follows_from_them_too(engine: Engine) -> None:
    deal = _deal(engine)
    changed = _do(engine, Update("deal", deal, None, {"name": "Nuts", "price": None}))
    [outcome] = _undo(engine, changed)
    assert isinstance(outcome, Outcome)
    assert outcome.verdict.allowed
    values = _values(engine, deal)
    assert (values["name"], values["price"], values["double"]) == ("Bolts", 100_00, 200_00)


def test_several_changes_are_taken_back_to_before_the_first(engine: Engine) -> None:
    deal = _deal(engine)
    first = _do(engine, Update("deal", deal, None, {"price": 1_00}))
    second = _do(engine, Update("deal", deal, None, {"price": 2_00, "name": "Nuts"}))
    _undo(engine, first, second)
    assert _values(engine, deal)["price"] == 100_00
    assert _values(engine, deal)["name"] == "Bolts"


def test_a_step_is_taken_back_where_the_flow_leads_back(engine: Engine) -> None:
    deal = _deal(engine)
    moved = _do(engine, Move("deal", deal, "talks", fill={"price": 7_00}))
    [outcome] = _undo(engine, moved)
    assert isinstance(outcome, Outcome)
    assert outcome.verdict.allowed, outcome.verdict.missing
    assert (_values(engine, deal)["stage"], _values(engine, deal)["price"]) == ("lead", 100_00)


def test_a_step_without_a_way_back_is_refused_with_the_reason(engine: Engine) -> None:
    deal = _deal(engine)
    _do(engine, Move("deal", deal, "talks"))
    won = _do(engine, Move("deal", deal, "won"))
    [outcome] = _undo(engine, won)
    assert isinstance(outcome, Outcome)
    assert not outcome.verdict.allowed
    assert outcome.verdict.missing[0].rule == "deal.moves"
    assert _values(engine, deal)["stage"] == "won"


def test_a_removed_record_comes_back_with_its_rows_and_its_words(engine: Engine) -> None:
    deal, sales = _deal(engine), acting(engine, "sales")
    kept, gone = (_do(engine, Create("line", {"deal": deal, "item": item})).id for item in ("kept", "gone"))
    assert kept is not None
    assert gone is not None
    _do(engine, Delete("line", gone, None))
    virtual_clock(engine).wait(timedelta(minutes=1))
    removed = _do(engine, Delete("deal", deal, None))
    assert engine.find(sales, "deal", deal) is None
    assert engine.search(sales, "Bolts") == []
    [outcome] = _undo(engine, removed)
    assert isinstance(outcome, Outcome)
    assert outcome.verdict.allowed
    assert [row.id for row in engine.children(sales, "deal", deal, "lines")] == [kept]
    assert [found.id for found in engine.search(sales, "Bolts")[0].found] == [deal]
    assert next(entry.kind for entry in engine.timeline(sales, "deal", deal)) == "restored"


def test_a_new_record_is_taken_back_by_removing_it(engine: Engine) -> None:
    made = _do(engine, Create("deal", {"name": "Twice"}))
    _undo(engine, made)
    assert made.id is not None
    assert engine.find(acting(engine, "sales"), "deal", made.id) is None


def test_nothing_is_taken_back_that_somebody_changed_since(engine: Engine) -> None:
    deal = _deal(engine)
    changed = _do(engine, Update("deal", deal, None, {"price": 1_00}))
    _do(engine, Update("deal", deal, None, {"name": "Nuts"}), "manager")
    [refused] = _undo(engine, changed)
    assert isinstance(refused, NotAllowed)
    assert _values(engine, deal)["price"] == 1_00


def test_a_comment_since_is_no_hindrance(engine: Engine) -> None:
    deal = _deal(engine)
    changed = _do(engine, Update("deal", deal, None, {"price": 1_00}))
    engine.comment(acting(engine, "manager"), "deal", deal, "cheap!")
    _undo(engine, changed)
    assert _values(engine, deal)["price"] == 100_00


def test_nobody_takes_back_what_others_did_or_what_is_long_ago(engine: Engine) -> None:
    deal = _deal(engine)
    changed = _do(engine, Update("deal", deal, None, {"price": 1_00}))
    [refused] = _undo(engine, changed, login="manager")
    assert isinstance(refused, NotAllowed)
    virtual_clock(engine).wait(timedelta(minutes=MINUTES, seconds=1))
    [late] = _undo(engine, changed)
    assert isinstance(late, NotAllowed)
    assert str(MINUTES) in str(late)
    assert _values(engine, deal)["price"] == 1_00


def test_undone_dry_nothing_changes(engine: Engine) -> None:
    deal = _deal(engine)
    changed = _do(engine, Update("deal", deal, None, {"price": 1_00}))
    [outcome] = engine.undo(acting(engine, "sales"), changed.event_ids, dry=True)
    assert isinstance(outcome, Outcome)
    assert outcome.is_dry
    assert _values(engine, deal)["price"] == 1_00


def test_a_record_comes_back_only_where_its_unique_value_is_still_free(engine: Engine) -> None:
    deal = _deal(engine, code_="A1")
    _do(engine, Delete("deal", deal, None))
    _deal(engine, code_="A1")
    outcome = engine.execute(Restore("deal", deal), acting(engine, "sales"))
    assert [finding.rule for finding in outcome.verdict.missing] == ["deal.fields.code_.unique"]


def test_only_what_was_removed_and_was_in_sight_can_be_brought_back(engine: Engine) -> None:
    deal = _deal(engine)
    for login in ("sales", "sales2"):
        with pytest.raises(NotThere):
            engine.execute(Restore("deal", deal), acting(engine, login))
    _do(engine, Delete("deal", deal, None))
    with pytest.raises(NotThere):
        engine.execute(Restore("deal", deal), acting(engine, "sales2"))
    assert engine.find(acting(engine, "sales"), "deal", deal) is None

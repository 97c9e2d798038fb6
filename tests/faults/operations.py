"""The operations that are crashed at every statement: what the engine ships, over the workshop app."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from dsl.app import App
from dsl.load import load_app
from engine.clock import VirtualClock
from engine.commands import ChildRow, Command, Create, Delete, Move, Update
from engine.installed import install
from engine.runtime import Engine
from engine.store.database import Database
from engine.store.files import FileStore
from engine.testing import STARTS_AT, acting, employ
from tests.faults.served import STAFF, WORKSHOP
from tests.faults.writers import PDF


@dataclass(frozen=True, slots=True)
class Ground:
    """What is there before the operation: ids of a customer, a deal in its first stage and one ready to be proven."""

    customer: int
    deal: int
    proven: int
    line: int


Operation = Callable[[Engine, Ground], None]


def workshop() -> App:
    app = load_app(WORKSHOP).value
    assert app is not None
    return app


def opened(app: App, data: Path, url: str) -> Engine:
    """An engine whose clock stands still, so that the same operation always leaves the same database."""
    installed = install(app, Database.open(url, data_dir=data), FileStore(data), VirtualClock(STARTS_AT))
    return Engine(installed)


def prepared(app: App, data: Path, url: str) -> Ground:
    """A company with a customer and two deals."""
    engine = opened(app, data, url)
    try:
        employ(engine, STAFF)
        customer = _made(engine, Create("customer", {"name": "Han", "grade": "A"}))
        line = ChildRow({"item": "bolt", "qty": 200, "price": 1_000})
        deal = _made(engine, Create("deal", {"name": "First", "customer": customer}, {"lines": [line]}))
        found = engine.children(acting(engine, "sales"), "deal", deal, "lines")
        proven = _made(engine, Create("deal", {"name": "Second", "customer": customer, "amount": 500_000}))
        proof = _upload(engine, b"proof")
        _do(engine, Move("deal", proven, "proving", fill={"reason": "wanted"}))
        _do(engine, Update("deal", proven, None, {"proof": proof}))
        return Ground(customer, deal, proven, found[0].id)
    finally:
        engine.close()


def _do(engine: Engine, command: Command, key: str | None = None) -> int | None:
    outcome = engine.execute(command, acting(engine, "sales"), key=key)
    assert outcome.verdict.allowed, outcome.verdict
    return outcome.id


def _made(engine: Engine, command: Create) -> int:
    made = _do(engine, command)
    assert made is not None
    return made


def _upload(engine: Engine, mark: bytes) -> int:
    return engine.put_file(acting(engine, "sales"), io.BytesIO(PDF % mark), "paper.pdf", "application/pdf").id


def _create(engine: Engine, ground: Ground) -> None:
    lines = [ChildRow({"item": each, "qty": 100, "price": 500}) for each in ("nut", "bolt")]
    _do(engine, Create("deal", {"name": "Third", "customer": ground.customer}, {"lines": lines}), key="third")


def _update(engine: Engine, ground: Ground) -> None:
    _do(engine, Update("deal", ground.deal, 1, {"amount": 700_000, "name": "First, renamed"}))


def _update_lines(engine: Engine, ground: Ground) -> None:
    rows = [ChildRow({}, ground.line, delete=True), ChildRow({"item": "washer", "qty": 300, "price": 100})]
    _do(engine, Update("deal", ground.deal, None, {}, {"lines": rows}))


def _move(engine: Engine, ground: Ground) -> None:
    _do(engine, Move("deal", ground.deal, "proving", fill={"amount": 300_000, "reason": "asked for"}))


def _move_on_evidence(engine: Engine, ground: Ground) -> None:
    stamp = _upload(engine, b"stamp")
    line = ChildRow({"item": "gear", "qty": 100, "price": 9_900})
    _do(engine, Update("deal", ground.proven, None, {"stamp": stamp}, {"lines": [line]}))
    _do(engine, Move("deal", ground.proven, "offered"))


def _refused(engine: Engine, ground: Ground) -> None:
    outcome = engine.execute(Move("deal", ground.deal, "proving"), acting(engine, "sales"))
    assert not outcome.verdict.allowed


def _delete(engine: Engine, ground: Ground) -> None:
    outcome = engine.execute(Delete("customer", ground.customer, None), acting(engine, "director"))
    assert outcome.verdict.allowed, outcome.verdict


def _give_away(engine: Engine, ground: Ground) -> None:
    director = acting(engine, "director")
    outcome = engine.execute(Update("customer", ground.customer, None, {"owner": director.actor.id}), director)
    assert outcome.verdict.allowed, outcome.verdict


def _comment(engine: Engine, ground: Ground) -> None:
    engine.comment(acting(engine, "sales"), "deal", ground.deal, "The customer asks for a lower price.", key="form")


def _file(engine: Engine, _ground: Ground) -> None:
    _upload(engine, b"a third paper")


OPERATIONS: Mapping[str, tuple[Operation, int]] = {
    "create with lines, under a key": (_create, 1),
    "update": (_update, 1),
    "update with lines added and removed": (_update_lines, 1),
    "move through a gate that is filled on the way": (_move, 1),
    "evidence, then a move": (_move_on_evidence, 3),
    "a refused move": (_refused, 0),
    "delete with all beneath": (_delete, 1),
    "a new owner, for all beneath too": (_give_away, 1),
    "comment": (_comment, 1),
    "upload": (_file, 1),
}
"""Operation → in how many transactions it is done: as many as there are commands in it."""

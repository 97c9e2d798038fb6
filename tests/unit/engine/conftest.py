"""The workshop: a small app on a fresh engine, and people acting in it with few words."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from engine.commands import ChildRow, Command, Create, Delete, Move, Update
from engine.context import Context
from engine.runtime import Engine
from engine.testing import acting, engine_for, virtual_clock
from engine.verdict import Finding, Outcome, Verdict

WORKSHOP = Path(__file__).with_name("workshop.yaml")
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@dataclass(frozen=True)
class Hand:
    """One person acting: every method makes a command and executes it."""

    engine: Engine
    login: str

    @property
    def context(self) -> Context:
        return acting(self.engine, self.login)

    def do(self, command: Command, **options: Any) -> Outcome:
        return self.engine.execute(command, self.context, **options)

    def create(self, entity: str, children: Mapping[str, Sequence[ChildRow]] | None = None, /, **values: Any) -> int:
        """The new record's id; fails the test with the findings if it is refused."""
        return made(self.do(Create(entity, values, children or {})))

    def update(self, entity: str, record_id: int, /, **values: Any) -> Outcome:
        return self.do(Update(entity, record_id, None, values))

    def move(self, entity: str, record_id: int, to: str, /, **options: Any) -> Outcome:
        return self.do(Move(entity, record_id, to, **options))

    def delete(self, entity: str, record_id: int) -> Outcome:
        return self.do(Delete(entity, record_id, None))

    def values(self, entity: str, record_id: int) -> Mapping[str, Any]:
        found = self.engine.find(self.context, entity, record_id)
        assert found is not None, f"{self.login} does not see {entity} {record_id}"
        return found.values

    def sees(self, entity: str, record_id: int) -> bool:
        return self.engine.find(self.context, entity, record_id) is not None

    def upload(self, name: str = "report.pdf") -> int:
        return self.engine.put_file(self.context, io.BytesIO(PDF), name, "application/pdf").id


@dataclass(frozen=True)
class Shop:
    engine: Engine

    def as_(self, login: str) -> Hand:
        return Hand(self.engine, login)

    @property
    def sales(self) -> Hand:
        return self.as_("sales")

    @property
    def manager(self) -> Hand:
        return self.as_("manager")

    def wait_until(self, at: datetime) -> None:
        virtual_clock(self.engine).at = at

    def customer(self, name: str = "Bearing Works") -> int:
        return self.sales.create("customer", name=name)

    def deal(self, customer: int | None = None, **values: Any) -> int:
        """A deal of the salesperson's, in the first stage."""
        at = self.customer() if customer is None else customer
        return self.sales.create("deal", **({"name": "Gears", "customer": at} | values))

    def proving_deal(self, customer: int | None = None) -> int:
        deal = self.deal(customer, amount=200_000, reason="new line")
        assert self.sales.move("deal", deal, "proving").verdict.allowed
        return deal

    def offered_deal(self, customer: int | None = None) -> int:
        deal = self.proving_deal(customer)
        made(self.sales.do(Update("deal", deal, None, {}, {"lines": [line()]})))
        fill = {"proof": self.sales.upload(), "stamp": self.sales.upload()}
        made(self.sales.move("deal", deal, "offered", fill=fill))
        return deal


def line(**values: Any) -> ChildRow:
    """A row of a deal: 2.00 pieces at 12.50."""
    return ChildRow({"item": "gear", "qty": 200, "price": 1_250} | values)


def made(outcome: Outcome) -> int:
    """The record's id; fails the test with what was missing."""
    assert outcome.verdict.allowed, [(finding.rule, finding.said) for finding in outcome.verdict.missing]
    assert outcome.id is not None
    return outcome.id


def missing(outcome: Outcome) -> list[str]:
    """The rules that refused it, in order."""
    return [finding.rule for finding in outcome.verdict.missing]


def finding(verdict: Verdict, rule: str) -> Finding:
    """The one finding of that rule."""
    [found] = [each for each in verdict.findings if each.rule == rule]
    return found


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """The workshop on SQLite."""
    engine = engine_for(WORKSHOP, tmp_path)
    yield Shop(engine)
    engine.close()


@pytest.fixture
def shop_on_both(database_url: str, tmp_path: Path) -> Iterator[Shop]:
    """The workshop once on SQLite and once on PostgreSQL."""
    engine = engine_for(WORKSHOP, tmp_path, database_url)
    yield Shop(engine)
    engine.close()

"""A condition on a record, said of its parts."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from dsl.app import App
from dsl.formula.check import compile_for
from dsl.formula.env import Env
from dsl.formula.python_code import compile_formula
from dsl.formula.through import through
from dsl.load import load_text

TEXT = """
app: yard
label: 场 | Yard
version: 1
language: 1
languages: [zh, en]
roles: {sales: {label: 销售 | Sales, sees: own}}
entities:
  client:
    label: 客户 | Client
    title: name
    fields:
      name: {label: 名称 | Name, type: text}
      limit: {label: 上限 | Limit, type: integer}
      calls: {label: 电话 | Calls, type: table call}
    stages: {new: {label: 新 | New}, old: {label: 旧 | Old, end: done}}
    moves: [new > old]
    access: {sales: {create: true}}
  call:
    label: 电话 | Call
    part_of: client
    title: notes
    fields: {notes: {label: 记录 | Notes, type: text}, minutes: {label: 分钟 | Minutes, type: integer}}
"""
ENV = Env(date(2026, 11, 21), datetime(2026, 11, 21, tzinfo=UTC))


def yard() -> App:
    app = load_text(TEXT, "yard.yaml").value
    assert app is not None
    return app


@pytest.mark.parametrize(
    "text",
    [
        'name = "A"',
        'name = "B" or limit > 2',
        "exists(calls where minutes > this.limit)",
        "count(calls where minutes > 3) = 1",
        'stage = "new"',
    ],
)
def test_a_condition_through_the_parent_says_the_same(text: str) -> None:
    app = yard()
    formula = compile_for(app, "client", text).value
    assert formula is not None
    said = through(formula, "client", "call")
    assert said is not None
    assert {read.via[0] for read in said.reads} == {"client"}
    for name, limit in (("A", 1), ("B", 5), ("C", 3)):
        calls = [{"id": 1, "minutes": 2}, {"id": 2, "minutes": 4}]
        client = {"id": 9, "name": name, "limit": limit, "stage": "new", "calls": calls}
        wanted = compile_formula(formula, app)(client, ENV)
        assert compile_formula(said, app)({"id": 1, "client": client}, ENV) == wanted


def test_what_only_a_record_knows_of_itself_cannot_be_said_of_its_parts() -> None:
    formula = compile_for(yard(), "client", "entered(old) is not empty").value
    assert formula is not None
    assert through(formula, "client", "call") is None

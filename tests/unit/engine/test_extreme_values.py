"""Values at the edge of what a column and a calendar hold: empty, never a failed write."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dsl.formula.scope import FIELD_LIMIT
from engine.commands import Create
from engine.runtime import Engine
from engine.testing import engine_for

APP = """
app: edges
label: 边界 | Edges
version: 1
language: 1
languages: [zh, en]
timezone: Asia/Shanghai
currency: CNY
roles:
  director: {label: 总监 | Director, sees: all}
entities:
  job:
    label: 工作 | Job
    title: name
    fields:
      name: {label: 名称 | Name, type: text required}
      took: {label: 耗时 | Took, type: duration}
      times: {label: 次数 | Times, type: integer}
      whole: {label: 合计 | Whole, type: duration = took * times}
      ends: {label: 结束 | Ends, type: time}
      last: {label: 末日 | Last day, type: date = date(ends)}
    access:
      director: {create: true, edit: true}
"""


@pytest.fixture
def engine(tmp_path: Path, database_url: str) -> Iterator[Engine]:
    opened = engine_for(APP, tmp_path, database_url)
    yield opened
    opened.close()


def written(engine: Engine, **values: object) -> dict[str, object]:
    """The fields of a new job, as they are read again."""
    actor = engine.actor(1)
    assert actor is not None
    context = engine.context(actor, "test")
    outcome = engine.execute(Create("job", {"name": "a", **values}), context)
    assert outcome.verdict.allowed, outcome.verdict
    assert outcome.id is not None
    found = engine.find(context, "job", outcome.id)
    assert found is not None
    return dict(found.values)


def test_a_duration_beyond_what_a_field_holds_is_empty(engine: Engine) -> None:
    assert written(engine, took=FIELD_LIMIT, times=FIELD_LIMIT)["whole"] is None
    assert written(engine, took=3_600, times=3)["whole"] == 10_800


def test_a_day_beyond_the_calendar_is_empty(engine: Engine) -> None:
    assert written(engine, ends=datetime(9999, 12, 31, 20, tzinfo=UTC))["last"] is None

"""schemathesis over every operation: generated requests, valid and not, and chains along the links; nothing may fail.

The small app has every kind of field, so that its schemas are all met. `-m nightly` runs the shipped apps as well.
A refusal by a gate or a right is an answer of ours (422, 428 and 413 are in the contract), so it does not count as a
valid request refused; everything else that schemathesis knows to look for does.
"""

from __future__ import annotations

import threading
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import schemathesis
import sqlalchemy as sa
from schemathesis.engine import events, from_schema
from waitress import create_server

from engine.runtime import Engine
from engine.store.system_tables import user_account
from engine.testing import actor, engine_for
from web.api import openapi as openapi_module
from web.api.openapi import openapi
from web.create_site import create_site
from web.settings import Settings

APPS = Path(__file__).resolve().parents[2] / "apps"
ALL_KINDS = """
app: kinds
label: 样样都有 | Kinds
version: 1
language: 1
languages: [zh, en]
timezone: Asia/Shanghai
currency: CNY
roles:
  director: {label: 总监 | Director, sees: all}
choices:
  colour: [red, green]
entities:
  thing:
    label: 东西 | Thing
    code: T<yyyy>-<####>
    title: name
    fields:
      name: {label: 名称 | Name, type: text}
      about: {label: 说明 | About, type: long}
      colour: {label: 颜色 | Colour, type: choice colour}
      colours: {label: 颜色们 | Colours, type: choices colour}
      weight: {label: 重量 | Weight, type: number.2}
      pieces: {label: 件数 | Pieces, type: integer}
      price: {label: 价格 | Price, type: money}
      share: {label: 份额 | Share, type: percent}
      is_new: {label: 全新 | New, type: yesno}
      bought_on: {label: 买于 | Bought, type: date}
      seen_at: {label: 看于 | Seen, type: time}
      took: {label: 用时 | Took, type: duration}
      mail: {label: 邮箱 | Mail, type: email}
      link: {label: 网址 | Link, type: url}
      phone: {label: 电话 | Phone, type: phone}
      photo: {label: 照片 | Photo, type: image}
      papers: {label: 文件 | Papers, type: files}
      spot: {label: 地点 | Spot, type: place}
      keeper: {label: 保管 | Keeper, type: person}
      parts: {label: 零件 | Parts, type: table part}
      value: {label: 总值 | Value, type: money = price * 2}
    access:
      director: {create: true, edit: true, delete: true}
  part:
    label: 零件 | Part
    part_of: thing
    title: name
    fields:
      name: {label: 名称 | Name, type: text}
    access:
      director: {create: true, edit: true, delete: true}
"""
CONFIG: dict[str, Any] = {
    "request-timeout": 60,
    "generation": {"deterministic": True},
    "checks": {
        "positive_data_acceptance": {
            "expected-statuses": ["2xx", "3xx", "401", "403", "404", "409", "413", "422", "428"]
        }
    },
}


@dataclass
class Found:
    """What a run came to. failures: title and operation of each; passed: operations answered with 2xx."""

    failures: list[str] = field(default_factory=list)
    passed: set[str] = field(default_factory=set)
    cases: Counter[str] = field(default_factory=Counter)


@contextmanager
def _serving(engine: Engine) -> Iterator[str]:
    """The site over a real server: some checks speak HTTP as the in-process client does not."""
    with engine.database.write() as conn:
        conn.execute(sa.update(user_account).where(user_account.c.login == "director").values(is_admin=True))
    server = create_server(create_site(engine, Settings()), host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        server.close()
        thread.join(timeout=10)


def _run(engine: Engine, examples: int, phases: tuple[str, ...]) -> Found:
    config = CONFIG | {
        "phases": {name: {"enabled": name in phases} for name in ("examples", "coverage", "fuzzing", "stateful")}
    }
    config["generation"] = CONFIG["generation"] | {"max-examples": examples}
    found = Found()
    with warnings.catch_warnings(), _serving(engine) as address:
        warnings.simplefilter("ignore")  # the tool's own
        schema = schemathesis.openapi.from_url(f"{address}/openapi.json", config=schemathesis.Config.from_dict(config))

        @schema.auth(refresh_interval=None)
        class Bearer:
            """A token for each request: one of the operations revokes tokens."""

            def get(self, case: Any, context: Any) -> str:
                now = engine.clock.now()
                return engine.tokens.issue(actor(engine, "director").id, "schemathesis", now).token

            def set(self, case: Any, data: str, context: Any) -> None:
                case.headers = {**(case.headers or {}), "Authorization": f"Bearer {data}"}

        for event in from_schema(schema).execute():
            _note(event, found)
    return found


def _note(event: Any, found: Found) -> None:
    if isinstance(event, events.NonFatalError | events.FatalError):
        found.failures.append(f"error: {getattr(event, 'info', None) or getattr(event, 'exception', '')}")
    if not isinstance(event, events.ScenarioFinished):
        return
    record = event.recorder
    for case_id, case in record.cases.items():
        label = case.value.operation.label
        found.cases[label] += 1
        interaction = record.interactions.get(case_id)
        if interaction is not None and interaction.response is not None and interaction.response.status_code < 300:
            found.passed.add(label)
        found.failures += [
            f"{label}: {check.failure_info.failure.title}: {check.failure_info.failure.message}"
            for check in record.checks.get(case_id, ())
            if check.failure_info is not None
        ]


def _operations(engine: Engine) -> set[str]:
    paths = openapi(engine.app)["paths"]
    return {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}


@pytest.fixture
def engine(database_url: str, tmp_path: Path) -> Iterator[Engine]:
    made = engine_for(ALL_KINDS, tmp_path, database_url)
    yield made
    made.close()


def test_no_operation_fails_whatever_is_sent_and_however_operations_follow_each_other(engine: Engine) -> None:
    found = _run(engine, 4, ("fuzzing", "stateful"))
    assert found.failures == []
    assert set(found.cases) == _operations(engine)
    made = {"POST /api/v1/thing", "GET /api/v1/thing/{id}", "GET /api/v1/thing", "POST /api/v1/thing/bulk"}
    assert made <= found.passed, sorted(found.passed)


def test_a_status_that_is_not_documented_is_found(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openapi_module, "READ_STATUSES", (400, 401))
    engine = engine_for(ALL_KINDS, tmp_path, sqlite_url)
    try:
        found = _run(engine, 1, ("fuzzing",))
    finally:
        engine.close()
    assert any("Undocumented status code" in failure for failure in found.failures)


@pytest.mark.nightly
@pytest.mark.parametrize("name", ["sales_crm", "store_sales"])
def test_the_shipped_apps_fail_nowhere(name: str, database_url: str, tmp_path: Path) -> None:
    engine = engine_for(APPS / f"{name}.yaml", tmp_path, database_url)
    try:
        found = _run(engine, 30, ("coverage", "fuzzing", "stateful"))
    finally:
        engine.close()
    assert found.failures == []
    assert set(found.cases) == _operations(engine)

"""A site over the sales CRM with a small company, and programs that act for its people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from engine.runtime import Engine
from engine.testing import actor, engine_for
from tests.conftest import PostgresServer
from web.create_site import create_site

SALES_CRM = Path(__file__).resolve().parents[2] / "apps" / "sales_crm.yaml"


@dataclass(frozen=True)
class Program:
    """A client of the API with the token of one person."""

    client: FlaskClient
    headers: dict[str, str]

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        extra: dict[str, Any] = {} if body is None else {"json": body}
        return self.client.open(f"/api/v1{path}", method=method, headers=self.headers | more, **extra)

    def get(self, path: str, **query: Any) -> TestResponse:
        return self.client.get(f"/api/v1{path}", headers=self.headers, query_string=query)

    def post(self, path: str, body: Any, **headers: str) -> TestResponse:
        return self.call("POST", path, body, **headers)

    def patch(self, path: str, body: Any, **headers: str) -> TestResponse:
        return self.call("PATCH", path, body, **headers)

    def delete(self, path: str, **headers: str) -> TestResponse:
        return self.call("DELETE", path, **headers)


As = Callable[[str], Program]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """One company for all tests of a module, on each database: each makes the customers and deals that it needs."""
    server: PostgresServer | None = None
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres_server")
    url = server.new_database() if server else None
    engine = engine_for(SALES_CRM, tmp_path_factory.mktemp("company"), url)
    yield engine
    engine.close()
    if server and url:
        server.give_back(url)


@pytest.fixture(scope="module")
def site(engine: Engine) -> Flask:
    return create_site(engine)


@pytest.fixture(scope="module")
def acting(site: Flask, engine: Engine) -> As:
    """A program that acts for the person with this login."""

    @cache
    def program(login: str) -> Program:
        password = f"a long word for {login}"
        engine.set_password(actor(engine, login).id, password)
        token = engine.issue_token(login, password, "test")
        return Program(site.test_client(), {"Authorization": f"Bearer {token}"})

    return program
